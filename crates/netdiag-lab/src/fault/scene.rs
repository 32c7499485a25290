//! The scene of most faults: client, router, server, and where things are in one family.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use super::{Family, Staged};
use crate::error::Result;
use crate::lab::Lab;
use crate::nft::{Hook, Reject, Ruleset, Traffic};
use crate::node::Node;
use crate::responder::{Answer, IcmpError, Responder, Script};
use crate::server::{Server, Serving};
use crate::wire::{Impairment, Wire, WireSpec};

/// The port of the service that faults are staged around.
pub const PORT: u16 = 8080;

/// The last part of an address that nobody has on any link.
const NOBODY: u8 = 200;

/// `client` – `r1` – `server` in one family, with nothing the matter.
#[derive(Debug)]
pub struct Scene {
    family: Family,
    /// The laboratory.
    pub lab: Lab,
    /// Where connections start.
    pub client: Node,
    /// The router between.
    pub router: Node,
    /// Where connections go.
    pub server: Node,
    servers: Vec<Serving>,
    puppets: Vec<Responder>,
    wires: Vec<Wire>,
}

impl Scene {
    /// Builds it. Router and server send every ICMP error that they have reason for.
    ///
    /// # Errors
    /// As [`Lab::chain`].
    pub fn new(family: Family) -> Result<Self> {
        Self::behind(family, 1)
    }

    /// The same with so many routers, of which [`Self::router`] is the first.
    ///
    /// # Errors
    /// As [`Lab::chain`].
    pub fn behind(family: Family, routers: usize) -> Result<Self> {
        Self::of(family, Lab::chain(routers)?)
    }

    /// The same as [`Self::new`], with this long a way to the router, each way.
    ///
    /// # Errors
    /// As [`Lab::wire`].
    pub fn far(family: Family, delay: Duration) -> Result<Self> {
        let lab = Lab::new("far")?;
        let (client, router) = (lab.node("client")?, lab.node("r1")?);
        let spec = WireSpec::new().both(Impairment::new().delay(delay));
        let wire = lab.wire(&client, &router, spec)?;
        lab.link(&router, &lab.node("server")?)?;
        lab.routes()?;
        let mut scene = Self::of(family, lab)?;
        scene.wires.push(wire);
        Ok(scene)
    }

    fn of(family: Family, lab: Lab) -> Result<Self> {
        for node in lab.nodes() {
            node.sysctl("net.ipv4.icmp_ratelimit", "0")?;
            node.sysctl("net.ipv6.icmp.ratelimit", "0")?;
        }
        let (client, router, server) = (lab.node("client")?, lab.node("r1")?, lab.node("server")?);
        let (servers, puppets, wires) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { family, lab, client, router, server, servers, puppets, wires })
    }

    /// A server that takes part.
    ///
    /// # Errors
    /// As [`Node::serve`].
    pub fn serve(mut self, server: Server) -> Result<Self> {
        self.servers.push(self.server.serve(server)?);
        Ok(self)
    }

    /// The same at the client.
    ///
    /// # Errors
    /// As [`Node::serve`].
    pub fn serve_here(mut self, server: Server) -> Result<Self> {
        self.servers.push(self.client.serve(server)?);
        Ok(self)
    }

    /// The service that is meant to be reached.
    ///
    /// # Errors
    /// As [`Node::serve`].
    pub fn with_service(self) -> Result<Self> {
        self.serve(Server::tcp_hold(PORT))
    }

    /// The server's address.
    ///
    /// # Errors
    /// As [`Node::v4`].
    pub fn target(&self) -> Result<IpAddr> {
        self.address(&self.server, None)
    }

    /// An address on the link between a node and its neighbour that nobody has.
    ///
    /// # Errors
    /// As [`Node::v4_towards`].
    pub fn nobody(&self, node: &Node, neighbour: &str) -> Result<IpAddr> {
        Ok(match self.address(node, Some(neighbour))? {
            IpAddr::V4(own) => Ipv4Addr::from_bits(own.to_bits() & !0xff | u32::from(NOBODY)).into(),
            IpAddr::V6(own) => Ipv6Addr::from_bits(own.to_bits() & !0xff | u128::from(NOBODY)).into(),
        })
    }

    /// A prefix that no link has, and an address in it.
    pub fn elsewhere(&self) -> (&'static str, IpAddr) {
        match self.family {
            Family::V4 => ("10.66.0.0/16", Ipv4Addr::new(10, 66, 0, 1).into()),
            Family::V6 => ("fd66::/64", Ipv6Addr::new(0xfd66, 0, 0, 0, 0, 0, 0, 1).into()),
        }
    }

    /// This host by the address that every host has.
    pub fn this_host(&self) -> IpAddr {
        match self.family {
            Family::V4 => Ipv4Addr::LOCALHOST.into(),
            Family::V6 => Ipv6Addr::LOCALHOST.into(),
        }
    }

    /// That of the two which is for the family.
    pub fn pick<T>(&self, v4: T, v6: T) -> T {
        self.family.pick(v4, v6)
    }

    /// A node refuses connections to the service.
    ///
    /// # Errors
    /// As [`Node::filter`].
    pub fn reject(self, node: &Node, hook: Hook, reject: Reject) -> Result<Self> {
        node.filter(&Ruleset::reject(hook, &Traffic::Tcp(Some(PORT)), reject))?;
        Ok(self)
    }

    /// The router lets no connection through, and answers with this ICMP error, of which kernels may know nothing.
    ///
    /// # Errors
    /// As [`Node::respond`].
    pub fn puppet(mut self, error: IcmpError) -> Result<Self> {
        let own = self.address(&self.router, Some("client"))?;
        self.router.filter(&Ruleset::drop(Hook::Forward, &Traffic::Tcp(None)))?;
        let script = Script::new(Answer::Silent).on_udp_and_tcp(error.from(own));
        self.puppets.push(self.router.respond(script)?);
        Ok(self)
    }

    /// A node drops what matches, in the language of nftables.
    ///
    /// # Errors
    /// As [`Node::filter`].
    pub fn drop(self, node: &Node, hook: Hook, matching: &str) -> Result<Self> {
        node.filter(&Ruleset::drop(hook, &Traffic::Matching(matching.into())))?;
        Ok(self)
    }

    /// A node gets a route of the family, as `ip route add` takes it.
    ///
    /// # Errors
    /// As [`Node::ip`].
    pub fn route(self, node: &Node, route: &str) -> Result<Self> {
        node.ip(&[format!("route add {route}")])?;
        Ok(self)
    }

    /// The address of a node, on the link towards a neighbour if one is named.
    ///
    /// # Errors
    /// As [`Node::v4_towards`].
    pub fn address(&self, node: &Node, towards: Option<&str>) -> Result<IpAddr> {
        Ok(match (self.family, towards) {
            (Family::V4, None) => node.v4()?.into(),
            (Family::V6, None) => node.v6()?.into(),
            (Family::V4, Some(peer)) => node.v4_towards(peer)?.into(),
            (Family::V6, Some(peer)) => node.v6_towards(peer)?.into(),
        })
    }

    /// Ready, to connect to the service.
    ///
    /// # Errors
    /// As [`Node::v4`].
    pub fn ready(self) -> Result<Staged> {
        let target = self.target()?;
        self.ready_for(target, PORT)
    }

    /// Ready, to connect to another place.
    ///
    /// # Errors
    /// As [`Node::v4`].
    pub fn ready_for(self, target: IpAddr, port: u16) -> Result<Staged> {
        let mut routers = Vec::new();
        let mut last = self.client.name();
        for node in self.lab.nodes().into_iter().filter(|node| node.name().starts_with('r')) {
            routers.push(self.address(&node, Some(&last))?);
            last = node.name();
        }
        let source = if target.is_loopback() { target } else { self.address(&self.client, None)? };
        Ok(Staged {
            lab: self.lab,
            client: self.client,
            source,
            target,
            port,
            routers,
            servers: self.servers,
            puppets: self.puppets,
            wires: self.wires,
        })
    }
}
