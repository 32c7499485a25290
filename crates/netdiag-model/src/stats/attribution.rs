//! Which link of a path loses: loss is attributed to links and nodes.
//!
//! A link that loses takes from every hop at and beyond it, by every kind of probe. A router that limits its answers
//! takes from its own only. So what a hop beyond still answers clears all links before it, and loss is a link's only as
//! far as all beyond share it. On which of the two ways a link loses cannot be told, nor whether all answers come back
//! by one way. The model stands in `evidence` (one hop) and `chain` (the path); the intervals are Wilson's.

mod chain;
mod evidence;
mod found;
mod naming;
mod outcomes;
mod path;
mod pools;

pub use found::{Attribution, Finding, HopLoss, LinkLoss, LossCause, Stretch, Suspect};
pub use outcomes::{Outcome, Outcomes};

use super::interval::{Interval, Z95};
use path::Path;

/// A figure for each kind of probe.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByKind<T> {
    /// Of probes whose TTL ends at the hop on the way to the target.
    pub through: T,
    /// Of echoes that were sent to the hop itself.
    pub direct: T,
}

/// One hop and the probes of both kinds that were sent to it, mixed with those of the other hops.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hop {
    /// The TTL at which it answers, from 1.
    pub ttl: u8,
    /// Probes towards the target whose TTL ends here; at the target they are echoes.
    pub through: Outcomes,
    /// Echoes to the hop's own address.
    pub direct: Outcomes,
}

impl Hop {
    fn answers(&self) -> bool {
        self.through.received() + self.direct.received() > 0
    }

    /// Whether the answers of a kind keep the time of a token bucket.
    fn keeps_time(&self) -> bool {
        self.through.has_rhythm() || self.direct.has_rhythm()
    }
}

/// What the last hop of a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The target.
    Target,
    /// A router: the target was not found.
    Router,
}

/// Attributes loss. `hops` are in the order of their TTL, each TTL at most once, gaps allowed; `end` says what the last
/// of them is. A target that never answers is no end: what is found out then holds up to the last hop that answers.
///
/// It may be asked at any time during a run. The cost grows with the square of the hops that answer, and with the
/// rounds only for counting them: some milliseconds for 30 hops and 100 rounds.
pub fn attribute(hops: &[Hop], end: End) -> Attribution {
    let target = hops.last().filter(|_| end == End::Target);
    let heard_end = if target.is_some_and(Hop::answers) { End::Target } else { End::Router };
    let path = Path::new(hops.iter().filter(|hop| hop.answers()).collect(), heard_end);
    Attribution {
        hops: hops.iter().map(|hop| path.hop(hop)).collect(),
        links: path.links(),
        end_to_end_percent: target.and_then(end_to_end),
        finding: naming::find(&path),
    }
}

/// The loss of all echoes to the target, of both kinds, in percent.
fn end_to_end(Hop { through, direct, .. }: &Hop) -> Option<Interval> {
    let sent = through.sent() + direct.sent();
    let lost = sent - through.received() - direct.received();
    let dispersion = outcomes::dispersion(&[through, direct]);
    let weigh = |count: u64| count as f64 / dispersion;
    (sent > 0).then(|| Interval::weighed(weigh(lost), weigh(sent), Z95).percent())
}

#[cfg(test)]
mod tests;
