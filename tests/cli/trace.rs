//! trace from the outside: help, and what is refused before anything is sent, as text and as records.

use crate::{NETDIAG, assert_refused_as_records, refused, run, told};

const TRACE: &str = env!("CARGO_BIN_EXE_netdiag-trace");

/// What does not go together, or has no meaning.
const OPTIONS: [&[&str]; 26] = [
    &["127.0.0.0/30"],
    &["127.0.0.1-9"],
    &["127.0.0.1", "20"],
    &["127.0.0.1", "70000"],
    &["--size", "100", "127.0.0.1", "100"],
    &["-6", "::1", "40"],
    &["-U", "127.0.0.1", "30"],
    &["-T", "--size", "100", "127.0.0.1"],
    &["-T", "--mda", "127.0.0.1"],
    &["-T", "--mtu", "127.0.0.1"],
    &["-T", "--raw", "127.0.0.1"],
    &["-f", "9", "-m", "3", "127.0.0.1"],
    &["-f", "0", "127.0.0.1"],
    &["-m", "256", "127.0.0.1"],
    &["-q", "0", "127.0.0.1"],
    &["-w", "0", "127.0.0.1"],
    &["-p", "80", "127.0.0.1"],
    &["-I", "-p", "80", "127.0.0.1"],
    &["-I", "-U", "127.0.0.1"],
    &["-N", "0", "127.0.0.1"],
    &["--flow", "10000", "127.0.0.1"],
    &["--flow", "1", "--mda", "127.0.0.1"],
    &["--mtu", "127.0.0.1", "1400"],
    &["--gap-limit", "0", "127.0.0.1"],
    &["-4", "-s", "::1", "127.0.0.1"],
    &["-t", "256", "127.0.0.1"],
];

fn lines<'a>(args: impl IntoIterator<Item = &'a [&'a str]>) -> Vec<Vec<&'a str>> {
    args.into_iter().map(|args| [&["trace"], args].concat()).collect()
}

#[test]
fn help() {
    let front = told(&run(NETDIAG, &["trace", "--help"]));
    insta::assert_snapshot!(front);
    let own = told(&run(TRACE, &["--help"]));
    assert_eq!(own.replace("netdiag-trace", "netdiag trace"), front, "both programs say the same");
}

#[test]
fn options_that_have_no_meaning() {
    let lines = lines(OPTIONS);
    let lines: Vec<&[&str]> = lines.iter().map(Vec::as_slice).collect();
    insta::assert_snapshot!(refused(&lines));
}

#[test]
fn usage() {
    insta::assert_snapshot!(refused(&[
        &["trace"],
        &["trace", "--nosuch", "127.0.0.1"],
        &["trace", "--mda=90", "127.0.0.1"],
        &["trace", "--format", "svg", "127.0.0.1"],
        &["trace", "--format", "dot", "--wide", "127.0.0.1"],
    ]));
}

#[test]
fn refusals_as_records() {
    assert_refused_as_records("trace", &lines(OPTIONS));
}
