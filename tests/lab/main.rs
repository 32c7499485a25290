//! netdiag ping, connect, trace and pathping, each alone, on real kernels: what they say about bad input, bad networks,
//! lost rights and lying answers, held against what the laboratory itself knows (the wire's log, captures, /proc, the
//! fault or path that was staged).

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
mod trace;
mod ways;
mod wire;

use std::process::ExitCode;

use libtest_mimic::Trial;

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
            trace::beside::CASES,
            trace::events::CASES,
        ],
        tables,
    )
}

/// The tests that are made from tables.
fn tables() -> Vec<Trial> {
    connect::faults::trials().into_iter().chain(trace::trials()).collect()
}
