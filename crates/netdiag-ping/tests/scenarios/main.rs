//! The whole of `netdiag ping` on simulated networks, on virtual time: what it writes, as text and as JSON Lines, and how
//! it ends.

mod day;
mod forms;
mod json;
mod many;
mod networks;
mod plain;
mod signals;
mod silence;

use netdiag_ping::Ping;
use netdiag_stage::{Ran, Scene};

/// Runs `netdiag ping ARGS` on a network of `tests/networks`.
#[track_caller]
fn ping(network: &str, args: &str) -> Ran {
    Scene::on(network).run::<Ping>(args)
}
