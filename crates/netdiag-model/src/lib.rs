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
pub mod origin;
pub mod path;
pub mod prefix;
pub mod stats;
pub mod tcp;
pub mod time;
pub mod trail;
pub mod verdict;

pub use address::{Address, Family};
pub use errno::Errno;
pub use event::Event;
pub use icmp::Icmp;
pub use id::{Aim, Flow, ProbeId, TargetId};
pub use origin::{Asn, Origin};
pub use prefix::Prefix;
pub use tcp::TcpState;
pub use time::{Clock, Moment, Mono, Reading, Rtt, Stamp, Wall};
pub use verdict::{Phase, Side, Verdict};
