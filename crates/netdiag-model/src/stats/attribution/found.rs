//! What is found out about a path: hop by hop, link by link, and in terms from which one sentence can be made.
//!
//! Plain data. How it is found out stands in `path` and `naming`.

use super::{ByKind, Interval};

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
    /// 0 where the path explains all.
    pub node_percent: ByKind<f64>,
    /// Why it answers less than it was asked.
    pub cause: LossCause,
}

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

/// What was found out about the way between two hops that answer, with no other such between them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkLoss {
    /// From where to where.
    pub stretch: Stretch,
    /// Round-trip loss in percent, with its 95 % interval. As long as the loss may as well be another link's, the
    /// interval begins at 0 and the estimate is the mean over both cases; where nothing is known, it ends at 100.
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

impl Attribution {
    /// The stretch that loses most, if there is enough evidence that any does.
    pub const fn worst_link(&self) -> Option<Stretch> {
        match self.finding {
            Finding::Loses { stretch, .. } => Some(stretch),
            _ => None,
        }
    }
}

/// What a path's loss amounts to, up to the last hop that answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Finding {
    /// No link loses more than the background, and all hops answer.
    NoLoss {
        /// With 95 % confidence, round-trip loss is not above this percentage.
        at_most_percent: f64,
    },
    /// No link loses more than the background, but hops limit their own answers: harmless.
    OnlyLimits {
        /// As for `NoLoss`; 100 if the last hop limits all its answers, so that nothing is known of the way to it.
        at_most_percent: f64,
    },
    /// Probes are lost in this stretch, on a link or by a hop that forwards them. If it is not one link, the hops inside
    /// are silent, limit their answers, or were not heard often enough to say more.
    Loses {
        /// The narrowest stretch of which that can be said.
        stretch: Stretch,
        /// Its round-trip loss in percent, with its 95 % interval.
        loss_percent: Interval,
        /// What may be losing there.
        suspect: Suspect,
    },
    /// Too few answers to tell.
    TooFew,
}

/// What may be losing in a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suspect {
    /// A link: hops beyond it miss as much.
    Link,
    /// A link, or the hop at the end of the path: none beyond bears witness, so it may as well limit its own answers.
    LinkOrEnd,
}
