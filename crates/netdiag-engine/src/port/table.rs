//! This host's own sockets and counters, as far as they bear on why a connection fails.
//!
//! Sources on Linux: `sock_diag(7)`, and the files that nstat(8) reads. All of it is readable without privilege.

use std::collections::BTreeMap;

use netdiag_model::{Address, Errno};

/// A TCP socket that waits for connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listener {
    /// The address that it listens on; unspecified for all of its family.
    pub address: Address,
    /// Its port.
    pub port: u16,
    /// Whether one of IPv6 leaves IPv4 alone: by `IPV6_V6ONLY`, or because it is bound to one address.
    pub is_v6_only: bool,
    /// How many connections wait to be accepted.
    pub queue: u32,
    /// How many may wait (the backlog of listen(2), capped by `net.core.somaxconn`). Full is `queue > backlog`.
    pub backlog: u32,
}

/// This host's sockets.
pub trait SocketTable {
    /// The TCP sockets of both families that listen on `port`.
    fn listeners(&self, port: u16) -> Result<Vec<Listener>, Errno>;
}

/// What the kernel has counted since this network namespace was made, by the names of nstat(8): `IpInReceives`,
/// `Ip6InDelivers`, `TcpExtTCPRetransFail`; and of each device the packets that it was given to send: `eth0:TxPackets`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters(pub BTreeMap<String, u64>);

impl Counters {
    /// How far a counter has moved since `earlier`; `None` where the kernel has no such counter.
    /// Those of ICMP message types appear when they first move.
    pub fn since(&self, earlier: &Self, name: &str) -> Option<u64> {
        Some(self.0.get(name)?.saturating_sub(*earlier.0.get(name)?))
    }
}
