//! Comma-separated values (RFC 4180): a heading, and a line of sums per target; with `--report-every` also one per part
//! of the run. The first cell says which of both it is.

use std::fmt::Write;

use netdiag_model::knowledge::silence::Silence;
use netdiag_model::{Event, Reading, TargetId, Wall};
use netdiag_tool::json::time;

use super::{Page, Renderer};
use crate::fold::Report;
use crate::fold::fleet::{Change, Fleet, Member};
use crate::fold::periods::Period;
use crate::json::{Subject, Summary};
use crate::text::general;
use netdiag_tool::json::RttRecord;

/// Comma-separated values.
pub(super) struct Csv;

const HEADING: &str = "type,from,to,target,address,via,sent,received,lost,loss_percent,duplicates,corrupt,late,reordered,\
errors,rtt_min_ms,rtt_avg_ms,rtt_max_ms,rtt_mdev_ms,rtt_p50_ms,rtt_p90_ms,rtt_p95_ms,rtt_p99_ms,jitter_mean_ms,\
jitter_max_ms,jitter_rfc3550_ms,loss_bursts,longest_loss_burst\n";

impl Renderer for Csv {
    fn begin(&mut self, page: &mut Page<'_>, _now: Wall) {
        page.write(HEADING.as_bytes());
    }

    fn event(&mut self, _page: &mut Page<'_>, _now: Wall, _event: &Event, _of: (&Member, Change)) {}

    fn period(&mut self, page: &mut Page<'_>, period: &Period, of: (&Member, &Report)) {
        let line = line(page, (period.from, period.to.unwrap_or(period.from)), of);
        page.offer(format!("interval,{line}").as_bytes());
    }

    fn order(&mut self, _page: &mut Page<'_>, fleet: &Fleet) -> Vec<TargetId> {
        fleet.in_order()
    }

    fn target(
        &mut self,
        page: &mut Page<'_>,
        (start, end): (Reading, Reading),
        (member, report, _): (&Member, &Report, Option<&Silence>),
    ) {
        let line = line(page, (start, end), (member, report));
        page.write(format!("summary,{line}").as_bytes());
    }
}

/// What both kinds of line have after their first cell.
fn line(page: &Page<'_>, (from, to): (Reading, Reading), (member, report): (&Member, &Report)) -> String {
    let address = page.address(&member.address);
    let target = member.label.as_deref().unwrap_or(&address);
    let sums =
        Summary::new(Subject { target, address: &address, via: &page.via }, report, report.elapsed(to.mono));
    let Summary { sent, received, lost, loss_percent, duplicates, corrupt, late, reordered, errors, .. } =
        sums;
    let mut line =
        format!("{},{},{},{address},{},", time(from.wall), time(to.wall), quoted(target), page.via);
    let _ = write!(
        line,
        "{sent},{received},{lost},{},{duplicates},{corrupt},{late},{reordered},{errors}",
        general(loss_percent)
    );
    let rtt = sums.rtt_ms;
    let rtt = |of: fn(&RttRecord) -> Option<f64>| rtt.as_ref().and_then(of);
    let jitter = sums.jitter_ms;
    let cells = [
        rtt(|rtt| Some(rtt.min)),
        rtt(|rtt| Some(rtt.avg)),
        rtt(|rtt| Some(rtt.max)),
        rtt(|rtt| rtt.mdev),
        rtt(|rtt| rtt.p50),
        rtt(|rtt| rtt.p90),
        rtt(|rtt| rtt.p95),
        rtt(|rtt| rtt.p99),
        jitter.as_ref().map(|jitter| jitter.mean),
        jitter.as_ref().map(|jitter| jitter.max),
        jitter.as_ref().map(|jitter| jitter.rfc3550),
        sums.loss_bursts.as_ref().map(|bursts| bursts.count as f64),
        sums.loss_bursts.as_ref().map(|bursts| bursts.longest as f64),
    ];
    for cell in cells {
        // What is not known is an empty cell.
        let _ = write!(line, ",{}", cell.map_or_else(String::new, |value| value.to_string()));
    }
    line.push('\n');
    line
}

/// A cell that may hold anything.
fn quoted(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}
