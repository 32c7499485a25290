//! Running `netdiag connect` in a node as an ordinary user, and reading its JSON Lines: each is held against the schema.

use std::io::{BufRead, BufReader};
use std::net::IpAddr;
use std::sync::OnceLock;

use jsonschema::Validator;
use libtest_mimic::Failed;
use netdiag_lab::{Command, Node, Output};
use serde_json::Value;

use crate::harness::{NETDIAG, Tested, check};

/// `netdiag connect` with these arguments, as an ordinary user.
pub(super) fn connect(node: &Node, args: &[&str]) -> Command {
    node.command(NETDIAG).args(["connect"]).args(args).unprivileged()
}

/// `netdiag connect --json` to its end: its lines and its exit code.
pub(super) fn records(node: &Node, args: &[&str]) -> Result<Records, Failed> {
    Records::of(&connect(node, &[&["--json"], args].concat()).output()?)
}

/// The same, with something that changes as soon as the first attempt has ended. What it comes to is kept to the end.
pub(super) fn changing<T>(
    node: &Node,
    args: &[&str],
    change: impl FnOnce() -> Result<T, Failed>,
) -> Result<Records, Failed> {
    let mut running = connect(node, &[&["--json"], args].concat()).spawn()?;
    let mut lines = BufReader::new(running.stdout().ok_or("no standard output")?).lines();
    let mut seen = String::new();
    for line in lines.by_ref() {
        let line = line?;
        seen = seen + &line + "\n";
        if valid(&line)?["type"] == "attempt" {
            break;
        }
    }
    let _kept = change()?;
    for line in lines {
        seen = seen + &line? + "\n";
    }
    let output = running.wait_with_output()?;
    Records::of(&Output { stdout: seen, ..output })
}

/// An address and a port as they are typed.
pub(super) fn place(address: impl Into<IpAddr>, port: u16) -> String {
    std::net::SocketAddr::new(address.into(), port).to_string()
}

/// A complete output of `--json`.
#[derive(Debug)]
pub(super) struct Records {
    pub(super) lines: Vec<Value>,
    pub(super) code: Option<i32>,
    pub(super) stderr: String,
}

impl Records {
    /// Checks the frame: a start first, a summary or an error last, every line as the schema says.
    pub(super) fn of(output: &Output) -> Result<Self, Failed> {
        let lines = output.stdout.lines().map(valid).collect::<Result<Vec<_>, _>>()?;
        let kind =
            |line: Option<&Value>| line.and_then(|line| line["type"].as_str()).unwrap_or_default().to_owned();
        let has_frame = kind(lines.first()) == "start" && matches!(&*kind(lines.last()), "summary" | "error");
        check(has_frame, || format!("{output:#?}"))?;
        Ok(Self { lines, code: output.code(), stderr: output.stderr.clone() })
    }

    /// All lines of a type.
    pub(super) fn of_type(&self, kind: &str) -> Vec<&Value> {
        self.lines.iter().filter(|line| line["type"] == kind).collect()
    }

    /// The one attempt.
    pub(super) fn attempt(&self) -> Result<&Value, Failed> {
        let attempts = self.of_type("attempt");
        check(attempts.len() == 1, || format!("not one attempt: {self:#?}"))?;
        Ok(attempts[0])
    }

    /// The attempts at one address.
    pub(super) fn attempts_at(&self, address: impl Into<IpAddr>) -> Vec<&Value> {
        let address = address.into().to_string();
        self.of_type("attempt").into_iter().filter(|attempt| attempt["address"] == address).collect()
    }

    /// There is one attempt, with this verdict from this side, and the run ended with this code.
    pub(super) fn expect(&self, code: i32, verdict: &str, side: &str) -> Tested {
        let attempt = self.attempt()?;
        let is_so = attempt["verdict"] == verdict && attempt["side"] == side && self.code == Some(code);
        check(is_so, || format!("not {code}, {verdict} and {side} but {self:#?}"))
    }
}

/// The texts of an array in a record, in lower case.
pub(super) fn texts(record: &Value, field: &str) -> Vec<String> {
    let texts = record[field].as_array().into_iter().flatten();
    texts.filter_map(Value::as_str).map(str::to_lowercase).collect()
}

/// Whether one of the words, divided by bars, stands in one of the texts. Case does not matter.
pub(super) fn says(texts: &[String], words: &str) -> bool {
    let mut words = words.split('|').map(str::to_lowercase);
    words.any(|word| texts.iter().any(|text| text.contains(&word)))
}

/// A line as JSON, valid by the schema.
pub(super) fn valid(line: &str) -> Result<Value, Failed> {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let value: Value = serde_json::from_str(line).map_err(|error| format!("{error}: {line:?}"))?;
    let schema = SCHEMA.get_or_init(|| {
        let schema = serde_json::from_str(&netdiag_connect::json::schema()).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    });
    let errors: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
    check(errors.is_empty(), || format!("{line} is not valid: {errors:?}"))?;
    Ok(value)
}
