//! The same seed gives the same run, under every executor; another seed gives another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};
use std::time::Duration;

use netdiag_engine::port::SocketOptions;
use netdiag_sim::{Sim, Truth};

use crate::harness::{By, Log, drive, network, open, ping, volley};

const NAMES: [&str; 6] = [
    "a-lossy-link-behind-a-router",
    "bursts-of-loss",
    "replies-out-of-order",
    "a-link-that-delivers-twice",
    "some-stamps-are-missing",
    "someone-forges-replies",
];

fn run(name: &str, seed: u64) -> (Log, Truth) {
    let sim = Sim::new(&network(name).with_seed(seed));
    let target = if name.contains("router") || name.contains("forges") { "203.0.113.7" } else { "192.0.2.1" };
    let log = ping(&sim, &volley(target, 300, Duration::from_millis(20)));
    (log, sim.truth())
}

#[test]
fn the_same_seed_gives_the_same_run() {
    for name in NAMES {
        assert_eq!(run(name, 42), run(name, 42), "{name}");
        assert_ne!(run(name, 42).0, run(name, 43).0, "{name}");
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_plain_executor_sees_what_the_simulations_own_sees() {
    let shots = volley("203.0.113.7", 300, Duration::from_millis(20));
    let sim = Sim::new(&network(NAMES[0]).with_seed(42));
    let (mut socket, mut clock) = (open(&sim, By::Icmp, &SocketOptions::default()), sim.clock());
    let mut future = Box::pin(drive(&mut *socket, &mut clock, (By::Icmp, &shots)));
    let flag = Arc::new(Flag(AtomicBool::new(true)));
    let waker = flag.clone().into();
    let log = loop {
        assert!(flag.0.swap(false, Ordering::Relaxed), "pending and not woken");
        if let Poll::Ready(log) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            break log;
        }
    };
    assert!(log == run(NAMES[0], 42).0);
}

#[test]
fn a_socket_alone_moves_time_when_it_is_asked_again() {
    let sim = Sim::new(&network("a-straight-path"));
    let mut socket = open(&sim, By::Icmp, &SocketOptions::default());
    let mut batch = netdiag_engine::port::DatagramBatch::default();
    let mut packets = netdiag_engine::port::TransmitBatch::default();
    let to = netdiag_model::Address::new(crate::harness::ip("203.0.113.7"));
    packets.push(crate::harness::id(0), to, |out| out.extend([8, 0, 0, 0, 0, 0, 0, 0]));
    socket.send(&mut packets, 0);
    let flag = Arc::new(Flag(AtomicBool::new(true)));
    let waker = flag.clone().into();
    while batch.len() < 2 {
        assert!(flag.0.swap(false, Ordering::Relaxed), "pending and not woken");
        while socket.poll_recv(&mut Context::from_waker(&waker), &mut batch).is_ready() && batch.len() < 2 {
            flag.0.store(true, Ordering::Relaxed);
        }
    }
    assert_eq!(sim.now(), crate::harness::at(30));
}
