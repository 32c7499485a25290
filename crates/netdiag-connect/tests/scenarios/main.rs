//! The whole of `netdiag connect` on simulated networks, on virtual time: what it writes, as text and as JSON Lines, and how
//! it ends.

mod json;
mod lists;
mod names;
mod plain;
mod rounds;
mod services;
mod signals;
mod sweeps;

use netdiag_connect::Connect;
use netdiag_stage::{Ran, Scene};

/// Runs `netdiag connect ARGS` on a network of `tests/networks`.
#[track_caller]
fn connect(network: &str, args: &str) -> Ran {
    Scene::on(network).run::<Connect>(args)
}
