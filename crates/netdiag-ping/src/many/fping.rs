//! What fping(8) writes with -C: a line per probe on standard output, and on standard error a line per target with all
//! of its times, which is what `SmokePing` reads.

use std::fmt::Write;

use netdiag_model::event::{Arrival, Damage, Reply};
use netdiag_model::knowledge::icmp::Words;
use netdiag_model::knowledge::silence::Silence;
use netdiag_model::{Event, Reading, Rtt, TargetId, Wall};

use super::{Page, Renderer};
use crate::fold::Report;
use crate::fold::fleet::{Change, Fleet, Member};
use crate::text;

/// fping's lines.
#[derive(Default)]
pub(super) struct Fping {
    /// How wide the names are: as far as they are known.
    width: usize,
}

impl Renderer for Fping {
    fn event(&mut self, page: &mut Page<'_>, now: Wall, event: &Event, (member, _): (&Member, Change)) {
        if page.look.is_quiet {
            return;
        }
        let name = page.name(member);
        self.width = self.width.max(name.chars().count());
        let seq = event.subject().map_or(0, |subject| subject.seq.saturating_sub(1));
        let beginning = format!("{}{name:width$} :", text::timestamp(&page.look, now), width = self.width);
        let is_said = match event {
            Event::Reply(Reply { damage: Some(Damage::Checksum), .. }) => false,
            Event::Reply(reply) if reply.arrival == Arrival::Duplicate => {
                let (len, rtt) = (reply.len, times(reply.rtt));
                page.remark(&format!("{beginning} duplicate for [{seq}], {len} bytes, {rtt} ms\n"));
                false
            }
            // It has been given up: fping says nothing of it.
            Event::Reply(reply) => reply.arrival == Arrival::InTime,
            Event::Timeout { .. } => true,
            Event::IcmpError { from, icmp, .. } => {
                let from = from.map_or_else(|| "an unknown router".to_owned(), |from| page.address(&from));
                let words = Words(*icmp);
                page.remark(&format!("ICMP {words} from {from} for ICMP Echo sent to {name}\n"));
                true
            }
            Event::SendError { errno, .. } => {
                page.remark(&format!("{name}: error while sending ping: {errno}\n"));
                true
            }
            _ => false,
        };
        if is_said {
            let what = match event {
                Event::Reply(reply) => format!("{} bytes, {} ms", reply.len, times(reply.rtt)),
                _ => "timed out".to_owned(),
            };
            page.offer(format!("{beginning} [{seq}], {what} ({})\n", sums(member)).as_bytes());
        }
    }

    fn order(&mut self, page: &mut Page<'_>, fleet: &Fleet) -> Vec<TargetId> {
        if !page.look.is_quiet {
            page.remark("\n");
        }
        let names = fleet.members().iter().map(|member| page.name(member).chars().count());
        self.width = names.max().unwrap_or(0);
        fleet.in_order()
    }

    fn target(
        &mut self,
        page: &mut Page<'_>,
        _: (Reading, Reading),
        (member, report, _): (&Member, &Report, Option<&Silence>),
    ) {
        let mut line = format!("{:width$} :", page.name(member), width = self.width);
        let mut answered = report.order.recent().iter().peekable();
        for seq in 1..=report.sent {
            match answered.next_if(|(other, _)| *other == seq) {
                Some((_, rtt)) => {
                    let _ = write!(line, " {}", times(*rtt));
                }
                None => line.push_str(" -"),
            }
        }
        line.push('\n');
        page.remark(&line);
    }
}

/// Mean and loss so far, as each line ends.
fn sums(member: &Member) -> String {
    let (sent, received) = (member.tally.sent(), member.tally.received());
    let mean = member.tally.times().map_or_else(|| "NaN".to_owned(), |[_, mean, _]| times(mean));
    let loss = (sent.saturating_sub(received) * 100).checked_div(sent).unwrap_or(0);
    format!("{mean} avg, {loss}% loss")
}

/// Milliseconds as fping writes them: three significant digits, at least three decimals below one.
fn times(rtt: Rtt) -> String {
    let millis = rtt.as_millis_f64();
    let decimals = match millis {
        ..1.0 => 3,
        ..10.0 => 2,
        ..100.0 => 1,
        _ => 0,
    };
    format!("{millis:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_three_significant_digits() {
        for (nanos, shown) in [
            (42_400, "0.042"),
            (999_400, "0.999"),
            (1_234_000, "1.23"),
            (12_340_000, "12.3"),
            (123_400_000, "123"),
            (12_345_600_000, "12346"),
        ] {
            assert_eq!(times(Rtt::from_nanos(nanos)), shown);
        }
    }
}
