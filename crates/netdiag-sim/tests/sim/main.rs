//! The simulated network through its ports: every file in `tests/networks` has at least one test here.

mod clocks;
mod damage;
mod extensions;
mod files;
mod forged;
mod harness;
mod here;
mod loss;
mod mtu;
mod names;
mod origins;
mod paths;
mod refusals;
mod repeat;
mod script;
mod tcp;
