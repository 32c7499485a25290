//! Many targets for people: a line when one answers, stops answering or answers again, and a table at the end, what is
//! worst first.

use std::cmp::Reverse;
use std::fmt::Write;
use std::time::Duration;

use netdiag_model::event::{Arrival, Reply};
use netdiag_model::knowledge::icmp::Words;
use netdiag_model::knowledge::silence::{Place, Resolution, Silence};
use netdiag_model::{Event, Reading, TargetId, Wall};

use super::{Ending, Page, Renderer};
use crate::fold::Report;
use crate::fold::fleet::{Change, Fleet, Member};
use crate::fold::periods::Period;
use crate::text::{self, millis};

/// The widest that the column of targets becomes. A longer name has a line of its own.
const WIDEST: usize = 50;

/// The heading of the column of targets.
const TARGET: &str = "target";

/// The table.
#[derive(Default)]
pub(super) struct Table {
    /// How wide the column of targets is.
    width: usize,
    /// Whether something stands above that the next table is set off from.
    has_lines: bool,
    /// Whether that is a table of a part of the run.
    has_periods: bool,
}

impl Renderer for Table {
    fn event(&mut self, page: &mut Page<'_>, now: Wall, event: &Event, (member, change): (&Member, Change)) {
        if page.look.is_quiet {
            return;
        }
        let Some(what) = what(page, event, change) else { return };
        let line = format!("{}{}: {what}\n", text::timestamp(&page.look, now), page.full_name(member));
        page.offer(line.as_bytes());
        self.has_lines = true;
    }

    fn begin_period(&mut self, page: &mut Page<'_>, period: &Period, fleet: &Fleet) {
        let elapsed = span(period.to.unwrap_or(period.from).mono.since(period.from.mono));
        self.begin(page, fleet, &format!("{elapsed} from {}\n", period.from.wall));
        self.has_periods = true;
    }

    fn period(&mut self, page: &mut Page<'_>, _period: &Period, (member, report): (&Member, &Report)) {
        page.offer(self.row(page, (member, report, None)).as_bytes());
    }

    fn order(&mut self, page: &mut Page<'_>, fleet: &Fleet) -> Vec<TargetId> {
        if fleet.asked > 0 {
            self.begin(page, fleet, if self.has_periods { "the whole run\n" } else { "" });
        }
        let mut order = fleet.in_order();
        order.sort_by_key(|id| fleet.member(*id).map(worst_first));
        order
    }

    fn target(
        &mut self,
        page: &mut Page<'_>,
        _: (Reading, Reading),
        of: (&Member, &Report, Option<&Silence>),
    ) {
        page.write(self.row(page, of).as_bytes());
    }

    fn finish(&mut self, page: &mut Page<'_>, fleet: &Fleet, ending: &Ending) {
        if fleet.asked == 0 {
            return;
        }
        let elapsed = span(ending.end.mono.since(ending.start.mono));
        page.write(format!("\n{} in {elapsed}\n", text::fleet(fleet)).as_bytes());
        if fleet.answering < fleet.asked {
            page.write(b"No echo reply is not proof that a host is down: many hosts and firewalls drop echo requests.\n");
        }
    }
}

fn span(span: Duration) -> String {
    if span < Duration::from_secs(1) {
        format!("{} ms", span.as_millis())
    } else {
        format!("{:.1} s", span.as_secs_f64())
    }
}

/// By share of probes that were not answered, then by mean time: the largest first.
fn worst_first(member: &Member) -> Reverse<(u64, u64)> {
    let (sent, received) = (member.tally.sent(), member.tally.received());
    let lost = (sent.saturating_sub(received) * 1_000_000).checked_div(sent).unwrap_or(0);
    let mean = member.tally.times().map_or(0, |[_, mean, _]| mean.as_nanos());
    Reverse((lost, mean))
}

/// What a line says of a change, if it is one that matters at a glance.
fn what(page: &Page<'_>, event: &Event, change: Change) -> Option<String> {
    Some(match (event, change) {
        (Event::Reply(reply), Change::Answers) => format!("answers, {}", time(reply)),
        (Event::Reply(reply), Change::Back { lost: 0 }) => format!("answers again, {}", time(reply)),
        (Event::Reply(reply), Change::Back { lost }) => {
            format!("answers again after {lost} lost, {}", time(reply))
        }
        (Event::IcmpError { from, icmp, .. }, Change::Silent) => {
            let from = from.map_or_else(|| "an unknown router".to_owned(), |from| page.address(&from));
            format!("{} (from {from})", Words(*icmp))
        }
        (Event::SendError { errno, .. }, Change::Silent) => format!("not sent: {errno}"),
        (Event::Timeout { subject }, Change::Silent) => format!("no answer to probe {}", subject.seq),
        (Event::Stray(reply), Change::NotCounted) => {
            format!("answer from another address, {}: not counted", page.address(&reply.from))
        }
        (Event::Reply(reply), Change::NotCounted) => {
            format!("answer with a wrong checksum to probe {}: not counted", reply.subject.seq)
        }
        _ => return None,
    })
}

/// How long an answer took.
fn time(reply: &Reply) -> String {
    let late = if reply.arrival == Arrival::Late { ", too late" } else { "" };
    format!("{} ms{late}", millis(reply.rtt))
}

impl Table {
    /// The heading of a table, under a `title`: a line, or nothing.
    fn begin(&mut self, page: &mut Page<'_>, fleet: &Fleet, title: &str) {
        let widths = fleet.members().iter().map(|member| text::columns(&page.full_name(member)));
        let widest = widths.filter(|width| *width <= WIDEST).max().unwrap_or(0);
        self.width = widest.max(text::columns(TARGET));
        let gap = if std::mem::replace(&mut self.has_lines, true) { "\n" } else { "" };
        let target = text::padded(TARGET, self.width);
        let heading = format!(
            "{gap}{title}{target}  {:>6} {:>6} {:>6}  {:>8} {:>8} {:>8} {:>8} {:>8}\n",
            "sent", "recv", "loss", "min", "avg", "p95", "max", "jitter"
        );
        page.write(heading.as_bytes());
    }

    /// The line of a target. A name that is too long for its column has a line of its own before.
    fn row(
        &self,
        page: &Page<'_>,
        (member, report, silence): (&Member, &Report, Option<&Silence>),
    ) -> String {
        let name = page.full_name(member);
        let mut line = if text::columns(&name) > self.width {
            format!("{name}\n{:1$}", "", self.width)
        } else {
            text::padded(&name, self.width)
        };
        // A loss that is there is not rounded away, nor is an answer.
        let loss = match (report.lost(), report.received) {
            (0, _) => "0%".to_owned(),
            (_, 0) => "100%".to_owned(),
            _ => format!("{:.1}%", report.loss_percent().clamp(0.1, 99.9)),
        };
        let _ = write!(line, "  {:>6} {:>6} {loss:>6} ", report.sent, report.received);
        let spread = &report.spread;
        let p95 = report.percentiles.at([95.0]).map(|[p95]| p95);
        let (jitter, _) = report.ordered();
        let jitter = jitter.mean().map(|nanos| netdiag_model::Rtt::from_nanos(nanos as u64));
        for time in [spread.min(), spread.mean(), p95, spread.max(), jitter] {
            let _ = write!(line, " {:>8}", time.map_or_else(|| "-".to_owned(), millis));
        }
        let remarks = remarks(report, silence);
        if !remarks.is_empty() {
            let _ = write!(line, "  {}", remarks.join(", "));
        }
        let len = line.trim_end().len();
        line.truncate(len);
        line.push('\n');
        line
    }
}

/// What else there is to say of a target.
fn remarks(report: &Report, silence: Option<&Silence>) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(icmp) = report.last_error {
        remarks.push(Words(icmp).to_string());
    }
    if let Some(errno) = report.last_failure {
        remarks.push(errno.to_string());
    }
    if let Some(silence) = silence {
        let resolution = Page::resolution(silence.family);
        match (&silence.place, silence.resolution) {
            (Place::Link, Resolution::Answers) => remarks.push(format!("up: answers {resolution}")),
            (Place::Link, Resolution::Silent) => remarks.push(format!("does not answer {resolution}")),
            (Place::Behind(hop), Resolution::Silent) => {
                remarks.push(format!("next hop {hop} does not answer {resolution}"));
            }
            _ => {}
        }
    }
    let counts = [
        (report.duplicates, if report.duplicates == 1 { "duplicate" } else { "duplicates" }),
        (report.order.reordered(), "out of order"),
        (report.late, "late"),
        (report.corrupt(), "damaged"),
        (report.strays, "from another address"),
    ];
    let of = |(count, what): (u64, &str)| (count > 0).then(|| format!("{count} {what}"));
    remarks.extend(counts.into_iter().filter_map(of));
    remarks
}
