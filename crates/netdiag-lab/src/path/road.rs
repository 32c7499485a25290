//! A path while it is laid: nodes and links from pairs of names, and the truth that follows from them.
//!
//! What a scene does to its nodes, it tells the truth about in the same breath. Only the way to the target is ever
//! spread: ways back are single, so that a router has one address in each place of the path.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::staged::Staged;
use super::truth::{Balance, End, Limits, Link, Truth};
use crate::error::Result;
use crate::family::Family;
use crate::lab::Lab;
use crate::nft::{Hook, Ruleset, Traffic};
use crate::node::Node;
use crate::responder::{IcmpError, Responder, Script};
use crate::wire::{Wire, WireSpec};

/// The names of the ends.
const CLIENT: &str = "client";
const SERVER: &str = "server";

/// Octets of a quote; more than any probe has.
pub(super) const EVERYTHING: usize = 1200;

/// The names of a link's ends, the nearer first.
pub(super) type Pair<'a> = (&'a str, &'a str);

#[derive(Debug)]
pub(super) struct Road {
    pub(super) family: Family,
    pub(super) lab: Lab,
    pub(super) truth: Truth,
    target: IpAddr,
    targets: Vec<IpAddr>,
    afterwards: Option<Truth>,
    change: Vec<(Node, Vec<String>)>,
    puppets: Vec<Responder>,
    wires: Vec<Wire>,
}

impl Road {
    /// `client`, so many routers `r1`, `r2`, …, `server`.
    pub(super) fn chain(family: Family, routers: usize) -> Result<Self> {
        Self::over(family, &as_pairs(&chain_names(routers)), None)
    }

    /// The same with a wire between the client and the first router.
    pub(super) fn behind_wire(family: Family, routers: usize, spec: WireSpec) -> Result<Self> {
        Self::over(family, &as_pairs(&chain_names(routers)), Some(spec))
    }

    /// Links between these pairs, each in the direction of the target, the first at the client.
    pub(super) fn web(family: Family, pairs: &[Pair]) -> Result<Self> {
        Self::over(family, pairs, None)
    }

    fn over(family: Family, pairs: &[Pair], mut wire: Option<WireSpec>) -> Result<Self> {
        let lab = Lab::new("path")?;
        let mut wires = Vec::new();
        for (near, far) in pairs {
            let (near, far) = (lab.node(near)?, lab.node(far)?);
            match wire.take() {
                Some(spec) => wires.push(lab.wire(&near, &far, spec)?),
                None => lab.link(&near, &far)?,
            }
        }
        lab.routes()?;
        // Who looks for signs of NAT in quotes compares checksums.
        if let Some((client, next)) = pairs.first() {
            lab.node(client)?.plain_frames(&format!("to-{next}"))?;
        }
        let target = address(family, &lab.node(SERVER)?, None)?;
        let truth = truth(family, &lab, pairs)?;
        let (puppets, change) = (Vec::new(), Vec::new());
        Ok(Self { family, lab, truth, target, targets: Vec::new(), afterwards: None, change, puppets, wires })
    }

    pub(super) fn node(&self, name: &str) -> Result<Node> {
        self.lab.node(name)
    }

    pub(super) fn target(&self) -> IpAddr {
        self.target
    }

    /// The address of a node, on the link towards a neighbour.
    pub(super) fn address(&self, node: &str, towards: &str) -> Result<IpAddr> {
        address(self.family, &self.node(node)?, Some(towards))
    }

    /// The address by which the router of a chain answers.
    pub(super) fn router(&self, ttl: u8) -> Result<IpAddr> {
        self.address(&router(ttl), &before(ttl))
    }

    /// Another target, with whatever is true of the way there.
    pub(super) fn to(mut self, targets: Vec<IpAddr>) -> Self {
        let last = self.truth.hops.last_mut().filter(|hop| **hop == [self.target]);
        self.target = targets.first().copied().unwrap_or(self.target);
        if let Some(last) = last {
            *last = vec![self.target];
        }
        self.targets = targets;
        self
    }

    /// How the ICMP errors of all nodes are limited.
    pub(super) fn limits(mut self, limits: Limits) -> Result<Self> {
        self.lab.nodes().iter().try_for_each(|node| limit(node, limits))?;
        self.truth.limits = limits;
        Ok(self)
    }

    /// Routers of a chain limit their ICMP errors harder than the others.
    pub(super) fn rarely(mut self, ttls: &[u8], limits: Limits) -> Result<Self> {
        for ttl in ttls {
            limit(&self.node(&router(*ttl))?, limits)?;
        }
        self.truth.rarely.extend(ttls);
        Ok(self)
    }

    /// Routers of a chain say of no packet that its time is exceeded.
    pub(super) fn silent(mut self, ttls: impl IntoIterator<Item = u8>) -> Result<Self> {
        for ttl in ttls {
            self.mute(ttl)?;
            self.nobody(ttl);
        }
        Ok(self)
    }

    /// Nobody answers at a TTL.
    pub(super) fn nobody(&mut self, ttl: u8) {
        if let Some(hop) = self.truth.hops.get_mut(usize::from(ttl) - 1) {
            hop.clear();
        }
    }

    fn mute(&self, ttl: u8) -> Result<()> {
        self.node(&router(ttl))?.filter(&Ruleset::drop(Hook::Output, &Traffic::TimeExceeded))
    }

    /// Behind this TTL nobody answers any more, or only who refuses.
    pub(super) fn ends(mut self, ttl: u8, end: End) -> Self {
        self.truth.hops.truncate(ttl.into());
        self.truth.links.retain(|link| link.ttl < ttl);
        self.truth.end = end;
        if let End::Unreachable { ttl: refused, from, .. } = end
            && refused > ttl
        {
            self.truth.hops.push(vec![from]);
        }
        self
    }

    /// In place of the router's kernel a puppet says when time is exceeded, with this ICMP error.
    pub(super) fn puppet(self, ttl: u8, dress: impl FnOnce(IcmpError) -> IcmpError) -> Result<Self> {
        self.mute(ttl)?;
        self.second_voice(ttl, dress)
    }

    /// Beside the router's kernel a puppet says so too.
    pub(super) fn second_voice(
        mut self,
        ttl: u8,
        dress: impl FnOnce(IcmpError) -> IcmpError,
    ) -> Result<Self> {
        let error = self.family.pick(IcmpError::time_exceeded(0), IcmpError::time_exceeded_v6(0));
        let script = Script::new(dress(error.from(self.router(ttl)?))).to_expiring();
        self.puppets.push(self.node(&router(ttl))?.respond(script)?);
        Ok(self)
    }

    /// A node spreads what goes to the target over these neighbours, by flow.
    pub(super) fn spread(mut self, node: &str, neighbours: &[&str]) -> Result<Self> {
        let mut line = format!("route replace {}", self.target);
        for next in neighbours {
            line.extend([" nexthop via ", &self.address(next, node)?.to_string(), " dev to-", next]);
        }
        // Hashed with another seed in each node: with a common one, the second of two forks would see flows of one
        // kind only. The kernel has one seed for both families.
        let number = self.lab.nodes().iter().position(|other| other.name() == node).unwrap_or_default();
        let node = self.node(node)?;
        node.sysctl("net.ipv4.fib_multipath_hash_seed", &(number + 1).to_string())?;
        let stack = self.family.pick("net.ipv4", "net.ipv6");
        node.sysctl(&format!("{stack}.fib_multipath_hash_fields"), FIVE_TUPLE)?;
        node.sysctl(&format!("{stack}.fib_multipath_hash_policy"), "3")?;
        node.ip(&[line])?;
        self.truth.balance = Balance::PerFlow;
        Ok(self)
    }

    /// What [`Staged::change`] does, and what is true then.
    pub(super) fn changing(mut self, node: &str, line: String, afterwards: Truth) -> Result<Self> {
        self.change.push((self.node(node)?, vec![line]));
        self.afterwards = Some(afterwards);
        Ok(self)
    }

    pub(super) fn ready(self) -> Result<Staged> {
        let client = self.node(CLIENT)?;
        let targets = if self.targets.is_empty() { vec![self.target] } else { self.targets };
        Ok(Staged {
            lab: self.lab,
            source: address(self.family, &client, None)?,
            client,
            target: self.target,
            targets,
            truth: self.truth,
            afterwards: self.afterwards,
            puppets: self.puppets,
            wires: self.wires,
            change: self.change,
        })
    }
}

/// Addresses, protocol and ports (`ip-sysctl.rst`). What policy 1 means, but really by the packet: that policy takes a
/// hash that the packet brings along, which on a cable between namespaces is the random number of the sender's socket.
const FIVE_TUPLE: &str = "55";

/// The name of the router of a chain that has this TTL.
pub(super) fn router(ttl: u8) -> String {
    format!("r{ttl}")
}

/// The name of the node before it.
pub(super) fn before(ttl: u8) -> String {
    if ttl == 1 { CLIENT.into() } else { router(ttl - 1) }
}

fn chain_names(routers: usize) -> Vec<String> {
    let between = (1..=routers).map(|number| format!("r{number}"));
    std::iter::once(CLIENT.into()).chain(between).chain([SERVER.into()]).collect()
}

fn as_pairs(names: &[String]) -> Vec<Pair<'_>> {
    names.windows(2).map(|pair| (&*pair[0], &*pair[1])).collect()
}

fn address(family: Family, node: &Node, towards: Option<&str>) -> Result<IpAddr> {
    Ok(match (family, towards) {
        (Family::V4, None) => node.v4()?.into(),
        (Family::V6, None) => node.v6()?.into(),
        (Family::V4, Some(peer)) => node.v4_towards(peer)?.into(),
        (Family::V6, Some(peer)) => node.v6_towards(peer)?.into(),
    })
}

fn limit(node: &Node, limits: Limits) -> Result<()> {
    match limits {
        Limits::Kernel => Ok(()),
        // No type is under the limits then, neither the one to each host nor that to all.
        Limits::Off => {
            node.sysctl("net.ipv4.icmp_ratemask", "0")?;
            node.sysctl("net.ipv6.icmp.ratemask", "0")
        }
        Limits::Every(time) => {
            let time = time.as_millis().to_string();
            // The defaults, which the node's limits may have taken away.
            node.sysctl("net.ipv4.icmp_ratemask", "6168")?;
            node.sysctl("net.ipv6.icmp.ratemask", "0-1,3-127")?;
            node.sysctl("net.ipv4.icmp_ratelimit", &time)?;
            node.sysctl("net.ipv6.icmp.ratelimit", &time)
        }
    }
}

/// What is true of links between these pairs when all of their ways are taken.
fn truth(family: Family, lab: &Lab, pairs: &[Pair]) -> Result<Truth> {
    let mut ttls: BTreeMap<&str, BTreeSet<u8>> = BTreeMap::from([(CLIENT, BTreeSet::from([0]))]);
    // The pairs may stand in any order, and no path is longer than there are links.
    for _ in pairs {
        for (near, far) in pairs {
            let here: Vec<u8> = ttls.get(near).into_iter().flatten().map(|ttl| ttl + 1).collect();
            ttls.entry(far).or_default().extend(here);
        }
    }
    // IPv4 answers by the address of the link on which the answer leaves: that on a shortest way back that was made
    // first. IPv6 answers by the address of the link on which the probe came in, and a target by its own.
    let nearest = |name: &str| ttls.get(name).and_then(BTreeSet::first).copied().unwrap_or_default();
    let answer = |near: &str, name: &str| -> Result<IpAddr> {
        let mut ways = pairs.iter().filter(|(near, far)| *far == name && nearest(near) + 1 == nearest(name));
        let out = ways.next().map(|(near, _)| *near);
        let towards = if name == SERVER { None } else { family.pick(out, Some(near)) };
        address(family, &lab.node(name)?, towards)
    };
    let last = ttls.values().flatten().max().copied().unwrap_or_default();
    let mut hops = vec![Vec::new(); last.into()];
    let mut links = Vec::new();
    for (near, far) in pairs {
        let to = answer(near, far)?;
        for ttl in ttls.get(near).into_iter().flatten() {
            let hop: &mut Vec<IpAddr> = &mut hops[usize::from(*ttl)];
            if !hop.contains(&to) {
                hop.push(to);
            }
            // The near end answers by any of the addresses that it has at its TTL.
            for (before, _) in pairs.iter().filter(|(before, middle)| {
                middle == near
                    && ttl.checked_sub(1).is_some_and(|before_ttl| ttls[before].contains(&before_ttl))
            }) {
                let link = Link { ttl: *ttl, from: answer(before, near)?, to };
                if !links.contains(&link) {
                    links.push(link);
                }
            }
        }
    }
    Ok(Truth {
        hops,
        links,
        end: End::Reached,
        balance: Balance::None,
        mtu: Vec::new(),
        lossy: None,
        rewritten: Vec::new(),
        extensions: Vec::new(),
        limits: Limits::Kernel,
        rarely: Vec::new(),
    })
}
