//! Targets: the words that name them, and the stream of addresses that the words come to.
//!
//! A [`Word`] is what was typed, or a line of a list. [`TargetStream`] turns words into addresses one by one: blocks are
//! counted up, lists are read as they are needed, names are looked up beside each other; nothing is collected. One
//! rule, [`usable`], says whether an address can be asked.

mod address;
mod block;
mod listed;
mod lookups;
mod stream;
#[cfg(test)]
mod tests;
mod word;

use std::fmt;
use std::rc::Rc;

use netdiag_model::Address;
use netdiag_model::event::NoticeCode;

use crate::error::ToolError;

pub use address::{Addresses, Interfaces, Wishes, no_address, shown, unresolved, usable};
pub use block::{Block, BlockAddresses};
pub use listed::{LineError, Listable, Listed};
pub use stream::TargetStream;
pub use word::{Word, WordError};

/// Where a target stands among all that were typed or listed. Sorting by it gives the order typed; the addresses of one
/// name stay in the resolver's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// The place of the name, address or faulty line, from 0; each address of a block has its own. Past `u32::MAX`,
    /// which only faulty lines can reach, all places are this one.
    pub item: u32,
    /// The place among the addresses of one name, from 0.
    pub address: u32,
}

/// One target, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it stands among the others.
    pub position: Position,
    /// The target.
    pub outcome: Result<Named, Failure>,
}

/// A target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// The name as typed; `None` where that is the address itself.
    pub label: Option<Box<str>>,
    /// Its address.
    pub address: Address,
}

/// A line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The list: a file's name, or `standard input`.
    pub source: Rc<str>,
    /// The line, from 1.
    pub line: u64,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.line)
    }
}

/// The kinds of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// A line that names no target.
    Malformed,
    /// A name without an address, or an address that cannot be asked.
    Unresolved,
    /// A list that cannot be read (any further).
    Unreadable,
    /// There are more targets than wished for. The last that the stream gives.
    TooMany,
}

impl FailureKind {
    /// The notice that tells of it.
    pub const fn notice_code(self) -> NoticeCode {
        match self {
            Self::Malformed | Self::TooMany => NoticeCode::BadTarget,
            Self::Unresolved => NoticeCode::Unresolved,
            Self::Unreadable => NoticeCode::Unreadable,
        }
    }
}

/// Why a word or a line gave no target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What was typed or listed. It may hold anything: escape it before it is shown.
    pub label: Box<str>,
    /// The line it stands on, if it comes from a list.
    pub place: Option<Place>,
    /// What kind of failure.
    pub kind: FailureKind,
    /// What is wrong: one line that names the word.
    pub message: String,
    /// The way out.
    pub hint: Option<String>,
}

impl Failure {
    /// What `error` says of `label`.
    fn new(kind: FailureKind, label: &str, place: Option<Place>, error: ToolError) -> Self {
        Self { label: label.into(), place, kind, message: error.message, hint: error.hint }
    }
}

/// `hosts.txt:17: MESSAGE`, or the message alone for what was typed.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)
    }
}
