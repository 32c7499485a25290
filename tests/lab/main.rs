//! x
#[allow(dead_code, unused_imports, unused_macros)]
mod harness;
use std::process::ExitCode;
fn main() -> ExitCode { harness::main(&[]) }
