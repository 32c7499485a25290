//! Socket addresses in the kernel's form (`sockaddr_in`, `sockaddr_in6`) and in std's, one way and the other.
//!
//! See ip(7) and ipv6(7) for the two records. Knows nothing of sockets. What is of another family, or cut short, reads
//! as `None`.

use std::mem::size_of;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// An address family that this crate opens sockets of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// `AF_INET`.
    V4,
    /// `AF_INET6`.
    V6,
}

impl Family {
    /// The kernel's number of it.
    pub(crate) const fn number(self) -> i32 {
        match self {
            Self::V4 => libc::AF_INET,
            Self::V6 => libc::AF_INET6,
        }
    }

    /// The family of `ip`.
    pub const fn of(ip: IpAddr) -> Self {
        match ip {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }
}

const V4_LEN: usize = size_of::<libc::sockaddr_in>();
const V6_LEN: usize = size_of::<libc::sockaddr_in6>();

/// A socket address in the kernel's form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(C, align(8))]
pub struct SocketName {
    bytes: [u8; V6_LEN],
}

impl SocketName {
    /// Octets of the longest address.
    pub const SIZE: usize = V6_LEN;

    /// No address (family 0).
    pub const EMPTY: Self = Self { bytes: [0; V6_LEN] };

    /// How many octets of it the kernel is to read: 0 for no address.
    #[must_use]
    pub fn len(&self) -> usize {
        match i32::from(u16::from_ne_bytes([self.bytes[0], self.bytes[1]])) {
            libc::AF_INET => V4_LEN,
            libc::AF_INET6 => V6_LEN,
            _ => 0,
        }
    }

    /// Whether it holds no address.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The address, where there is one.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        parse(&self.bytes)
    }

    /// Its octets, for system calls that read or write it.
    pub(crate) fn as_ptr(&self) -> *const libc::sockaddr {
        self.bytes.as_ptr().cast()
    }

    pub(crate) fn as_mut_ptr(&mut self) -> *mut libc::sockaddr {
        self.bytes.as_mut_ptr().cast()
    }
}

impl From<SocketAddr> for SocketName {
    fn from(address: SocketAddr) -> Self {
        let mut bytes = [0; V6_LEN];
        bytes[2..4].copy_from_slice(&address.port().to_be_bytes());
        match address {
            SocketAddr::V4(v4) => {
                bytes[..2].copy_from_slice(&(libc::AF_INET as u16).to_ne_bytes());
                bytes[4..8].copy_from_slice(&v4.ip().octets());
            }
            SocketAddr::V6(v6) => {
                bytes[..2].copy_from_slice(&(libc::AF_INET6 as u16).to_ne_bytes());
                bytes[4..8].copy_from_slice(&v6.flowinfo().to_be_bytes());
                bytes[8..24].copy_from_slice(&v6.ip().octets());
                bytes[24..28].copy_from_slice(&v6.scope_id().to_ne_bytes());
            }
        }
        Self { bytes }
    }
}

/// Reads a `sockaddr` of either family from its octets. Octets beyond it are ignored.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<SocketAddr> {
    let family = u16::from_ne_bytes(array(bytes, 0)?);
    let port = u16::from_be_bytes(array(bytes, 2)?);
    match i32::from(family) {
        libc::AF_INET => Some(SocketAddrV4::new(Ipv4Addr::from(array::<4>(bytes, 4)?), port).into()),
        libc::AF_INET6 => {
            let flow = u32::from_be_bytes(array(bytes, 4)?);
            let scope = u32::from_ne_bytes(array(bytes, 24)?);
            Some(SocketAddrV6::new(Ipv6Addr::from(array::<16>(bytes, 8)?), port, flow, scope).into())
        }
        _ => None,
    }
}

/// The `N` octets of `bytes` from `at` on.
pub(crate) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_comes_back_as_it_was_written() {
        for text in ["192.0.2.1:80", "[2001:db8::1]:443", "[fe80::1%7]:9"] {
            let address: SocketAddr = text.parse().expect("address");
            assert_eq!(SocketName::from(address).address(), Some(address));
        }
        assert_eq!((SocketName::EMPTY.address(), SocketName::EMPTY.len()), (None, 0));
    }

    #[test]
    fn what_is_cut_short_is_no_address() {
        let name = SocketName::from("[::1]:1".parse::<SocketAddr>().expect("address"));
        assert_eq!((parse(&name.bytes[..27]), parse(&[])), (None, None));
    }
}
