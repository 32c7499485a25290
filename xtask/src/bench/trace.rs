//! Rows `trace…`: one path from start to exit, where all answer, where some are silent, and where it is far.
//!
//! Limits on ICMP errors are off, since runs follow each other faster than kernels answer one host.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use anyhow::{Context, Result, ensure};
use netdiag_lab::Output;
use netdiag_lab::path::{Family, Staged, scene};

use super::report::Figure;
use super::stage::{self, Side, Spent};
use super::{Bench, Row};
use crate::programs;

/// What netdiag waits for one answer, in milliseconds.
const TIMEOUT: f64 = 2_000.0;

pub(super) const ANSWERING: Row = Row {
    name: "trace",
    work: "a path of nine hops that all answer, 3 probes each, by ICMP and by UDP, median of 21 runs in turns",
    peers: &["traceroute", "scamper"],
    goal: "not slower than traceroute",
    run: answering,
};

pub(super) const SILENT: Row = Row {
    name: "trace-silent",
    work: "the same with three hops in the middle that never answer, median of 3 runs in turns",
    peers: &["traceroute"],
    goal: "at most 1.2 of the timeout for one probe",
    run: |bench| with_silence(bench, "three-silent-in-the-middle", (0, 1.2)),
};

pub(super) const DROPPING: Row = Row {
    name: "trace-drops",
    work: "a path known to the fifth hop to a target that drops everything, median of 3 runs in turns",
    peers: &["traceroute"],
    goal: "ends at the gap limit, in at most 1.5 of the timeout for one probe",
    run: |bench| with_silence(bench, "the-target-drops", (1, 1.5)),
};

pub(super) const FAR: Row = Row {
    name: "trace-far",
    work: "nine hops behind a wire of 50 ms that loses 1 %, median of 5 runs in turns",
    peers: &["traceroute"],
    goal: "at most one timeout",
    run: far,
};

/// A scene for many runs.
pub(super) fn unlimited(name: &str) -> Result<Staged> {
    let scene = scene(name).with_context(|| format!("there is no scene {name}"))?;
    let staged = (scene.stage)(Family::V4)?;
    staged.lab.nodes().iter().try_for_each(|node| node.sysctl("net.ipv4.icmp_ratemask", "0"))?;
    Ok(staged)
}

fn side(
    bench: &Bench,
    name: &'static str,
    arguments: &str,
    check: fn(&Output) -> Result<()>,
) -> Result<Side> {
    let program = match name.split(' ').next() {
        Some("netdiag") => bench.program("netdiag")?,
        word => {
            programs::find(word.unwrap_or_default()).with_context(|| format!("{name} is not installed"))?
        }
    };
    Ok(Side::new(name, (program, arguments), check))
}

/// The sides whose programs are there. The first is netdiag.
fn sides(bench: &Bench, target: &str, check: fn(&Output) -> Result<()>) -> Result<Vec<Side>> {
    let mut sides = vec![side(bench, "netdiag trace", &format!("trace -n {target}"), check)?];
    sides.push(side(bench, "netdiag trace -U", &format!("trace -n -U {target}"), check)?);
    if programs::find("traceroute").is_some() {
        sides.push(side(bench, "traceroute -I", &format!("-n -I {target}"), check)?);
        sides.push(side(bench, "traceroute", &format!("-n {target}"), check)?);
    }
    Ok(sides)
}

fn answering(bench: &Bench) -> Result<Vec<Figure>> {
    const RUNS: usize = 21;
    let staged = unlimited("nine-hops")?;
    let target = staged.target.to_string();
    let mut sides = sides(bench, &target, has::<9>)?;
    if programs::find("scamper").is_some() {
        let mut scamper = side(bench, "scamper", "-O json -p 10000 -I", has::<9>)?;
        // All probes of a hop, whether the first was answered or not.
        scamper.arguments.push(format!("trace -P icmp-paris -Q -q 3 {target}"));
        sides.push(scamper);
    }
    let spent = stage::in_turns(&staged.client, &sides, RUNS)?;
    let mut figures = walls(&sides, &spent);
    for (own, peer) in [("netdiag trace", "traceroute -I"), ("netdiag trace -U", "traceroute")] {
        if let (Some(own), Some(peer)) = (of(&sides, &spent, own), of(&sides, &spent, peer)) {
            let what = format!("ratio to {}", peer.0.name);
            figures.push(Figure::plain(what, own.1.wall / peer.1.wall, "").at_most(1.0));
        }
    }
    Ok(figures)
}

/// `code` is what netdiag ends with, and the goal is so many timeouts.
fn with_silence(bench: &Bench, name: &str, (code, goal): (i32, f64)) -> Result<Vec<Figure>> {
    const RUNS: usize = 3;
    let staged = unlimited(name)?;
    let mut sides = sides(bench, &staged.target.to_string(), has::<5>)?;
    for side in sides.iter_mut().filter(|side| is_own(side)) {
        side.code = code;
    }
    let spent = stage::in_turns(&staged.client, &sides, RUNS)?;
    Ok(within(&sides, &spent, goal * TIMEOUT))
}

fn far(bench: &Bench) -> Result<Vec<Figure>> {
    const RUNS: usize = 5;
    let staged = unlimited("far-and-lossy")?;
    // Each hop has three chances.
    let sides = sides(bench, &staged.target.to_string(), has::<8>)?;
    let spent = stage::in_turns(&staged.client, &sides, RUNS)?;
    Ok(within(&sides, &spent, TIMEOUT))
}

fn is_own(side: &Side) -> bool {
    side.name.starts_with("netdiag")
}

fn of<'a>(sides: &'a [Side], spent: &'a [Spent], name: &str) -> Option<(&'a Side, &'a Spent)> {
    sides.iter().zip(spent).find(|(side, _)| side.name == name)
}

fn walls(sides: &[Side], spent: &[Spent]) -> Vec<Figure> {
    sides.iter().zip(spent).map(|(side, spent)| Figure::plain(side.name, spent.wall, "ms")).collect()
}

/// The same, and netdiag's have a goal.
fn within(sides: &[Side], spent: &[Spent], goal: f64) -> Vec<Figure> {
    let figures = walls(sides, spent).into_iter().zip(sides);
    figures.map(|(figure, side)| if is_own(side) { figure.at_most(goal) } else { figure }).collect()
}

/// At least so many different addresses are told.
fn has<const COUNT: usize>(output: &Output) -> Result<()> {
    let ends = |letter: char| !letter.is_ascii_digit() && letter != '.';
    let addresses: HashSet<Ipv4Addr> =
        output.stdout.split(ends).filter_map(|word| word.parse().ok()).collect();
    ensure!(addresses.len() >= COUNT, "{} of {COUNT} addresses in {}", addresses.len(), output.stdout);
    Ok(())
}
