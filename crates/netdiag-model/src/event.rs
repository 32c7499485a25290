//! What happened: the one vocabulary in which the engine reports and every fold and renderer listens.
//!
//! Events are facts, in the order in which the prober learned them. Sums are folds over them; looks are renderers.

use std::net::IpAddr;

use crate::address::Address;
use crate::errno::Errno;
use crate::extension::Extension;
use crate::icmp::Icmp;
use crate::id::{Aim, ProbeId, TargetId};
use crate::path::PathNews;
use crate::time::{Clock, Moment, Rtt};

/// Which probe an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The probe.
    pub probe: ProbeId,
    /// Its target.
    pub target: TargetId,
    /// The how-manieth probe to this target it is, from 1.
    pub seq: u64,
    /// How far it was to go, by which flow, how large.
    pub aim: Aim,
}

/// One thing that happened in a run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A probe left this process.
    Sent {
        /// The probe.
        subject: Subject,
        /// When, before the system call.
        at: Moment,
    },
    /// An answer from the target itself.
    Reply(Reply),
    /// The target's answer to a probe came from an address that is not the target's. It proves that something answered,
    /// not that the target did; it is shown and not counted.
    Stray(Reply),
    /// No answer within the timeout. A late reply may still follow.
    Timeout {
        /// The probe.
        subject: Subject,
    },
    /// An ICMP error about a probe.
    IcmpError {
        /// The probe.
        subject: Subject,
        /// Who sent it, where the kernel says so.
        from: Option<Address>,
        /// Type, code and the number it carries.
        icmp: Icmp,
        /// When it arrived.
        at: Moment,
        /// How it came.
        transit: Transit,
    },
    /// ICMP errors came about probes to this target that quote too little to tell which probe: more than one was under
    /// way that they could be about.
    Unattributed {
        /// The target.
        target: TargetId,
        /// Who sent it, where the kernel says so.
        from: Option<Address>,
        /// Type, code and the number it carries.
        icmp: Icmp,
    },
    /// What a router saw of a probe. It comes beside the error that quotes it, before or after.
    Quoted {
        /// The probe.
        subject: Subject,
        /// Who sent the error.
        from: Address,
        /// What it quotes.
        quote: Quote,
    },
    /// This host did not let the probe out.
    SendError {
        /// The probe.
        subject: Subject,
        /// Why.
        errno: Errno,
        /// For EMSGSIZE: the MTU it did not fit.
        mtu: Option<u32>,
        /// When it was tried.
        at: Moment,
    },
    /// What is known now of the path to a target.
    Path {
        /// The target.
        target: TargetId,
        /// What.
        news: PathNews,
    },
    /// Something that happened to the run itself.
    Notice(Notice),
}

impl Event {
    /// The probe it is about; `None` for what happened to the run.
    pub const fn subject(&self) -> Option<&Subject> {
        match self {
            Self::Sent { subject, .. }
            | Self::Timeout { subject }
            | Self::IcmpError { subject, .. }
            | Self::Quoted { subject, .. }
            | Self::SendError { subject, .. } => Some(subject),
            Self::Reply(reply) | Self::Stray(reply) => Some(&reply.subject),
            Self::Unattributed { .. } | Self::Path { .. } | Self::Notice(_) => None,
        }
    }
}

/// How an ICMP error came.
#[derive(Debug, Clone, PartialEq)]
pub struct Transit {
    /// From the probe's departure to its arrival.
    pub rtt: Rtt,
    /// The clock of both ends of `rtt`.
    pub clock: Clock,
    /// TTL or hop limit it arrived with, where the kernel tells.
    pub ttl: Option<u8>,
    /// The first about its probe, in time or late, or one more.
    pub arrival: Arrival,
    /// What its sender says beside it.
    pub extensions: Box<[Extension]>,
}

/// What a router saw of a probe's headers, as it quotes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// TTL or hop limit that the probe arrived with.
    pub ttl: u8,
    /// TOS or traffic class that it arrived with.
    pub tos: u8,
    /// Its source address.
    pub source: IpAddr,
    /// Its destination address.
    pub destination: IpAddr,
    /// Its source and destination port, where it has ports.
    pub ports: Option<(u16, u16)>,
    /// Its checksum does not belong to what is quoted: something was rewritten on the way.
    pub is_checksum_wrong: bool,
}

/// What kind of message an answer of the target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// An ICMP message: an echo reply, or the port-unreachable of a closed UDP port.
    Icmp(Icmp),
    /// UDP data.
    Datagram,
    /// SYN-ACK: the TCP port is open.
    SynAck,
    /// A RST: the TCP port is closed.
    Reset,
}

/// An answer to a probe.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// The probe it answers.
    pub subject: Subject,
    /// What it is.
    pub answer: Answer,
    /// Who sent it.
    pub from: Address,
    /// Length of the answer above IP, in octets: ICMP header and data.
    pub len: usize,
    /// TTL or hop limit it arrived with, where the kernel tells.
    pub ttl: Option<u8>,
    /// TOS or traffic class it arrived with, where the kernel tells.
    pub tos: Option<u8>,
    /// Round-trip time.
    pub rtt: Rtt,
    /// The clock of both ends of `rtt`.
    pub clock: Clock,
    /// When it arrived.
    pub at: Moment,
    /// First answer in time, after the timeout, or one more.
    pub arrival: Arrival,
    /// How its data differs from what was sent, if it does.
    pub damage: Option<Damage>,
}

/// How an answer stands to the answers before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// The probe's first answer, within its timeout.
    InTime,
    /// The probe's first answer, after its timeout.
    Late,
    /// The probe had been answered before.
    Duplicate,
}

/// How the data of an answer differs from the data of its probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Damage {
    /// The ICMP checksum is wrong. Such an answer is not counted as received.
    Checksum,
    /// Shorter than what was sent, and right as far as it goes.
    Truncated,
    /// A byte of the data is not what was sent; the rest of the data is kept for display.
    Data {
        /// Index of the first wrong byte in the data.
        offset: usize,
        /// What was sent there.
        expected: u8,
        /// What came back.
        found: u8,
        /// All of the data that came back.
        data: Box<[u8]>,
    },
}

/// Something that happened to the run itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What, for machines.
    pub code: NoticeCode,
    /// What, for people: a sentence without its full stop.
    pub message: String,
}

/// The kinds of notice, by the names they have in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoticeCode {
    /// An interface that the run uses went down.
    InterfaceDown,
    /// It came back.
    InterfaceUp,
    /// The route to a target changed.
    RouteChange,
    /// The wall clock was stepped.
    ClockStep,
    /// Another way of probing was taken than the one that was preferred.
    Fallback,
    /// An answer to a probe came from another address than the target's.
    DifferentAddress,
    /// Messages arrived that look like answers and prove not to be: a wrong token, or nobody's probe.
    Forged,
    /// The kernel dropped arriving messages because they were not read fast enough.
    ReceiveOverflow,
    /// The kernel took no more to send for a while.
    SendBlocked,
    /// Lines were left out because the reader of the output did not keep up.
    OutputDropped,
    /// A name did not resolve, or an address cannot be asked.
    Unresolved,
    /// A line of a list names no target, or there are too many.
    BadTarget,
    /// A list of targets cannot be read.
    Unreadable,
    /// The environment names a proxy that other programs would use.
    Proxy,
    /// What is found means less than it seems to.
    Caveat,
    /// Routers quote too little of a probe to tell several apart: they go one at a time.
    OneAtATime,
}

impl NoticeCode {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InterfaceDown => "interface-down",
            Self::InterfaceUp => "interface-up",
            Self::RouteChange => "route-change",
            Self::ClockStep => "clock-step",
            Self::Fallback => "fallback",
            Self::DifferentAddress => "different-address",
            Self::Forged => "forged",
            Self::ReceiveOverflow => "receive-overflow",
            Self::SendBlocked => "send-blocked",
            Self::OutputDropped => "output-dropped",
            Self::Unresolved => "unresolved",
            Self::BadTarget => "bad-target",
            Self::Unreadable => "unreadable",
            Self::Proxy => "proxy",
            Self::Caveat => "caveat",
            Self::OneAtATime => "one-at-a-time",
        }
    }
}
