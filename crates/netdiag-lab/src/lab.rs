//! A laboratory: nodes (each a network namespace) and the links between them.
//!
//! Handles are cheap to clone and share one keeper process; when the last handle goes, or the whole
//! process ends in whatever way, the keeper kills what runs inside and the namespaces vanish.
//! Nothing has a name outside, so any number of laboratories may exist side by side.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::agent::{Place, Reply, Request, Rights, Role, Run};
use crate::error::{Error, Result};
use crate::node::Node;
use crate::remote::Agent;
use crate::topology::{Link, Paths, Topology};
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
    core: Arc<Core>,
}

/// What all handles of a laboratory share.
#[derive(Debug)]
pub(crate) struct Core {
    name: String,
    keeper_pid: u32,
    rights: Rights,
    keeper: Mutex<Agent>,
    map: Mutex<Map>,
}

/// The map with the names and places of its nodes.
#[derive(Debug, Default)]
pub(crate) struct Map {
    pub(crate) topology: Topology,
    names: Vec<String>,
    nets: Vec<i32>,
    /// Lines that rebuild the routes of each node, for after a link was down.
    routes: Vec<Vec<String>>,
    /// Nodes whose datagram ICMP sockets were opened at some time.
    icmp_open: HashSet<usize>,
}

impl Lab {
    /// Makes an empty laboratory. The name appears in messages only.
    ///
    /// # Errors
    /// [`Error::NotIntercepted`], or [`Error::Refused`] where neither root nor user namespaces are
    /// available; see [`crate::support`].
    pub fn new(name: &str) -> Result<Self> {
        let agent_name = format!("the keeper of laboratory {name}");
        let mut keeper = Agent::spawn(agent_name.clone(), Role::Keeper, None)?;
        let operation = format!("making laboratory {name}");
        let rights = match parse(&agent_name, &keeper.line(&operation)?)? {
            Reply::Hello(rights) => rights,
            Reply::Failed(reason) => return Err(Error::Refused { operation, reason }),
            _ => return Err(Error::Lost { agent: agent_name, operation }),
        };
        let core = Core {
            name: name.into(),
            keeper_pid: keeper.pid(),
            rights,
            keeper: Mutex::new(keeper),
            map: Mutex::default(),
        };
        Ok(Self { core: Arc::new(core) })
    }

    /// The node of this name, made when it is asked for the first time.
    ///
    /// # Errors
    /// [`Error::BadName`] for a name that does not fit into an interface name.
    pub fn node(&self, name: &str) -> Result<Node> {
        if let Some(index) = self.core.map().names.iter().position(|known| known == name) {
            return Ok(Node::new(Arc::clone(&self.core), index));
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(is_plain) {
            return Err(Error::BadName { name: name.into() });
        }
        let net = self.core.namespace(&format!("making node {name}"))?;
        let mut map = self.core.map();
        map.names.push(name.into());
        map.nets.push(net);
        map.routes.push(Vec::new());
        map.topology.extra.push(Vec::new());
        let node = Node::new(Arc::clone(&self.core), map.names.len() - 1);
        drop(map);
        self.core.settings(net, &NODE_SETTINGS)?;
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
        self.core.run(None, &["ip", "-batch", "-"], &order)?;
        self.connect(link, a, b)
    }

    /// Joins two nodes by a wire that delays, loses, repeats, reorders or spoils frames as specified
    /// and keeps a log of it. `Way::Forth` is from `a` to `b`.
    ///
    /// # Errors
    /// As [`Self::link`].
    pub fn wire(&self, a: &Node, b: &Node, spec: WireSpec) -> Result<Wire> {
        let link = self.plan(a, b)?;
        let net = self.core.namespace("making a wire")?;
        self.core.settings(net, &WIRE_SETTINGS)?;
        let place = self.core.place(net);
        let lines: Vec<String> = [(a, &link.ends[0], WIRE_ENDS[0]), (b, &link.ends[1], WIRE_ENDS[1])]
            .map(|(node, end, inner)| {
                let (interface, outer) = (&end.interface, node.netns());
                format!(
                    "link add {interface} netns {outer} type veth peer name {inner} netns {}",
                    place.path()
                )
            })
            .into();
        self.core.run(None, &["ip", "-batch", "-"], &lines.join("\n"))?;
        let up = WIRE_ENDS.map(|end| format!("link set {end} up")).join("\n");
        self.core.run(Some(net), &["ip", "-batch", "-"], &up)?;
        for end in WIRE_ENDS {
            self.core.plain_frames(net, end)?;
        }
        for (node, end) in [(a, &link.ends[0]), (b, &link.ends[1])] {
            self.core.plain_frames(node.net(), &end.interface)?;
        }
        let wire = Wire::start(Arc::clone(&self.core), place, spec)?;
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
            let mut map = self.core.map();
            let is_middle = map.topology.links_of(index).count() > 1;
            let lines = map.topology.routes_of(index, paths);
            map.routes[index].clone_from(&lines);
            drop(map);
            if is_middle {
                let forward = [("net.ipv4.ip_forward", "1"), ("net.ipv6.conf.all.forwarding", "1")];
                self.core.settings(node.net(), &forward)?;
            }
            node.ip(&lines)?;
        }
        Ok(())
    }

    /// Every node, in the order in which they were made.
    pub fn nodes(&self) -> Vec<Node> {
        (0..self.core.map().names.len()).map(|index| Node::new(Arc::clone(&self.core), index)).collect()
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
        let request = Request::Cover { path: path.into(), content: content.into() };
        self.core.ask(&request, &format!("covering {path}")).map(drop)
    }

    /// By what right the namespaces were made; decides what `ping_group_range` accepts and
    /// how programs lose their privileges.
    pub fn rights(&self) -> Rights {
        self.core.rights
    }

    /// The process that holds the namespaces; its end ends everything inside.
    pub fn keeper_pid(&self) -> u32 {
        self.core.keeper_pid
    }

    fn plan(&self, a: &Node, b: &Node) -> Result<Link> {
        let map = self.core.map();
        let (a, b) = (a.index(), b.index());
        if a == b || map.topology.links_of(a).any(|(_, far)| far.node == b) {
            return Err(Error::AlreadyLinked { a: map.names[a].clone(), b: map.names[b].clone() });
        }
        Ok(Link::new(map.topology.links.len(), (a, &map.names[a]), (b, &map.names[b])))
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
            self.core.settle(node.net(), &end.interface)?;
        }
        self.core.map().topology.links.push(link);
        Ok(())
    }
}

impl Core {
    pub(crate) fn map(&self) -> MutexGuard<'_, Map> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where an agent has to go for a network namespace of this laboratory.
    pub(crate) fn place(&self, net: i32) -> Place {
        Place { keeper: self.keeper_pid, net, rights: self.rights }
    }

    pub(crate) fn rights(&self) -> Rights {
        self.rights
    }

    /// Runs a program in a namespace (or the workshop) to its successful end.
    pub(crate) fn run(&self, net: Option<i32>, words: &[&str], input: &str) -> Result<()> {
        let run = Run { words: words.iter().map(ToString::to_string).collect(), input: input.into() };
        self.ask(&Request::Run { net, run }, &words.join(" ")).map(drop)
    }

    pub(crate) fn settings(&self, net: i32, settings: &[(&str, &str)]) -> Result<()> {
        let settings = settings.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        self.ask(&Request::Sysctl { net, settings }, "changing settings").map(drop)
    }

    pub(crate) fn settle(&self, net: i32, interface: &str) -> Result<()> {
        let request = Request::Settle { net, interfaces: vec![interface.into()] };
        self.ask(&request, &format!("waiting for {interface}")).map(drop)
    }

    fn plain_frames(&self, net: i32, interface: &str) -> Result<()> {
        let request = Request::PlainFrames { net, interface: interface.into() };
        self.ask(&request, "switching offloads off").map(drop)
    }

    fn namespace(&self, operation: &str) -> Result<i32> {
        match self.ask(&Request::Namespace, operation)? {
            Reply::Namespace(net) => Ok(net),
            _ => Err(Error::Lost { agent: self.agent_name(), operation: operation.into() }),
        }
    }

    fn ask(&self, request: &Request, operation: &str) -> Result<Reply> {
        let text =
            serde_json::to_string(request).map_err(|error| Error::io("writing a request")(error.into()))?;
        let line = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).exchange(&text, operation)?;
        match parse(&self.agent_name(), &line)? {
            Reply::Failed(reason) => {
                Err(Error::Refused { operation: format!("laboratory {}, {operation}", self.name), reason })
            }
            reply => Ok(reply),
        }
    }

    fn agent_name(&self) -> String {
        format!("the keeper of laboratory {}", self.name)
    }
}

impl Map {
    pub(crate) fn name(&self, node: usize) -> &str {
        &self.names[node]
    }

    pub(crate) fn net(&self, node: usize) -> i32 {
        self.nets[node]
    }

    pub(crate) fn open_icmp(&mut self, node: usize) {
        self.icmp_open.insert(node);
    }

    pub(crate) fn is_icmp_open(&self, node: usize) -> bool {
        self.icmp_open.contains(&node)
    }

    pub(crate) fn routes(&self, node: usize) -> &[String] {
        &self.routes[node]
    }
}

fn parse(agent: &str, line: &str) -> Result<Reply> {
    serde_json::from_str(line)
        .map_err(|_| Error::Lost { agent: agent.into(), operation: format!("reading its answer {line:?}") })
}
