//! What the programs say before anything is sent: overview, help, versions, completions, refusals. Each text is a
//! snapshot in `snapshots/`; a refusal is one clear line on standard error and code 2. Nothing here touches a network: all
//! targets are this host, or cannot be sent to without an interface, should a refusal be lost.

mod connect;
mod explain;
mod trace;

use std::io::Write;
use std::process::{Command, Output, Stdio};

const NETDIAG: &str = env!("CARGO_BIN_EXE_netdiag");
const PING: &str = env!("CARGO_BIN_EXE_netdiag-ping");

/// Runs a program to its end, in a plain environment of 100 columns.
fn run(program: &str, args: &[&str]) -> Output {
    let run = Command::new(program)
        .args(args)
        .env_clear()
        .env("PATH", "/nonexistent")
        .env("COLUMNS", "100")
        .env("TERM", "dumb")
        .stdin(Stdio::null())
        .output();
    run.unwrap_or_else(|error| panic!("{program}: {error}"))
}

/// Everything about an end, as one text.
fn told(output: &Output) -> String {
    let text = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).replace(env!("CARGO_PKG_VERSION"), "VERSION");
        text.lines().map(|line| line.trim_end().to_owned() + "\n").collect::<String>()
    };
    let code = output.status.code().map_or("a signal".to_owned(), |code| code.to_string());
    format!("code {code}\n--- stdout\n{}--- stderr\n{}", text(&output.stdout), text(&output.stderr))
}

/// Ends of several command lines, one after the other.
fn all(lines: &[&[&str]]) -> String {
    lines.iter().fold(String::new(), |text, args| {
        let output = run(NETDIAG, args);
        text + &format!("$ netdiag {}\n{}\n", args.join(" "), told(&output))
    })
}

/// Each is refused: 2, nothing on standard output, something on standard error.
fn refused(lines: &[&[&str]]) -> String {
    for args in lines {
        let output = run(NETDIAG, args);
        let is_refused =
            output.status.code() == Some(2) && output.stdout.is_empty() && !output.stderr.is_empty();
        assert!(is_refused, "{args:?}: {output:?}");
    }
    all(lines)
}

/// Where records are wanted an error is one, and it names what to do as the text does.
fn assert_refused_as_records(tool: &str, lines: &[Vec<&str>]) {
    let entry = netdiag::tools::find(tool).expect("a tool");
    let schema = serde_json::from_str(&(entry.schema)()).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for args in lines {
        let output = run(NETDIAG, &[&args[..1], &["--json"], &args[1..]].concat());
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let records: Vec<serde_json::Value> =
            text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let types: Vec<&str> = records.iter().filter_map(|record| record["type"].as_str()).collect();
        assert_eq!((types, output.status.code()), (vec!["start", "error"], Some(2)), "{args:?}: {output:?}");
        assert!(records.iter().all(|record| validator.is_valid(record)), "{records:?}");
        let said = String::from_utf8_lossy(&run(NETDIAG, args).stderr).into_owned();
        let message = records[1]["message"].as_str().expect("a message");
        assert!(said.contains(message.lines().next().unwrap_or_default()), "{said:?} {message:?}");
        if let Some(hint) = records[1]["hint"].as_str() {
            assert!(said.contains(hint), "{said:?} {hint:?}");
        }
    }
}

#[test]
fn the_overview() {
    let output = run(NETDIAG, &[]);
    assert_eq!(output.status.code(), Some(0));
    insta::assert_snapshot!(told(&output));
}

#[test]
fn help_of_the_front() {
    insta::assert_snapshot!(told(&run(NETDIAG, &["--help"])));
}

#[test]
fn help_of_ping() {
    let front = told(&run(NETDIAG, &["ping", "--help"]));
    insta::assert_snapshot!(front);
    let own = told(&run(PING, &["--help"]));
    assert_eq!(own.replace("netdiag-ping", "netdiag ping"), front, "both programs say the same");
}

#[test]
fn versions() {
    let own = told(&run(PING, &["--version"]));
    insta::assert_snapshot!(all(&[&["--version"], &["-V"], &["ping", "--version"], &["ping", "-V"]]) + &own);
}

#[test]
fn words_that_are_no_tools() {
    insta::assert_snapshot!(refused(&[
        &["pnig"],
        &["pin", "127.0.0.1"],
        &["no-such-tool-at-all"],
        &["--no-such"]
    ]));
}

#[test]
fn a_program_of_that_name_is_a_tool() {
    let folder = std::env::temp_dir().join(format!("netdiag-cli-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("folder");
    let program = folder.join("netdiag-greet");
    std::fs::write(&program, "#!/bin/sh\necho \"hello $*\"; exit 7\n").expect("program");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, mode).expect("mode");
    let output =
        Command::new(NETDIAG).args(["greet", "a", "b"]).env("PATH", &folder).output().expect("netdiag");
    std::fs::remove_dir_all(&folder).expect("clean up");
    assert_eq!((output.status.code(), &*output.stdout), (Some(7), &b"hello a b\n"[..]), "{output:?}");
}

#[test]
fn no_target() {
    insta::assert_snapshot!(refused(&[&["ping"], &["ping", "-c", "1"]]));
}

#[test]
fn options_that_are_not_there() {
    insta::assert_snapshot!(refused(&[
        &["ping", "--nosuch", "127.0.0.1"],
        &["ping", "--cuont", "3", "127.0.0.1"],
        &["ping", "-Z", "127.0.0.1"],
    ]));
}

#[test]
fn values_that_are_none() {
    let wrong = [
        ["-c", "0"],
        ["-c", "-1"],
        ["-c", "many"],
        ["-i", "fast"],
        ["-i", "-1"],
        ["-W", "1parsec"],
        ["-w", ""],
        ["--rate", "0"],
        ["--rate", "-5"],
        ["-Q", "256"],
        ["-Q", "0xgg"],
        ["-p", "xyz"],
        ["-p", "000102030405060708090a0b0c0d0e0f10"],
        ["-s", "65528"],
        ["-s", "-1"],
        ["-t", "0"],
        ["-t", "256"],
        ["-l", "0"],
        ["-F", "0x100000"],
        ["-M", "maybe"],
        ["-m", "x"],
        ["-e", "65536"],
        ["--via", "sctp"],
        ["--via", "tcp:0"],
        ["--color", "red"],
        ["--rate", "0.0001"],
        ["--rate", "fast"],
        ["--report-every", "often"],
        ["--format", "xml"],
        ["--backend", "quick"],
        ["--source", "here"],
    ];
    let lines: Vec<Vec<&str>> =
        wrong.iter().map(|[option, value]| vec!["ping", option, value, "127.0.0.1"]).collect();
    let lines: Vec<&[&str]> = lines.iter().map(Vec::as_slice).collect();
    insta::assert_snapshot!(refused(&lines));
}

#[test]
fn options_that_contradict() {
    insta::assert_snapshot!(refused(&[
        &["ping", "-4", "-6", "127.0.0.1"],
        &["ping", "-n", "-H", "127.0.0.1"],
        &["ping", "-6", "--source", "127.0.0.1", "::1"],
        &["ping", "--alive", "--unreachable", "127.0.0.1"],
        &["ping", "--unreachable", "--csv", "127.0.0.1"],
        &["ping", "--csv", "--format", "fping", "127.0.0.1"],
    ]));
}

#[test]
fn words_that_are_no_targets() {
    let label = "x".repeat(64);
    let words = [
        "",
        "a b",
        "127.0.0.0/33",
        "::1/129",
        "host/24",
        "127.0.0.9-3",
        "127.0.0.1-+5",
        "127.0.0.1-300",
        "::0-1",
        "::1-::",
        "127.0.0.0/8",
        "fe80::/64",
        "@",
        "a..b",
        "a,b",
        &label,
        "[::1",
        "fe80::1%",
    ];
    let lines: Vec<[&str; 3]> = words.map(|word| ["ping", "127.0.0.1", word]).into();
    for args in &lines {
        let said = String::from_utf8_lossy(&run(NETDIAG, args).stderr).into_owned();
        assert!(said.starts_with("netdiag ping: ") && said.lines().count() <= 2, "{said}");
    }
    let lines: Vec<&[&str]> = lines.iter().map(<[&str; 3]>::as_slice).collect();
    insta::assert_snapshot!(refused(&lines));
}

#[test]
fn what_many_targets_or_a_form_cannot_have() {
    let pair = ["127.0.0.1", "127.0.0.2"];
    let wrong: [&[&str]; 14] = [
        &["-f"],
        &["-A"],
        &["-l", "3"],
        &["-O"],
        &["-a"],
        &["--alive", "-f"],
        &["--csv", "-O"],
        &["--format", "fping"],
        &["--format", "fping", "-c", "65536"],
        &["--format", "fping", "-c", "3", "--report-every", "1s"],
        &["--alive", "--report-every", "1s"],
        &["--unreachable", "--report-every", "1s"],
        &["--report-every", "99ms"],
        &["--report-every", "0"],
    ];
    let lines: Vec<Vec<&str>> = wrong.iter().map(|options| [&["ping"], *options, &pair].concat()).collect();
    for args in &lines {
        let said = String::from_utf8_lossy(&run(NETDIAG, args).stderr).into_owned();
        assert!(said.starts_with("netdiag ping: ") && said.lines().count() <= 2, "{said}");
    }
    let lines: Vec<&[&str]> = lines.iter().map(Vec::as_slice).collect();
    insta::assert_snapshot!(refused(&lines));
}

#[test]
fn letters_of_iputils_that_are_refused() {
    let letters: [&[&str]; 7] = [
        &["ping", "-B", "127.0.0.1"],
        &["ping", "-C", "127.0.0.1"],
        &["ping", "-d", "127.0.0.1"],
        &["ping", "-N", "name", "127.0.0.1"],
        &["ping", "-R", "127.0.0.1"],
        &["ping", "-T", "tsonly", "127.0.0.1"],
        &["ping", "-U", "127.0.0.1"],
    ];
    for args in letters {
        let output = run(NETDIAG, args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let expected = format!("netdiag ping: {} is not supported: ", args[1]);
        assert!(said.starts_with(&expected) && said.lines().count() == 1, "{said}");
    }
    insta::assert_snapshot!(refused(&letters));
}

#[test]
fn errors_are_json_as_well_where_json_is_wanted() {
    for args in [
        ["-s", "65528"],
        ["-B", "-4"],
        ["-c", "many"],
        ["--nosuch", "-4"],
        ["--csv", "-4"],
        ["--alive", "-4"],
    ] {
        let output = run(NETDIAG, &[&["ping", "--json"], &args[..], &["127.0.0.1"]].concat());
        let lines: Vec<serde_json::Value> = String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect();
        let types: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
        assert_eq!((types, output.status.code()), (vec!["start", "error"], Some(2)), "{output:?}");
    }
}

#[test]
fn completions_of_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = run(NETDIAG, &["completions", shell]);
        let script = String::from_utf8_lossy(&output.stdout).into_owned();
        let is_whole = output.status.success() && script.contains("ping") && script.contains("interval");
        assert!(is_whole && script.ends_with('\n'), "{shell}: {output:?}");
    }
    insta::assert_snapshot!(refused(&[&["completions", "cmd"], &["completions"]]));
}

#[test]
fn completions_of_bash_are_bash() {
    let script = run(NETDIAG, &["completions", "bash"]).stdout;
    let shell = Command::new("bash").arg("-n").stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut shell = shell.expect("bash is everywhere that this is built");
    shell.stdin.take().expect("standard input").write_all(&script).expect("bash reads");
    let output = shell.wait_with_output().expect("bash ends");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_reader_that_goes_is_no_error() {
    for args in [&[][..], &["--help"], &["completions", "bash"]] {
        let mut child = Command::new(NETDIAG)
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("netdiag");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("netdiag ends");
        assert!(output.stderr.is_empty(), "{args:?}: {output:?}");
    }
}
