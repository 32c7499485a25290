//! `netdiag-pathping`: pathping as a program of its own, so that a capability can be given to it alone.

use std::process::ExitCode;

fn main() -> ExitCode {
    netdiag::dispatch::tool("pathping")
}
