//! Row `memory`: what a million targets in one run take.

use anyhow::{Result, ensure};
use netdiag_lab::{Node, Usage};

use super::report::Figure;
use super::stage::{self, Side};
use super::{Bench, Row};

pub(super) const ROW: Row = Row {
    name: "memory",
    work: "1 048 576 live addresses in one run: one echo each, addresses printed; three each, JSON summaries",
    peers: &[],
    goal: "with one echo each at most 250 MB, and no address lost",
    run,
};

const PREFIX: &str = "10.16.0.0/12";
const COUNT: f64 = (1 << 20) as f64;
const MEGABYTES: f64 = 250.0;

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let lab = stage::answering(PREFIX)?;
    let client = lab.node("client")?;
    let netdiag = bench.program("netdiag")?;
    let arguments = format!("ping --alive --rate max -c 1 {PREFIX}");
    let once = Side::new("once", (netdiag.clone(), &arguments), |_| Ok(()));
    let (output, usage) = once.run(&client)?;
    let lost = COUNT - stage::addresses(&output.stdout) as f64;
    let [memory, per_target, time] = of("one echo each", &usage);
    let mut figures = vec![memory.at_most(MEGABYTES), per_target, time];
    figures.push(Figure::plain("addresses lost", lost, "").at_most(0.0));
    let usage = thrice(&client, &netdiag.display().to_string())?;
    figures.extend(of("three echoes each", &usage));
    Ok(figures)
}

fn of(what: &str, usage: &Usage) -> [Figure; 3] {
    let octets = usage.peak_memory as f64;
    [
        Figure::plain(format!("{what}, memory"), octets / 1e6, "MB"),
        Figure::plain(format!("{what}, memory per target"), octets / COUNT, "octets"),
        Figure::plain(format!("{what}, time"), usage.wall.as_secs_f64(), "s"),
    ]
}

/// Three echoes each with all summaries. These would fill the memory that output is kept in, so a shell that becomes
/// the program sends them away.
fn thrice(client: &Node, netdiag: &str) -> Result<Usage> {
    let words = ["-c", "exec \"$0\" ping --json --quiet --rate max -c 3 \"$1\" >/dev/null", netdiag, PREFIX];
    let (output, usage) = client.command("sh").args(words).measure()?;
    ensure!(output.status.success(), "netdiag ping ended with {}: {}", output.status, output.stderr);
    Ok(usage)
}
