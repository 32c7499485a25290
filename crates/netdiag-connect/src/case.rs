//! A case: all that is known of one attempt, gathered before anything is concluded from it.

use std::net::IpAddr;
use std::time::Duration;

use netdiag_engine::port::{Connection, Listener, NeighbourState, Sighting};
use netdiag_model::{Address, Errno, Icmp, Moment, Rtt, TcpState};

use crate::endpoint::Transport;

/// Where the target is, seen from this host's routing table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// This host itself.
    Here,
    /// On a link of this host, by the interface of this index.
    Link {
        /// Index of the interface.
        interface: u32,
    },
    /// Behind this next hop.
    Behind {
        /// The next hop.
        gateway: IpAddr,
        /// Index of the interface.
        interface: u32,
    },
    /// With many hosts at once: the address is multicast, or the broadcast address of a link.
    Many,
    /// Nowhere: the table gives this error.
    NoRoute(Errno),
    /// Not known.
    Unknown,
}

/// An ICMP error that the kernel did not take for final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objection {
    /// How long after the start.
    pub after: Duration,
    /// What the socket reported.
    pub errno: Errno,
    /// The message, and its sender.
    pub icmp: Option<(Icmp, Option<Address>)>,
}

/// How a fresh connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Early {
    /// The other end closed it.
    Closed {
        /// How long after it had opened.
        after: Duration,
    },
    /// It was reset, or ended with another error.
    Failed {
        /// How long after it had opened.
        after: Duration,
        /// The error.
        errno: Errno,
    },
}

/// What this host's counters prove.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proof {
    /// What is sent does not leave.
    Out(String),
    /// What comes back does not arrive.
    In(String),
    /// It looks as if one of these were so, and other traffic may look alike.
    Suspected(String),
}

impl Proof {
    /// What was counted.
    pub fn words(&self) -> &str {
        match self {
            Self::Out(words) | Self::In(words) | Self::Suspected(words) => words,
        }
    }
}

/// Whose a RST is, by the TTL that it arrives with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whose {
    /// The TTL or hop limit of the RST.
    pub ttl: u8,
    /// That of packets which are surely the target's own.
    pub own: Option<u8>,
    /// What follows.
    pub origin: Origin,
}

/// Where a RST comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// As far away as the target.
    Target,
    /// From nearer than the target.
    Nearer,
    /// From this host.
    Here,
    /// It cannot be told.
    Unknown,
}

/// All that is known of one attempt.
#[derive(Debug, Clone)]
pub struct Case {
    /// By which protocol.
    pub transport: Transport,
    /// Whom.
    pub address: Address,
    /// Which port.
    pub port: u16,
    /// When it began.
    pub started: Moment,
    /// When it ended.
    pub ended: Moment,
    /// What became of it.
    pub connection: Connection,
    /// What the kernel knew of the socket at the end.
    pub sighting: Sighting,
    /// When SYNs (or datagrams) were sent, from the start.
    pub sent: Vec<Duration>,
    /// ICMP errors that were not final.
    pub objections: Vec<Objection>,
    /// Where the target is.
    pub place: Place,
    /// What neighbour discovery says of the target, or of the next hop.
    pub neighbour: Option<NeighbourState>,
    /// Whether the address that an ICMP error came from is one of this host.
    pub is_offender_here: bool,
    /// Who listens on the port, where the target is this host.
    pub listeners: Option<Vec<Listener>>,
    /// What the counters prove.
    pub proof: Option<Proof>,
    /// Whose RST it is.
    pub whose: Option<Whose>,
    /// How a fresh connection ended, if it did.
    pub early: Option<Early>,
    /// The state at the end of the dwell, where the connection was watched.
    pub state: Option<TcpState>,
    /// What the service said by itself.
    pub greeting: Vec<u8>,
    /// Whether the path is looked at too.
    pub is_located: bool,
    /// Source address and port that were asked for.
    pub source: (Option<IpAddr>, Option<u16>),
    /// Whether the source address is one of this host.
    pub is_source_here: bool,
}

impl Case {
    /// How long it took.
    pub fn elapsed(&self) -> Duration {
        self.ended.read.mono.since(self.started.read.mono)
    }

    /// The kernel's own measure of the handshake.
    pub const fn handshake(&self) -> Option<Rtt> {
        match self.connection {
            Connection::Established { handshake } => handshake,
            _ => None,
        }
    }

    /// The error that it ended with.
    pub const fn errno(&self) -> Option<Errno> {
        match (self.connection, self.early) {
            (_, Some(Early::Failed { errno, .. })) | (Connection::Failed { errno, .. }, _) => Some(errno),
            _ => None,
        }
    }

    /// The ICMP message that it ended with, and its sender. Of an attempt that nothing ended, the last one that was not
    /// final: after it there was nothing but silence, as behind a router that limits how often it says so.
    pub fn icmp(&self) -> Option<(Icmp, Option<Address>)> {
        match self.connection {
            Connection::Failed { icmp, .. } => icmp,
            Connection::Silent | Connection::Objection { .. } => self.objections.last()?.icmp,
            Connection::Established { .. } => None,
        }
    }

    /// Whether a second SYN met the same ICMP message from the same sender.
    pub fn is_confirmed(&self) -> bool {
        let what = |(icmp, from): (Icmp, Option<Address>)| (icmp.kind, icmp.code, from);
        let first = self.objections.first().and_then(|objection| objection.icmp);
        match self.connection {
            Connection::Failed { icmp: Some(last), .. } => {
                first.is_some_and(|first| what(first) == what(last))
            }
            _ => false,
        }
    }

    /// How many SYNs were sent, as the kernel counts them.
    pub fn syns(&self) -> u32 {
        match self.connection {
            Connection::Failed { is_synchronous: true, .. } => 0,
            _ => self.sighting.retransmits + 1,
        }
    }

    /// Whether the SYN waited in this host for a neighbour to be found: it was due again, and could not be sent again.
    pub const fn is_stuck(&self) -> bool {
        self.sighting.timeouts > self.sighting.retransmits
    }
}

#[cfg(test)]
pub(crate) mod sample;
