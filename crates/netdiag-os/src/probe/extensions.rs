//! Where the extensions of an ICMP error (RFC 4884) begin in what the error queue brings of it.
//!
//! The kernel tells it of messages that tell the length of their quote. Routers older than the RFC do not, and put them
//! behind 128 octets; kernels older than 5.9 tell nothing. There only a checksum can say that it is them.

use netdiag_sys::error_queue::{ExtendedError, Extensions};
use netdiag_sys::socket::Kind;
use netdiag_wire::{extension, icmp};

use super::lane::Lane;
use crate::convert;

/// The UDP header (RFC 768), in octets.
const UDP_HEADER_LEN: usize = 8;

/// Their offset in `bytes`, where they are asked for and sound.
pub(super) fn offset(lane: &Lane, error: &ExtendedError, bytes: &[u8]) -> Option<usize> {
    if !lane.has_extensions {
        return None;
    }
    match error.extensions() {
        Extensions::At(at) => {
            let at = usize::from(at);
            bytes.get(at..).filter(|structure| extension::parse(structure).is_ok()).map(|_| at)
        }
        Extensions::Untold if convert::protocol(lane.family).is_extensible(error.kind) => {
            let at = icmp::LEAST_QUOTE - stripped(lane);
            bytes.get(at..).filter(|structure| extension::is_certain(structure)).map(|_| at)
        }
        Extensions::Untold | Extensions::Unsound => None,
    }
}

/// How much of the quoted packet the kernel leaves out. Probes bear no options.
const fn stripped(lane: &Lane) -> usize {
    let transport = match lane.kind {
        Kind::Udp => UDP_HEADER_LEN,
        _ => 0,
    };
    lane.family.header_len() + transport
}
