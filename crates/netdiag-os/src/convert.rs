//! Between the system's types and the project's: families, addresses, error numbers.

use std::io;
use std::net::{SocketAddr, SocketAddrV6};

use netdiag_model::{Address, Errno, Family};
use netdiag_sys::address::{self as sys, SocketName};

pub(crate) const fn family(family: Family) -> sys::Family {
    match family {
        Family::V4 => sys::Family::V4,
        Family::V6 => sys::Family::V6,
    }
}

/// The address and the port of a socket address. A scope is kept where the address needs one.
pub(crate) const fn address(from: SocketAddr) -> (Address, u16) {
    match from {
        SocketAddr::V4(v4) => (Address::new(std::net::IpAddr::V4(*v4.ip())), v4.port()),
        SocketAddr::V6(v6) => (Address::scoped(std::net::IpAddr::V6(*v6.ip()), v6.scope_id()), v6.port()),
    }
}

/// The other way, with the flow information (label) that an IPv6 packet is to carry.
pub(crate) fn socket_addr(to: &Address, port: u16, flow: u32) -> SocketAddr {
    match to.ip {
        std::net::IpAddr::V4(v4) => SocketAddr::from((v4, port)),
        std::net::IpAddr::V6(v6) => SocketAddrV6::new(v6, port, flow, to.scope).into(),
    }
}

/// The same in the kernel's form.
pub(crate) fn socket_name(to: &Address, port: u16, flow: u32) -> SocketName {
    socket_addr(to, port, flow).into()
}

/// The error number of a failed system call; EIO for an error that has none.
pub(crate) fn errno(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno)
}
