//! Which link of a path loses: loss is attributed to links and nodes.
//!
//! A link that loses takes from every hop at and beyond it, by every kind of probe. A router that limits its answers
//! takes from its own only. So what a hop beyond still answers clears all links before it, and loss is a link's only as
//! far as all beyond share it. On which of the two ways a link loses cannot be told, nor whether all hops answer by the
//! same way back. The model stands in `evidence` (one hop) and `chain` (the path); the intervals are Wilson's.

mod chain;
mod evidence;
mod finding;
mod outcomes;
mod pools;

use chain::Chain;
use evidence::{Evidence, Levels};
pub use finding::{Finding, Stretch};
pub use outcomes::{Outcome, Outcomes};

use super::interval::{Interval, Z95};

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

/// Why a hop answers less than it was asked. The words are the contract's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LossCause {
    /// It answers all but the background.
    None,
    /// The hop itself: those beyond lose less, or its answers keep the time of a token bucket.
    RateLimited,
    /// A link before it: the loss goes on to the end.
    Path,
    /// It never answers, hops beyond do.
    Silent,
    /// Too little was seen, or no hop beyond could tell.
    Unknown,
}

impl LossCause {
    /// The word for people and machines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::RateLimited => "rate-limited",
            Self::Path => "path",
            Self::Silent => "silent",
            Self::Unknown => "unknown",
        }
    }
}

/// What was found out about one hop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HopLoss {
    /// Its TTL.
    pub ttl: u8,
    /// Percent of the probes that came to it which the node itself did not answer; the path's share is taken out.
    pub node_percent: ByKind<f64>,
    /// Why it answers less than it was asked.
    pub cause: LossCause,
}

/// What was found out about the link between two hops that answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkLoss {
    /// From where to where.
    pub stretch: Stretch,
    /// Round-trip loss in percent, with its 95 % interval. What next to nothing is known of is 0 in \[0, 100\].
    pub loss_percent: Interval,
    /// The probability that it loses more than the background, 0–1.
    pub certainty: f64,
}

/// What the probes of a run say about its path.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// All hops, in order.
    pub hops: Vec<HopLoss>,
    /// The links between hops that answer, in order, the first from TTL 0, which is this host.
    pub links: Vec<LinkLoss>,
    /// Loss of echoes to the target in percent, with its 95 % interval; `None` if there is no target or nothing sent.
    pub end_to_end_percent: Option<Interval>,
    /// What it amounts to.
    pub finding: Finding,
}

/// Attributes loss. `hops` are in the order of their TTL, which may have gaps; `end` says what the last of them is.
///
/// Costs some 10 µs per hop and grows with the square of the hops and not with the rounds but for counting them.
pub fn attribute(hops: &[Hop], end: End) -> Attribution {
    let heard: Vec<&Hop> = hops.iter().filter(|hop| hop.answers()).collect();
    let is_target_heard = end == End::Target && hops.last().is_some_and(Hop::answers);
    let heard_end = if is_target_heard { End::Target } else { End::Router };
    let path = Path::new(heard, heard_end);
    let target = hops.last().filter(|_| end == End::Target);
    Attribution {
        hops: hops.iter().map(|hop| path.hop(hop)).collect(),
        links: (0..path.chain.len()).map(|link| path.link(link)).collect(),
        end_to_end_percent: target.and_then(end_to_end),
        finding: finding::find(&path),
    }
}

/// All echoes to the target, of both kinds.
fn end_to_end(target: &Hop) -> Option<Interval> {
    let (sent, received) =
        (target.through.sent() + target.direct.sent(), target.through.received() + target.direct.received());
    let dispersion = outcomes::dispersion(&[&target.through, &target.direct]);
    let [lost, sent] = [sent - received, sent].map(|count| count as f64 / dispersion);
    (sent > 0.0).then(|| Interval::weighed(lost, sent, Z95).percent())
}

/// The hops that answer, and what they say together.
#[derive(Debug)]
struct Path<'a> {
    hops: Vec<&'a Hop>,
    levels: Levels,
    chain: Chain,
}

/// From which probability on a thing is said to be so.
const SURE: f64 = 0.95;

impl<'a> Path<'a> {
    fn new(hops: Vec<&'a Hop>, end: End) -> Self {
        let levels = Levels::new();
        let chain = weigh(&hops, end, &levels);
        Self { hops, levels, chain }
    }

    /// The series of a hop that show nothing but the path: answered, and rather not limited.
    fn open_series(&self, hop: usize) -> impl Iterator<Item = &'a Outcomes> + use<'a> {
        let open = self.chain.open(hop);
        let Hop { through, direct, .. } = self.hops[hop];
        [(through, open.through), (direct, open.direct)]
            .into_iter()
            .filter(|(series, open)| series.received() > 0 && *open >= 0.5)
            .map(|(series, _)| series)
    }

    /// The TTLs between which link `first` begins and link `last` ends.
    fn stretch(&self, first: usize, last: usize) -> Stretch {
        let from_ttl = first.checked_sub(1).map_or(0, |hop| self.hops[hop].ttl);
        Stretch { from_ttl, to_ttl: self.hops[last].ttl }
    }

    fn link(&self, link: usize) -> LinkLoss {
        let certainty = 1.0 - self.chain.holds(link, link);
        let mut loss = pools::loss(self, link, link);
        // As long as another link may be the one, this one may not lose at all.
        if certainty < SURE {
            loss.low = 0.0;
            loss.estimate *= certainty;
        }
        LinkLoss { stretch: self.stretch(link, link), loss_percent: loss.percent(), certainty }
    }

    fn hop(&self, hop: &Hop) -> HopLoss {
        let place = self.hops.iter().position(|heard| heard.ttl == hop.ttl);
        let Some(place) = place else {
            let is_passed = self.hops.last().is_some_and(|last| last.ttl > hop.ttl);
            let cause = if is_passed { LossCause::Silent } else { LossCause::Unknown };
            return HopLoss { ttl: hop.ttl, node_percent: ByKind { through: 100.0, direct: 100.0 }, cause };
        };
        let open = self.chain.open(place);
        let survival = self.chain.survival(place, &self.levels);
        let own = |series: &Outcomes, open: f64| match series.received() {
            0 => {
                if series.sent() > 0 {
                    100.0
                } else {
                    0.0
                }
            }
            _ if open >= 0.5 => 0.0,
            received => 100.0 * (1.0 - received as f64 / series.sent() as f64 / survival).max(0.0),
        };
        let node_percent =
            ByKind { through: own(&hop.through, open.through), direct: own(&hop.direct, open.direct) };
        HopLoss { ttl: hop.ttl, node_percent, cause: self.cause(place, node_percent) }
    }

    /// Whether any hop limits its answers.
    fn has_limits(&self) -> bool {
        self.hops.iter().any(|hop| self.hop(hop).cause == LossCause::RateLimited)
    }

    fn cause(&self, place: usize, node_percent: ByKind<f64>) -> LossCause {
        let hop = self.hops[place];
        let own = if hop.through.sent() > 0 { node_percent.through } else { node_percent.direct };
        let has_beyond = place + 1 < self.hops.len();
        let holds = self.chain.holds(0, place);
        match () {
            () if own > 0.0 && (has_beyond || hop.keeps_time()) => LossCause::RateLimited,
            () if own > 0.0 => LossCause::Unknown,
            () if holds <= 1.0 - SURE => LossCause::Path,
            () if holds >= 0.5 => LossCause::None,
            () => LossCause::Unknown,
        }
    }
}

fn weigh(hops: &[&Hop], end: End, levels: &Levels) -> Chain {
    let mut before = 0;
    let evidence: Vec<(Evidence, u8)> = hops
        .iter()
        .enumerate()
        .map(|(place, hop)| {
            let is_target = end == End::Target && place + 1 == hops.len();
            let of = if is_target { Evidence::of_target } else { Evidence::of_router };
            let span = hop.ttl.saturating_sub(std::mem::replace(&mut before, hop.ttl)).max(1);
            (of(hop, levels), span)
        })
        .collect();
    Chain::new(&evidence)
}

#[cfg(test)]
mod tests;
