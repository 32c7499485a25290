//! Measures the port alone: one echo to each of 65 536 addresses, with the kernel's stamps of both directions.
//!
//! `sweep PREFIX ROUNDS`, where PREFIX is the first half of an IPv4 address such as `10.99`. Needs a network in which
//! all of these answer, such as a pair of namespaces with `ip route add local PREFIX.0.0/16 dev lo` in the far one.

#![allow(clippy::print_stdout, reason = "it is a program")]

use std::future::poll_fn;
use std::net::Ipv4Addr;
use std::time::Duration;

use netdiag_engine::port::{Clock, DatagramBatch, SocketOptions, Sockets, Stop, TransmitBatch, Via};
use netdiag_model::{Address, ProbeId};
use netdiag_os::{LinuxSockets, SystemClock};
use netdiag_wire::icmp::{self, Echo, Protocol};

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

async fn round(prefix: [u8; 2]) {
    let options = SocketOptions { payload_len: 56, in_flight: COUNT, ..SocketOptions::default() };
    let mut clock = SystemClock::new().expect("clock");
    let mut socket = LinuxSockets.open_icmp(&options).expect("socket");
    let (mut outgoing, mut incoming) = (TransmitBatch::default(), DatagramBatch::default());
    let (mut sent, mut departures, mut replies, mut stamped, mut dropped) = (0, vec![false; COUNT], 0, 0, 0);
    let start = clock.now().mono;
    let mut deadline = start + Duration::from_secs(1);
    while replies < COUNT {
        outgoing.clear();
        for number in sent..(sent + 64).min(COUNT) {
            push(&mut outgoing, number, prefix);
        }
        let mut first = 0;
        while first < outgoing.len() {
            let result = socket.send(&mut outgoing, first);
            first += result.count;
            match result.stop {
                Some(Stop::Full) => poll_fn(|cx| socket.poll_send_ready(cx)).await,
                Some(stop) => return println!("stopped: {stop:?}"),
                None => {}
            }
        }
        sent += outgoing.len();
        incoming.clear();
        let is_done = sent == COUNT;
        let waiting = poll_fn(|cx| {
            let polled = socket.poll_recv(cx, &mut incoming);
            match polled.is_pending() && is_done && clock.poll_until(cx, deadline).is_pending() {
                true => std::task::Poll::Pending,
                false => std::task::Poll::Ready(polled.is_pending()),
            }
        });
        if waiting.await && is_done {
            break;
        }
        deadline = clock.now().mono + Duration::from_secs(1);
        dropped += incoming.dropped();
        for datagram in incoming.iter() {
            match datagram.incoming.via {
                Via::Departure { probe } => departures[usize::from(probe.seq())] = true,
                Via::Direct { .. } => {
                    replies += 1;
                    let Ok(icmp::Message::EchoReply(echo)) = icmp::parse(Protocol::Icmp, datagram.bytes)
                    else {
                        continue;
                    };
                    let has_both = departures[usize::from(echo.seq)] && datagram.incoming.at.stamp.is_some();
                    stamped += usize::from(has_both);
                }
                Via::ErrorQueue { .. } => {}
            }
        }
    }
    let seconds = clock.now().mono.since(start).as_secs_f64();
    println!("{seconds:.3} s: {replies} replies, {stamped} with both stamps, {dropped} dropped");
}

fn push(batch: &mut TransmitBatch, number: usize, [high, low]: [u8; 2]) {
    let number = number as u16;
    let [third, fourth] = number.to_be_bytes();
    let to = Address::from(Ipv4Addr::new(high, low, third, fourth));
    batch.push(ProbeId::new(0, 0, number), to, |buffer| {
        icmp::emit_echo_request(Protocol::Icmp, &Echo { id: 0, seq: number, data: &[0xa5; 56] }, buffer);
    });
}
