//! netdiag ping held against iputils' ping, and against fping: the same run in the same laboratory, line by line.
//!
//! Equal are standard output up to the second summary line, but for times, and the exit code. Allowed differences, each
//! with the contract's sentence:
//!
//! | difference | why |
//! |---|---|
//! | more lines after the second summary line | "extra statistics follow" |
//! | names: the header over IPv6 shows the bare address, and so may the first line after an address is seen | names never make a line or a probe wait (house, section 2; the issue: "reverse names never delay") |
//! | another address: `(DIFFERENT ADDRESS!)` is shown and not counted as received | "`received` counts probes answered"; an answer counts only from the target's address (`ping(8)`'s count lets anyone stand in for the target) |
//! | wrong checksums, raw IPv4: iputils 20221126 counts such an answer as good, netdiag writes iputils' own `(BAD CHECKSUM!)` and `+N corrupted` | `corrupt` in the summary |
//! | times of small packets: below 16 octets iputils has no room for its stamp and shows no times | "`reply`: rtt_ms, clock (`kernel` …)": the times are the kernel's, at any size |
//! | scope: `-I IF fe80::…` shows the scope and the true source, where iputils writes `from ::` and warns | "scoped `fe80::1%eth0`" |
//! | no route: iputils ends with 2 (`connect: Network is unreachable`), netdiag counts each probe and ends with 2 as well | "network unreachable at send (counted per probe, the run goes on)" |
//! | a local firewall: iputils says only `sendmsg: Operation not permitted` on stderr, netdiag whose fault it is | `send_error` |
//! | fping: a name that does not resolve among others ends fping with 2, netdiag with 1 | "0 all answered, 1 some or none, 2 it could not run": it did run |
//! | fping: the first and the last address of a prefix are left out by fping, asked by netdiag | a block is all of its addresses |
//! | what stands on standard error | only text on standard output is "iputils' to the letter" |

mod endings;
mod errors;
mod fping;
#[path = "../lab/harness.rs"]
mod harness;
mod options;
mod replies;
mod scene;
mod text;

use std::process::ExitCode;

fn main() -> ExitCode {
    harness::main(&[replies::CASES, errors::CASES, options::CASES, endings::CASES, fping::CASES], Vec::new)
}
