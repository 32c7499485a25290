//! The TTL of packets that are surely the target's own: its port-unreachable to a datagram, or its echo reply.

use std::time::Duration;

use netdiag_engine::port::{DatagramBatch, ProbeSocket, TransmitBatch, Via};
use netdiag_model::{Address, ProbeId};

use crate::batch::Tools;
use crate::exchange::{self, Answer, Question};

/// A port that is hoped to be closed: traceroute's (RFC 1393).
const CLOSED: u16 = 33_434;

/// By its port-unreachable.
pub(crate) async fn by_datagram(
    socket: &mut dyn ProbeSocket,
    tools: &mut Tools<'_>,
    (to, timeout): (Address, Duration),
) -> Option<u8> {
    let question = Question { to, port: CLOSED, payload: b"", timeout };
    let exchanged = exchange::ask(socket, tools.clock, tools.commands, &question).await;
    match exchanged.answer {
        Answer::Icmp { from: Some(from), ttl, .. } if to.matches(&from) => ttl,
        _ => None,
    }
}

/// By its echo reply.
pub(crate) async fn by_echo(
    socket: &mut dyn ProbeSocket,
    tools: &mut Tools<'_>,
    (to, timeout): (Address, Duration),
) -> Option<u8> {
    let clock = &mut *tools.clock;
    let kind = if to.ip.is_ipv4() { 8 } else { 128 };
    let mut outgoing = TransmitBatch::default();
    // Type, code, checksum, identifier, sequence number: the port fills in what is its own.
    outgoing.push(ProbeId::new(0, 0, 1), to, |out| out.extend_from_slice(&[kind, 0, 0, 0, 0, 0, 0, 1]));
    socket.send(&mut outgoing, 0);
    let until = clock.now().mono + timeout;
    let mut incoming = DatagramBatch::default();
    std::future::poll_fn(|cx| {
        loop {
            incoming.clear();
            if socket.poll_recv(cx, &mut incoming).is_ready() {
                let mut replies = incoming.iter().filter(|datagram| {
                    matches!(datagram.incoming.via, Via::Direct { .. })
                        && to.matches(&datagram.incoming.from)
                        && matches!(datagram.bytes.first(), Some(0 | 129))
                });
                if let Some(reply) = replies.next() {
                    return std::task::Poll::Ready(reply.incoming.ttl);
                }
                continue;
            }
            return clock.poll_until(cx, until).map(|()| None);
        }
    })
    .await
}
