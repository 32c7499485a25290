//! The whole of `netdiag trace` on simulated networks, on virtual time: what it writes, as text and as JSON Lines, and how it
//! ends.

mod branches;

use netdiag_stage::{Ran, Scene};
use netdiag_trace::Trace;

/// Runs `netdiag trace ARGS` on a network of `tests/networks`.
#[track_caller]
fn trace(network: &str, args: &str) -> Ran {
    Scene::on(network).run::<Trace>(args)
}
