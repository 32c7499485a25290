//! What a path's loss amounts to, in one sentence that is true.

use netdiag_model::stats::Interval;
use netdiag_model::stats::attribution::{Attribution, End, Finding, LossCause, Stretch, Suspect};

/// Above this percentage an upper bound is no comfort.
const TELLING_PERCENT: f64 = 10.0;

/// What the sentence has to know.
pub(crate) struct Speaker<'a> {
    pub(crate) attribution: &'a Attribution,
    /// What the last hop is.
    pub(crate) end: End,
    /// How many probes were sent.
    pub(crate) sent: u64,
    /// A hop's name or address; `None` for a silent one.
    pub(crate) who: &'a dyn Fn(u8) -> Option<String>,
}

impl Speaker<'_> {
    /// The sentence.
    pub(crate) fn say(&self) -> String {
        match self.attribution.finding {
            Finding::NoLoss { at_most_percent } => {
                format!("No link loses{}: {}.", self.up_to(), at_most(at_most_percent))
            }
            Finding::OnlyLimits { at_most_percent } => self.only_limits(at_most_percent),
            Finding::Loses { stretch, loss_percent, suspect } => self.loses(stretch, loss_percent, suspect),
            Finding::TooFew if self.sent == 0 => {
                "Nothing can be said of loss: no hop was asked for it.".to_owned()
            }
            Finding::TooFew if self.attribution.links.is_empty() => {
                "Nothing can be said of loss: no hop answers.".to_owned()
            }
            Finding::TooFew => {
                "Too few answers to tell whether a link loses: ask more often (-q), or with more time between (-p)."
                    .to_owned()
            }
        }
    }

    fn only_limits(&self, at_most_percent: f64) -> String {
        if at_most_percent > TELLING_PERCENT {
            return format!(
                "No link is seen to lose, but {} limits how often it answers: loss of up to {} on the way to it would not \
                 show.",
                self.hop(self.last()),
                rounded_up(at_most_percent)
            );
        }
        let is_limited = |cause| cause == LossCause::RateLimited;
        let limited: Vec<u8> =
            self.attribution.hops.iter().filter(|hop| is_limited(hop.cause)).map(|hop| hop.ttl).collect();
        format!("No link loses{}: {}; {}.", self.up_to(), at_most(at_most_percent), limits(&limited))
    }

    fn loses(&self, stretch: Stretch, loss: Interval, suspect: Suspect) -> String {
        let (from, to) = (self.hop(stretch.from_ttl), self.hop(stretch.to_ttl));
        let range = format!("({:.1} to {:.1} % with 95 % confidence)", loss.low, loss.high);
        let start = if stretch.is_link() {
            format!("The link from {from} to {to} loses {:.1} % there and back {range}", loss.estimate)
        } else {
            format!("Between {from} and {to} {:.1} % is lost there and back {range}", loss.estimate)
        };
        let rest = match suspect {
            Suspect::LinkOrEnd => {
                let last = if self.end == End::Target { "the target" } else { "that hop" };
                format!(", or {last} does not answer every probe: no hop beyond it could tell")
            }
            Suspect::Link if stretch.is_link() => String::new(),
            Suspect::Link => "; the hops in between answer too seldom to say on which link".to_owned(),
        };
        format!("{start}{rest}.")
    }

    /// How far the path is known, where that is not to the target.
    fn up_to(&self) -> String {
        let last = self.last();
        let is_whole =
            self.end == End::Target && self.attribution.hops.last().is_some_and(|hop| hop.ttl == last);
        if is_whole { String::new() } else { format!(" up to {}", self.hop(last)) }
    }

    /// The TTL of the last hop that answers.
    fn last(&self) -> u8 {
        self.attribution.links.last().map_or(0, |link| link.stretch.to_ttl)
    }

    fn hop(&self, ttl: u8) -> String {
        match (ttl, (self.who)(ttl)) {
            (0, _) => "this host".to_owned(),
            (_, Some(who)) => format!("hop {ttl} ({who})"),
            (_, None) => format!("hop {ttl}"),
        }
    }
}

fn at_most(percent: f64) -> String {
    format!("with 95 % confidence at most {} there and back", rounded_up(percent))
}

/// A bound must not become smaller by how it is written.
fn rounded_up(percent: f64) -> String {
    format!("{:.1} %", (percent * 10.0).ceil() / 10.0)
}

fn limits(hops: &[u8]) -> String {
    match hops {
        [] => "a hop only limits how often it answers".to_owned(),
        [one] => format!("hop {one} only limits how often it answers"),
        [before @ .., last] => {
            let before: Vec<String> = before.iter().map(u8::to_string).collect();
            format!("hops {} and {last} only limit how often they answer", before.join(", "))
        }
    }
}

#[cfg(test)]
mod tests;
