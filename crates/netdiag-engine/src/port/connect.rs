//! TCP attempts: an ordinary connect that is watched closely.

use std::task::{Context, Poll};
use std::time::Duration;

use netdiag_model::{Address, Errno, Moment, ProbeId, Rtt};

/// One attempt to connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The probe it is.
    pub probe: ProbeId,
    /// Where to.
    pub to: Address,
    /// Destination port.
    pub port: u16,
    /// TTL or hop limit of its packets; `None` for the system's default.
    pub ttl: Option<u8>,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// SYN-ACK came: the port is open. The connection is closed again at once.
    Established {
        /// The kernel's own measure of SYN to SYN-ACK (`tcpi_rtt`); `None` when a SYN was retransmitted or the kernel
        /// does not tell.
        handshake: Option<Rtt>,
    },
    /// The kernel says why not.
    Failed {
        /// The error. `ECONNREFUSED` alone does not say that a RST came: an ICMP port-unreachable gives the same.
        errno: Errno,
        /// The ICMP error behind it, if there was one, and its sender.
        icmp: Option<(netdiag_model::Icmp, Option<Address>)>,
        /// Whether connect(2) itself failed, before any packet left.
        is_synchronous: bool,
    },
}

/// The end of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// The probe.
    pub probe: ProbeId,
    /// When this process learned of it.
    pub at: Moment,
    /// How it ended.
    pub connection: Connection,
    /// How many SYNs were sent again.
    pub syn_retransmits: u32,
}

/// Starts TCP attempts and tells how they end.
pub trait Connector {
    /// Starts an attempt and returns when: both clocks, read before the system call. Its end comes by
    /// [`Connector::poll_outcome`], also where it fails at once.
    fn start(&mut self, attempt: &Attempt) -> Moment;

    /// Appends ended attempts to `outcomes`. Ready when at least one was appended.
    fn poll_outcome(&mut self, cx: &mut Context<'_>, outcomes: &mut Vec<Outcome>) -> Poll<()>;

    /// How long to wait for an attempt before it is given up; the kernel's own timeout is far longer.
    fn set_timeout(&mut self, timeout: Duration);
}
