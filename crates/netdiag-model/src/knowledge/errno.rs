//! What an error number means when a socket returns it: by when it comes, and by who says so.
//!
//! The same number means different things at different moments: "no route" that connect(2) returns at once is this
//! host's own routing table, and the same number a moment later is what a router wrote. Measured on Linux 6.18;
//! which ICMP message becomes which number is icmp(7)'s and the kernel's table.

mod local;
mod reach;
mod socket;
mod stream;
#[cfg(test)]
mod tests;

use super::{Lesson, is_same};
use crate::errno::Errno;

/// When an error number comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// At once: socket(2), bind(2) or connect(2) returns it before a packet is sent.
    AtOnce,
    /// Later: connect(2) had begun, and then failed.
    Later,
    /// On a socket in use: send(2), recv(2) or accept(2) returns it.
    InUse,
}

impl Phase {
    /// Every phase, in the order of a connection's life.
    pub const ALL: [Self; 3] = [Self::AtOnce, Self::Later, Self::InUse];

    /// The phase in a few words, for a label.
    pub const fn words(self) -> &'static str {
        match self {
            Self::AtOnce => "at once",
            Self::Later => "connect, later",
            Self::InUse => "send, recv, accept",
        }
    }
}

/// Who is behind an error number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// The program itself: how it called, or what it may.
    Program,
    /// The kernel of this host: a limit, a table, a policy.
    Kernel,
    /// The routing table of this host.
    Routes,
    /// The firewall of this host.
    Firewall,
    /// Nobody on the link: a neighbour does not answer ARP or neighbour discovery.
    Neighbour,
    /// A router or firewall on the way, by ICMP.
    Router,
    /// The target, or something that speaks in its name: by a RST or by ICMP.
    Target,
    /// Nobody: silence.
    Nobody,
}

impl Speaker {
    /// Who, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Program => "the program itself",
            Self::Kernel => "this host's kernel",
            Self::Routes => "this host's routing table",
            Self::Firewall => "this host's firewall",
            Self::Neighbour => "a neighbour that does not answer",
            Self::Router => "a router or firewall on the way",
            Self::Target => "the target",
            Self::Nobody => "nobody (silence)",
        }
    }
}

/// What an error number means in one phase.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sense {
    /// When it comes.
    pub phase: Phase,
    /// What it means then, in one or two sentences that do not name the number.
    pub meaning: &'static str,
    /// Who may be behind it, the likeliest first.
    pub said_by: &'static [Speaker],
}

/// What is known of an error number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrnoFacts {
    /// The number.
    pub errno: Errno,
    /// Its symbolic name.
    pub name: &'static str,
    /// What it means, by phase; a phase in which sockets do not return it is missing.
    pub senses: &'static [Sense],
    /// What is different over IPv6.
    pub ipv6: Option<&'static str>,
    /// The rest; its title is the text of strerror(3).
    pub lesson: Lesson,
}

impl ErrnoFacts {
    /// What it means in `phase`.
    pub fn sense(&self, phase: Phase) -> Option<&Sense> {
        self.senses.iter().find(|sense| sense.phase == phase)
    }
}

/// Every error number that is explained, in the order of the files.
pub fn all() -> impl Iterator<Item = &'static ErrnoFacts> {
    [reach::FACTS, stream::FACTS, socket::FACTS, local::FACTS].into_iter().flatten()
}

/// What is known of `errno`.
pub fn of(errno: Errno) -> Option<&'static ErrnoFacts> {
    all().find(|facts| facts.errno == errno)
}

/// The error number that goes by this name (`ECONNREFUSED`), by this text (`connection refused`), or by a name that it
/// has besides (`EWOULDBLOCK`).
pub fn find(term: &str) -> Option<&'static ErrnoFacts> {
    let also = OTHER_NAMES.iter().find(|(name, _)| is_same(name, term)).map(|(_, errno)| *errno);
    all().find(|facts| {
        is_same(facts.name, term) || is_same(facts.lesson.title, term) || Some(facts.errno) == also
    })
}

/// Second names of the same numbers (errno(3)).
const OTHER_NAMES: [(&str, Errno); 2] = [("EWOULDBLOCK", Errno::EAGAIN), ("ENOTSUP", Errno::EOPNOTSUPP)];

/// What `errno` means in `phase`, in one or two sentences. `None` where sockets do not return it.
pub fn meaning(errno: Errno, phase: Phase) -> Option<&'static str> {
    of(errno)?.sense(phase).map(|sense| sense.meaning)
}

/// Who may be behind `errno` in `phase`, the likeliest first.
pub fn said_by(errno: Errno, phase: Phase) -> &'static [Speaker] {
    of(errno).and_then(|facts| facts.sense(phase)).map_or(&[], |sense| sense.said_by)
}

/// Sentences of one phase, written short in the tables.
const fn at_once(meaning: &'static str, said_by: &'static [Speaker]) -> Sense {
    Sense { phase: Phase::AtOnce, meaning, said_by }
}

const fn later(meaning: &'static str, said_by: &'static [Speaker]) -> Sense {
    Sense { phase: Phase::Later, meaning, said_by }
}

const fn in_use(meaning: &'static str, said_by: &'static [Speaker]) -> Sense {
    Sense { phase: Phase::InUse, meaning, said_by }
}
