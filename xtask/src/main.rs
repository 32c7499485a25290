//! The project's own chores, run as `cargo xtask CHORE`: floors, generated files, tests, benches.
//!
//! Each chore is one file with a `run`; this one only parses the command line and turns a chore's answer
//! into an exit code.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the developer on a terminal")]

mod bench;
mod compare;
mod floors;
mod generate;
mod programs;
mod test;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

#[derive(Debug, Parser)]
#[command(name = "xtask", bin_name = "cargo xtask", about = "The project's own chores")]
enum Chore {
    /// Hold the floors of the house against manifests and sources
    Floors,
    /// Write man pages, completions and JSON schemas
    Generate(generate::Options),
    /// See to what the tests need, then run them all
    Test(test::Options),
    /// Measure netdiag against its peers
    Bench(bench::Options),
    /// Write down what netdiag and its peers say about the same faults
    Compare(compare::Options),
}

fn main() -> ExitCode {
    // The benches' laboratories start this program again as their agents.
    netdiag_lab::intercept();
    let outcome = match Chore::parse() {
        Chore::Floors => floors::run(),
        Chore::Generate(options) => generate::run(&options),
        Chore::Test(options) => test::run(&options),
        Chore::Bench(options) => bench::run(&options),
        Chore::Compare(options) => compare::run(&options),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("xtask: {error:#}");
        ExitCode::from(2)
    })
}
