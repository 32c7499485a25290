//! What can go wrong while a laboratory is built or used.
//!
//! Every message names the operation and, where there is one, the way out. What the programs inside
//! a laboratory answer (exit status, output) is a result, never an error of this kind.

use std::io;

/// Why a laboratory could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The binary that uses the laboratory does not let it take over its agents.
    #[error(
        "laboratories run agents in this very binary: call netdiag_lab::intercept() first thing in main() \
         (a test needs `harness = false` for that)"
    )]
    NotIntercepted,
    /// An operating system call of the caller's side failed.
    #[error("{operation}: {source}")]
    Io {
        /// What was tried.
        operation: String,
        /// The kernel's answer.
        source: io::Error,
    },
    /// An agent or a program it ran refused.
    #[error("{operation}: {reason}")]
    Refused {
        /// What was asked.
        operation: String,
        /// What it said, usually the standard error of the program.
        reason: String,
    },
    /// An agent ended or spoke nonsense.
    #[error("{agent} ended unexpectedly while {operation}; its own words are on standard error")]
    Lost {
        /// Which agent.
        agent: String,
        /// What was under way.
        operation: String,
    },
    /// A node name does not fit into the interface name `to-NAME`.
    #[error("node name {name:?}: use 1 to 12 letters, digits or dashes, as interfaces are called to-NAME")]
    BadName {
        /// The name that was given.
        name: String,
    },
    /// Two nodes are linked already; interface names would clash.
    #[error("{a} and {b} are linked already, and interfaces are named after the peer: put a node between")]
    AlreadyLinked {
        /// One end.
        a: String,
        /// The other end.
        b: String,
    },
    /// A node has no such link.
    #[error("{node} has no link towards {towards}: call Lab::link or Lab::wire first")]
    NoLink {
        /// The node that was asked.
        node: String,
        /// The peer or interface, or "anyone".
        towards: String,
    },
}

impl Error {
    pub(crate) fn io(operation: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let operation = operation.into();
        move |source| Self::Io { operation, source }
    }
}

/// The result of laboratory operations.
pub type Result<T, E = Error> = std::result::Result<T, E>;
