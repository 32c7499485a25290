//! Row `flood`: 100 000 echoes to one host as fast as it answers.

use anyhow::{Result, ensure};
use netdiag_lab::{Lab, Output};

use super::report::Figure;
use super::stage::{self, Side};
use super::{Bench, Row};
use crate::programs;

pub(super) const ROW: Row = Row {
    name: "flood",
    work: "`ping -f -q -c 100000` to a live host, median of 7 runs in turns; netdiag's summary with percentiles",
    peers: &["ping"],
    goal: "not slower than ping",
    run,
};

const RUNS: usize = 7;

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let lab = Lab::pair()?;
    let arguments = format!("-f -q -c 100000 {}", lab.node("server")?.v4()?);
    let own = (bench.program("netdiag")?, &*format!("ping {arguments}"));
    let mut sides = vec![Side::new("netdiag ping", own, |output| {
        ensure!(output.stdout.contains("p50/p90/p95/p99 = "), "no percentiles in {:?}", output.stdout);
        has_all(output)
    })];
    if let Some(program) = programs::find("ping") {
        sides.push(Side::new("ping", (program, &arguments), has_all));
    }
    let spent = stage::in_turns(&lab.node("client")?, &sides, RUNS)?;
    let mut figures = Vec::new();
    for (side, spent) in sides.iter().zip(&spent) {
        figures.push(Figure::plain(side.name, spent.wall, "ms"));
        figures.push(Figure::plain(format!("{}, processor", side.name), spent.cpu, "ms"));
    }
    if let [own, peer] = &spent[..] {
        figures.push(Figure::plain("ratio", own.wall / peer.wall, "").at_most(1.0));
    }
    Ok(figures)
}

fn has_all(output: &Output) -> Result<()> {
    let is_whole = output.stdout.contains("100000 packets transmitted, 100000 received");
    ensure!(is_whole, "not all echoes were answered: {:?}", output.stdout);
    Ok(())
}
