//! The front: `netdiag TOOL …`. It is never given a capability.

use std::process::ExitCode;

fn main() -> ExitCode {
    netdiag::dispatch::front()
}
