//! What only iputils' text of one target tells: the course of a run, in the order in which things happened.

use std::time::Duration;

use netdiag_model::event::{Arrival, Damage};
use netdiag_model::{Event, Mono, Rtt};

/// The course of a run to one target.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// Round-trip time smoothed by 1/8, in nanoseconds.
    pub smoothed: Option<f64>,
    /// The most probes that were under way when an answer came, itself included.
    pub pipe: u64,
    /// Whether the last probe sent has been answered.
    pub is_last_answered: bool,
    sent: u64,
    span: Option<(Mono, Mono)>,
}

impl Course {
    /// Adds one event.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Sent { subject, at } | Event::SendError { subject, at, .. } => {
                self.sent = self.sent.max(subject.seq);
                self.is_last_answered = false;
                let at = at.read.mono;
                self.span = Some((self.span.map_or(at, |(first, _)| first), at));
            }
            Event::Reply(reply) if reply.damage != Some(Damage::Checksum) => {
                let is_first = reply.arrival != Arrival::Duplicate;
                self.is_last_answered |= is_first && reply.subject.seq == self.sent;
                let nanos = reply.rtt.as_nanos() as f64;
                self.smoothed = Some(self.smoothed.map_or(nanos, |old| old + (nanos - old) / 8.0));
                self.acknowledge(reply.subject.seq);
            }
            Event::IcmpError { subject, icmp, .. } if !icmp.is_advice() => self.acknowledge(subject.seq),
            _ => {}
        }
    }

    fn acknowledge(&mut self, seq: u64) {
        self.pipe = self.pipe.max(self.sent.saturating_sub(seq) + 1);
    }

    /// From the first probe to the last.
    pub fn sending_span(&self) -> Duration {
        self.span.map_or(Duration::ZERO, |(first, last)| last.since(first))
    }

    /// The mean gap between probes; `None` with fewer than two.
    pub fn mean_gap(&self) -> Option<Rtt> {
        let gaps = self.sent.checked_sub(1).filter(|&gaps| gaps > 0)?;
        Some(Rtt::from_nanos(self.sending_span().as_nanos() as u64 / gaps))
    }
}
