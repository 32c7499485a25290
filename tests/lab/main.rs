//! netdiag ping, netdiag connect and netdiag pathping, each alone, on real kernels: what they say about bad input, bad
//! networks, lost rights and lying answers, held against what the laboratory itself knows (the wire's log, captures, /proc,
//! the fault that was staged).

mod clocks;
mod connect;
mod farm;
mod harness;
mod inputs;
mod lists;
mod many;
mod names;
mod networks;
mod pace;
mod pathping;
mod portable;
mod rights;
mod stage;
mod storms;
mod streams;
mod ways;
mod wire;

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main(
        &[
            inputs::CASES,
            networks::CASES,
            rights::CASES,
            ways::CASES,
            wire::CASES,
            clocks::CASES,
            names::CASES,
            streams::CASES,
            lists::CASES,
            many::CASES,
            pace::CASES,
            storms::CASES,
            portable::CASES,
            connect::options::CASES,
            connect::combinations::CASES,
            connect::later::CASES,
            pathping::CASES,
        ],
        connect::faults::trials,
    )
}
