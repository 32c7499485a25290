//! Questions to name servers over UDP: sockets, messages, and what answers what.
//!
//! Each question to a server has a socket connected to it, so that an ICMP error comes back as an error of that server
//! (udp(7)), and a port and message id that cannot be guessed (RFC 5452).

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use hickory_proto::op::{Message, MessageType, Query};
use tokio::net::UdpSocket;

/// The longest answer that is read. Without EDNS servers send 512 octets at most.
pub(crate) const LONGEST: usize = 4096;

/// A socket that hears `server` only.
pub(crate) async fn open(server: SocketAddr) -> io::Result<UdpSocket> {
    let here: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(here).await?;
    socket.connect(server).await?;
    Ok(socket)
}

/// The message that puts `query` to a server that asks others for us.
pub(crate) fn question(query: Query) -> Message {
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(query);
    message
}

/// Whether `message` answers `question`, apart from its id. Some servers leave the question out of an error.
pub(crate) fn is_answer(message: &Message, question: &Message) -> bool {
    message.metadata.message_type == MessageType::Response
        && (message.queries.is_empty() || message.queries == question.queries)
}
