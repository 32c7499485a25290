//! netdiag ping held against iputils' ping: the same run in the same laboratory, line by line.
//!
//! Equal are standard output up to the second summary line, but for times, and the exit code. Allowed differences, each
//! with the contract's sentence:
//!
//! | difference | why |
//! |---|---|

mod endings;
mod errors;
#[path = "../lab/harness.rs"]
mod harness;
mod options;
mod replies;
mod scene;
mod text;

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main(&[replies::CASES, errors::CASES, options::CASES, endings::CASES])
}
