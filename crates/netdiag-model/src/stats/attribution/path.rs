//! The hops of a path that answer, and what is said of each and of the links between them.
//!
//! Rows for tables: a share of the node, a cause, and an interval for each link. Which stretch is named stands in `naming`.

use super::chain::Chain;
use super::evidence::{Evidence, Levels};
use super::{ByKind, End, Hop, HopLoss, LinkLoss, LossCause, Outcomes, Stretch, pools};

/// From which probability on a thing is said to be so.
pub(super) const SURE: f64 = 0.95;

/// The hops that answer, and what they say together.
#[derive(Debug)]
pub(super) struct Path<'a> {
    pub(super) hops: Vec<&'a Hop>,
    pub(super) chain: Chain,
    levels: Levels,
}

impl<'a> Path<'a> {
    /// Weighs what hops that answer have answered; `end` says what the last of them is.
    pub(super) fn new(hops: Vec<&'a Hop>, end: End) -> Self {
        let levels = Levels::new();
        let mut before = 0;
        let evidence = hops.iter().enumerate().map(|(place, hop)| {
            let is_target = end == End::Target && place + 1 == hops.len();
            let of = if is_target { Evidence::of_target } else { Evidence::of_router };
            let span = hop.ttl.saturating_sub(std::mem::replace(&mut before, hop.ttl)).max(1);
            (of(hop, &levels), span)
        });
        let chain = Chain::new(&evidence.collect::<Vec<_>>());
        Self { hops, chain, levels }
    }

    /// The answered series of a hop, each with the probability that it shows nothing but the path.
    pub(super) fn series(&self, hop: usize) -> impl Iterator<Item = (&'a Outcomes, f64)> + use<'a> {
        let open = self.chain.open(hop);
        let Hop { through, direct, .. } = self.hops[hop];
        let series = [(through, open.through), (direct, open.direct)];
        series.into_iter().filter(|(outcomes, _)| outcomes.received() > 0)
    }

    /// The way from the beginning of link `first` to the end of link `last`.
    pub(super) fn stretch(&self, first: usize, last: usize) -> Stretch {
        let from_ttl = first.checked_sub(1).map_or(0, |hop| self.hops[hop].ttl);
        Stretch { from_ttl, to_ttl: self.hops[last].ttl }
    }

    /// The probability that at least one of these links loses.
    pub(super) fn loses(&self, first: usize, last: usize) -> f64 {
        1.0 - self.chain.holds(first, last)
    }

    /// What is said of each link.
    pub(super) fn links(&self) -> Vec<LinkLoss> {
        let link = |link| {
            let certainty = self.loses(link, link);
            let mut loss = pools::loss(self, link, link);
            // As long as another link may be the one, this one may not lose at all.
            if certainty < SURE {
                loss.low = 0.0;
                loss.estimate *= certainty;
            }
            LinkLoss { stretch: self.stretch(link, link), loss_percent: loss.percent(), certainty }
        };
        (0..self.hops.len()).map(link).collect()
    }

    /// What is said of a hop, whether it answers or not.
    pub(super) fn hop(&self, hop: &Hop) -> HopLoss {
        let Some(place) = self.hops.iter().position(|heard| heard.ttl == hop.ttl) else {
            let is_passed = self.hops.last().is_some_and(|last| last.ttl > hop.ttl);
            let cause = if is_passed { LossCause::Silent } else { LossCause::Unknown };
            let node_percent =
                ByKind { through: all_if_asked(&hop.through), direct: all_if_asked(&hop.direct) };
            return HopLoss { ttl: hop.ttl, node_percent, cause };
        };
        let open = self.chain.open(place);
        let survival = self.chain.survival(place, &self.levels);
        let own = |outcomes: &Outcomes, open: f64| match outcomes.received() {
            0 => all_if_asked(outcomes),
            _ if open >= 0.5 => 0.0,
            received => 100.0 * (1.0 - received as f64 / outcomes.sent() as f64 / survival).max(0.0),
        };
        let node_percent =
            ByKind { through: own(&hop.through, open.through), direct: own(&hop.direct, open.direct) };
        HopLoss { ttl: hop.ttl, node_percent, cause: self.cause(place, node_percent) }
    }

    /// Why hop `place` answers less than it was asked, by the probes through it if there are any.
    fn cause(&self, place: usize, node_percent: ByKind<f64>) -> LossCause {
        let hop = self.hops[place];
        let own = if hop.through.sent() > 0 { node_percent.through } else { node_percent.direct };
        let has_witness = place + 1 < self.hops.len() || hop.keeps_time();
        let loses = self.loses(0, place);
        match loses {
            _ if own > 0.0 && has_witness => LossCause::RateLimited,
            _ if own > 0.0 => LossCause::Unknown,
            SURE.. => LossCause::Path,
            ..=0.5 => LossCause::None,
            _ => LossCause::Unknown,
        }
    }

    /// Whether any hop limits its answers.
    pub(super) fn has_limits(&self) -> bool {
        self.hops.iter().any(|hop| self.hop(hop).cause == LossCause::RateLimited)
    }
}

/// The node's own share where nothing is answered, in percent.
fn all_if_asked(outcomes: &Outcomes) -> f64 {
    if outcomes.sent() > 0 { 100.0 } else { 0.0 }
}
