//! What the events of a run amount to: a [`Report`] per target.
//!
//! [`Course`] is what only ping's text of one target tells; [`tally`], [`fleet`] and [`periods`] are for many targets.

pub mod course;
pub mod fleet;
pub mod periods;
pub mod tally;

use std::time::Duration;

use netdiag_model::event::{Arrival, Damage, Reply, Subject};
use netdiag_model::stats::{Bursts, Jitter, Percentiles, SendOrder, Spread, loss_percent};
use netdiag_model::{Errno, Event, Icmp, Mono, Rtt};

pub use course::Course;

/// The sums over the probes to one target, or over those of them from one probe on.
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
    /// The last ICMP error.
    pub last_error: Option<Icmp>,
    /// Probes that this host did not let out.
    pub refused_here: u64,
    /// The last failure to send.
    pub last_failure: Option<Errno>,
    /// When the first probe was sent.
    pub first_sent: Option<Mono>,
    /// The last probe before those that count here; 0 where all count.
    base: u64,
}

impl Report {
    /// Sums over the probes after probe `base`.
    pub fn after(base: u64) -> Self {
        Self { base, ..Self::default() }
    }

    /// Adds one event about a probe that counts here.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Sent { subject, at } => self.apply_sent(subject, at.read.mono),
            Event::Reply(reply) => self.apply_reply(reply),
            Event::Stray(_) => self.strays += 1,
            // A redirect or a source quench is advice: ping(8) shows it and counts no error.
            Event::IcmpError { icmp, .. } if !icmp.is_advice() => self.add_error(*icmp),
            Event::SendError { subject, errno, at, .. } => {
                self.apply_sent(subject, at.read.mono);
                self.add_refusal(*errno);
            }
            _ => {}
        }
    }

    fn add_error(&mut self, icmp: Icmp) {
        self.errors += 1;
        self.last_error = Some(icmp);
    }

    fn add_refusal(&mut self, errno: Errno) {
        self.refused_here += 1;
        self.last_failure = Some(errno);
        self.errors += u64::from(errno == Errno::EMSGSIZE);
    }

    fn apply_sent(&mut self, subject: &Subject, at: Mono) {
        self.sent = self.sent.max(subject.seq - self.base);
        self.first_sent.get_or_insert(at);
    }

    fn apply_reply(&mut self, reply: &Reply) {
        if reply.damage == Some(Damage::Checksum) {
            self.bad_checksums += 1;
            return;
        }
        self.damaged += u64::from(reply.damage.is_some());
        self.add_answer(reply.subject.seq - self.base, reply.arrival, reply.rtt);
        self.order.advance(reply.at.read.mono);
    }

    /// An answer to the `seq`-th of the probes that count here.
    fn add_answer(&mut self, seq: u64, arrival: Arrival, rtt: Rtt) {
        match arrival {
            Arrival::Duplicate => self.duplicates += 1,
            Arrival::InTime | Arrival::Late => {
                self.received += 1;
                self.late += u64::from(arrival == Arrival::Late);
                self.order.apply(seq, rtt);
            }
        }
        self.spread.apply(rtt);
        self.percentiles.apply(rtt);
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

    /// From the first probe to `now`.
    pub fn elapsed(&self, now: Mono) -> Duration {
        self.first_sent.map_or(Duration::ZERO, |first| now.since(first))
    }
}

#[cfg(test)]
mod tests;
