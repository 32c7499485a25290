//! The one crate with unsafe code: sockets, control messages, stamps, capabilities, namespaces.
//!
//! A safe face over the system calls that netdiag needs and std does not offer (libc only). It speaks std's types and
//! errno; what any of it means for a probe is said in the rooms above.

pub mod address;
pub mod capability;
pub mod clock;
pub mod control;
pub mod epoll;
pub mod error_queue;
pub mod filter;
pub mod flow_label;
pub mod interface;
pub mod mmsg;
pub mod names;
pub mod namespace;
pub mod netlink;
pub mod packet;
pub mod poll;
pub mod process;
pub mod random;
pub mod setting;
pub mod signal;
pub mod socket;
pub mod tcp_info;
pub mod timer;
