//! The strategy on its own, walked through virtual time by a model of who answers what, and when.

use std::collections::BTreeSet;

use super::*;
use netdiag_model::event::{Reply, Subject};
use netdiag_model::{Clock, Errno, Family, Icmp, Moment, ProbeId, Reading, Wall};
use proptest::prelude::{prop, prop_assert, prop_assert_eq, proptest};

const LINGER: Duration = Duration::from_secs(10);
const CLASSIC: Ending = Ending::Classic { linger: LINGER };

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn at(millis: u64) -> Mono {
    Mono::ZERO + ms(millis)
}

const fn every(millis: u64) -> Pace {
    Pace::Steady { interval: ms(millis) }
}

/// What becomes of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Answer(Duration),
    Timeout(Duration),
    Error(Duration),
    Advice(Duration),
    NotSent,
    Nothing,
}

fn moment(now: Mono) -> Moment {
    Moment::user(Reading { mono: now, wall: Wall::from_nanos(0) })
}

fn event(subject: Subject, fate: Fate, now: Mono) -> Option<Event> {
    let icmp = |kind| Icmp { family: Family::V4, kind, code: 1, info: 0 };
    Some(match fate {
        Fate::Answer(after) => Event::Reply(Reply {
            subject,
            answer: netdiag_model::event::Answer::Datagram,
            from: std::net::IpAddr::from([192, 0, 2, 1]).into(),
            len: 64,
            ttl: None,
            tos: None,
            rtt: Rtt::from_nanos(after.as_nanos() as u64),
            clock: Clock::User,
            at: moment(now),
            arrival: Arrival::InTime,
            damage: None,
        }),
        Fate::Timeout(_) => Event::Timeout { subject },
        Fate::Error(_) => {
            Event::IcmpError { subject, from: None, icmp: icmp(3), at: moment(now), transit: transit() }
        }
        Fate::Advice(_) => {
            Event::IcmpError { subject, from: None, icmp: icmp(5), at: moment(now), transit: transit() }
        }
        Fate::NotSent => Event::SendError { subject, errno: Errno::EPERM, mtu: None, at: moment(now) },
        Fate::Nothing => return None,
    })
}

const fn delay(fate: Fate) -> Duration {
    match fate {
        Fate::Answer(after) | Fate::Timeout(after) | Fate::Error(after) | Fate::Advice(after) => after,
        Fate::NotSent | Fate::Nothing => Duration::ZERO,
    }
}

/// What came of a walk.
#[derive(Debug, Default)]
struct Walk {
    /// When which target was probed.
    sent: Vec<(Mono, TargetId)>,
    end: Option<Mono>,
    steps: usize,
}

impl Walk {
    fn times(&self) -> Vec<Mono> {
        self.sent.iter().map(|(when, _)| *when).collect()
    }
}

/// A walk under way.
struct Walker {
    echo: Echo,
    now: Mono,
    coming: Vec<(Mono, Event)>,
    settled: BTreeSet<ProbeId>,
    seqs: Vec<u64>,
    walk: Walk,
}

impl Walker {
    /// Hands over all that has come.
    fn receive(&mut self) {
        while self.coming.first().is_some_and(|(when, _)| *when <= self.now) {
            let (_, event) = self.coming.remove(0);
            self.echo.handle_event(self.now, &event);
            let is_advice = matches!(&event, Event::IcmpError { icmp, .. } if icmp.is_advice());
            if let Some(subject) = event.subject()
                && !is_advice
                && self.settled.insert(subject.probe)
            {
                self.echo.handle_settled(subject);
            }
        }
    }

    /// Probes `target`; `fate` says what becomes of the n-th probe.
    fn probe(&mut self, target: TargetId, fate: impl Fn(usize) -> Fate) {
        let now = self.now;
        self.walk.sent.push((now, target));
        self.seqs[target.index()] += 1;
        let n = self.walk.sent.len();
        let subject = Subject {
            probe: ProbeId::new(1, 0, n as u16),
            target,
            seq: self.seqs[target.index()],
            aim: netdiag_model::Aim::default(),
        };
        let fate = fate(n);
        if fate != Fate::NotSent {
            self.echo.handle_event(now, &Event::Sent { subject, at: moment(now) });
        }
        let when = now + delay(fate);
        let place = self.coming.partition_point(|(other, _)| *other <= when);
        self.coming.splice(place..place, event(subject, fate, when).map(|event| (when, event)));
    }
}

/// Walks `echo` with `targets` targets until it ends or nothing more can happen.
fn walk(echo: Echo, targets: u32, fate: impl Fn(usize) -> Fate) -> Walk {
    let seqs = vec![0; targets as usize];
    let (coming, settled) = (Vec::new(), BTreeSet::new());
    let mut walker = Walker { echo, now: Mono::ZERO, coming, settled, seqs, walk: Walk::default() };
    (0..targets).for_each(|target| walker.echo.handle_target(Mono::ZERO, TargetId(target), somewhere()));
    walker.echo.handle_targets_end();
    loop {
        walker.walk.steps += 1;
        walker.receive();
        let end = walker.echo.poll_end(walker.now);
        if end.is_some_and(|end| end <= walker.now) {
            walker.walk.end = Some(walker.now);
            return walker.walk;
        }
        let wake = match walker.echo.poll_next(walker.now) {
            Next::Probe(Ask { target, .. }) => {
                walker.probe(target, &fate);
                continue;
            }
            Next::At(when) => Some(when),
            Next::Event => None,
        };
        let first = walker.coming.first().map(|(when, _)| *when);
        let Some(later) = [wake, end, first].into_iter().flatten().min() else { return walker.walk };
        assert!(later > walker.now, "it would wake at {later:?} and is at {:?}", walker.now);
        walker.now = later;
    }
}

/// The address does not matter here.
fn somewhere() -> netdiag_model::Address {
    std::net::IpAddr::from([192, 0, 2, 1]).into()
}

/// An ICMP error came at once.
fn transit() -> netdiag_model::event::Transit {
    netdiag_model::event::Transit {
        rtt: Rtt::from_nanos(1),
        clock: Clock::User,
        ttl: None,
        arrival: Arrival::InTime,
        extensions: Box::default(),
    }
}

#[test]
fn a_classic_run_ends_when_as_many_as_were_asked_for_are_answered_or_refused() {
    let run = walk(Echo::new(every(1_000), Count::Limit(3), CLASSIC), 1, |_| Fate::Answer(ms(30)));
    assert_eq!((run.times(), run.end), (vec![at(0), at(1_000), at(2_000)], Some(at(2_030))));
    let refused = walk(Echo::new(every(1_000), Count::Limit(3), CLASSIC), 1, |_| Fate::Error(ms(500)));
    assert_eq!(refused.end, Some(at(2_500)));
}

#[test]
fn it_lingers_twice_the_largest_round_trip_time_and_at_least_an_interval() {
    for (rtt, interval, end) in [(30, 1_000, 3_000), (900, 1_000, 3_800), (30, 20, 100)] {
        let fate = |n| if n == 3 { Fate::Nothing } else { Fate::Answer(ms(rtt)) };
        let run = walk(Echo::new(every(interval), Count::Limit(3), CLASSIC), 1, fate);
        assert_eq!(run.sent.len(), 3);
        assert_eq!(run.end, Some(at(end)), "{rtt} {interval}");
    }
}

#[test]
fn it_lingers_its_full_time_when_nothing_has_been_answered() {
    let run = walk(Echo::new(every(1_000), Count::Limit(2), CLASSIC), 1, |_| Fate::Nothing);
    assert_eq!(run.end, Some(at(11_000)));
}

#[test]
fn with_a_deadline_it_goes_on_sending_until_so_many_are_answered() {
    let echo = |deadline| Echo::new(every(1_000), Count::Limit(3), CLASSIC).with_deadline(Some(deadline));
    let fate = |n| if n % 2 == 0 { Fate::Answer(ms(10)) } else { Fate::Nothing };
    let run = walk(echo(ms(60_000)), 1, fate);
    assert_eq!((run.sent.len(), run.end), (6, Some(at(5_010))));
    let silent = walk(echo(ms(4_500)), 1, |_| Fate::Nothing);
    assert_eq!((silent.sent.len(), silent.end), (5, Some(at(4_500))));
}

#[test]
fn under_a_deadline_the_first_error_ends_it_and_advice_does_not() {
    let echo = || Echo::new(every(1_000), Count::Endless, CLASSIC).with_deadline(Some(ms(8_000)));
    let fate = |n| if n == 3 { Fate::Error(ms(20)) } else { Fate::Answer(ms(20)) };
    assert_eq!(walk(echo(), 1, fate).end, Some(at(2_020)));
    let fate = |n| if n == 3 { Fate::Advice(ms(20)) } else { Fate::Answer(ms(20)) };
    assert_eq!(walk(echo(), 1, fate).end, Some(at(8_000)));
}

#[test]
fn a_probe_that_this_host_refused_is_not_waited_for() {
    let run = walk(Echo::new(every(1_000), Count::Limit(2), CLASSIC), 1, |_| Fate::NotSent);
    assert_eq!((run.sent.len(), run.end), (2, Some(at(1_000))));
}

#[test]
fn a_settled_run_ends_with_the_last_probe_however_it_is_settled() {
    let fates = [Fate::Answer(ms(5)), Fate::Timeout(ms(2_000)), Fate::Error(ms(3)), Fate::NotSent];
    for last in fates {
        let fate = |n: usize| if n == 4 { last } else { fates[n % 4] };
        let run = walk(Echo::new(every(100), Count::Limit(4), Ending::Settled), 1, fate);
        assert_eq!(run.sent.len(), 4);
        let expected = (1..).zip(&run.sent).map(|(n, (when, _))| *when + delay(fate(n))).max();
        assert_eq!(run.end, expected, "{last:?}");
    }
}

#[test]
fn a_run_with_answers_enough_leaves_a_target_alone_and_waits_for_no_turn_of_it() {
    let echo = || Echo::new(every(1_000), Count::Limit(3), Ending::Settled).until_answered();
    let run = walk(echo(), 4, |_| Fate::Answer(ms(7)));
    assert_eq!((run.sent.len(), run.end), (4, Some(at(7))));
    // The second target is silent twice, the third for good.
    let fate = |n: usize| match n {
        1 | 4 => Fate::Answer(ms(7)),
        6 => Fate::Answer(ms(9)),
        _ => Fate::Timeout(ms(500)),
    };
    let run = walk(echo(), 4, fate);
    let asked: Vec<usize> = run.sent.iter().map(|(_, target)| target.index()).collect();
    assert_eq!(asked, [0, 1, 2, 3, 1, 2, 1]);
    assert_eq!(run.end, Some(at(2_500)));
}

#[test]
fn it_does_not_end_while_targets_may_come_and_newcomers_go_first() {
    let mut echo = Echo::new(every(100), Count::Limit(2), Ending::Settled);
    assert_eq!(echo.poll_end(Mono::ZERO), None);
    echo.handle_target(Mono::ZERO, TargetId(0), somewhere());
    assert_eq!(echo.poll_next(Mono::ZERO), Next::Probe(Ask::plain(TargetId(0))));
    echo.handle_target(at(150), TargetId(1), somewhere());
    assert_eq!(echo.poll_next(at(150)), Next::Probe(Ask::plain(TargetId(1))));
    assert_eq!(echo.poll_next(at(150)), Next::Probe(Ask::plain(TargetId(0))));
    assert_eq!(echo.poll_next(at(150)), Next::At(at(250)));
    echo.handle_targets_end();
    assert_eq!(echo.poll_next(at(250)), Next::Probe(Ask::plain(TargetId(1))));
    assert_eq!(echo.poll_end(at(250)), None, "four are under way");
}

#[test]
fn as_many_targets_are_wanted_as_one_batch_takes() {
    let mut echo = Echo::new(every(100), Count::Limit(1), Ending::Settled);
    let wanted = (0..).take_while(|&target| {
        echo.handle_target(Mono::ZERO, TargetId(target), somewhere());
        echo.wants_target()
    });
    assert_eq!(wanted.count(), NEWCOMERS - 1);
    assert_eq!(echo.poll_next(Mono::ZERO), Next::Probe(Ask::plain(TargetId(0))));
    assert!(echo.wants_target());
}

#[test]
fn a_flood_sends_when_an_answer_came_or_after_ten_milliseconds() {
    let flood = || Echo::new(Pace::Flood, Count::Endless, CLASSIC).with_deadline(Some(ms(1_000)));
    assert_eq!(walk(flood(), 1, |_| Fate::Answer(ms(2))).sent.len(), 500);
    assert_eq!(walk(flood(), 1, |_| Fate::Nothing).sent.len(), 100);
    let lossy = walk(flood(), 1, |n| if n == 5 { Fate::Nothing } else { Fate::Answer(ms(2)) });
    assert_eq!(lossy.sent.len(), 496, "one lost probe costs ten milliseconds, once");
    let slow = walk(flood(), 1, |_| Fate::Answer(ms(95)));
    assert!((100..=190).contains(&slow.sent.len()), "{}", slow.sent.len());
}

#[test]
fn a_flood_has_a_few_under_way_while_answers_come_at_once() {
    let most_under_way = |rtt: Duration| {
        let flood = Echo::new(Pace::Flood, Count::Limit(1_000), CLASSIC);
        let run = walk(flood, 1, |_| Fate::Answer(rtt));
        assert_eq!(run.sent.len(), 1_000);
        let times = run.times();
        (1..times.len()).map(|n| times[..n].iter().filter(|sent| **sent + rtt > times[n]).count() + 1).max()
    };
    assert_eq!(most_under_way(Duration::from_micros(5)), Some(8));
    assert_eq!(most_under_way(Duration::from_micros(30)), Some(1));
}

#[test]
fn an_adaptive_run_follows_the_round_trip_time_down_to_its_floor() {
    let adaptive = |floor| {
        Echo::new(Pace::Adaptive { floor: ms(floor) }, Count::Endless, CLASSIC)
            .with_deadline(Some(ms(20_000)))
    };
    for (rtt, floor, gap) in [(40, 2, 40), (1, 2, 2), (300, 2, 300)] {
        let times = walk(adaptive(floor), 1, |_| Fate::Answer(ms(rtt))).times();
        let last = times[times.len() - 1].since(times[times.len() - 2]);
        assert_eq!(last, ms(gap), "at {rtt} ms");
    }
    let silent = walk(adaptive(2), 1, |_| Fate::Nothing);
    assert_eq!(silent.sent.len(), 20, "once a second while nothing is known");
}

#[test]
fn preloaded_probes_go_at_once_and_the_others_at_their_interval() {
    let echo = Echo::new(every(1_000), Count::Limit(5), CLASSIC).with_preload(3);
    let run = walk(echo, 1, |_| Fate::Answer(ms(10)));
    assert_eq!(run.times(), [at(0), at(0), at(0), at(1_000), at(2_000)]);
    let flood = Echo::new(Pace::Flood, Count::Endless, CLASSIC).with_preload(4).with_deadline(Some(ms(100)));
    let times = walk(flood, 1, |_| Fate::Nothing).times();
    assert_eq!(times[..5], [at(0), at(0), at(0), at(0), at(10)]);
}

#[test]
fn after_a_long_pause_it_starts_afresh() {
    let mut echo = Echo::new(every(100), Count::Endless, Ending::Settled);
    echo.handle_target(Mono::ZERO, TargetId(0), somewhere());
    assert_eq!(echo.poll_next(Mono::ZERO), Next::Probe(Ask::plain(TargetId(0))));
    let late = at(3_600_000);
    assert_eq!(echo.poll_next(late), Next::Probe(Ask::plain(TargetId(0))));
    assert_eq!(echo.poll_next(late), Next::At(late + ms(100)), "no burst, and no second one at once");
}

#[test]
fn targets_stay_in_turn_whatever_they_answer() {
    let fate = |n: usize| if n.is_multiple_of(3) { Fate::Nothing } else { Fate::Answer(ms(n as u64 % 50)) };
    let echo = Echo::new(every(100), Count::Limit(20), Ending::Settled).with_deadline(Some(ms(60_000)));
    let run = walk(echo, 5, fate);
    assert_eq!(run.sent.len(), 100);
    for (n, (when, target)) in run.sent.iter().enumerate() {
        assert_eq!((target.index(), *when), (n % 5, at(n as u64 / 5 * 100)));
    }
}

proptest! {
    #[test]
    fn probes_are_due_at_multiples_of_the_interval_however_late_one_is_asked(
        lateness in prop::collection::vec(0_u64..100, 50),
    ) {
        let mut echo = Echo::new(every(100), Count::Endless, Ending::Settled);
        echo.handle_target(Mono::ZERO, TargetId(0), somewhere());
        for (n, late) in (0..).zip(lateness) {
            let now = at(n * 100 + late);
            prop_assert_eq!(echo.poll_next(now), Next::Probe(Ask::plain(TargetId(0))));
            prop_assert_eq!(echo.poll_next(now), Next::At(at((n + 1) * 100)), "no drift");
        }
    }

    #[test]
    fn a_walk_takes_no_more_steps_than_things_happen(
        interval in 0_u64..200, count in 1_u32..40, targets in 1_u32..5, rtt in 0_u64..300,
    ) {
        let echo = Echo::new(every(interval), Count::Limit(count), Ending::Settled);
        let run = walk(echo, targets, |n| if n % 4 == 0 { Fate::Timeout(ms(400)) } else { Fate::Answer(ms(rtt)) });
        let probes = (count * targets) as usize;
        prop_assert_eq!(run.sent.len(), probes);
        prop_assert!(run.end.is_some());
        prop_assert!(run.steps <= 4 * probes + 4, "{} steps for {} probes", run.steps, probes);
    }
}
