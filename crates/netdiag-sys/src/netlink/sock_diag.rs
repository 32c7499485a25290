//! `sock_diag(7)`: the TCP sockets of a network namespace, as linux/inet_diag.h lays them out.
//!
//! Only those that wait for connections are asked for.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Netlink;
use super::message::{Message, Request};
use crate::address::{Family, array};

const SOCK_DIAG_BY_FAMILY: u16 = 20;

/// Octets of `struct inet_diag_req_v2` and of `struct inet_diag_msg`.
const REQUEST_RECORD: usize = 56;
const SOCKET_RECORD: usize = 72;

/// The state LISTEN (`TCP_LISTEN` of linux/tcp_states.h).
const LISTEN: u8 = 10;

const INET_DIAG_SKV6ONLY: u16 = 11;

/// A TCP socket that waits for connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListenerRecord {
    /// The address that it listens on; unspecified for all of its family.
    pub address: IpAddr,
    /// Its port.
    pub port: u16,
    /// Index of the interface that it is bound to; 0 for none.
    pub interface: u32,
    /// How many connections wait to be accepted.
    pub queue: u32,
    /// How many may wait.
    pub backlog: u32,
    /// Whether it leaves IPv4 alone: by `IPV6_V6ONLY`, or because it is bound to an IPv6 address. Never true of an IPv4
    /// socket.
    pub is_v6_only: bool,
}

impl ListenerRecord {
    pub(super) fn parse(message: &Message<'_>) -> Option<Self> {
        let body = message.body;
        if message.kind != SOCK_DIAG_BY_FAMILY || *body.get(1)? != LISTEN {
            return None;
        }
        let address = match i32::from(*body.first()?) {
            libc::AF_INET => Ipv4Addr::from(array::<4>(body, 8)?).into(),
            libc::AF_INET6 => Ipv6Addr::from(array::<16>(body, 8)?).into(),
            _ => return None,
        };
        let word = |at| array(body, at).map(u32::from_ne_bytes);
        let mut attributes = message.attributes(SOCKET_RECORD);
        let v6_only = attributes.find(|&(kind, _)| kind == INET_DIAG_SKV6ONLY);
        Some(Self {
            address,
            port: u16::from_be_bytes(array(body, 4)?),
            interface: word(40)?,
            queue: word(56)?,
            backlog: word(60)?,
            is_v6_only: v6_only.and_then(|(_, data)| data.first()).is_some_and(|&octet| octet != 0),
        })
    }
}

/// A `sock_diag(7)` socket.
#[derive(Debug)]
pub struct SockDiag {
    netlink: Netlink,
}

impl SockDiag {
    /// A socket for questions about the sockets of this thread's network namespace.
    ///
    /// # Errors
    /// EMFILE, ENFILE, EPROTONOSUPPORT.
    pub fn open() -> io::Result<Self> {
        Ok(Self { netlink: Netlink::with(libc::NETLINK_SOCK_DIAG, 0, 0)? })
    }

    /// The TCP sockets of `family` that listen on `port`, whoever owns them.
    ///
    /// # Errors
    /// ENOENT where the kernel was built without `INET_TCP_DIAG`.
    pub fn listeners(&mut self, family: Family, port: u16) -> io::Result<Vec<ListenerRecord>> {
        let mut record = [0u8; REQUEST_RECORD];
        record[0] = family.number() as u8;
        record[1] = libc::IPPROTO_TCP as u8;
        record[4..8].copy_from_slice(&(1u32 << LISTEN).to_ne_bytes());
        // The kernel passes over listeners on other ports. It takes port 0 for any.
        record[8..10].copy_from_slice(&port.to_be_bytes());
        let mut listeners = Vec::new();
        self.netlink.ask(Request::dump(SOCK_DIAG_BY_FAMILY, &record), |message| {
            listeners.extend(ListenerRecord::parse(message).filter(|one| one.port == port));
        })?;
        Ok(listeners)
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::netlink::message::Messages;

    #[test]
    fn a_listener_is_found_by_its_port_and_no_other_is() {
        let mut sockets = SockDiag::open().expect("netlink");
        for (family, home) in [(Family::V4, "127.0.0.1"), (Family::V6, "::1")] {
            let address: IpAddr = home.parse().expect("address");
            let Ok(listener) = TcpListener::bind((address, 0)) else { continue };
            let _other = TcpListener::bind((address, 0)).expect("another");
            let port = listener.local_addr().expect("address").port();
            let found = sockets.listeners(family, port).expect("answer");
            let [one] = found.as_slice() else { panic!("{found:?}") };
            assert_eq!((one.address, one.port, one.interface, one.queue), (address, port, 0, 0));
            // The kernel sets IPV6_V6ONLY on a socket that is bound to an IPv6 address.
            assert!(one.backlog > 0 && one.is_v6_only == (family == Family::V6));
            drop(listener);
            assert_eq!(sockets.listeners(family, port).expect("answer"), []);
        }
    }

    #[test]
    fn an_error_at_the_end_of_a_dump_is_told() {
        let mut sockets = SockDiag::open().expect("netlink");
        let mut record = [0u8; REQUEST_RECORD];
        // A protocol that the kernel cannot tell of.
        (record[0], record[1]) = (libc::AF_INET as u8, 200);
        let request = Request::dump(SOCK_DIAG_BY_FAMILY, &record);
        let error = sockets.netlink.ask(request, |_| ()).expect_err("no such protocol");
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
    }

    /// As Linux 6.18 tells of `[::]:8080` with a backlog of 5, of which 2 are taken.
    #[test]
    fn a_record_is_read() {
        let mut bytes = vec![0; 16 + SOCKET_RECORD];
        (bytes[16], bytes[17]) = (libc::AF_INET6 as u8, LISTEN);
        bytes[20..22].copy_from_slice(&8080u16.to_be_bytes());
        bytes[56..60].copy_from_slice(&3u32.to_ne_bytes());
        bytes[72..76].copy_from_slice(&2u32.to_ne_bytes());
        bytes[76..80].copy_from_slice(&5u32.to_ne_bytes());
        bytes.extend([5, 0, INET_DIAG_SKV6ONLY as u8, 0, 1, 0, 0, 0]);
        let len = bytes.len() as u32;
        bytes[..4].copy_from_slice(&len.to_ne_bytes());
        bytes[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
        let address = Ipv6Addr::UNSPECIFIED.into();
        let expected =
            ListenerRecord { address, port: 8080, interface: 3, queue: 2, backlog: 5, is_v6_only: true };
        let read: Vec<_> = Messages::new(&bytes).filter_map(|one| ListenerRecord::parse(&one)).collect();
        assert_eq!(read, [expected]);
        for cut in 16..bytes.len() {
            bytes[..4].copy_from_slice(&(cut as u32).to_ne_bytes());
            let _ = Messages::new(&bytes[..cut]).filter_map(|one| ListenerRecord::parse(&one)).count();
        }
    }
}
