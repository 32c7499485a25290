//! netdiag ping alone, on real kernels: what it says about bad input, bad networks, lost rights and lying answers, held
//! against what the laboratory itself knows (the wire's log, captures, /proc).

mod clocks;
mod harness;
mod inputs;
mod names;
mod networks;
mod rights;
mod stage;
mod streams;
mod ways;
mod wire;

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main(&[
        inputs::CASES,
        networks::CASES,
        rights::CASES,
        ways::CASES,
        wire::CASES,
        clocks::CASES,
        names::CASES,
        streams::CASES,
    ])
}
