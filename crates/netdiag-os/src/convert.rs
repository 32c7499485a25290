//! Between the standard library's types and the project's, and among these: addresses, error numbers, protocols.
//!
//! The kernel's own forms are in `kernel`.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use netdiag_model::{Address, Errno, Family};
use netdiag_wire::icmp::Protocol;

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

/// The ICMP of a family.
pub(crate) const fn protocol(family: Family) -> Protocol {
    match family {
        Family::V4 => Protocol::Icmp,
        Family::V6 => Protocol::Icmpv6,
    }
}

/// The address that stands for none.
pub(crate) const fn unspecified(family: Family) -> Address {
    Address::new(match family {
        Family::V4 => std::net::IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        Family::V6 => std::net::IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    })
}

/// The error number of a failed system call; EIO for an error that has none.
pub(crate) fn errno(error: &io::Error) -> Errno {
    error.raw_os_error().map_or(Errno::EIO, Errno)
}
