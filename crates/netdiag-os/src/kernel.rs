//! Families, addresses and ICMP errors in the kernel's own form, as `netdiag-sys` takes and gives them.
//!
//! What any system has is in `convert`.

use netdiag_model::{Address, Family, Icmp};
use netdiag_sys::address::{self as sys, SocketName};
use netdiag_sys::error_queue::ExtendedError;

use crate::convert;

pub(crate) const fn family(family: Family) -> sys::Family {
    match family {
        Family::V4 => sys::Family::V4,
        Family::V6 => sys::Family::V6,
    }
}

/// An address and a port, with the flow information (label) that an IPv6 packet is to carry.
pub(crate) fn socket_name(to: &Address, port: u16, flow: u32) -> SocketName {
    convert::socket_addr(to, port, flow).into()
}

/// The message that an entry of the error queue is about. Over IPv6 the kernel hands on the 32 bits after the checksum
/// whatever they are, the length of the quote (RFC 4884) included.
pub(crate) const fn icmp(family: Family, error: &ExtendedError) -> Icmp {
    let (kind, code) = (error.kind, error.code);
    let info = match family {
        Family::V4 => error.info,
        Family::V6 => convert::protocol(family).number((kind, code), error.info),
    };
    Icmp { family, kind, code, info }
}
