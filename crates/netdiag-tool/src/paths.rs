//! What the tools that search paths have in common: ports, sizes, and the numbers of flows, so that a flow is the same in all
//! of them.

use netdiag_engine::strategy::Overhead;

/// The destination port of UDP probes: traceroute's first, and still unused.
pub const UDP_PORT: u16 = 33_434;
/// The size of packets, IP header included, over IPv4 and IPv6: traceroute's.
pub const SIZES: [u16; 2] = [60, 80];
/// The identifier or source port of `--flow 0`: below those that kernels give out by themselves.
pub const FLOW_BASE: u16 = 20_000;
/// New hops that are asked at once. A target that is asked by UDP answers six times and then once a second (Linux).
pub const ABREAST_UDP: u8 = 4;
/// See [`ABREAST_UDP`]; echo replies are seldom limited.
pub const ABREAST_ICMP: u8 = 10;
/// What of an echo's packet is no data.
pub const ICMP_OVERHEAD: Overhead = Overhead { v4: 28, v6: 48 };
/// The same by UDP: shard and sequence number stand before the data.
pub const UDP_OVERHEAD: Overhead = Overhead { v4: 32, v6: 52 };
