//! connect from the outside: help, and what is refused before anything is sent, as text and as records. All targets would
//! be harmless.

use crate::{NETDIAG, assert_refused_as_records, refused, run, told};

const CONNECT: &str = env!("CARGO_BIN_EXE_netdiag-connect");

/// Words that are no services.
const WORDS: [&str; 19] = [
    "127.0.0.1",
    "localhost",
    "127.0.0.1:",
    ":80",
    "",
    "127.0.0.1:0",
    "127.0.0.1:70000",
    "127.0.0.1:-5",
    "127.0.0.1:90-80",
    "127.0.0.1:22,,80",
    "127.0.0.1:htpps",
    "::1",
    "::1:80",
    "[::1]",
    "[::1:80",
    "https://127.0.0.1",
    "127.0.0.0/33:80",
    "@",
    "local host:80",
];

/// What does not go together, or has no meaning.
const OPTIONS: [&[&str]; 24] = [
    &["--tls", "127.0.0.0/30:443"],
    &["--tls", "127.0.0.1:443,444"],
    &["--who", "127.0.0.1:1-9"],
    &["--locate", "127.0.0.1:80", "127.0.0.1:81"],
    &["--until", "open", "-"],
    &["-c", "3", "127.0.0.1:1-9"],
    &["--source-port", "4000", "127.0.0.1:1-9"],
    &["--tls", "udp://127.0.0.1:53"],
    &["--tls", "--banner", "127.0.0.1:443"],
    &["--payload", "x", "127.0.0.1:53"],
    &["--payload", "\\q", "udp://127.0.0.1:53"],
    &["--keepalive", "60", "127.0.0.1:22"],
    &["--keepalive", "0,1,1", "127.0.0.1:22"],
    &["--keepalive", "1,1,128", "127.0.0.1:22"],
    &["--heartbeat", ",pong", "127.0.0.1:22"],
    &["--only", "shut", "127.0.0.1:1-9"],
    &["--until", "up", "127.0.0.1:22"],
    &["-W", "0", "127.0.0.1:22"],
    &["-W", "soon", "127.0.0.1:22"],
    &["--ttl", "0", "127.0.0.1:22"],
    &["--source-port", "0", "127.0.0.1:22"],
    &["-4", "-6", "127.0.0.1:22"],
    &["-4", "--source", "::1", "127.0.0.1:22"],
    &["-q", "-v", "127.0.0.1:22"],
];

fn lines<'a>(args: impl IntoIterator<Item = &'a [&'a str]>) -> Vec<Vec<&'a str>> {
    args.into_iter().map(|args| [&["connect"], args].concat()).collect()
}

#[test]
fn help() {
    let front = told(&run(NETDIAG, &["connect", "--help"]));
    insta::assert_snapshot!(front);
    let own = told(&run(CONNECT, &["--help"]));
    assert_eq!(own.replace("netdiag-connect", "netdiag connect"), front, "both programs say the same");
}

#[test]
fn words_that_are_no_services() {
    let words: Vec<[&str; 2]> = WORDS.map(|word| ["connect", word]).into();
    for args in &words {
        let said = String::from_utf8_lossy(&run(NETDIAG, args).stderr).into_owned();
        assert!(said.starts_with("netdiag connect: ") && said.lines().count() <= 2, "{said}");
    }
    let words: Vec<&[&str]> = words.iter().map(<[&str; 2]>::as_slice).collect();
    insta::assert_snapshot!(refused(&words));
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
        &["connect"],
        &["connect", "--nosuch", "127.0.0.1:80"],
        &["connect", "--lcoate", "127.0.0.1:80"],
    ]));
}

#[test]
fn refusals_as_records() {
    let words = WORDS.map(|word| vec!["connect", word]);
    assert_refused_as_records("connect", &lines(OPTIONS).into_iter().chain(words).collect::<Vec<_>>());
}
