//! The whole of `netdiag ping` on simulated networks, on virtual time: what it writes, as text and as JSON Lines, and how
//! it ends.

mod day;
mod forms;
mod harness;
mod json;
mod many;
mod networks;
mod plain;
mod signals;
mod silence;
