//! A laboratory: nodes (each a network namespace) and the links between them.
//!
//! Handles are cheap to clone and share one keeper process; when the last handle goes, or the whole
//! process ends in whatever way, the keeper kills what runs inside and the namespaces vanish.
//! Nothing has a name outside, so any number of laboratories may exist side by side.

use std::sync::Arc;

use crate::agent::Rights;
use crate::error::{Error, Result};
use crate::node::Node;
use crate::premises::Premises;
use crate::site::Site;
use crate::topology::{Link, Paths};
use crate::wire::{Wire, WireSpec};

/// Longest node name, so that `to-NAME` is an interface name (15 bytes).
const LONGEST_NAME: usize = 12;

/// Settings of every fresh node: addresses usable at once and kept, no filter by return path,
/// nothing inherited from the host.
const NODE_SETTINGS: [(&str, &str); 11] = [
    ("net.ipv6.conf.all.accept_dad", "0"),
    ("net.ipv6.conf.default.accept_dad", "0"),
    ("net.ipv6.conf.all.disable_ipv6", "0"),
    ("net.ipv6.conf.default.disable_ipv6", "0"),
    ("net.ipv6.conf.default.addr_gen_mode", "0"),
    ("net.ipv6.conf.default.router_solicitations", "0"),
    ("net.ipv6.conf.all.keep_addr_on_down", "1"),
    ("net.ipv6.conf.default.keep_addr_on_down", "1"),
    ("net.ipv4.conf.all.rp_filter", "0"),
    ("net.ipv4.conf.default.rp_filter", "0"),
    ("net.ipv4.ip_forward", "0"),
];

/// Settings of the namespace inside a wire: it has frames, no opinions.
const WIRE_SETTINGS: [(&str, &str); 2] =
    [("net.ipv6.conf.all.disable_ipv6", "1"), ("net.ipv6.conf.default.disable_ipv6", "1")];

/// The two ends of a wire inside its own namespace.
const WIRE_ENDS: [&str; 2] = ["wire-a", "wire-b"];

/// A laboratory of network namespaces. See the [crate] for an example.
#[derive(Clone, Debug)]
pub struct Lab {
    premises: Arc<Premises>,
}

impl Lab {
    /// Makes an empty laboratory. The name appears in messages only.
    ///
    /// # Errors
    /// [`Error::NotIntercepted`], or [`Error::Refused`] where neither root nor user namespaces are
    /// available; see [`crate::support`].
    pub fn new(name: &str) -> Result<Self> {
        Ok(Self { premises: Arc::new(Premises::open(name)?) })
    }

    /// The node of this name, made when it is asked for the first time.
    ///
    /// # Errors
    /// [`Error::BadName`] for a name that does not fit into an interface name.
    pub fn node(&self, name: &str) -> Result<Node> {
        if let Some(index) = self.premises.map().find(name) {
            return Ok(Node::new(Arc::clone(&self.premises), index));
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(is_plain) {
            return Err(Error::BadName { name: name.into() });
        }
        let net = self.premises.namespace(&format!("making node {name}"))?;
        let index = self.premises.map().add(name, net);
        let node = Node::new(Arc::clone(&self.premises), index);
        self.premises.settings(net, &NODE_SETTINGS)?;
        node.ip(&["link set lo up".into()])?;
        Ok(node)
    }

    /// Joins two nodes by a cable (a veth pair) with addresses of both families at either end, and
    /// waits until it carries.
    ///
    /// # Errors
    /// [`Error::AlreadyLinked`] for a second link between the same nodes.
    pub fn link(&self, a: &Node, b: &Node) -> Result<()> {
        let link = self.plan(a, b)?;
        let [near, far] = &link.ends;
        let order = format!(
            "link add {} netns {} type veth peer name {} netns {}",
            near.interface,
            a.netns(),
            far.interface,
            b.netns()
        );
        self.premises.run(None, &["ip", "-batch", "-"], &order)?;
        self.connect(link, a, b)
    }

    /// Joins two nodes by a wire that delays, loses, repeats, reorders or spoils frames as specified
    /// and keeps a log of it. `Way::Forth` is from `a` to `b`.
    ///
    /// # Errors
    /// As [`Self::link`].
    pub fn wire(&self, a: &Node, b: &Node, spec: WireSpec) -> Result<Wire> {
        let link = self.plan(a, b)?;
        let net = self.premises.namespace("making a wire")?;
        self.premises.settings(net, &WIRE_SETTINGS)?;
        let place = self.premises.place(net);
        let lines: Vec<String> = [(a, &link.ends[0], WIRE_ENDS[0]), (b, &link.ends[1], WIRE_ENDS[1])]
            .map(|(node, end, inner)| {
                let (interface, outer) = (&end.interface, node.netns());
                format!(
                    "link add {interface} netns {outer} type veth peer name {inner} netns {}",
                    place.path()
                )
            })
            .into();
        self.premises.run(None, &["ip", "-batch", "-"], &lines.join("\n"))?;
        let up = WIRE_ENDS.map(|end| format!("link set {end} up")).join("\n");
        self.premises.run(Some(net), &["ip", "-batch", "-"], &up)?;
        for end in WIRE_ENDS {
            self.premises.plain_frames(net, end)?;
        }
        for (node, end) in [(a, &link.ends[0]), (b, &link.ends[1])] {
            self.premises.plain_frames(node.net(), &end.interface)?;
        }
        let wire = Wire::start(Site::new(Arc::clone(&self.premises), net, "the wire"), spec)?;
        self.connect(link, a, b)?;
        Ok(wire)
    }

    /// Gives every node a route to every other, along a shortest path, and lets nodes with
    /// several links forward. Call it again after more links.
    ///
    /// # Errors
    /// [`Error::Refused`] with the words of `ip`.
    pub fn routes(&self) -> Result<()> {
        self.route_over(Paths::First)
    }

    /// As [`Self::routes`], along one or all of several equally short paths.
    ///
    /// # Errors
    /// [`Error::Refused`] with the words of `ip`.
    pub fn route_over(&self, paths: Paths) -> Result<()> {
        for node in self.nodes() {
            let index = node.index();
            let mut map = self.premises.map();
            let is_middle = map.topology.links_of(index).count() > 1;
            let lines = map.topology.routes_of(index, paths);
            map.keep_routes(index, &lines);
            drop(map);
            if is_middle {
                let forward = [("net.ipv4.ip_forward", "1"), ("net.ipv6.conf.all.forwarding", "1")];
                self.premises.settings(node.net(), &forward)?;
            }
            node.ip(&lines)?;
        }
        Ok(())
    }

    /// Every node, in the order in which they were made.
    pub fn nodes(&self) -> Vec<Node> {
        (0..self.premises.map().len()).map(|index| Node::new(Arc::clone(&self.premises), index)).collect()
    }

    /// Replaces /etc/hosts for everything inside.
    ///
    /// # Errors
    /// [`Error::Refused`] where this machine has no such file to cover.
    pub fn hosts_file(&self, content: &str) -> Result<()> {
        self.cover("/etc/hosts", content)
    }

    /// Replaces /etc/resolv.conf for everything inside.
    ///
    /// # Errors
    /// [`Error::Refused`] where this machine has no such file to cover.
    pub fn resolv_conf(&self, content: &str) -> Result<()> {
        self.cover("/etc/resolv.conf", content)
    }

    /// Replaces /etc/nsswitch.conf for everything inside.
    ///
    /// # Errors
    /// [`Error::Refused`] where this machine has no such file to cover.
    pub fn nsswitch_conf(&self, content: &str) -> Result<()> {
        self.cover("/etc/nsswitch.conf", content)
    }

    /// Lays a file over an existing one, for everything inside this laboratory and nothing else.
    ///
    /// # Errors
    /// [`Error::Refused`] where this machine has no such file to cover.
    pub fn cover(&self, path: &str, content: &str) -> Result<()> {
        self.premises.cover(path, content)
    }

    /// By what right the namespaces were made; decides what `ping_group_range` accepts and
    /// how programs lose their privileges.
    pub fn rights(&self) -> Rights {
        self.premises.rights()
    }

    /// The process that holds the namespaces; its end ends everything inside.
    pub fn keeper_pid(&self) -> u32 {
        self.premises.keeper_pid()
    }

    fn plan(&self, a: &Node, b: &Node) -> Result<Link> {
        let map = self.premises.map();
        let (a, b) = (a.index(), b.index());
        if a == b || map.topology.links_of(a).any(|(_, far)| far.node == b) {
            return Err(Error::AlreadyLinked { a: map.name(a).into(), b: map.name(b).into() });
        }
        Ok(Link::new(map.topology.links.len(), (a, map.name(a)), (b, map.name(b))))
    }

    /// Gives the ends their addresses, waits for them and enters the link into the map.
    fn connect(&self, link: Link, a: &Node, b: &Node) -> Result<()> {
        for (node, end) in [(a, &link.ends[0]), (b, &link.ends[1])] {
            let interface = &end.interface;
            node.ip(&[
                format!("link set {interface} up"),
                format!("address add {}/24 dev {interface}", end.v4),
                format!("address add {}/64 dev {interface} nodad", end.v6),
            ])?;
        }
        for (node, end) in [(a, &link.ends[0]), (b, &link.ends[1])] {
            self.premises.settle(node.net(), &end.interface)?;
        }
        self.premises.map().topology.links.push(link);
        Ok(())
    }
}
