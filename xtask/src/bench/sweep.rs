//! Row `sweep`: one echo to each of 65 536 addresses that all answer, the addresses printed.
//!
//! fping has 65 535 numbers for echoes in ten seconds and fails at the next; it is spared the last address. Beside the
//! peer stand the bare loop (what the kernel asks for batches with stamps) and a program on surge-ping.

use anyhow::{Context, Result, ensure};
use netdiag_lab::{Node, Output};
use serde_json::Value;

use super::report::Figure;
use super::stage::{self, Side, Spent};
use super::{Bench, Row, measure};
use crate::programs;

pub(super) const ROW: Row = Row {
    name: "sweep",
    work: "one echo to each of 65 536 live addresses (fping: 65 535), addresses printed, median of 7 runs in turns",
    peers: &["fping"],
    goal: "at most 0.75 of fping's time and 1.3 of the bare loop's, at most 24 MB, kernel stamps on every reply",
    run,
};

const RUNS: usize = 7;
/// The goals: of fping's time, of the bare loop's time, and megabytes.
const OF_FPING: f64 = 0.75;
const OF_BARE: f64 = 1.3;
const MEGABYTES: f64 = 24.0;

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let lab = stage::answering(PREFIX)?;
    let client = lab.node("client")?;
    let mut sides = vec![netdiag(bench, "--alive")?, bare(bench)?, surge(bench)?];
    sides[0].check = has_all_addresses;
    if let Some(program) = programs::find("fping") {
        let arguments = "-a -r0 -i0 -g 10.99.0.0 10.99.255.254";
        sides.push(Side::new("fping", (program, arguments), has_all_but_one));
    }
    let spent = stage::in_turns(&client, &sides, RUNS)?;
    let mut figures = compared(&sides, &spent);
    figures.extend(truth(bench, &client)?);
    Ok(figures)
}

/// The addresses that answer.
pub(super) const PREFIX: &str = "10.99.0.0/16";
/// How many they are.
pub(super) const COUNT: usize = 65_536;

/// `netdiag ping` to all of them once, at full speed.
pub(super) fn netdiag(bench: &Bench, how: &str) -> Result<Side> {
    let arguments = format!("ping {how} --rate max -c 1 {PREFIX}");
    Ok(Side::new("netdiag ping", (bench.program("netdiag")?, &arguments), |_| Ok(())))
}

fn bare(bench: &Bench) -> Result<Side> {
    let program = bench.baseline("bare-sweep")?;
    Ok(Side::new("bare loop", (program, "10.99.0.0"), |output| {
        let said = said(output)?;
        ensure!(said["replies"] == COUNT && said["stamped"] == COUNT, "{said}");
        Ok(())
    }))
}

fn surge(bench: &Bench) -> Result<Side> {
    let program = bench.baseline("surge-sweep")?;
    Ok(Side::new("surge-ping", (program, "10.99.0.0"), |output| {
        // It drops what its receive buffer has no room for; how much that was is a figure.
        ensure!(said(output)?["replies"].as_u64() > Some(0), "no replies");
        Ok(())
    }))
}

fn said(output: &Output) -> Result<Value> {
    serde_json::from_str(&output.stdout).context("a baseline says one JSON line")
}

fn has_all_addresses(output: &Output) -> Result<()> {
    let found = stage::addresses(&output.stdout);
    ensure!(found == COUNT, "{found} of {COUNT} addresses");
    Ok(())
}

fn has_all_but_one(output: &Output) -> Result<()> {
    let found = stage::addresses(&output.stdout);
    ensure!(found == COUNT - 1, "{found} of {} addresses", COUNT - 1);
    Ok(())
}

fn compared(sides: &[Side], spent: &[Spent]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (side, spent) in sides.iter().zip(spent) {
        let memory = Figure::plain(format!("{}, memory", side.name), spent.memory, "MB");
        let is_own = side.name == sides[0].name;
        figures.push(Figure::plain(side.name, spent.wall, "ms"));
        figures.push(Figure::plain(format!("{}, processor", side.name), spent.cpu, "ms"));
        figures.push(if is_own { memory.at_most(MEGABYTES) } else { memory });
    }
    for (side, spent_there) in sides.iter().zip(spent).skip(1) {
        let ratio = Figure::plain(format!("ratio to {}", side.name), spent[0].wall / spent_there.wall, "");
        figures.push(match side.name {
            "fping" => ratio.at_most(OF_FPING),
            "bare loop" => ratio.at_most(OF_BARE),
            _ => ratio,
        });
    }
    figures
}

/// Every reply by the kernel's stamps, and by how much the crate without them is off.
fn truth(bench: &Bench, client: &Node) -> Result<Vec<Figure>> {
    let (output, _) = netdiag(bench, "--json")?.run(client)?;
    let replies: Vec<Value> = stage::records(&output.stdout, "reply").collect();
    let by_kernel = replies.iter().filter(|reply| reply["clock"] == "kernel").count();
    let times = replies.iter().filter_map(|reply| reply["rtt_ms"].as_f64()).map(|time| time * 1e3);
    let own = measure::median(times.collect());
    let said = said(&surge(bench)?.run(client)?.0)?;
    let surge = |key: &str| said[key].as_f64().unwrap_or(f64::NAN);
    let missing = (COUNT - by_kernel.min(COUNT)) as f64;
    Ok(vec![
        Figure::plain("replies without kernel stamps", missing, "").at_most(0.0),
        Figure::plain("netdiag ping, median RTT", own, "µs"),
        Figure::plain("surge-ping, median RTT", surge("median_rtt_us"), "µs"),
        Figure::plain("surge-ping, lost", COUNT as f64 - surge("replies"), ""),
    ])
}
