//! What fping(8) writes with -C: a line per probe on standard output, and on standard error a line per target with all
//! of its times, which is what `SmokePing` reads.

use std::collections::BTreeMap;
use std::fmt::Write;

use netdiag_model::event::{Arrival, Damage};
use netdiag_model::knowledge::icmp::Words;
use netdiag_model::knowledge::silence::Silence;
use netdiag_model::{Event, Reading, Rtt, TargetId, Wall};
use netdiag_tool::targets::{Position, Word};

use super::{Page, Renderer};
use crate::fold::Report;
use crate::fold::fleet::{Change, Fleet, Member};
use crate::text;

/// fping's lines.
pub(super) struct Fping {
    /// How wide the names are: as far as they are known.
    width: usize,
    /// What became of each probe of a target, in the order of sending.
    fates: BTreeMap<Position, Fates>,
    /// How many probes each target was to get.
    count: u32,
}

/// What became of the probes of a target.
#[derive(Default)]
struct Fates {
    of: Vec<Fate>,
    /// How many were answered in time, and how long that took together, in nanoseconds.
    answered: (u64, u64),
}

/// What became of a probe. What comes after that, fping does not count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Open,
    GivenUp,
    Answered(Rtt),
}

impl Fates {
    /// Takes in the fate of probe `seq`; whether it had none before.
    fn settle(&mut self, seq: u64, fate: Fate) -> bool {
        let index = usize::try_from(seq.saturating_sub(1)).unwrap_or(usize::MAX);
        if self.of.len() <= index {
            self.of.resize(index + 1, Fate::Open);
        }
        if self.of[index] != Fate::Open {
            return false;
        }
        self.of[index] = fate;
        if let Fate::Answered(rtt) = fate {
            self.answered.0 += 1;
            self.answered.1 += rtt.as_nanos();
        }
        true
    }
}

impl Fping {
    /// Lines whose names are padded to the longest that the words tell of.
    pub(super) fn new(words: &[Word], count: u32) -> Self {
        let width = |word: &Word| match word {
            Word::Host(name) => text::columns(name),
            // A block may have no end that could be waited for.
            Word::Block(block) => {
                let addresses = block.addresses().take(1 << 16);
                addresses.map(|ip| ip.to_string().len()).max().unwrap_or(0)
            }
            Word::File(_) | Word::Stdin => 0,
        };
        Self { width: words.iter().map(width).max().unwrap_or(0), fates: BTreeMap::new(), count }
    }
}

impl Renderer for Fping {
    fn event(&mut self, page: &mut Page<'_>, now: Wall, event: &Event, (member, _): (&Member, Change)) {
        let Some(subject) = event.subject() else { return };
        let is_settled = self.settles((member.position, subject.seq), event);
        if page.look.is_quiet {
            return;
        }
        let name = page.name(member);
        self.width = self.width.max(text::columns(&name));
        let seq = subject.seq.saturating_sub(1);
        let beginning = format!("{}{} :", text::timestamp(&page.look, now), text::padded(&name, self.width));
        match event {
            Event::Reply(reply) if reply.arrival == Arrival::Duplicate => {
                let (len, rtt) = (reply.len, times(reply.rtt));
                page.remark(&format!("{beginning} duplicate for [{seq}], {len} bytes, {rtt} ms\n"));
            }
            Event::IcmpError { from, icmp, .. } => {
                let from = from.map_or_else(|| "an unknown router".to_owned(), |from| page.address(&from));
                let words = Words(*icmp);
                page.remark(&format!("ICMP {words} from {from} for ICMP Echo sent to {name}\n"));
            }
            Event::SendError { errno, .. } => {
                page.remark(&format!("{name}: error while sending ping: {errno}\n"));
            }
            _ => {}
        }
        if is_settled {
            let what = match event {
                Event::Reply(reply) => format!("{} bytes, {} ms", reply.len, times(reply.rtt)),
                _ => "timed out".to_owned(),
            };
            page.offer(format!("{beginning} [{seq}], {what} ({})\n", self.sums(member)).as_bytes());
        }
    }

    fn order(&mut self, page: &mut Page<'_>, fleet: &Fleet) -> Vec<TargetId> {
        if !page.look.is_quiet {
            page.remark("\n");
        }
        let names = fleet.members().iter().map(|member| text::columns(&page.name(member)));
        self.width = names.max().unwrap_or(0);
        fleet.all_in_order()
    }

    fn target(
        &mut self,
        page: &mut Page<'_>,
        _: (Reading, Reading),
        (member, ..): (&Member, &Report, Option<&Silence>),
    ) {
        let mut line = format!("{} :", text::padded(&page.name(member), self.width));
        let fates = self.fates.get(&member.position);
        // A probe that was not sent any more has its place in the line.
        for seq in 0..self.count as usize {
            match fates.and_then(|fates| fates.of.get(seq)) {
                Some(Fate::Answered(rtt)) => {
                    let _ = write!(line, " {}", times(*rtt));
                }
                _ => line.push_str(" -"),
            }
        }
        line.push('\n');
        page.remark(&line);
    }
}

impl Fping {
    /// Whether an event is the one that settles its probe: fping says one thing of each.
    fn settles(&mut self, (position, seq): (Position, u64), event: &Event) -> bool {
        let fate = match event {
            Event::Reply(reply) if reply.damage == Some(Damage::Checksum) => return false,
            Event::Reply(reply) if reply.arrival == Arrival::InTime => Fate::Answered(reply.rtt),
            Event::IcmpError { icmp, .. } if icmp.is_advice() => return false,
            // An error can come when its probe has timed out: addresses on the link are given up after three seconds.
            Event::Timeout { .. } | Event::SendError { .. } | Event::IcmpError { .. } => Fate::GivenUp,
            _ => return false,
        };
        self.fates.entry(position).or_default().settle(seq, fate)
    }

    /// Mean and loss so far, as each line ends.
    fn sums(&self, member: &Member) -> String {
        let sent = member.tally.sent();
        let (count, nanos) = self.fates.get(&member.position).map_or((0, 0), |fates| fates.answered);
        let mean =
            nanos.checked_div(count).map_or_else(|| "NaN".to_owned(), |mean| times(Rtt::from_nanos(mean)));
        let loss = (sent.saturating_sub(count) * 100).checked_div(sent).unwrap_or(0);
        format!("{mean} avg, {loss}% loss")
    }
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
