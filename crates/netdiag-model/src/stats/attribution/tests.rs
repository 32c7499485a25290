mod network;
mod trials;

use super::*;
use network::{Dice, Limit, Loss, Network};
use proptest::prelude::*;

const LINUX: Limit = Limit::Bucket(6.0, 1.0);

fn run(network: &Network) -> Attribution {
    attribute(&network.run(100, &mut Dice(1)), End::Target)
}

fn causes(found: &Attribution) -> Vec<LossCause> {
    found.hops.iter().map(|hop| hop.cause).collect()
}

/// A series of which every `every`-th probe is lost.
fn losing(every: u32) -> Outcomes {
    let mut outcomes = Outcomes::default();
    for round in 0..100 {
        outcomes.apply(round, if round % every == 0 { Outcome::Lost } else { Outcome::Answered });
    }
    outcomes
}

#[test]
fn a_path_without_loss_has_an_upper_bound() {
    let found = run(&Network::plain(6));
    let Finding::NoLoss { at_most_percent } = found.finding else { panic!("{found:?}") };
    assert!((at_most_percent - Interval::wilson(0, 200, Z95).high * 100.0).abs() < 1e-6);
    assert_eq!(causes(&found), [LossCause::None; 6]);
    assert!(found.links.iter().all(|link| link.loss_percent.low <= 0.0 && link.loss_percent.high < 2.0));
}

#[test]
fn limits_are_no_loss_however_hard() {
    let mut network = Network::plain(6);
    network.hops[1][0] = LINUX;
    network.hops[2] = [LINUX, Limit::Share(0.3)];
    network.hops[3][1] = Limit::Silent;
    let found = run(&network);
    assert!(
        matches!(found.finding, Finding::OnlyLimits { at_most_percent } if at_most_percent < 2.0),
        "{found:?}"
    );
    let limited = LossCause::RateLimited;
    let none = LossCause::None;
    assert_eq!(causes(&found), [none, limited, limited, none, none, none]);
    let ByKind { through, direct } = found.hops[1].node_percent;
    assert!((through - 70.0).abs() < 5.0 && direct <= 0.0, "{through} {direct}");
}

#[test]
fn a_link_that_loses_is_named_and_the_loss_of_limited_nodes_is_kept_apart() {
    let mut network = Network::plain(7);
    network.links[3] = Loss::Chance(0.05, 0.05);
    network.hops[1][0] = LINUX;
    network.hops[5][0] = Limit::Share(0.5);
    let found = run(&network);
    let Finding::Loses { stretch, loss_percent, suspect } = found.finding else { panic!("{found:?}") };
    assert_eq!((stretch, suspect), (Stretch { from_ttl: 3, to_ttl: 4 }, Suspect::Link));
    assert!(loss_percent.low < 9.75 && 9.75 < loss_percent.high && loss_percent.high < 15.0);
    let (none, limited, path) = (LossCause::None, LossCause::RateLimited, LossCause::Path);
    assert_eq!(causes(&found), [none, limited, none, path, path, limited, path]);
    assert!((found.hops[5].node_percent.through - 50.0).abs() < 15.0);
    assert!(found.links[3].certainty > 0.99 && found.links[4].certainty < 0.1);
}

#[test]
fn a_silent_or_fully_limited_hop_at_an_end_of_the_link_widens_the_stretch() {
    for deaf in [[Limit::Silent; 2], [LINUX, LINUX], [LINUX, Limit::Silent]] {
        for (hop, stretch) in [(3, (3, 5)), (2, (2, 4))] {
            let mut network = Network::plain(7);
            network.links[3] = Loss::Chance(0.1, 0.1);
            network.hops[hop] = deaf;
            let named = run(&network).worst_link().map(|named| (named.from_ttl, named.to_ttl));
            assert_eq!(named, Some(stretch), "{deaf:?}");
        }
    }
}

#[test]
fn loss_at_the_target_alone_may_be_the_targets_own() {
    let mut network = Network::plain(5);
    network.links[4] = Loss::Chance(0.05, 0.05);
    let last = Stretch { from_ttl: 4, to_ttl: 5 };
    let found = run(&network).finding;
    assert!(
        matches!(found, Finding::Loses { stretch, suspect: Suspect::LinkOrEnd, .. } if stretch == last),
        "{found:?}"
    );
}

#[test]
fn a_target_whose_answers_keep_time_limits_them() {
    let mut network = Network::plain(5);
    network.hops[4] = [LINUX, LINUX];
    let found = run(&network);
    assert!(
        matches!(found.finding, Finding::OnlyLimits { at_most_percent } if at_most_percent > 99.0),
        "{found:?}"
    );
    assert_eq!(found.hops[4].cause, LossCause::RateLimited);
}

#[test]
fn a_target_that_never_answers_leaves_the_path_up_to_the_last_router() {
    let mut network = Network::plain(5);
    network.hops[4] = [Limit::Silent; 2];
    network.links[1] = Loss::Chance(0.1, 0.1);
    let found = run(&network);
    assert_eq!(found.worst_link(), Some(Stretch { from_ttl: 1, to_ttl: 2 }));
    assert_eq!(found.hops[4].cause, LossCause::Unknown);
    assert!(found.end_to_end_percent.is_some_and(|loss| loss.estimate > 99.9 && loss.low > 95.0));
}

#[test]
fn ttls_without_a_hop_are_part_of_the_stretch() {
    let mut network = Network::plain(6);
    network.links[3] = Loss::Chance(0.1, 0.1);
    let mut hops = network.run(100, &mut Dice(1));
    hops.remove(3);
    let found = attribute(&hops, End::Target);
    assert_eq!(found.worst_link(), Some(Stretch { from_ttl: 3, to_ttl: 5 }));
    assert!(!found.links[3].stretch.is_link());
}

#[test]
fn next_to_nothing_seen_says_nothing() {
    assert_eq!(attribute(&[], End::Router).finding, Finding::TooFew);
    let silent = attribute(&[Hop { ttl: 1, ..Hop::default() }], End::Target);
    assert_eq!((silent.finding, silent.end_to_end_percent), (Finding::TooFew, None));
    let network = Network::plain(4);
    assert_eq!(attribute(&network.run(5, &mut Dice(1)), End::Target).finding, Finding::TooFew);
    assert!(matches!(
        attribute(&network.run(20, &mut Dice(1)), End::Target).finding,
        Finding::NoLoss { at_most_percent } if at_most_percent < 10.0
    ));
}

#[test]
fn a_token_bucket_keeps_time_and_chance_does_not() {
    let mut dice = Dice(3);
    for limit in [LINUX, Limit::Bucket(3.0, 0.4), Limit::Bucket(20.0, 2.7)] {
        let mut network = Network::plain(1);
        network.hops[0][0] = limit;
        assert!(network.run(100, &mut dice)[0].keeps_time(), "{limit:?}");
    }
    let mut network = Network::plain(1);
    let false_alarms = (0..2_000).filter(|_| {
        network.hops[0] = [Limit::Share(dice.between(0.02, 0.98)); 2];
        network.run(100, &mut dice)[0].keeps_time()
    });
    assert!(false_alarms.count() <= 10);
}

#[test]
fn loss_in_bursts_says_less_than_loss_by_chance() {
    assert!((outcomes::dispersion(&[&losing(10)]) - 1.0).abs() < 1e-12);
    let mut burst = Outcomes::default();
    for round in 0..100 {
        let is_lost = (40..50).contains(&round);
        burst.apply(round, if is_lost { Outcome::Lost } else { Outcome::Answered });
    }
    assert!(outcomes::dispersion(&[&burst]) > 4.0);
}

#[test]
fn a_late_answer_counts_and_rounds_without_an_outcome_do_not() {
    let mut outcomes = Outcomes::default();
    outcomes.apply(70, Outcome::Lost);
    outcomes.apply(3, Outcome::Answered);
    assert_eq!((outcomes.sent(), outcomes.received(), outcomes.rounds()), (2, 1, 71));
    outcomes.apply(70, Outcome::Answered);
    outcomes.apply(3, Outcome::Lost);
    assert_eq!((outcomes.sent(), outcomes.received()), (2, 2));
    assert_eq!([3, 4, 70, 71].map(|round| outcomes.at(round)), [Some(true), None, Some(true), None]);
}

#[test]
fn what_lies_before_a_round_can_be_looked_at_alone() {
    let mut outcomes = Outcomes::default();
    for round in 0..130 {
        outcomes.apply(round, if round % 3 == 0 { Outcome::Lost } else { Outcome::Answered });
    }
    for round in [0, 1, 63, 64, 65, 128, 130, 500] {
        let sent = round.min(130);
        let part = outcomes.before(round);
        let received = (0..sent).filter(|round| round % 3 != 0).count() as u64;
        assert_eq!((part.sent(), part.received()), (u64::from(sent), received), "{round}");
    }
}

#[test]
fn a_long_run_and_a_long_path_are_no_trouble() {
    let mut network = Network::plain(30);
    network.links[20] = Loss::Chance(0.003, 0.003);
    let found = attribute(&network.run(5_000, &mut Dice(4)), End::Target);
    assert_eq!(found.worst_link(), Some(Stretch { from_ttl: 20, to_ttl: 21 }));
    assert!((found.links[20].loss_percent.estimate - 0.6).abs() < 0.2);
}

proptest! {
    #[test]
    fn whatever_is_heard_the_figures_are_in_their_ranges(
        series in prop::collection::vec((any::<[u64; 2]>(), any::<[u64; 2]>(), 0u32..64), 0..12), is_target in any::<bool>()
    ) {
        let outcomes = |[settled, answered]: [u64; 2], rounds: u32| {
            let mut outcomes = Outcomes::default();
            for round in (0..rounds).filter(|round| settled >> round & 1 == 1) {
                let is_answered = answered >> round & 1 == 1;
                outcomes.apply(round, if is_answered { Outcome::Answered } else { Outcome::Lost });
            }
            outcomes
        };
        let hops: Vec<Hop> = series.into_iter().zip((1..).step_by(2)).map(|((through, direct, rounds), ttl)| {
            Hop { ttl, through: outcomes(through, rounds), direct: outcomes(direct, rounds) }
        }).collect();
        let found = attribute(&hops, if is_target { End::Target } else { End::Router });
        for link in &found.links {
            let Interval { estimate, low, high } = link.loss_percent;
            prop_assert!(0.0 <= low && low <= estimate && estimate <= high && high <= 100.0, "{:?}", link);
            prop_assert!((-1e-9..=1.0).contains(&link.certainty), "{:?}", link);
        }
        for hop in &found.hops {
            let ByKind { through, direct } = hop.node_percent;
            prop_assert!([through, direct].iter().all(|percent| (0.0..=100.0).contains(percent)), "{:?}", hop);
        }
        prop_assert_eq!(found.hops.len(), hops.len());
    }
}
