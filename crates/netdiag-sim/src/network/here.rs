//! The `[here]` table: the host that netdiag runs on, and what its kernel grants.

use serde::Deserialize;

use super::node::RouteSpec;
use super::units::{Prefix, Share, Span};

/// The host that probes.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct HereSpec {
    /// Its addresses, with their prefix lengths.
    pub(crate) addresses: Vec<Prefix>,
    /// Routes besides the computed ones. Without a default route, the first link is it.
    pub(crate) routes: Vec<RouteSpec>,
    pub(crate) icmp: IcmpAccess,
    pub(crate) stamps: Stamps,
    /// Share of packets that get no kernel stamp.
    pub(crate) stamp_loss: Share,
    /// Time from the system call to the device, on the way out.
    pub(crate) send_cost: Span,
    /// Time from the device to the process, on the way in.
    pub(crate) receive_cost: Span,
    /// How many messages a set of sockets holds; more are dropped.
    pub(crate) receive_buffer: Option<usize>,
    /// How many sockets a set may open.
    pub(crate) max_shards: u16,
    /// After how long a neighbour that does not answer counts as unreachable.
    pub(crate) resolution: Span,
}

impl Default for HereSpec {
    fn default() -> Self {
        Self {
            addresses: Vec::new(),
            routes: Vec::new(),
            icmp: IcmpAccess::Datagram,
            stamps: Stamps::Kernel,
            stamp_loss: Share::default(),
            send_cost: Span::default(),
            receive_cost: Span::default(),
            receive_buffer: None,
            max_shards: 64,
            resolution: Span::millis(3000),
        }
    }
}

/// Which ICMP sockets this user may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum IcmpAccess {
    /// Datagram sockets (`ping_group_range` is open).
    Datagram,
    /// Raw sockets.
    Raw,
    /// None.
    Closed,
}

/// Whether the kernel stamps packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stamps {
    /// Both ways, on the wall clock.
    Kernel,
    /// Not at all.
    None,
}
