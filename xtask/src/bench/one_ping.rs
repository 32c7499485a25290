//! Row `one-ping`: a single echo to a host that answers, from start to exit.

use anyhow::{Result, ensure};
use netdiag_lab::{Lab, Output};

use super::report::Figure;
use super::stage::{self, Side};
use super::{Bench, Row};
use crate::programs;

pub(super) const ROW: Row = Row {
    name: "one-ping",
    work: "`ping -c 1` to a live host, start to exit, median of 201 runs in turns",
    peers: &["ping"],
    goal: "not slower than ping",
    run,
};

const RUNS: usize = 201;

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let lab = Lab::pair()?;
    let target = lab.node("server")?.v4()?;
    let mut sides = vec![Side::new(
        "netdiag ping",
        (bench.program("netdiag")?, &format!("ping -c 1 {target}")),
        has_the_answer,
    )];
    if let Some(program) = programs::find("ping") {
        sides.push(Side::new("ping", (program, &format!("-c 1 {target}")), has_the_answer));
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

fn has_the_answer(output: &Output) -> Result<()> {
    let is_told = output.stdout.contains("icmp_seq=1") && output.stdout.contains(" 1 received");
    ensure!(is_told, "no answer in {:?}", output.stdout);
    Ok(())
}
