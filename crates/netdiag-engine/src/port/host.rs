//! What this host knows of itself: interfaces, addresses, routes, neighbours, and changes of these.
//!
//! Source on Linux: rtnetlink(7). All of it is readable without privilege.

use std::net::IpAddr;
use std::task::{Context, Poll};

use netdiag_model::{Address, Errno};

use super::table::Counters;

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its index.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// Whether it is up and has a carrier.
    pub is_up: bool,
    /// Its MTU in octets.
    pub mtu: u32,
    /// Its addresses with their prefix lengths.
    pub addresses: Vec<(IpAddr, u8)>,
}

/// The route that the kernel would take to an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The interface it leaves by: index.
    pub interface: u32,
    /// The next hop; `None` when the address is on the link itself or is local.
    pub gateway: Option<IpAddr>,
    /// The source address that the kernel would choose.
    pub source: Option<IpAddr>,
    /// Whether the address is this host's own.
    pub is_local: bool,
    /// Whether the address is everyone's on a link.
    pub is_broadcast: bool,
}

/// What neighbour discovery (ARP, RFC 4861) says of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeighbourState {
    /// A request is out, no answer yet.
    Incomplete,
    /// Confirmed lately.
    Reachable,
    /// Known, not confirmed lately (stale, delay, probe).
    Known,
    /// It did not answer.
    Failed,
    /// Needs no resolution (permanent, point-to-point).
    Fixed,
}

/// An entry of the neighbour table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbour {
    /// State of the entry.
    pub state: NeighbourState,
    /// Link-layer address, where known.
    pub link_address: Option<[u8; 6]>,
}

/// A change that a run should know of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostChange {
    /// An interface went down, lost its carrier, or vanished.
    InterfaceDown {
        /// Its name.
        name: String,
        /// Its index.
        index: u32,
    },
    /// An interface came up with a carrier.
    InterfaceUp {
        /// Its name.
        name: String,
        /// Its index.
        index: u32,
    },
    /// A route appeared, vanished or changed; ask again with [`HostFacts::route`].
    Routes,
}

/// What this host knows of itself.
pub trait HostFacts {
    /// All interfaces with their addresses.
    fn interfaces(&self) -> Result<Vec<Interface>, Errno>;

    /// The route to `to` by the kernel's own decision, for packets that are to leave by `interface` (its index) if one is
    /// given. The error is the one that a send would give, such as
    /// ENETUNREACH.
    fn route(&self, to: &Address, interface: Option<u32>) -> Result<Route, Errno>;

    /// The neighbour entry for `to` on its interface; `None` when there is none.
    fn neighbour(&self, to: &Address, interface: u32) -> Result<Option<Neighbour>, Errno>;

    /// What the kernel has counted. Everything in the network namespace moves these numbers.
    fn counters(&self) -> Result<Counters, Errno>;

    /// Appends changes since the last call. Ready when at least one was appended.
    fn poll_change(&mut self, cx: &mut Context<'_>, changes: &mut Vec<HostChange>) -> Poll<()>;
}
