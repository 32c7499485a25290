//! Row `accuracy`: how far a reported round-trip time is from the truth, idle and on busy processors.
//!
//! The truth is a capture on the sender's own interface: the kernel's stamp of the reply less that of the request.
//! Every tool sends the same 300 echoes at 100 a second over the same link of a laboratory, one tool after another.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use anyhow::{Context, Result, ensure};
use netdiag_lab::{EchoKind, Lab};
use serde_json::Value;

use super::report::Figure;
use super::{Bench, Row, measure};
use crate::programs;

pub(super) const ROW: Row = Row {
    name: "accuracy",
    work: "error of the reported RTT against a capture's stamps, 300 echoes at 100/s, idle and with 4 busy loops",
    peers: &["ping", "fping"],
    goal: "median at most 1 µs, p99 at most 5 µs, in both",
    run,
};

const ECHOES: usize = 300;
const BUSY_LOOPS: usize = 4;
const MEDIAN_GOAL: f64 = 1.0;
const P99_GOAL: f64 = 5.0;

/// A tool, and how to read its round-trip times (in microseconds, by place in the order of sending).
struct Tool {
    name: &'static str,
    arguments: &'static [&'static str],
    read: fn(&netdiag_lab::Output) -> BTreeMap<usize, f64>,
}

const NETDIAG: Tool = Tool {
    name: "netdiag ping",
    arguments: &["ping", "-c", "300", "-i", "0.01", "--json"],
    read: |output| {
        let records = &output.stdout;
        let record = |line: &str| -> Option<(usize, f64)> {
            let value: Value = serde_json::from_str(line).ok()?;
            Some((
                usize::try_from(value.get("seq")?.as_u64()?).ok()? - 1,
                value.get("rtt_ms")?.as_f64()? * 1e3,
            ))
        };
        records.lines().filter_map(record).collect()
    },
};

const PEERS: [Tool; 2] = [
    Tool {
        name: "ping",
        arguments: &["-c", "300", "-i", "0.01"],
        read: |output| {
            let text = &output.stdout;
            let after = |line: &str, key: &str| -> Option<f64> {
                line.split_once(key)?.1.split_whitespace().next()?.parse().ok()
            };
            let line =
                |line: &str| Some((after(line, "icmp_seq=")? as usize - 1, after(line, "time=")? * 1e3));
            text.lines().filter_map(line).collect()
        },
    },
    Tool {
        name: "fping",
        arguments: &["-q", "-C", "300", "-p", "10"],
        read: |output| {
            let text = &output.stderr;
            let times = text.rsplit(" : ").next().unwrap_or_default().split_whitespace().enumerate();
            times.filter_map(|(index, time)| Some((index, time.parse::<f64>().ok()? * 1e3))).collect()
        },
    },
];

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let own = bench.program("netdiag")?;
    let mut figures = Vec::new();
    for (name, loops) in [("idle", 0), ("busy", BUSY_LOOPS)] {
        let [median, p99] = median_and_p99(under_load(loops, || errors(&NETDIAG, &own))?);
        figures
            .push(Figure::plain(format!("netdiag ping, {name}, median"), median, "µs").at_most(MEDIAN_GOAL));
        figures.push(Figure::plain(format!("netdiag ping, {name}, p99"), p99, "µs").at_most(P99_GOAL));
        for peer in &PEERS {
            let Some(program) = programs::find(peer.name) else { continue };
            let [median, p99] = median_and_p99(under_load(loops, || errors(peer, &program))?);
            figures.push(Figure::plain(format!("{}, {name}, median", peer.name), median, "µs"));
            figures.push(Figure::plain(format!("{}, {name}, p99", peer.name), p99, "µs"));
        }
    }
    Ok(figures)
}

/// Does `work` while so many threads do nothing but turn.
fn under_load<T: Send>(loops: usize, work: impl FnOnce() -> T + Send) -> T {
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..loops {
            scope.spawn(|| {
                while !is_over.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let result = work();
        is_over.store(true, Ordering::Relaxed);
        result
    })
}

/// By how much each reported time differs from the truth, in microseconds.
fn errors(tool: &Tool, program: &Path) -> Result<Vec<f64>> {
    let lab = Lab::pair()?;
    let client = lab.node("client")?;
    let server = lab.node("server")?.v4()?.to_string();
    let capture = client.capture("to-server")?;
    let program = program.to_str().context("the program's path is not text")?;
    let output = client.command(program).args(tool.arguments).args([&server]).output()?;
    let reported = (tool.read)(&output);
    let truth = truth(&capture.stop()?);
    ensure!(reported.len() == ECHOES, "{} reported {} of {ECHOES} echoes", tool.name, reported.len());
    ensure!(truth.len() == ECHOES, "the capture holds {} of {ECHOES} echoes", truth.len());
    Ok(truth.iter().zip(reported.values()).map(|(truth, reported)| (reported - truth).abs()).collect())
}

/// The true round-trip times in microseconds, in the order of sending.
fn truth(captured: &[netdiag_lab::Captured]) -> Vec<f64> {
    let times = |kind| {
        let of_kind = captured.iter().filter(move |record| record.echo.kind == kind);
        of_kind.map(|record| (record.echo.seq, record.time_ns)).collect::<BTreeMap<u16, u64>>()
    };
    let replies = times(EchoKind::Reply);
    let pair = |(seq, sent): (u16, u64)| Some(replies.get(&seq)?.saturating_sub(sent) as f64 / 1e3);
    times(EchoKind::Request).into_iter().filter_map(pair).collect()
}

fn median_and_p99(mut errors: Vec<f64>) -> [f64; 2] {
    errors.sort_by(f64::total_cmp);
    let p99 = errors[(errors.len() * 99).div_ceil(100) - 1];
    [measure::median(errors), p99]
}
