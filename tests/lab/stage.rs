//! Running netdiag in a node, and reading its JSON Lines: each is held against the schema.

use std::io::{BufRead, BufReader, Lines};
use std::process::ChildStdout;
use std::sync::OnceLock;

use jsonschema::Validator;
use libtest_mimic::Failed;
use netdiag_lab::{Command, Node, Output, Running};
use serde_json::Value;

use crate::harness::{NETDIAG, Tested, check};

/// `netdiag ping` with these arguments.
pub(crate) fn ping(node: &Node, args: &[&str]) -> Command {
    node.command(NETDIAG).args(["ping"]).args(args)
}

/// `netdiag ping --json` to its end: its lines and its exit code.
pub(crate) fn records(node: &Node, args: &[&str]) -> Result<Records, Failed> {
    Records::of(&ping(node, &[&["--json"], args].concat()).output()?)
}

/// A complete output of `--json`.
#[derive(Debug)]
pub(crate) struct Records {
    pub(crate) lines: Vec<Value>,
    pub(crate) code: Option<i32>,
    pub(crate) stderr: String,
}

impl Records {
    /// Checks the frame: a start first, a summary or an error last, every line as the schema says.
    pub(crate) fn of(output: &Output) -> Result<Self, Failed> {
        let lines = output.stdout.lines().map(valid).collect::<Result<Vec<_>, _>>()?;
        let kind =
            |line: Option<&Value>| line.and_then(|line| line["type"].as_str()).unwrap_or_default().to_owned();
        let has_frame = kind(lines.first()) == "start" && matches!(&*kind(lines.last()), "summary" | "error");
        check(has_frame, || format!("{output:?}"))?;
        Ok(Self { lines, code: output.code(), stderr: output.stderr.clone() })
    }

    /// All lines of a type.
    pub(crate) fn of_type(&self, kind: &str) -> Vec<&Value> {
        self.lines.iter().filter(|line| line["type"] == kind).collect()
    }

    /// The summary.
    pub(crate) fn summary(&self) -> Result<&Value, Failed> {
        self.of_type("summary").first().copied().ok_or_else(|| format!("no summary: {self:?}").into())
    }

    /// The run ended with this code, and these fields of its summary are these.
    pub(crate) fn expect(&self, code: i32, fields: &Value) -> Tested {
        let summary = self.summary()?;
        let is_so = fields.as_object().is_some_and(|fields| {
            !fields.is_empty() && fields.iter().all(|(name, value)| same(&summary[name], value))
        });
        check(is_so && self.code == Some(code), || format!("not {code} and {fields} but {self:#?}"))
    }

    /// How often a notice of this code came.
    pub(crate) fn notices(&self, code: &str) -> usize {
        self.of_type("notice").into_iter().filter(|line| line["code"] == code).count()
    }
}

/// Whether two values are the same; numbers whether whole or not.
fn same(one: &Value, other: &Value) -> bool {
    match (one.as_f64(), other.as_f64()) {
        (Some(one), Some(other)) => one.total_cmp(&other).is_eq(),
        _ => one == other,
    }
}

/// A line as JSON, valid by the schema.
pub(crate) fn valid(line: &str) -> Result<Value, Failed> {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let value: Value = serde_json::from_str(line).map_err(|error| format!("{error}: {line:?}"))?;
    let schema = SCHEMA.get_or_init(|| {
        let schema = serde_json::from_str(&netdiag_ping::json::schema()).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    });
    let errors: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
    check(errors.is_empty(), || format!("{line} is not valid: {errors:?}"))?;
    Ok(value)
}

/// A run whose lines are read as they come.
pub(crate) struct Live {
    pub(crate) running: Running,
    lines: Lines<BufReader<ChildStdout>>,
    seen: Vec<String>,
}

impl Live {
    pub(crate) fn start(command: Command) -> Result<Self, Failed> {
        let mut running = command.spawn()?;
        let lines = BufReader::new(running.stdout().ok_or("no standard output")?).lines();
        Ok(Self { running, lines, seen: Vec::new() })
    }

    /// Waits for a line that is wanted.
    pub(crate) fn until(&mut self, what: &str, is_wanted: impl Fn(&str) -> bool) -> Result<String, Failed> {
        for line in self.lines.by_ref() {
            let line = line?;
            self.seen.push(line.clone());
            if is_wanted(&line) {
                return Ok(line);
            }
        }
        Err(format!("it ended before {what}: {:#?}", self.seen).into())
    }

    /// Waits for a record of this type with this value in this field (as text).
    pub(crate) fn until_record(&mut self, kind: &str, field: &str, value: &str) -> Result<Value, Failed> {
        let is_wanted = |line: &str| {
            let Ok(record) = serde_json::from_str::<Value>(line) else { return false };
            let found = &record[field];
            let number = value.parse::<u64>().ok();
            record["type"] == kind
                && (found.as_str() == Some(value) || (number.is_some() && found.as_u64() == number))
        };
        valid(&self.until(&format!("{kind} with {field} {value}"), is_wanted)?)
    }

    /// Waits for the end: everything it wrote.
    pub(crate) fn end(mut self) -> Result<Output, Failed> {
        for line in self.lines.by_ref() {
            self.seen.push(line?);
        }
        let stdout = self.seen.iter().fold(String::new(), |text, line| text + line + "\n");
        let output = self.running.wait_with_output()?;
        Ok(Output { stdout, ..output })
    }
}
