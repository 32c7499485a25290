//! Many targets for people: a line when one answers, stops answering or answers again, and a table at the end, what is
//! worst first.

use std::cmp::Reverse;
use std::fmt::Write;

use netdiag_model::event::Damage;
use netdiag_model::knowledge::icmp::Words;
use netdiag_model::knowledge::silence::{Place, Resolution, Silence};
use netdiag_model::{Event, Reading, TargetId, Wall};

use super::{Ending, Page, Renderer};
use crate::fold::Report;
use crate::fold::fleet::{Change, Fleet, Member};
use crate::fold::periods::Period;
use crate::text::{self, millis};

/// The widest that the column of targets becomes for the sake of one long name.
const WIDEST: usize = 50;

/// The table.
#[derive(Default)]
pub(super) struct Table {
    /// How wide the column of targets is.
    width: usize,
    /// Of which period the heading has been written.
    headed: Option<Reading>,
}

impl Renderer for Table {
    fn event(&mut self, page: &mut Page<'_>, now: Wall, event: &Event, (member, change): (&Member, Change)) {
        if page.look.is_quiet {
            return;
        }
        let Some(what) = what(page, event, change) else { return };
        let line = format!("{}{}: {what}\n", text::timestamp(&page.look, now), page.full_name(member));
        page.offer(line.as_bytes());
    }

    fn period(&mut self, page: &mut Page<'_>, period: &Period, (member, report): (&Member, &Report)) {
        if self.headed != Some(period.from) {
            self.headed = Some(period.from);
            let seconds = period.to.map_or(0.0, |to| to.mono.since(period.from.mono).as_secs_f64());
            page.offer(format!("\n{seconds:.1} s from {}\n", period.from.wall).as_bytes());
            self.width = self.width.max(page.full_name(member).chars().count().min(WIDEST));
            page.offer(heading(self.width).as_bytes());
        }
        page.offer(self.row(page, (member, report, None)).as_bytes());
    }

    fn order(&mut self, page: &mut Page<'_>, fleet: &Fleet) -> Vec<TargetId> {
        let widths = fleet.members().iter().map(|member| page.full_name(member).chars().count());
        self.width = widths.max().unwrap_or(0).min(WIDEST);
        if !fleet.members().is_empty() {
            page.write(format!("\n{}", heading(self.width)).as_bytes());
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
        if fleet.members().is_empty() {
            return;
        }
        let elapsed = ending.end.mono.since(ending.start.mono).as_secs_f64();
        page.write(format!("\n{} in {elapsed:.1} s\n", text::fleet(fleet)).as_bytes());
        if fleet.answering < fleet.members().len() as u64 {
            page.write(b"No echo reply is not proof that a host is down: many hosts and firewalls drop echo requests.\n");
        }
    }
}

/// By share of probes that were not answered, then by mean time: the largest first.
fn worst_first(member: &Member) -> Reverse<(u64, u64)> {
    let (sent, received) = (member.tally.sent(), member.tally.received());
    let lost = (sent.saturating_sub(received) * 1_000_000).checked_div(sent).unwrap_or(0);
    let mean = member.tally.times().map_or(u64::MAX, |[_, mean, _]| mean.as_nanos());
    Reverse((lost, mean))
}

/// What a line says of a change, if it is one that matters at a glance.
fn what(page: &Page<'_>, event: &Event, change: Change) -> Option<String> {
    Some(match (event, change) {
        (Event::Reply(reply), Change::Answers) => format!("answers, {} ms", millis(reply.rtt)),
        (Event::Reply(reply), Change::Back { lost }) => {
            format!("answers again after {lost} lost, {} ms", millis(reply.rtt))
        }
        (Event::IcmpError { from, icmp, .. }, Change::Silent) => {
            let from = from.map_or_else(|| "an unknown router".to_owned(), |from| page.address(&from));
            format!("{} (from {from})", Words(*icmp))
        }
        (Event::SendError { errno, .. }, Change::Silent) => format!("not sent: {errno}"),
        (Event::Timeout { subject }, Change::Silent) => format!("no answer to probe {}", subject.seq),
        (Event::Stray(reply), _) => {
            format!("answer from another address, {}: not counted", page.address(&reply.from))
        }
        (Event::Reply(reply), _) if reply.damage == Some(Damage::Checksum) => {
            format!("damaged answer to probe {}: not counted", reply.subject.seq)
        }
        _ => return None,
    })
}

fn heading(width: usize) -> String {
    format!(
        "{:width$}  {:>6} {:>6} {:>6}  {:>8} {:>8} {:>8} {:>8} {:>8}\n",
        "target", "sent", "recv", "loss", "min", "avg", "p95", "max", "jitter"
    )
}

impl Table {
    fn row(
        &self,
        page: &Page<'_>,
        (member, report, silence): (&Member, &Report, Option<&Silence>),
    ) -> String {
        let width = self.width;
        let loss = report.loss_percent();
        // A loss that is there is not rounded away, nor is an answer.
        let loss = match (loss, report.lost(), report.received) {
            (_, 0, _) => "0%".to_owned(),
            (_, _, 0) => "100%".to_owned(),
            (loss, ..) => format!("{:.1}%", loss.clamp(0.1, 99.9)),
        };
        let spread = &report.spread;
        let p95 = report.percentiles.at([95.0]).map(|[p95]| p95);
        let (jitter, _) = report.ordered();
        let jitter = jitter.mean().map(|nanos| netdiag_model::Rtt::from_nanos(nanos as u64));
        let mut line = format!(
            "{:width$}  {:>6} {:>6} {loss:>6} ",
            page.full_name(member),
            report.sent,
            report.received
        );
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
        (report.duplicates, "duplicates"),
        (report.order.reordered(), "out of order"),
        (report.late, "late"),
        (report.corrupt(), "damaged"),
        (report.strays, "from another address"),
    ];
    let of = |(count, what): (u64, &str)| (count > 0).then(|| format!("{count} {what}"));
    remarks.extend(counts.into_iter().filter_map(of));
    remarks
}
