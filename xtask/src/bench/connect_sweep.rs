//! Row `connect-sweep`: every TCP port of one host, two of them open, as fast as the kernel takes them.

use anyhow::{Result, ensure};
use netdiag_lab::{Lab, Output, Server};

use super::report::Figure;
use super::stage::{self, Side};
use super::{Bench, Row};
use crate::programs;

pub(super) const ROW: Row = Row {
    name: "connect-sweep",
    work: "65 535 ports of one host, two open, the others closed, median of 5 runs in turns; netdiag as text and as JSON",
    peers: &["nmap"],
    goal: "at most 1.15 of `nmap -sT -T5`, with every verdict right",
    run,
};

const RUNS: usize = 5;
/// The ports that are open.
const OPEN: [u16; 2] = [80, 40_000];

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    let _open =
        OPEN.into_iter().map(|port| server.serve(Server::tcp_hold(port))).collect::<Result<Vec<_>, _>>()?;
    let target = server.v4()?;
    let netdiag = bench.program("netdiag")?;
    let text = format!("connect --rate max {target}:1-65535");
    let json = format!("connect --json --rate max {target}:1-65535");
    let mut sides = vec![
        Side::new("netdiag connect", (netdiag.clone(), &text), has_both).ending_with(1),
        Side::new("netdiag connect --json", (netdiag, &json), has_all_records).ending_with(1),
    ];
    if let Some(program) = programs::find("nmap") {
        let arguments = format!("-n -Pn -sT -T5 -p1-65535 {target}");
        sides.push(Side::new("nmap -sT -T5", (program, &arguments), has_both_of_nmap));
    }
    let spent = stage::in_turns(&lab.node("client")?, &sides, RUNS)?;
    let mut figures = Vec::new();
    for (side, spent) in sides.iter().zip(&spent) {
        figures.push(Figure::plain(side.name, spent.wall, "ms"));
        figures.push(Figure::plain(format!("{}, processor", side.name), spent.cpu, "ms"));
        figures.push(Figure::plain(format!("{}, memory", side.name), spent.memory, "MB"));
    }
    if let [own, _, peer] = &spent[..] {
        figures.push(Figure::plain("ratio", own.wall / peer.wall, "").at_most(1.15));
    }
    Ok(figures)
}

fn has_both(output: &Output) -> Result<()> {
    let counts = |line: &str| {
        let mut words = line.split_whitespace();
        Some((words.next()?.to_owned(), words.next()?.to_owned()))
    };
    let counts: Vec<(String, String)> = output.stdout.lines().filter_map(counts).collect();
    let has = |verdict: &str, count: &str| counts.iter().any(|(a, b)| a == verdict && b == count);
    ensure!(has("open", "2") && has("refused", "65533"), "not every verdict is right: {:?}", output.stdout);
    ensure!(output.stdout.contains("80, 40000"), "other ports are open: {:?}", output.stdout);
    Ok(())
}

fn has_all_records(output: &Output) -> Result<()> {
    let attempts = stage::records(&output.stdout, "attempt").count();
    let summary = stage::records(&output.stdout, "summary").next();
    let is_right = summary.is_some_and(|summary| summary["open"] == 2 && summary["refused"] == 65_533);
    ensure!(attempts == 65_535 && is_right, "{attempts} attempts");
    Ok(())
}

fn has_both_of_nmap(output: &Output) -> Result<()> {
    let is_right = output.stdout.contains("80/tcp") && output.stdout.contains("40000/tcp");
    ensure!(is_right && output.stdout.contains("65533 closed"), "nmap saw others: {:?}", output.stdout);
    Ok(())
}
