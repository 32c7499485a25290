//! How far on the path do SYNs to this port come? Ordinary attempts with rising TTL, a few at once, and the error queue:
//! a TCP traceroute without any right. A window in which nobody answers ends it: whoever is silent so long is the end.

use std::time::Duration;

use netdiag_engine::dialer::Dialed;
use netdiag_engine::port::{Attempt, Connection};
use netdiag_model::path::{Circle, circle};
use netdiag_model::{Address, Errno, Icmp, ProbeId};

use crate::batch::Tools;

/// How many hops are asked for.
const HOPS: u8 = 30;
/// How many are asked for at once: more would have a router that refuses them all spend what its limit of answers allows.
const WINDOW: u8 = 6;
/// How long: a SYN goes out three times in it, for routers that limit how often they answer.
const PATIENCE: Duration = Duration::from_millis(2_300);

/// What answered a SYN with a certain TTL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// The TTL.
    pub ttl: u8,
    /// Who answered; `None` for nobody.
    pub answer: Option<Address>,
    /// After how long, where the first SYN was answered.
    pub rtt: Option<Duration>,
    /// What it said, where that was an ICMP message.
    pub icmp: Option<Icmp>,
    /// Whether it spoke in the name of the target: a router that passes the port on to another host does.
    pub is_target: bool,
}

/// The path as SYNs to one port see it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// The hops, from 1; none behind the one that ends it.
    pub hops: Vec<Hop>,
    /// Whether the last of them ends it: the target, or somebody who refuses.
    pub is_ended: bool,
    /// The circle that it goes in; then the hops end where it comes round.
    pub circle: Option<Circle>,
}

impl Path {
    /// Who let the TTL run out at each hop. Whoever refuses, or speaks in the name of the target, may well have been met
    /// before.
    fn passed(&self) -> Vec<Option<Address>> {
        let has_run_out = |hop: &Hop| !hop.is_target && hop.icmp.is_some_and(|icmp| icmp.is_time_exceeded());
        self.hops.iter().map(|hop| hop.answer.filter(|_| has_run_out(hop))).collect()
    }

    /// The last hop that answered.
    pub fn last_answering(&self) -> Option<&Hop> {
        self.hops.iter().rev().find(|hop| hop.answer.is_some())
    }

    /// The hop that ends it.
    pub fn answered_by(&self) -> Option<&Hop> {
        self.hops.last().filter(|_| self.is_ended)
    }

    /// From which TTL on nothing answers, if nothing does.
    pub fn silent_from(&self) -> Option<u8> {
        (!self.is_ended && self.circle.is_none()).then(|| self.last_answering().map_or(1, |hop| hop.ttl + 1))
    }
}

/// Looks. `None` when the run is to end.
pub(crate) async fn locate(tools: &mut Tools<'_>, address: Address, port: u16) -> Option<Path> {
    let attempt = |ttl: u8| Attempt {
        ttl: Some(ttl),
        timeout: Some(PATIENCE),
        ..Attempt::new(ProbeId::new(0, 0, 0), address, port)
    };
    let mut hops: Vec<Hop> = Vec::new();
    for first in (1..=HOPS).step_by(WINDOW.into()) {
        let mut done = tools.dial((first..first + WINDOW).map(attempt)).await?;
        done.sort_by_key(|dialed| dialed.attempt.ttl);
        let is_silent = done.iter().all(|dialed| hop(dialed).answer.is_none());
        hops.extend(done.iter().map(hop));
        let path = path(hops.iter().copied());
        if path.is_ended || path.circle.is_some() || is_silent {
            break;
        }
    }
    Some(path(hops.into_iter()))
}

/// The hops up to the first that is not merely one where the TTL ran out.
fn path(all: impl Iterator<Item = Hop>) -> Path {
    let mut path = Path::default();
    for hop in all {
        path.is_ended = hop.answer.is_some() && !hop.icmp.is_some_and(|icmp| icmp.is_time_exceeded());
        path.hops.push(hop);
        if path.is_ended {
            break;
        }
    }
    path.circle = circle(1, &path.passed()).filter(|_| !path.is_ended);
    if let Some(Circle { again, .. }) = path.circle {
        path.hops.retain(|hop| hop.ttl <= again);
    } else if !path.is_ended {
        // Of the silence behind the last one that answered one line is enough.
        let last = path.last_answering().map_or(0, |hop| usize::from(hop.ttl));
        path.hops.truncate(last + 1);
    }
    path
}

fn hop(dialed: &Dialed) -> Hop {
    let took = dialed.outcome.at.read.mono.since(dialed.started.read.mono);
    let to = dialed.attempt.to;
    let (answer, icmp) = match dialed.outcome.connection {
        Connection::Failed { icmp: Some((icmp, from)), .. } => (from, Some(icmp)),
        Connection::Established { .. }
        | Connection::Failed { errno: Errno::ECONNREFUSED | Errno::ECONNRESET, .. } => (Some(to), None),
        _ => (None, None),
    };
    let rtt = (answer.is_some() && dialed.outcome.sighting.retransmits == 0).then_some(took);
    let is_target = answer.is_some_and(|answer| to.matches(&answer));
    Hop { ttl: dialed.attempt.ttl.unwrap_or_default(), answer, rtt, icmp, is_target }
}

#[cfg(test)]
mod tests {
    use netdiag_model::Family;

    use super::*;

    fn hop(ttl: u8, code: Option<(u8, u8)>) -> Hop {
        let icmp = code.map(|(kind, code)| Icmp { family: Family::V4, kind, code, info: 0 });
        let from = Address::new([192, 0, 2, ttl].into());
        let rtt = icmp.map(|_| Duration::from_millis(1));
        Hop { ttl, answer: icmp.map(|_| from), rtt, icmp, is_target: false }
    }

    #[test]
    fn a_path_ends_where_somebody_says_more_than_that_the_ttl_ran_out() {
        let all = [hop(1, Some((11, 0))), hop(2, None), hop(3, Some((3, 13))), hop(4, Some((3, 13)))];
        let path = path(all.into_iter());
        assert_eq!((path.hops.len(), path.answered_by().map(|hop| hop.ttl)), (3, Some(3)));
        assert_eq!(path.silent_from(), None);
    }

    #[test]
    fn a_path_that_comes_round_again_is_a_circle() {
        let mut hops: Vec<Hop> = (1..=6).map(|ttl| hop(ttl, Some((11, 0)))).collect();
        for (ttl, same) in [(4, 2), (5, 3), (6, 2)] {
            hops[ttl - 1].answer = hops[same - 1].answer;
        }
        let path = path(hops.into_iter());
        assert_eq!(
            (path.circle, path.hops.len(), path.silent_from()),
            (Some(Circle { first: 2, again: 4 }), 4, None)
        );
    }

    #[test]
    fn who_speaks_in_the_name_of_the_target_is_no_circle() {
        let mut hops: Vec<Hop> = (1..=4).map(|ttl| hop(ttl, Some((11, 0)))).collect();
        for ttl in [2, 4] {
            (hops[ttl - 1].answer, hops[ttl - 1].is_target) =
                (Some(Address::new([192, 0, 2, 9].into())), true);
        }
        assert_eq!(path(hops.into_iter()).circle, None);
    }

    #[test]
    fn where_nothing_answers_any_more_the_break_is_named() {
        let all = [hop(1, Some((11, 0))), hop(2, Some((11, 0))), hop(3, None), hop(4, None), hop(5, None)];
        let path = path(all.into_iter());
        assert_eq!((path.silent_from(), path.hops.len()), (Some(3), 3));
        assert_eq!(path.last_answering().map(|hop| hop.ttl), Some(2));
        assert_eq!(super::path([hop(1, None), hop(2, None)].into_iter()).silent_from(), Some(1));
    }
}
