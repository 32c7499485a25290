//! Row `startup`: from exec to exit of a program that only says its version.

use std::process::Command;

use anyhow::Result;

use super::report::Figure;
use super::{Bench, Row, measure};
use crate::programs;

pub(super) const ROW: Row = Row {
    name: "startup",
    work: "`netdiag --version`, start to exit, median of 201 runs in turns",
    peers: &["ping"],
    goal: "not slower than ping -V",
    run,
};

const RUNS: usize = 201;

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let mut own = Command::new(bench.program("netdiag")?);
    own.arg("--version");
    let mut commands = vec![own];
    if let Some(ping) = programs::find("ping") {
        let mut command = Command::new(ping);
        command.arg("-V");
        commands.push(command);
    }
    let medians = measure::alternating(&mut commands, RUNS)?;
    let names = ["netdiag --version", "ping -V"];
    let mut figures: Vec<Figure> =
        names.into_iter().zip(&medians).map(|(name, median)| Figure::plain(name, *median, "ms")).collect();
    if let [own, peer] = medians[..] {
        figures.push(Figure::plain("ratio", own / peer, "").at_most(1.0));
    }
    Ok(figures)
}
