//! The whole of `netdiag pathping` on simulated networks, on virtual time: what it writes, as text and as JSON Lines, and how it
//! ends.

mod acceptance;
mod course;
mod forms;
mod paths;

use netdiag_pathping::Pathping;
use netdiag_stage::{Ran, Scene};

/// Runs `netdiag pathping ARGS` on a network of `tests/networks`.
#[track_caller]
fn pathping(network: &str, args: &str) -> Ran {
    Scene::on(network).run::<Pathping>(args)
}
