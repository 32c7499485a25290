//! What is true of a path: who may answer where, how it ends, and what befalls packets on it.
//!
//! TTLs count from 1. That an address *may* answer does not say that it does: limits and losses are no part of it.

use std::net::IpAddr;
use std::time::Duration;

/// Everything that is true of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Who may answer a probe of each TTL, the first for TTL 1. Empty: nobody does.
    pub hops: Vec<Vec<IpAddr>>,
    /// The links between them, of all branches.
    pub links: Vec<Link>,
    /// Where and how it ends.
    pub end: End,
    /// By what branches are chosen, if there are any.
    pub balance: Balance,
    /// Where the largest packet gets smaller, the nearest first.
    pub mtu: Vec<MtuStep>,
    /// The link that loses packets, if one does.
    pub lossy: Option<Lossy>,
    /// What is rewritten on the way, and where.
    pub rewritten: Vec<Rewritten>,
    /// The extension objects (RFC 4884, without their header) in the answers of a TTL.
    pub extensions: Vec<(u8, Vec<u8>)>,
    /// What keeps routers from answering each probe.
    pub limits: Limits,
    /// The TTLs whose routers answer more rarely than [`Self::limits`] says.
    pub rarely: Vec<u8>,
}

/// A link from one answering address to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The TTL at which `from` answers; `to` does at the next.
    pub ttl: u8,
    /// The nearer end.
    pub from: IpAddr,
    /// The farther end.
    pub to: IpAddr,
}

/// Where and how a path ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The target answers, at the TTL at which [`Truth::hops`] has it.
    Reached,
    /// Somebody says by ICMP that it goes no farther.
    Unreachable {
        /// The least TTL that is answered so.
        ttl: u8,
        /// Who says so.
        from: IpAddr,
        /// Type and code, of ICMP or `ICMPv6`.
        icmp: (u8, u8),
    },
    /// Behind the last of [`Truth::hops`] nobody answers.
    Silence,
    /// From this TTL on, packets go round in a circle of so many routers.
    Loop {
        /// The first TTL that is answered by a router of the circle.
        ttl: u8,
        /// How many routers are in it.
        routers: u8,
    },
}

/// By what a router with several ways chooses one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Balance {
    /// There are not several.
    None,
    /// By addresses, protocol and ports: a flow keeps to one.
    PerFlow,
    /// For each packet anew.
    PerPacket,
}

/// Where the largest packet that gets through becomes smaller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MtuStep {
    /// The TTL of the router before the narrow link, which cannot send larger packets on.
    pub ttl: u8,
    /// Octets of the largest IP packet behind it.
    pub mtu: u32,
    /// Whether that router says so.
    pub is_told: bool,
}

/// A link that loses packets on their way to the target, and none on the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lossy {
    /// The TTL of its nearer end; 0 is this host.
    pub from_ttl: u8,
    /// The TTL of its farther end.
    pub to_ttl: u8,
    /// The share of packets that is lost by chance.
    pub percent: u8,
}

/// Something that a router rewrites in packets that it forwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rewritten {
    /// The router's own TTL. It quotes what came in; those behind it quote what it made of that, unless it translates
    /// quotes back, as Linux does for addresses, ports and their checksums.
    pub ttl: u8,
    /// What it rewrites.
    pub what: Rewriting,
}

/// What of a packet is rewritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewriting {
    /// The source address, into this.
    Source(IpAddr),
    /// The destination address, into this.
    Destination(IpAddr),
    /// The upper six bits of TOS or traffic class, to this.
    Dscp(u8),
    /// The lower two bits, to this.
    Ecn(u8),
}

/// How routers limit their ICMP errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// As the kernel does by itself: to each host six at once and then one a second (IPv6: one each 1000 ms, shorter
    /// for routes of short prefixes), and 1 000 a second to all.
    Kernel,
    /// Not at all.
    Off,
    /// To each host one in this time; six at once where it is below ten seconds, fewer above.
    Every(Duration),
}

impl Truth {
    /// Who may answer at a TTL. Beyond the last hop this is the target where it is reached, else nobody.
    pub fn at(&self, ttl: u8) -> &[IpAddr] {
        let hop = usize::from(ttl).checked_sub(1).and_then(|at| self.hops.get(at));
        let beyond = || self.hops.last().filter(|_| self.end == End::Reached && ttl > 0);
        hop.or_else(beyond).map(Vec::as_slice).unwrap_or_default()
    }

    /// The least TTL at which this address answers.
    pub fn ttl_of(&self, address: IpAddr) -> Option<u8> {
        (1..).zip(&self.hops).find(|(_, hop)| hop.contains(&address)).map(|(ttl, _)| ttl)
    }

    /// The same with these hops of one address each, and the links between them.
    pub(super) fn along(&self, hops: Vec<Vec<IpAddr>>) -> Self {
        let pairs = (1..).zip(hops.windows(2));
        let links = pairs
            .filter_map(|(ttl, pair)| Some(Link { ttl, from: *pair[0].first()?, to: *pair[1].first()? }))
            .collect();
        Self { hops, links, ..self.clone() }
    }
}
