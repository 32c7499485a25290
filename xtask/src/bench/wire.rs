//! Row `wire`: whether what is reported as lost, repeated and overtaken is what the wire did.
//!
//! The truth is the wire's own log of the replies that it handed to the client.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use netdiag_lab::{EchoKind, Fate, Impairment, Lab, Loss, Way, Wire, WireLog, WireSpec};
use serde_json::Value;

use super::report::Figure;
use super::stage::{self, Side};
use super::{Bench, Row};

pub(super) const ROW: Row = Row {
    name: "wire",
    work: "1 000 echoes over a wire of 50 ms that loses, repeats and holds back 1 %: sums against the wire's own log",
    peers: &[],
    goal: "no difference",
    run,
};

const ECHOES: usize = 1_000;
const SEED: u64 = 7;

/// What became of the echoes.
#[derive(Debug)]
struct Sums {
    lost: usize,
    duplicates: usize,
    reordered: usize,
}

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let lab = Lab::new("wire")?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    let wire: Wire = lab.wire(&client, &server, spec())?;
    let arguments = format!("ping --json --quiet -c {ECHOES} -i 0.01 --timeout 2 {}", server.v4()?);
    let (output, _) =
        Side::new("netdiag ping", (bench.program("netdiag")?, &arguments), |_| Ok(())).run(&client)?;
    let summary = stage::records(&output.stdout, "summary").next().context("there is a summary")?;
    let (truth, told) = (Sums::of(&wire.log()?), Sums::told(&summary));
    ensure!(truth.lost > 0 && truth.duplicates > 0 && truth.reordered > 0, "the wire did nothing: {truth:?}");
    let rows = [
        ("lost", truth.lost, told.lost),
        ("duplicates", truth.duplicates, told.duplicates),
        ("reordered", truth.reordered, told.reordered),
    ];
    Ok(rows.into_iter().flat_map(|(what, truth, told)| figures(what, truth, told)).collect())
}

/// Half of the delay and of the loss on either way.
fn spec() -> WireSpec {
    let half = Impairment::new().delay(Duration::from_millis(25)).loss(Loss::Random(0.5));
    // Behind more than are on their way at a time, so that it is overtaken.
    let back = half.clone().duplicate(1.0).reorder(1.0, 6).hold_limit(Duration::from_millis(300));
    WireSpec::new().seed(SEED).forth(half).back(back)
}

fn figures(what: &str, truth: usize, told: usize) -> [Figure; 3] {
    [
        Figure::plain(format!("{what}, by the wire"), truth as f64, ""),
        Figure::plain(format!("{what}, as reported"), told as f64, ""),
        Figure::plain(format!("{what}, difference"), truth.abs_diff(told) as f64, "").at_most(0.0),
    ]
}

impl Sums {
    /// From the replies in the order in which they left the wire.
    fn of(log: &WireLog) -> Self {
        let mut sums = Self { lost: 0, duplicates: 0, reordered: 0 };
        let mut answered = BTreeSet::new();
        for (_, echo) in
            log.echoes(Way::Back, EchoKind::Reply).filter(|(passage, _)| passage.fate == Fate::Sent)
        {
            let is_overtaken = answered.last().is_some_and(|last| *last > echo.seq);
            if answered.insert(echo.seq) {
                sums.reordered += usize::from(is_overtaken);
            } else {
                sums.duplicates += 1;
            }
        }
        sums.lost = ECHOES - answered.len();
        sums
    }

    /// From a summary; a number that is missing agrees with nothing.
    fn told(summary: &Value) -> Self {
        let number = |name: &str| {
            summary[name].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or(usize::MAX)
        };
        Self { lost: number("lost"), duplicates: number("duplicates"), reordered: number("reordered") }
    }
}
