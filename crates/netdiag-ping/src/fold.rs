//! What the events of a run to one target amount to.

use std::time::Duration;

use netdiag_model::event::{Arrival, Damage, Reply, Subject};
use netdiag_model::stats::{Bursts, Jitter, Percentiles, SendOrder, Spread, loss_percent};
use netdiag_model::{Errno, Event, Icmp, Mono, Rtt};

/// The sums over a run.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Probes that were sent, those that this host did not let out among them (as iputils counts).
    pub sent: u64,
    /// Probes that were answered at least once, in time or late.
    pub received: u64,
    /// Of these, how many after their timeout.
    pub late: u64,
    /// Answers to probes that had been answered.
    pub duplicates: u64,
    /// Answers whose data was not what was sent.
    pub damaged: u64,
    /// Answers whose checksum was wrong; not counted as received.
    pub bad_checksums: u64,
    /// ICMP errors, and packets too large for this host.
    pub errors: u64,
    /// Answers from another address than the target's; not counted as received.
    pub strays: u64,
    /// Spread of the round-trip times of all answers, duplicates among them (as iputils counts).
    pub spread: Spread,
    /// Their percentiles.
    pub percentiles: Percentiles,
    /// What depends on the order of sending.
    pub order: SendOrder,
    /// Round-trip time smoothed by 1/8, in nanoseconds.
    pub smoothed: Option<f64>,
    /// The most probes that were under way when an answer came, itself included.
    pub pipe: u64,
    /// The last ICMP error.
    pub last_error: Option<Icmp>,
    /// Probes that this host did not let out.
    pub refused_here: u64,
    /// The last failure to send.
    pub last_failure: Option<Errno>,
    /// Whether the last probe sent has been answered.
    pub is_last_answered: bool,
    first_sent: Option<Mono>,
    last_sent: Option<Mono>,
}

impl Report {
    /// Adds one event.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Sent { subject, at } => self.apply_sent(subject, at.read.mono),
            Event::Reply(reply) => self.apply_reply(reply),
            Event::Stray(_) => self.strays += 1,
            // A redirect or a source quench is advice: ping(8) shows it and counts no error.
            Event::IcmpError { subject, icmp, .. } if !icmp.is_advice() => {
                self.errors += 1;
                self.last_error = Some(*icmp);
                self.acknowledge(subject.seq);
            }
            Event::SendError { subject, errno, at, .. } => {
                self.apply_sent(subject, at.read.mono);
                self.refused_here += 1;
                self.last_failure = Some(*errno);
                self.errors += u64::from(*errno == Errno::EMSGSIZE);
            }
            _ => {}
        }
    }

    fn apply_sent(&mut self, subject: &Subject, at: Mono) {
        self.sent = self.sent.max(subject.seq);
        self.first_sent.get_or_insert(at);
        self.last_sent = Some(at);
        self.is_last_answered = false;
    }

    fn apply_reply(&mut self, reply: &Reply) {
        if reply.damage == Some(Damage::Checksum) {
            self.bad_checksums += 1;
            return;
        }
        let seq = reply.subject.seq;
        match reply.arrival {
            Arrival::Duplicate => self.duplicates += 1,
            Arrival::InTime | Arrival::Late => {
                self.received += 1;
                self.late += u64::from(reply.arrival == Arrival::Late);
                self.order.apply(seq, reply.rtt);
                self.is_last_answered |= seq == self.sent;
            }
        }
        self.damaged += u64::from(reply.damage.is_some());
        self.spread.apply(reply.rtt);
        self.percentiles.apply(reply.rtt);
        let nanos = reply.rtt.as_nanos() as f64;
        self.smoothed = Some(self.smoothed.map_or(nanos, |old| old + (nanos - old) / 8.0));
        self.acknowledge(seq);
    }

    fn acknowledge(&mut self, seq: u64) {
        self.pipe = self.pipe.max(self.sent.saturating_sub(seq) + 1);
    }

    /// Whether this host let none of the probes out.
    pub const fn is_all_refused_here(&self) -> bool {
        self.sent > 0 && self.refused_here == self.sent
    }

    /// Probes that were not answered.
    pub const fn lost(&self) -> u64 {
        self.sent.saturating_sub(self.received)
    }

    /// The same in percent of those sent.
    pub fn loss_percent(&self) -> f64 {
        loss_percent(self.sent, self.received)
    }

    /// Answers that were not what they should be: wrong data, or a wrong checksum.
    pub const fn corrupt(&self) -> u64 {
        self.damaged + self.bad_checksums
    }

    /// Jitter and loss bursts.
    pub fn ordered(&self) -> (Jitter, Bursts) {
        self.order.finish(self.sent)
    }

    /// From the first probe to the last.
    pub fn sending_span(&self) -> Duration {
        self.first_sent.zip(self.last_sent).map_or(Duration::ZERO, |(first, last)| last.since(first))
    }

    /// From the first probe to `now`.
    pub fn elapsed(&self, now: Mono) -> Duration {
        self.first_sent.map_or(Duration::ZERO, |first| now.since(first))
    }

    /// The mean gap between probes; `None` with fewer than two.
    pub fn mean_gap(&self) -> Option<Rtt> {
        let gaps = self.sent.checked_sub(1).filter(|&gaps| gaps > 0)?;
        Some(Rtt::from_nanos(self.sending_span().as_nanos() as u64 / gaps))
    }
}

#[cfg(test)]
mod tests;
