//! What a path's loss amounts to, in terms from which one sentence can be made.
//!
//! A stretch is named when it holds a losing link with 95 % probability and no part of it does. Of several the one that
//! loses most is named.


use super::{Interval, Path, SURE, pools};

/// The way from one hop to another; TTL 0 is this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Stretch {
    /// The TTL of the hop before it.
    pub from_ttl: u8,
    /// The TTL of the hop at its end.
    pub to_ttl: u8,
}

impl Stretch {
    /// Whether it is one link, with no hop in between.
    pub const fn is_link(self) -> bool {
        self.to_ttl == self.from_ttl + 1
    }
}

/// What was found out about a path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// All that is beyond answers: no link loses more than the background.
    NoLoss {
        /// With 95 % confidence, round-trip loss up to the last hop that answers is not above this percentage.
        at_most_percent: f64,
    },
    /// The same, but hops limit their own answers, or a target does: harmless.
    OnlyLimits {
        /// As for `NoLoss`; 100 if the last hop limits as well.
        at_most_percent: f64,
    },
    /// Probes are lost in this stretch: on a link in it, at one of the hops inside, which cannot be heard well enough
    /// to say, or while forwarding at the end of it.
    Loses {
        /// The narrowest stretch of which that can be said.
        stretch: Stretch,
        /// Round-trip loss in percent, with its 95 % interval.
        loss_percent: Interval,
        /// Whether the node at its end may be what loses.
        suspect: Suspect,
    },
    /// Too few answers to tell.
    TooFew,
}

/// What may be losing in a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspect {
    /// A link: hops beyond it miss the same probes' share.
    Link,
    /// A link or the last hop that answers: no hop beyond it bears witness, so it may as well limit its own answers.
    LinkOrEnd,
}

/// Above this percentage an upper bound is too high for saying that there is no loss.
const TELLING_PERCENT: f64 = 10.0;

pub(super) fn find(path: &Path<'_>) -> Finding {
    let Some(end) = path.chain.len().checked_sub(1) else { return Finding::TooFew };
    if let Some((first, last, loss)) = worst(path) {
        let suspect = if last == end { Suspect::LinkOrEnd } else { Suspect::Link };
        return Finding::Loses { stretch: path.stretch(first, last), loss_percent: loss.percent(), suspect };
    }
    let at_most_percent = pools::loss(path, 0, end).high * 100.0;
    let has_limits = path.has_limits();
    let is_end_limited = path.open_series(end).next().is_none();
    match path.chain.holds(0, end) {
        holds if holds < 0.5 => Finding::TooFew,
        _ if is_end_limited => Finding::OnlyLimits { at_most_percent: 100.0 },
        _ if at_most_percent > TELLING_PERCENT => Finding::TooFew,
        _ if has_limits => Finding::OnlyLimits { at_most_percent },
        _ => Finding::NoLoss { at_most_percent },
    }
}

/// The first and last link of the named stretch that loses most, and its loss.
fn worst(path: &Path<'_>) -> Option<(usize, usize, Interval)> {
    let count = path.chain.len();
    let end_of = |first: usize| (first..count).find(|&last| 1.0 - path.chain.holds(first, last) >= SURE);
    (0..count)
        .filter_map(|first| Some((first, end_of(first)?)))
        .filter(|&(first, last)| first == last || end_of(first + 1).is_none_or(|other| other > last))
        .map(|(first, last)| (first, last, pools::loss(path, first, last)))
        .max_by(|(.., one), (.., other)| one.estimate.total_cmp(&other.estimate))
}
