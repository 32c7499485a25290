//! The vocabulary of netdiag: what the other rooms say to each other.
//!
//! Identifiers, moments, addresses, events, statistics, and the words for what a network says. Pure data and pure
//! functions: no clock is read here, no socket is known, nothing is printed.

pub mod address;
pub mod errno;
pub mod event;
pub mod extension;
pub mod icmp;
pub mod id;
pub mod knowledge;
pub mod stats;
pub mod tcp;
pub mod time;
pub mod verdict;

pub use address::{Address, Family};
pub use errno::Errno;
pub use event::Event;
pub use icmp::Icmp;
pub use id::{ProbeId, TargetId};
pub use tcp::TcpState;
pub use time::{Clock, Moment, Mono, Reading, Rtt, Stamp, Wall};
pub use verdict::{Phase, Side, Verdict};
