//! Row `sweep-json`: the sweep of row `sweep` with a full JSON summary for every address.
//!
//! fping's summaries are the lines of `-q -c1` on standard error; see row `sweep` for the address that it is spared.

use anyhow::{Result, ensure};
use netdiag_lab::Output;

use super::report::Figure;
use super::stage;
use super::sweep::{COUNT, PREFIX, netdiag};
use super::{Bench, Row};
use crate::programs;

pub(super) const ROW: Row = Row {
    name: "sweep-json",
    work: "one echo to each of 65 536 live addresses (fping: 65 535), a summary of each, median of 7 runs in turns",
    peers: &["fping"],
    goal: "not slower than fping -q -c1",
    run,
};

const RUNS: usize = 7;

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let lab = stage::answering(PREFIX)?;
    let mut own = netdiag(bench, "--json --quiet")?;
    own.check = has_all_summaries;
    let mut sides = vec![own];
    if let Some(program) = programs::find("fping") {
        let arguments = "-q -c1 -i0 -g 10.99.0.0 10.99.255.254";
        sides.push(stage::Side::new("fping", (program, arguments), has_all_lines));
    }
    let spent = stage::in_turns(&lab.node("client")?, &sides, RUNS)?;
    let mut figures = Vec::new();
    for (side, spent) in sides.iter().zip(&spent) {
        figures.push(Figure::plain(side.name, spent.wall, "ms"));
        figures.push(Figure::plain(format!("{}, memory", side.name), spent.memory, "MB"));
    }
    if let [own, peer] = &spent[..] {
        figures.push(Figure::plain("ratio", own.wall / peer.wall, "").at_most(1.0));
    }
    Ok(figures)
}

fn has_all_summaries(output: &Output) -> Result<()> {
    let answered =
        stage::records(&output.stdout, "summary").filter(|summary| summary["received"] == 1).count();
    ensure!(answered == COUNT, "{answered} of {COUNT} summaries with an answer");
    Ok(())
}

fn has_all_lines(output: &Output) -> Result<()> {
    let answered = output.stderr.lines().filter(|line| line.contains("xmt/rcv/%loss = 1/1/0%")).count();
    ensure!(answered == COUNT - 1, "{answered} of {} lines with an answer", COUNT - 1);
    Ok(())
}
