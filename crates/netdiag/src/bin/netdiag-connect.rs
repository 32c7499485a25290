//! `netdiag-connect`: connect as a program of its own.

use std::process::ExitCode;

fn main() -> ExitCode {
    netdiag::dispatch::tool("connect")
}
