//! What the owner of a socket writes into an echo request before it leaves, where the kernel does not.
//!
//! RFC 792, RFC 4443. Datagram ICMP on Linux leaves nothing of this to its owner.

use netdiag_model::Family;
use netdiag_wire::icmp;

/// Writes the identifier and, for IPv4, the checksum; that of IPv6 is the kernel's in any case.
pub(crate) fn seal(message: &mut [u8], family: Family, identifier: u16) {
    match family {
        // What is too short to be an echo goes out as it is.
        Family::V4 => drop(icmp::seal_v4(message, identifier)),
        Family::V6 => {
            if let Some(place) = message.get_mut(4..6) {
                place.copy_from_slice(&identifier.to_be_bytes());
            }
        }
    }
}
