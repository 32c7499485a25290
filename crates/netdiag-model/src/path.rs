//! Paths: how a path ends, when it goes in circles, how long the way back was, and what is known of its branches.
//!
//! Pure: strategies decide by it, folds report by it. RFC 1812 5.3.1 (TTL), RFC 1191 and 8201 (path MTU).

mod back;
mod circle;
mod graph;

pub use back::{Back, way_back};
pub use circle::{Circle, circle};
pub use graph::{Balance, Graph, Link, Place};

use crate::address::Address;
use crate::icmp::Icmp;
use crate::id::Flow;

/// What a strategy has found out about the path to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathNews {
    /// One flow's path is known as far as it can be.
    Ended(PathEnd),
    /// Routers quote too little to tell probes of one flow apart: from now on one probe at a time, from the first hop on,
    /// by another flow.
    OneAtATime {
        /// The flow. What is still heard of those before it is of no interest any more.
        flow: Flow,
    },
    /// What fits the path up to a stage of it.
    Mtu(MtuStage),
    /// Nobody answers this flow at this TTL.
    Silent {
        /// The TTL.
        ttl: u8,
        /// The flow.
        flow: Flow,
    },
    /// From now on probes ask what size fits, not who is there.
    Sizing,
    /// Nothing more is asked about it.
    Complete,
}

/// How a path ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathEnd {
    /// The target answered.
    Reached {
        /// The least TTL at which it did.
        ttl: u8,
    },
    /// Somebody said that the target cannot be reached.
    Unreachable {
        /// The least TTL at which somebody did.
        ttl: u8,
        /// Who.
        from: Option<Address>,
        /// What was said.
        icmp: Icmp,
    },
    /// The path goes in circles.
    Loop(Circle),
    /// So many hops in a row did not answer that nobody beyond them is asked.
    GapLimit,
    /// The highest TTL was asked, and the target did not answer.
    MaxTtl,
    /// This host let no probe out.
    NotSent,
}

impl PathEnd {
    /// Its name in JSON.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Reached { .. } => "reached",
            Self::Unreachable { .. } => "unreachable",
            Self::Loop(_) => "loop",
            Self::GapLimit => "gap-limit",
            Self::MaxTtl => "max-ttl",
            Self::NotSent => "not-sent",
        }
    }
}

/// From a hop on no larger packet fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MtuStage {
    /// The TTL of the router whose next link is the narrow one; 0 for this host. Where the narrow link was found by silence:
    /// of the last hop that larger packets reach.
    pub ttl: u8,
    /// Octets, IP header included.
    pub mtu: u32,
    /// How that is known.
    pub source: MtuSource,
}

/// How the MTU of a stage is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MtuSource {
    /// This host's own link.
    Own,
    /// A router said so: fragmentation needed, packet too big.
    Told(Address),
    /// Larger packets vanish, and nobody says why: a black hole.
    Silence,
}
