//! Sockets: opening, binding, connecting, and what they say of themselves.
//!
//! See socket(2), icmp(7) for datagram ICMP, raw(7), udp(7), tcp(7). Every socket is non-blocking and closed on exec.
//! Options are in [`crate::setting`], messages in [`crate::mmsg`]. Nothing here waits.

use std::io;
use std::mem::size_of;
use std::net::SocketAddr;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use crate::address::{Family, SocketName};

/// The sorts of socket that probes leave by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// ICMP echo without a right, where `net.ipv4.ping_group_range` holds a group of the process.
    IcmpDatagram,
    /// ICMP with CAP_NET_RAW.
    IcmpRaw,
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

impl Kind {
    const fn numbers(self, family: Family) -> (i32, i32) {
        let icmp = match family {
            Family::V4 => libc::IPPROTO_ICMP,
            Family::V6 => libc::IPPROTO_ICMPV6,
        };
        match self {
            Self::IcmpDatagram => (libc::SOCK_DGRAM, icmp),
            Self::IcmpRaw => (libc::SOCK_RAW, icmp),
            Self::Udp => (libc::SOCK_DGRAM, libc::IPPROTO_UDP),
            Self::Tcp => (libc::SOCK_STREAM, libc::IPPROTO_TCP),
        }
    }
}

/// `SO_MEMINFO` of asm-generic/socket.h and `SK_MEMINFO_DROPS` of linux/sock_diag.h.
const SO_MEMINFO: i32 = 55;
const SK_MEMINFO_DROPS: usize = 8;

/// A non-blocking socket of a known family.
#[derive(Debug)]
pub struct Socket {
    fd: OwnedFd,
    family: Family,
}

impl Socket {
    /// Opens a socket.
    ///
    /// # Errors
    /// EACCES (datagram ICMP) or EPERM (raw) without the right, EAFNOSUPPORT without the family, EMFILE, ENFILE.
    pub fn open(family: Family, kind: Kind) -> io::Result<Self> {
        let (sort, protocol) = kind.numbers(family);
        let sort = sort | libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC;
        // SAFETY: socket takes numbers only.
        let raw = checked(unsafe { libc::socket(family.number(), sort, protocol) })?;
        // SAFETY: `raw` was just opened and nobody else owns it.
        Ok(Self { fd: unsafe { OwnedFd::from_raw_fd(raw) }, family })
    }

    /// Its family.
    pub const fn family(&self) -> Family {
        self.family
    }

    /// Binds to a local address. For datagram ICMP the port is the identifier; 0 lets the kernel choose.
    ///
    /// # Errors
    /// EADDRNOTAVAIL for an address that is not this host's, EADDRINUSE, EACCES for a low port.
    pub fn bind(&self, address: SocketAddr) -> io::Result<()> {
        let name = SocketName::from(address);
        // SAFETY: the name is valid for reading over the length given beside it.
        checked(unsafe { libc::bind(self.fd.as_raw_fd(), name.as_ptr(), name.len() as libc::socklen_t) })?;
        Ok(())
    }

    /// Begins to connect.
    ///
    /// # Errors
    /// EINPROGRESS when it goes on in the background, otherwise those of connect(2).
    pub fn connect(&self, address: SocketAddr) -> io::Result<()> {
        let name = SocketName::from(address);
        // SAFETY: the name is valid for reading over the length given beside it.
        checked(unsafe { libc::connect(self.fd.as_raw_fd(), name.as_ptr(), name.len() as libc::socklen_t) })?;
        Ok(())
    }

    /// Reads what has come in; 0 octets mean that the other end has closed its side.
    ///
    /// # Errors
    /// EAGAIN when there is nothing, and whatever ended the connection, such as ECONNRESET.
    pub fn read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let (place, room) = (buffer.as_mut_ptr().cast(), buffer.len());
        // SAFETY: the buffer is valid for writing over its length.
        let got = unsafe { libc::recv(self.fd.as_raw_fd(), place, room, 0) };
        usize::try_from(got).map_err(|_| io::Error::last_os_error())
    }

    /// Writes as much as the kernel takes.
    ///
    /// # Errors
    /// EAGAIN when it takes nothing, EPIPE after the end, and whatever ended the connection.
    pub fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        let (place, len) = (bytes.as_ptr().cast(), bytes.len());
        // SAFETY: the bytes are valid for reading over their length.
        let sent = unsafe { libc::send(self.fd.as_raw_fd(), place, len, libc::MSG_NOSIGNAL) };
        usize::try_from(sent).map_err(|_| io::Error::last_os_error())
    }

    /// The local address: where it is bound, and the port or identifier that the kernel chose.
    ///
    /// # Errors
    /// Those of getsockname(2).
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        let mut name = SocketName::EMPTY;
        let mut len = SocketName::SIZE as libc::socklen_t;
        // SAFETY: the name is valid for writing over `len` bytes.
        checked(unsafe { libc::getsockname(self.fd.as_raw_fd(), name.as_mut_ptr(), &raw mut len) })?;
        name.address().ok_or_else(|| io::Error::from_raw_os_error(libc::EAFNOSUPPORT))
    }

    /// Takes the pending error (`SO_ERROR`): an errno, or 0.
    ///
    /// # Errors
    /// Those of getsockopt(2).
    pub fn take_error(&self) -> io::Result<i32> {
        let mut errno: i32 = 0;
        get(self.as_fd(), (libc::SOL_SOCKET, libc::SO_ERROR), &mut errno)?;
        Ok(errno)
    }
}

impl Socket {
    /// How many messages it has dropped since it was opened, for want of room (`SO_MEMINFO`; wraps around). Unlike
    /// `SO_RXQ_OVFL` it works for datagram ICMP, and does not wait for another message to tell it by.
    ///
    /// # Errors
    /// ENOPROTOOPT before Linux 4.12.
    pub fn dropped(&self) -> io::Result<u32> {
        let mut numbers = [0u32; SK_MEMINFO_DROPS + 1];
        get(self.as_fd(), (libc::SOL_SOCKET, SO_MEMINFO), &mut numbers)?;
        Ok(numbers[SK_MEMINFO_DROPS])
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// The result of a system call: -1 means that errno tells.
pub(crate) fn checked(answer: libc::c_int) -> io::Result<libc::c_int> {
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(answer) }
}

/// A record that the kernel reads or writes as it stands: plain numbers, valid for any bit pattern.
///
/// # Safety
/// No padding, no pointers that Rust would follow, every bit pattern valid.
pub(crate) unsafe trait Plain: Copy {}

// SAFETY: numbers are valid for any bit pattern and have no padding.
unsafe impl Plain for i32 {}
// SAFETY: as above.
unsafe impl Plain for u32 {}
// SAFETY: octets have no padding and are valid for any bit pattern.
unsafe impl<const N: usize> Plain for [u8; N] {}
// SAFETY: an array of numbers has no padding.
unsafe impl<const N: usize> Plain for [i32; N] {}
// SAFETY: an array of numbers has no padding.
unsafe impl<const N: usize> Plain for [u32; N] {}

/// setsockopt(2) with a plain record as its value.
pub(crate) fn set<T: Plain>(fd: BorrowedFd<'_>, (level, name): (i32, i32), value: &T) -> io::Result<()> {
    let len = size_of::<T>() as libc::socklen_t;
    let value = std::ptr::from_ref(value).cast();
    // SAFETY: `value` is valid for reading over `len` bytes, all of them initialised.
    checked(unsafe { libc::setsockopt(fd.as_raw_fd(), level, name, value, len) })?;
    Ok(())
}

/// getsockopt(2) into a plain record; returns how many octets the kernel wrote.
pub(crate) fn get<T: Plain>(
    fd: BorrowedFd<'_>,
    (level, name): (i32, i32),
    value: &mut T,
) -> io::Result<usize> {
    let mut len = size_of::<T>() as libc::socklen_t;
    let value = std::ptr::from_mut(value).cast();
    // SAFETY: `value` is valid for writing over `len` bytes, and whatever is written there is a valid value.
    checked(unsafe { libc::getsockopt(fd.as_raw_fd(), level, name, value, &raw mut len) })?;
    Ok(len as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_udp_socket_is_bound_where_it_says() {
        let socket = Socket::open(Family::V4, Kind::Udp).expect("udp");
        socket.bind("127.0.0.1:0".parse().expect("address")).expect("bind");
        let local = socket.local_address().expect("name");
        assert!(local.ip().is_loopback() && local.port() != 0);
        assert_eq!(socket.take_error().expect("error"), 0);
    }
}
