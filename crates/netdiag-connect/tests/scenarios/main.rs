//! The whole of `netdiag connect` on simulated networks, on virtual time: what it writes, as text and as JSON Lines, and how
//! it ends.

mod harness;
mod json;
mod lists;
mod names;
mod plain;
mod rounds;
mod services;
mod signals;
mod sweeps;
