//! Handshakes with rustls servers and with scripts, over streams in memory. Certificates are made here; those that no
//! maker of today signs (`*.pem`) were made once with openssl and run until 2051.

mod authority;
mod chain;
mod failures;
mod handshake;
mod several;
mod wire;
mod words;

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use netdiag_model::Wall;
use netdiag_tool::Roots;

use super::{Failure, Report, Wish, shake};
use wire::{Peer, Wire};

/// 2027-06-15T12:00:00Z.
const NOW: Wall = Wall::from_nanos(1_813_060_800_000_000_000);

/// Runs a future that waits for nothing outside this thread.
fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    for _ in 0..100_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
    }
    panic!("both sides wait for each other");
}

/// Shakes hands with `peer`, asking for `name`.
fn meet(peer: impl Peer + 'static, name: &str, roots: &Roots) -> Result<Report, Failure> {
    run(shake(&mut Wire::new(peer), &Wish::new(name), roots, NOW))
}

/// The roots of a system that trusts these certificates.
fn trusting(certificates: &[&[u8]]) -> Roots {
    Roots { certificates: certificates.iter().map(|der| der.to_vec()).collect(), problems: Vec::new() }
}
