//! Figures and their two looks: a table for people, one JSON object for machines.
//!
//! A figure knows its goal and whether it was met; the looks compute nothing.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};

use super::Row;
use super::peers::Peer;

/// One measured number.
#[derive(Debug)]
pub(super) struct Figure {
    pub(super) what: String,
    pub(super) value: f64,
    pub(super) unit: &'static str,
    /// The most it may be; a figure without one is for information (a peer's, for instance).
    pub(super) at_most: Option<f64>,
}

impl Figure {
    /// A figure for information.
    pub(super) fn plain(what: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { what: what.into(), value, unit, at_most: None }
    }

    /// The same figure with a goal.
    pub(super) fn at_most(self, goal: f64) -> Self {
        Self { at_most: Some(goal), ..self }
    }

    fn is_met(&self) -> Option<bool> {
        self.at_most.map(|goal| self.value <= goal)
    }
}

/// What came of a row: its figures, or why there are none.
pub(super) struct Outcome {
    row: &'static Row,
    figures: Result<Vec<Figure>>,
}

impl Outcome {
    pub(super) fn new(row: &'static Row, figures: Result<Vec<Figure>>) -> Self {
        Self { row, figures }
    }

    /// Whether it could be measured and meets its goal.
    pub(super) fn is_good(&self) -> bool {
        self.figures.as_ref().is_ok_and(|all| all.iter().all(|figure| figure.is_met() != Some(false)))
    }
}

/// The table: a head line per row of the bench, its figures below.
pub(super) fn table(outcomes: &[Outcome]) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        let row = outcome.row;
        let _ = writeln!(text, "\n{}: {}\n  goal: {}", row.name, row.work, row.goal);
        match &outcome.figures {
            Ok(figures) => figures.iter().for_each(|figure| text.push_str(&line(figure))),
            Err(error) => drop(writeln!(text, "  not measured: {error:#}")),
        }
    }
    text
}

fn line(figure: &Figure) -> String {
    let verdict = match (figure.is_met(), figure.at_most) {
        (Some(true), Some(goal)) => format!("  ok (at most {goal})"),
        (Some(false), Some(goal)) => format!("  MISSED (at most {goal})"),
        _ => String::new(),
    };
    format!("  {:<40} {:>12.3} {:<5}{verdict}\n", figure.what, figure.value, figure.unit)
}

/// Everything as one JSON object and a newline.
pub(super) fn json(outcomes: &[Outcome], missing: &[&Peer]) -> String {
    let rows: Vec<Value> = outcomes.iter().map(row_value).collect();
    let missing: Vec<&str> = missing.iter().map(|peer| peer.program).collect();
    format!("{}\n", json!({"rows": rows, "missing_peers": missing}))
}

fn row_value(outcome: &Outcome) -> Value {
    let row = outcome.row;
    let mut value = json!({"name": row.name, "work": row.work, "goal": row.goal, "good": outcome.is_good()});
    match &outcome.figures {
        Ok(figures) => value["figures"] = figures.iter().map(figure_value).collect(),
        Err(error) => value["error"] = format!("{error:#}").into(),
    }
    value
}

fn figure_value(figure: &Figure) -> Value {
    let mut value = json!({"what": figure.what, "value": figure.value, "unit": figure.unit});
    if let (Some(goal), Some(met)) = (figure.at_most, figure.is_met()) {
        value["at_most"] = goal.into();
        value["met"] = met.into();
    }
    value
}

#[cfg(test)]
mod tests {
    use super::{Figure, Outcome, json, table};
    use crate::bench::ROWS;

    fn outcomes() -> [Outcome; 2] {
        let figures =
            vec![Figure::plain("netdiag", 3.25, "ms").at_most(3.0), Figure::plain("ping -V", 3.0, "ms")];
        let broken = Err(anyhow::anyhow!("no release build"));
        [Outcome::new(&ROWS[0], Ok(figures)), Outcome::new(&ROWS[1], broken)]
    }

    #[test]
    fn a_missed_goal_and_a_broken_row_are_plain_to_see() {
        let text = table(&outcomes());
        assert!(text.contains("3.250 ms     MISSED (at most 3)"), "{text}");
        assert!(text.contains("not measured: no release build"), "{text}");
        assert!(outcomes().iter().all(|outcome| !outcome.is_good()));
    }

    #[test]
    fn json_holds_the_same() {
        let value: serde_json::Value = serde_json::from_str(&json(&outcomes(), &[])).expect("JSON");
        assert_eq!(value["rows"][0]["figures"][0]["met"], false);
        assert_eq!(value["rows"][0]["figures"][1].get("met"), None);
        assert_eq!(value["rows"][1]["error"], "no release build");
    }
}
