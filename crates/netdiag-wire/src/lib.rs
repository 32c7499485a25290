//! Bytes to meaning and back. Never panics on any input; what it does not know is a value, not an error.
//!
//! Packet layouts come from `pnet_packet`; this crate adds the checks that a hostile network calls for and names that
//! IPv4 and IPv6 share. It knows nothing of sockets or probes.

pub mod extension;
pub mod icmp;
pub mod ip;
pub mod quote;

/// Why bytes do not parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WireError {
    /// Fewer octets than the header needs.
    #[error("{what}: {len} octets, at least {needed} needed")]
    TooShort {
        /// What was being parsed.
        what: &'static str,
        /// How many octets there were.
        len: usize,
        /// How many are needed.
        needed: usize,
    },
    /// A header that contradicts itself.
    #[error("{what}: {why}")]
    Malformed {
        /// What was being parsed.
        what: &'static str,
        /// What is wrong with it.
        why: &'static str,
    },
}
