//! Measures the port alone: one echo to each of 65 536 addresses, with the kernel's stamps of both directions.
//!
//! `sweep PREFIX ROUNDS`, where PREFIX is the first half of an IPv4 address such as `10.99`. Needs a network in which
//! all of these answer, such as a pair of namespaces with `ip route add local PREFIX.0.0/16 dev lo` in the far one.

#![allow(clippy::print_stdout, reason = "it is a program")]

use std::future::poll_fn;
use std::net::Ipv4Addr;
use std::task::Poll;
use std::time::Duration;

use netdiag_engine::port::{
    Clock, DatagramBatch, ProbeSocket, SocketOptions, Sockets, Stop, TransmitBatch, Via,
};
use netdiag_model::{Address, ProbeId};
use netdiag_os::{LinuxSockets, SystemClock};
use netdiag_wire::icmp::{self, Echo, Message, Protocol};

const COUNT: usize = 65_536;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let prefix = arguments.next().unwrap_or_else(|| "10.99".to_owned());
    let octets: Vec<u8> = prefix.split('.').filter_map(|part| part.parse().ok()).collect();
    let [high, low] = octets[..] else { return println!("usage: sweep A.B [ROUNDS]") };
    let rounds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(5);
    for _ in 0..rounds {
        round([high, low]).await;
    }
}

/// What has come of a round so far.
#[derive(Debug)]
struct Tally {
    has_left: Vec<bool>,
    replies: usize,
    stamped: usize,
    dropped: u64,
}

impl Tally {
    fn apply(&mut self, incoming: &DatagramBatch) {
        self.dropped += incoming.dropped();
        for datagram in incoming.iter() {
            match datagram.incoming.via {
                Via::Departure { probe } => self.has_left[usize::from(probe.seq())] = true,
                Via::Direct { .. } => {
                    self.replies += 1;
                    if let Ok(Message::EchoReply(echo)) = icmp::parse(Protocol::Icmp, datagram.bytes) {
                        let has_both =
                            self.has_left[usize::from(echo.seq)] && datagram.incoming.at.stamp.is_some();
                        self.stamped += usize::from(has_both);
                    }
                }
                Via::ErrorQueue { .. } | Via::Witnessed { .. } => {}
            }
        }
    }
}

async fn round(prefix: [u8; 2]) {
    let options = SocketOptions { payload_len: 56, in_flight: COUNT, ..SocketOptions::default() };
    let mut clock = SystemClock::new().expect("clock");
    let mut socket = LinuxSockets.open_icmp(&options).expect("socket");
    let (mut outgoing, mut incoming) = (TransmitBatch::default(), DatagramBatch::default());
    let mut tally = Tally { has_left: vec![false; COUNT], replies: 0, stamped: 0, dropped: 0 };
    let (mut sent, start) = (0, clock.now().mono);
    while tally.replies < COUNT {
        outgoing.clear();
        for number in sent..(sent + 64).min(COUNT) {
            push(&mut outgoing, number, prefix);
        }
        send(&mut *socket, &mut outgoing).await;
        sent += outgoing.len();
        incoming.clear();
        let silence = clock.now().mono + Duration::from_secs(1);
        let came = poll_fn(|cx| {
            let polled = socket.poll_recv(cx, &mut incoming);
            let is_over = polled.is_ready() || sent < COUNT || clock.poll_until(cx, silence).is_ready();
            if is_over { Poll::Ready(polled.is_ready()) } else { Poll::Pending }
        });
        if !came.await && sent == COUNT {
            break;
        }
        tally.apply(&incoming);
    }
    let seconds = clock.now().mono.since(start).as_secs_f64();
    let Tally { replies, stamped, dropped, .. } = tally;
    println!("{seconds:.3} s: {replies} replies, {stamped} with both stamps, {dropped} dropped");
}

async fn send(socket: &mut dyn ProbeSocket, outgoing: &mut TransmitBatch) {
    let mut first = 0;
    while first < outgoing.len() {
        let sent = socket.send(outgoing, first);
        first += sent.count;
        match sent.stop {
            Some(Stop::Full) => poll_fn(|cx| socket.poll_send_ready(cx)).await,
            Some(Stop::Failed { errno, .. }) => panic!("{errno}"),
            Some(Stop::NoBuffers) | None => {}
        }
    }
}

fn push(batch: &mut TransmitBatch, number: usize, [high, low]: [u8; 2]) {
    let number = number as u16;
    let [third, fourth] = number.to_be_bytes();
    let to = Address::from(Ipv4Addr::new(high, low, third, fourth));
    batch.push(ProbeId::new(0, 0, number), to, |buffer| {
        icmp::emit_echo_request(Protocol::Icmp, &Echo { id: 0, seq: number, data: &[0xa5; 56] }, buffer);
    });
}
