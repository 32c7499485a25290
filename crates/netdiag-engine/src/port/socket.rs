//! Sockets that carry probes as packets: ICMP echo and UDP.

use std::net::IpAddr;
use std::task::{Context, Poll};

use netdiag_model::{Errno, Family, Moment};

use super::batch::{DatagramBatch, TransmitBatch};
use super::connect::Connector;
use super::witness::Witness;

/// Why sending stopped before the end of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The socket's send buffer is full (EAGAIN): wait for [`ProbeSocket::poll_send_ready`].
    Full,
    /// The device's queue is full (ENOBUFS): no event tells when it is not; try again a little later.
    NoBuffers,
    /// The packet after the last sent one cannot leave this host. `mtu` is given with EMSGSIZE.
    Failed {
        /// Why.
        errno: Errno,
        /// The MTU that it did not fit.
        mtu: Option<u32>,
    },
}

/// How far a batch got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sent {
    /// How many packets, from the first asked for on, have left this process.
    pub count: usize,
    /// When: both clocks, read before the system call.
    pub at: Moment,
    /// Why it stopped, if it did not reach the end of the batch.
    pub stop: Option<Stop>,
}

/// A set of sockets (shards) of one method, for both families, that sends and receives packets in batches.
///
/// The identifier and the checksum of an ICMP echo belong to the socket: the prober leaves both 0, and the port (or the
/// kernel below it) writes them.
pub trait ProbeSocket {
    /// Sends packets of `batch` from index `first` on, in order, until the end or until one cannot be sent.
    ///
    /// An ICMP error for an *earlier* packet that the kernel reports on a send is never a result of the packet being
    /// sent: the port drains it (it comes in by `poll_recv`) and sends again.
    fn send(&mut self, batch: &mut TransmitBatch, first: usize) -> Sent;

    /// Ready when a socket that was [`Stop::Full`] may take packets again.
    fn poll_send_ready(&mut self, cx: &mut Context<'_>) -> Poll<()>;

    /// Appends to `batch` what has come in, departures before the answers that they belong to. Ready when at least one
    /// record (or a drop count) was appended.
    fn poll_recv(&mut self, cx: &mut Context<'_>, batch: &mut DatagramBatch) -> Poll<()>;

    /// How many shards there can be. Shards beyond the first are opened by the first packet that names them.
    fn max_shards(&self) -> u16;

    /// The identifier (ICMP) or local port (UDP) of a shard: what its packets bear and what errors quote of them. Known
    /// once a packet has left by that shard in that family; `None` before, where nobody asked for a certain one, and where
    /// it cannot be told.
    fn number(&self, family: Family, shard: u16) -> Option<u16>;
}

/// What to do with packets larger than the path takes (`IP_MTU_DISCOVER`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fragmentation {
    /// Set DF and never fragment (`do`).
    Never,
    /// Discover the path MTU, fragment locally what is larger (`want`).
    Locally,
    /// Do not set DF (`dont`).
    Anywhere,
    /// Set DF and ignore the path MTU that the kernel knows (`probe`).
    Probe,
}

/// By what means echoes are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Backend {
    /// The system's own: every option, the kernel's stamps, errors from the error queue, packets in batches.
    #[default]
    Native,
    /// What every system has: ICMP echo only, few of the options ([`OpenError::Unsupported`] names the others), and
    /// times by this process's clock.
    Portable,
}

/// What all packets of a set of sockets have in common.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a switch of setsockopt(2), independent of the others"
)]
pub struct SocketOptions {
    /// By what means.
    pub backend: Backend,
    /// Only this family; `None` for both.
    pub family: Option<Family>,
    /// Interface (or VRF) to send by.
    pub interface: Option<String>,
    /// Source address to send from.
    pub source: Option<IpAddr>,
    /// TTL or hop limit.
    pub ttl: Option<u8>,
    /// TOS or traffic class.
    pub tos: Option<u8>,
    /// Firewall mark (`SO_MARK`).
    pub mark: Option<u32>,
    /// What to do with packets that are too large.
    pub fragmentation: Option<Fragmentation>,
    /// Bypass the routing tables (`SO_DONTROUTE`).
    pub is_direct_only: bool,
    /// Allow broadcast destinations (`SO_BROADCAST`).
    pub is_broadcast_allowed: bool,
    /// Do not hear one's own multicasts (`IP_MULTICAST_LOOP` off).
    pub is_multicast_loop_off: bool,
    /// IPv6 flow label; `Some(0)` lets the kernel choose one.
    pub flow_label: Option<u32>,
    /// The ICMP identifier of the first shard, or its local port for UDP; the shard with number k has the k-th after it,
    /// wrapping around.
    pub identifier: Option<u16>,
    /// Extensions of ICMP errors are told of ([`super::Via::ErrorQueue`]), as far as the system can.
    pub has_extensions: bool,
    /// Send buffer size in octets.
    pub send_buffer: Option<u32>,
    /// How many octets of payload the largest expected message has; receive buffers are sized by it.
    pub payload_len: usize,
    /// How many packets may be under way at once; the socket's receive buffer is sized by it.
    pub in_flight: usize,
}

/// Why a socket cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Neither datagram ICMP (closed by `net.ipv4.ping_group_range`) nor raw sockets (`CAP_NET_RAW`) are allowed.
    #[error("ICMP sockets are closed to this user")]
    NotPermitted,
    /// This host has no such address family.
    #[error("this host has no {0}")]
    NoFamily(Family),
    /// There is no such interface.
    #[error("there is no interface {0:?} here")]
    NoInterface(String),
    /// [`Backend::Portable`] has no way to do this: a verb and its object, and the option in brackets.
    #[error("the portable backend cannot {0}: leave --backend out")]
    Unsupported(&'static str),
    /// A system call failed.
    #[error("{operation}: {errno}")]
    System {
        /// What was tried, with its argument.
        operation: String,
        /// Why it failed.
        errno: Errno,
    },
}

/// Where probe sockets come from. Opening may need a right; what is open needs none any more.
pub trait Sockets {
    /// Opens ICMP echo sockets: datagram ones where `ping_group_range` allows, else raw ones where the right is held.
    fn open_icmp(&self, options: &SocketOptions) -> Result<Box<dyn ProbeSocket>, OpenError>;

    /// Opens UDP sockets whose ICMP errors can be heard. Needs no right.
    fn open_udp(&self, options: &SocketOptions) -> Result<Box<dyn ProbeSocket>, OpenError>;

    /// Opens a connector for TCP attempts. Needs no right.
    fn open_connector(&self, options: &SocketOptions) -> Result<Box<dyn Connector>, OpenError>;

    /// Opens raw sockets that hear the ICMP errors to this host: of the families, at the source address and by the
    /// interface that `options` name; other options are of no meaning here. Needs `CAP_NET_RAW`:
    /// [`OpenError::NotPermitted`] without it.
    fn open_witness(&self, options: &SocketOptions) -> Result<Box<dyn Witness>, OpenError>;
}
