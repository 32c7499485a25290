//! Measures the connector alone: one TCP attempt to each port of a host, 64 under way at a time.
//!
//! `ports ADDRESS [ROUNDS]`

#![allow(clippy::print_stdout, reason = "it is a program")]

use std::future::poll_fn;
use std::net::IpAddr;

use netdiag_engine::port::{Attempt, Clock, Connection, Connector, SocketOptions, Sockets};
use netdiag_model::{Address, ProbeId};
use netdiag_os::{LinuxSockets, SystemClock};

const AT_ONCE: usize = 64;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(to) = arguments.next().and_then(|text| text.parse::<IpAddr>().ok()) else {
        return println!("usage: ports ADDRESS [ROUNDS]");
    };
    let rounds = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(3);
    for _ in 0..rounds {
        let mut connector = LinuxSockets.open_connector(&SocketOptions::default()).expect("connector");
        round(&mut *connector, Address::from(to)).await;
    }
}

async fn round(connector: &mut dyn Connector, to: Address) {
    let clock = SystemClock::new().expect("clock");
    let start = clock.now().mono;
    let (mut outcomes, mut open, mut under_way) = (Vec::new(), 0, 0);
    let mut ports = 1..=u16::MAX;
    loop {
        for port in ports.by_ref().take(AT_ONCE - under_way) {
            connector.start(&Attempt::new(ProbeId::new(0, 0, port), to, port));
            under_way += 1;
        }
        if under_way == 0 {
            break;
        }
        poll_fn(|cx| connector.poll_outcome(cx, &mut outcomes)).await;
        under_way -= outcomes.len();
        let is_open = |connection| matches!(connection, Connection::Established { .. });
        open += outcomes.drain(..).filter(|outcome| is_open(outcome.connection)).count();
    }
    println!("{:.3} s: {open} open", clock.now().mono.since(start).as_secs_f64());
}
