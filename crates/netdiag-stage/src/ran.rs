//! What a run wrote, and how it ended.

use netdiag_model::Mono;
use netdiag_sim::Truth;
use netdiag_tool::{Exit, ToolError};
use serde_json::Value;

use crate::records::Schema;

/// What a run wrote, and how it ended.
#[derive(Debug)]
pub struct Ran {
    /// The tool's name, such as `ping`.
    pub tool: String,
    /// Its arguments.
    pub args: String,
    /// How it ended, or why it could not run.
    pub exit: Result<Exit, ToolError>,
    /// Standard output.
    pub out: String,
    /// Standard error. What the front writes of an error is not in it.
    pub err: String,
    /// What really became of each probe; nothing in a scene [`without_truth`](crate::Scene::without_truth).
    pub truth: Truth,
    /// When it ended.
    pub end: Mono,
}

impl Ran {
    /// The records of a run with `--json`. The front's start line is not among them.
    ///
    /// # Panics
    ///
    /// If a line of standard output is not JSON.
    #[track_caller]
    pub fn records(&self) -> Vec<Value> {
        let record = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(record).collect()
    }

    /// The same, each of which fits the published schema.
    ///
    /// # Panics
    ///
    /// If one does not.
    #[track_caller]
    pub fn valid_records(&self) -> Vec<Value> {
        let records = self.records();
        Schema::of(&self.tool).assert_valid(&records);
        records
    }

    /// All of it, for a snapshot.
    pub fn page(&self) -> String {
        let exit = match &self.exit {
            Ok(exit) => format!("{}", exit.0),
            Err(error) => format!("error: {error}"),
        };
        let Self { tool, args, out, .. } = self;
        let err =
            if self.err.is_empty() { String::new() } else { format!("--- standard error ---\n{}", self.err) };
        format!("$ netdiag {tool} {args}\n{out}{err}--- exit {exit} ---\n")
    }

    /// The exit code.
    ///
    /// # Panics
    ///
    /// If it could not run.
    #[track_caller]
    pub fn code(&self) -> u8 {
        self.exit.as_ref().expect("an exit code").0
    }
}
