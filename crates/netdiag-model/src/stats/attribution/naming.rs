//! Which stretch is named as the one that loses, and what is said if none is.
//!
//! Something is named only if the path loses with 95 % probability. A link is if it loses with 90 %. Around it no
//! stretch is; else one is if it holds a link that loses with 95 % and no part of it does. Of several the one that loses
//! most is named.

use super::path::{Path, SURE};
use super::{Finding, Interval, Suspect, pools};

/// From which probability on a link is named.
const PINNED: f64 = 0.9;

/// Above this percentage an upper bound is too high for saying that there is no loss.
const TELLING_PERCENT: f64 = 10.0;

/// What a path's loss amounts to.
pub(super) fn find(path: &Path<'_>) -> Finding {
    let Some(end) = path.hops.len().checked_sub(1) else { return Finding::TooFew };
    if let Some((first, last, loss)) = worst(path) {
        let suspect = if last == end { Suspect::LinkOrEnd } else { Suspect::Link };
        return Finding::Loses { stretch: path.stretch(first, last), loss_percent: loss.percent(), suspect };
    }
    let at_most_percent = pools::loss(path, 0, end).high * 100.0;
    let is_end_limited = path.series(end).all(|(_, open)| open < 0.5);
    match path.loses(0, end) {
        loses if loses > 0.5 => Finding::TooFew,
        _ if is_end_limited => Finding::OnlyLimits { at_most_percent },
        _ if at_most_percent > TELLING_PERCENT => Finding::TooFew,
        _ if path.has_limits() => Finding::OnlyLimits { at_most_percent },
        _ => Finding::NoLoss { at_most_percent },
    }
}

/// The first and last link of the named stretch that loses most, and its loss.
fn worst(path: &Path<'_>) -> Option<(usize, usize, Interval)> {
    let count = path.hops.len();
    if path.loses(0, count - 1) < SURE {
        return None;
    }
    let is_pinned = |link: usize| path.loses(link, link) >= PINNED;
    let end_of = |first: usize| (first..count).find(|&last| path.loses(first, last) >= SURE);
    let stretches = (0..count)
        .filter_map(|first| Some((first, end_of(first)?)))
        .filter(|&(first, last)| end_of(first + 1).is_none_or(|other| other > last))
        .filter(|&(first, last)| !(first..=last).any(is_pinned));
    let links = (0..count).filter(|&link| is_pinned(link)).map(|link| (link, link));
    links
        .chain(stretches)
        .map(|(first, last)| (first, last, pools::loss(path, first, last)))
        .max_by(|(.., one), (.., other)| one.estimate.total_cmp(&other.estimate))
}
