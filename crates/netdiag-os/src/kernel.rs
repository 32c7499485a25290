//! Families and addresses in the kernel's own form, as `netdiag-sys` takes them.
//!
//! What any system has is in `convert`.

use netdiag_model::{Address, Family};
use netdiag_sys::address::{self as sys, SocketName};

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
