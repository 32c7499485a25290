//! The truth: what really became of every probe, which no prober can see.
//!
//! Tests compare a report with it. Entries are in the order in which things happened.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use netdiag_model::{Icmp, Mono, ProbeId};

/// The direction of a packet on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// From the first of the link's `ends` to the second.
    Forward,
    /// From the second to the first.
    Back,
}

/// Why a packet was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The link's random loss.
    Loss,
    /// The link's loss in bursts.
    Burst,
    /// The link is down.
    Down,
    /// The link's queue is full.
    Queue,
    /// It was too large, and nobody said so.
    Size,
}

/// What happened to a probe, or to an answer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Happening {
    /// It left this host.
    Sent {
        /// Where to.
        to: IpAddr,
    },
    /// It was lost on a link.
    Lost {
        /// The link's name.
        link: Arc<str>,
        /// In which direction.
        direction: Direction,
        /// Why.
        cause: Cause,
    },
    /// The link delivered it twice.
    Duplicated {
        /// The link's name.
        link: Arc<str>,
    },
    /// The link flipped a bit of it.
    Corrupted {
        /// The link's name.
        link: Arc<str>,
    },
    /// The link held it back so that others overtake it.
    HeldBack {
        /// The link's name.
        link: Arc<str>,
        /// By how much.
        by: Duration,
    },
    /// A node dropped it without a word.
    Swallowed {
        /// The node's name.
        node: Arc<str>,
    },
    /// A node would have sent an ICMP error and its rate limit forbade it.
    Limited {
        /// The node's name.
        node: Arc<str>,
    },
    /// A node answered it with an ICMP error.
    Refused {
        /// The node's name.
        node: Arc<str>,
        /// The error.
        icmp: Icmp,
    },
    /// A node answered it.
    Answered {
        /// The node's name.
        node: Arc<str>,
    },
    /// An answer reached this host's socket.
    Arrived {
        /// Whom the answer names as its sender.
        from: IpAddr,
    },
    /// An answer reached this host and its kernel dropped it (a wrong checksum).
    Discarded,
    /// An answer reached this host and the socket's buffer was full.
    Overflowed,
}

/// What sent a probe, numbered in the order of opening, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// A set of ICMP or UDP sockets.
    Sockets(u16),
    /// A connector.
    Connector(u16),
}

/// One entry of the truth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Mono,
    /// What sent the probe.
    pub origin: Origin,
    /// The probe.
    pub probe: ProbeId,
    /// What happened.
    pub what: Happening,
}

/// All that happened to all probes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    entries: Vec<Entry>,
}

impl Truth {
    pub(crate) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// All entries in the order of time.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What became of one probe.
    pub fn of(&self, probe: ProbeId) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.probe == probe)
    }

    /// How many entries are such.
    pub fn count(&self, is_such: impl Fn(&Happening) -> bool) -> usize {
        self.entries.iter().filter(|entry| is_such(&entry.what)).count()
    }

    /// How many probes were sent.
    pub fn sent(&self) -> usize {
        self.count(|what| matches!(what, Happening::Sent { .. }))
    }

    /// How many packets, probes and answers, were lost on links in one direction.
    pub fn lost(&self, way: Direction) -> usize {
        self.count(|what| matches!(what, Happening::Lost { direction, .. } if *direction == way))
    }

    /// How many answers reached this host's sockets, duplicates included.
    pub fn arrived(&self) -> usize {
        self.count(|what| matches!(what, Happening::Arrived { .. }))
    }
}

/// One line per entry, for the message of a failed test.
impl fmt::Display for Truth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Entry { at, origin, probe, what } in &self.entries {
            writeln!(f, "{:>15} ns  {origin:?}  seq {:>5}  {what:?}", at.as_nanos(), probe.seq())?;
        }
        Ok(())
    }
}
