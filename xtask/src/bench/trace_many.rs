//! Row `trace-many`: a thousand targets at once from one process, at a rate that a capture holds it to.

use anyhow::{Context, Result, ensure};
use netdiag_lab::path::Staged;
use netdiag_lab::{Captured, Direction, EchoKind, Output};

use super::report::Figure;
use super::stage::{self, Side};
use super::{Bench, Row, trace};
use crate::programs;

pub(super) const ROW: Row = Row {
    name: "trace-many",
    work: "1 000 targets behind four routers at 2 000 probes a second: memory, time, and the rate in a capture",
    peers: &["scamper"],
    goal: "one process, under 100 MB, the rate exact to 2 %",
    run,
};

const TARGETS: usize = 1_000;
/// Probes a second.
const RATE: f64 = 2_000.0;
const MEGABYTES: f64 = 100.0;
const PERCENT: f64 = 2.0;

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let staged = trace::unlimited("thousand-targets")?;
    let list = List::of(&staged)?;
    let mut figures = Vec::new();
    if programs::find("scamper").is_some() {
        figures.extend(scamper(&staged, &list)?);
    }
    let arguments = format!("trace --json --quiet -n --rate {RATE} @{}", list.0);
    let own = Side::new("netdiag trace", (bench.program("netdiag")?, &arguments), has_all_summaries);
    let [rate, time, memory] = measured(&staged, &own)?;
    let off = (rate.value / RATE - 1.0).abs() * 100.0;
    figures.extend([rate, time, memory.at_most(MEGABYTES)]);
    figures.push(Figure::plain("netdiag trace, off the rate", off, "%").at_most(PERCENT));
    Ok(figures)
}

fn scamper(staged: &Staged, list: &List) -> Result<[Figure; 3]> {
    let program = programs::find("scamper").context("scamper is not installed")?;
    let words = format!("-O json -p {RATE} -w {TARGETS} -f {} -c", list.0);
    let mut side = Side::new("scamper", (program, &words), has_all_traces);
    side.arguments.push("trace -P icmp-paris -Q -q 3".into());
    measured(staged, &side)
}

/// Rate, time and memory of one run.
fn measured(staged: &Staged, side: &Side) -> Result<[Figure; 3]> {
    let capture = staged.client.capture("to-r1")?;
    let (_, usage) = side.run(&staged.client)?;
    let rate = rate(&capture.stop()?).with_context(|| side.name)?;
    Ok([
        Figure::plain(format!("{}, rate", side.name), rate, "/s"),
        Figure::plain(side.name, usage.wall.as_secs_f64() * 1e3, "ms"),
        Figure::plain(format!("{}, memory", side.name), usage.peak_memory as f64 / 1e6, "MB"),
    ])
}

/// Echo requests a second, from when it is under way until before the last targets are waited for.
fn rate(captured: &[Captured]) -> Result<f64> {
    let is_probe = |one: &&Captured| one.direction == Direction::Out && one.echo.kind == EchoKind::Request;
    let times: Vec<u64> = captured.iter().filter(is_probe).map(|one| one.time_ns).collect();
    ensure!(times.len() > TARGETS, "{} probes", times.len());
    let (first, last) = (times.len() / 20, times.len() * 3 / 4);
    let seconds = times[last].saturating_sub(times[first]) as f64 / 1e9;
    Ok((last - first) as f64 / seconds)
}

/// A file with the targets, one a line, for as long as this lives.
struct List(String);

impl List {
    fn of(staged: &Staged) -> Result<Self> {
        let place = std::env::temp_dir().join(format!("netdiag-targets-{}", std::process::id()));
        let lines: Vec<String> = staged.targets.iter().map(ToString::to_string).collect();
        std::fs::write(&place, lines.join("\n") + "\n").context("writing the list of targets")?;
        Ok(Self(place.display().to_string()))
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // Whoever has removed it already is welcome.
        let _ = std::fs::remove_file(&self.0);
    }
}

fn has_all_summaries(output: &Output) -> Result<()> {
    let reached =
        stage::records(&output.stdout, "summary").filter(|summary| summary["reached"] == true).count();
    ensure!(reached == TARGETS, "{reached} of {TARGETS} targets reached");
    Ok(())
}

fn has_all_traces(output: &Output) -> Result<()> {
    let done = output.stdout.matches("\"stop_reason\":\"COMPLETED\"").count();
    ensure!(done == TARGETS, "{done} of {TARGETS} targets reached");
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use netdiag_lab::Echo;

    use super::*;

    #[test]
    fn the_rate_is_that_of_the_middle() {
        let (src, dst) = (Ipv4Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into());
        let echo = Echo { kind: EchoKind::Request, id: 1, seq: 1, src, dst };
        let sent = |number: u64| Captured { time_ns: number * 500_000, direction: Direction::Out, echo };
        // The last few come late.
        let late = |number: u64| Captured { time_ns: number * 500_000 + 2_000_000_000, ..sent(number) };
        let all: Vec<Captured> = (0..4_000).map(sent).chain((4_000..4_100).map(late)).collect();
        assert!(rate(&all).is_ok_and(|rate| (rate - RATE).abs() < 0.001));
        assert!(rate(&all[..10]).is_err());
    }
}
