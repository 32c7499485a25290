//! TCP attempts: an ordinary connect that is watched closely, and the connection that it may lead to.

use std::fmt;
use std::net::IpAddr;
use std::task::{Context, Poll};
use std::time::Duration;

use netdiag_model::{Address, Errno, Icmp, Moment, ProbeId, Rtt, TcpState};

/// One attempt to connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// The probe it is.
    pub probe: ProbeId,
    /// Where to.
    pub to: Address,
    /// Destination port.
    pub port: u16,
    /// TTL or hop limit of its packets; `None` for the system's default.
    pub ttl: Option<u8>,
    /// Answers that arrive with a smaller TTL or hop limit are not taken (`IP_MINTTL`, `IPV6_MINHOPCOUNT`).
    pub min_ttl: Option<u8>,
    /// The address to connect from; `None` for the connector's own, or one that the kernel chooses.
    pub source: Option<IpAddr>,
    /// The port to connect from; `None` for one that the kernel chooses.
    pub source_port: Option<u16>,
    /// Whether other attempts, to other addresses, may have that port at the same time (`SO_REUSEADDR`).
    pub is_port_shared: bool,
    /// How long to wait before it is given up; `None` for the connector's own timeout.
    pub timeout: Option<Duration>,
    /// How closely it is watched.
    pub care: Care,
}

impl Attempt {
    /// An attempt with nothing special about it, of which only the first answer counts.
    pub const fn new(probe: ProbeId, to: Address, port: u16) -> Self {
        Self {
            probe,
            to,
            port,
            ttl: None,
            min_ttl: None,
            source: None,
            source_port: None,
            is_port_shared: false,
            timeout: None,
            care: Care::Brief,
        }
    }
}

/// How closely an attempt is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Care {
    /// The first answer ends it, and an open connection is reset at once.
    Brief,
    /// An ICMP error that leaves the socket in SYN-SENT is told as [`Connection::Objection`] and the attempt goes on; an
    /// open connection is handed over.
    Close,
    /// Only what ends the connection right after it has opened is of interest: the acknowledgement that completes the
    /// handshake is held back until segments that arrive with a smaller TTL than this are not taken any more. A RST that
    /// is taken then ends the attempt with ECONNRESET; else it ends as [`Connection::Silent`].
    Reset {
        /// The smallest TTL or hop limit that is taken.
        least: u8,
    },
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// SYN-ACK came: the port is open.
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
        icmp: Option<(Icmp, Option<Address>)>,
        /// Whether a system call failed before any packet left.
        is_synchronous: bool,
    },
    /// An ICMP error that the kernel did not take for final: the attempt goes on, and its end is still to come. Only of
    /// attempts that are watched with [`Care::Close`].
    Objection {
        /// The error that the socket reported.
        errno: Errno,
        /// The ICMP error behind it, and its sender.
        icmp: Option<(Icmp, Option<Address>)>,
    },
    /// Nothing that ends it came within the timeout. No errno: the kernel would have gone on.
    Silent,
}

/// What the kernel knows of a TCP socket at one moment (`struct tcp_info`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sighting {
    /// Its state.
    pub state: TcpState,
    /// How often the segment under way has been due for retransmission (`tcpi_retransmits`).
    pub timeouts: u32,
    /// How many segments were sent again (`tcpi_total_retrans`). Fewer than `timeouts` where the SYN never left this
    /// host, because a neighbour does not resolve.
    pub retransmits: u32,
    /// How many segments the kernel counts as sent. They may have been dropped on their way out.
    pub segments_out: u32,
    /// How many segments came in, a RST included.
    pub segments_in: u32,
    /// Its local address and port, once it has them.
    pub local: Option<(Address, u16)>,
}

impl Sighting {
    /// What is known of a socket that never came to be.
    pub const NONE: Self = Self {
        state: TcpState::Closed,
        timeouts: 0,
        retransmits: 0,
        segments_out: 0,
        segments_in: 0,
        local: None,
    };
}

/// The end of an attempt, or an objection on the way there.
#[derive(Debug)]
pub struct Outcome {
    /// The probe.
    pub probe: ProbeId,
    /// When this process learned of it.
    pub at: Moment,
    /// What became of it.
    pub connection: Connection,
    /// What the kernel knew of the socket then, before it was closed. Of an attempt with [`Care::Brief`] that an answer
    /// ended early, only the state.
    pub sighting: Sighting,
    /// The open connection, where it was watched with [`Care::Close`].
    pub stream: Option<Box<dyn Stream>>,
}

/// Starts TCP attempts and tells how they end.
pub trait Connector {
    /// Starts an attempt and returns when: both clocks, read before the system call. Its end comes by
    /// [`Connector::poll_outcome`], also where it fails at once.
    fn start(&mut self, attempt: &Attempt) -> Moment;

    /// Appends what became of attempts to `outcomes`. Ready when at least one was appended.
    fn poll_outcome(&mut self, cx: &mut Context<'_>, outcomes: &mut Vec<Outcome>) -> Poll<()>;

    /// How long to wait for an attempt before it is given up; the kernel's own timeout is far longer.
    fn set_timeout(&mut self, timeout: Duration);

    /// What the kernel knows of an attempt that is under way; `None` when it has ended.
    fn look(&self, probe: ProbeId) -> Option<Sighting>;

    /// Ends an attempt without an outcome.
    fn cancel(&mut self, probe: ProbeId);

    /// How many attempts can be under way at once, by the limit of open files.
    fn capacity(&self) -> usize;
}

/// When and how often the kernel asks whether the other end of an idle connection is still there (tcp(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keepalive {
    /// Idle time before the first probe (`TCP_KEEPIDLE`), in whole seconds.
    pub idle: Duration,
    /// Time between probes (`TCP_KEEPINTVL`), in whole seconds.
    pub interval: Duration,
    /// How many unanswered probes end the connection (`TCP_KEEPCNT`).
    pub count: u32,
}

/// An open TCP connection. Dropping it resets it: nothing is left in TIME-WAIT.
pub trait Stream: fmt::Debug {
    /// Reads what has come in; 0 octets mean that the other end has closed its side. The error is the one that ended the
    /// connection.
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize, Errno>>;

    /// Writes as much as the kernel takes.
    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Errno>>;

    /// What the kernel knows of it.
    fn look(&self) -> Sighting;

    /// Has the kernel watch over the other end while the connection is idle.
    fn set_keepalive(&mut self, keepalive: Keepalive) -> Result<(), Errno>;
}
