//! A listener whose accept queue is full (`listen(2)`): the kernel drops every further SYN without a word.
//!
//! With a backlog of 0 the queue holds one connection, which is made from here and never accepted.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with};

/// The shortest queue there is.
const BACKLOG: i32 = 0;
/// Enough for one connection within a host, and for a SYN to be sent again.
const PATIENCE: Duration = Duration::from_millis(500);
/// More connections than any kernel lets into the shortest queue.
const MOST: usize = 16;

/// A full listener and what fills it.
#[derive(Debug)]
pub(super) struct Full {
    _listener: OwnedFd,
    _waiting: Vec<TcpStream>,
}

/// Listens on this address and fills the queue until a connection is no longer answered.
pub(super) fn fill(address: SocketAddr) -> io::Result<Full> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let listener = socket_with(family, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    bind(&listener, &address)?;
    listen(&listener, BACKLOG)?;
    let near = match address.ip() {
        IpAddr::V4(own) if own.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(own) if own.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        own => own,
    };
    let mut waiting = Vec::new();
    while waiting.len() < MOST {
        match TcpStream::connect_timeout(&SocketAddr::new(near, address.port()), PATIENCE) {
            Ok(stream) => waiting.push(stream),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                return Ok(Full { _listener: listener, _waiting: waiting });
            }
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("a queue of {BACKLOG} took {MOST} connections")))
}
