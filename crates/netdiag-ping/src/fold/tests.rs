//! The fold against plain sums over the same events, in any order in which they may come.

use super::*;
use netdiag_model::{Clock, Moment, ProbeId, Reading, TargetId, Wall};
use proptest::prelude::*;

/// What may happen to a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Answered,
    Late,
    Lost,
    Refused,
    NotSent,
    BadChecksum,
    WrongData,
}

pub(super) fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Answered),
        1 => Just(Fate::Late),
        2 => Just(Fate::Lost),
        1 => Just(Fate::Refused),
        1 => Just(Fate::NotSent),
        1 => Just(Fate::BadChecksum),
        1 => Just(Fate::WrongData),
    ]
}

pub(super) fn moment(nanos: u64) -> Moment {
    Moment::user(Reading { mono: Mono::from_nanos(nanos), wall: Wall::from_nanos(nanos as i64) })
}

/// An ICMP error came at once.
pub(super) fn transit() -> netdiag_model::event::Transit {
    netdiag_model::event::Transit {
        rtt: Rtt::from_nanos(1),
        clock: Clock::User,
        ttl: None,
        arrival: Arrival::InTime,
        extensions: Box::default(),
    }
}

pub(super) fn subject(seq: u64) -> Subject {
    Subject {
        probe: ProbeId::new(1, 0, seq as u16),
        target: TargetId(0),
        seq,
        aim: netdiag_model::Aim::default(),
    }
}

pub(super) fn reply(seq: u64, nanos: u64, arrival: Arrival, damage: Option<Damage>) -> Event {
    Event::Reply(Reply {
        subject: subject(seq),
        answer: netdiag_model::event::Answer::Datagram,
        from: std::net::IpAddr::from([192, 0, 2, 1]).into(),
        len: 64,
        ttl: None,
        tos: None,
        rtt: Rtt::from_nanos(nanos),
        clock: Clock::Kernel,
        at: moment(seq * 1_000_000_000 + nanos),
        arrival,
        damage,
    })
}

pub(super) const UNREACHABLE: Icmp = Icmp { family: netdiag_model::Family::V4, kind: 3, code: 1, info: 0 };

/// The events of one probe after it went out.
pub(super) fn events(seq: u64, fate: Fate, nanos: u64, copies: u64) -> Vec<Event> {
    let damage = || Some(Damage::Data { offset: 8, expected: 0, found: 1, data: Box::new([]) });
    let mut events = match fate {
        Fate::Answered => vec![reply(seq, nanos, Arrival::InTime, None)],
        Fate::WrongData => vec![reply(seq, nanos, Arrival::InTime, damage())],
        Fate::Late => {
            vec![Event::Timeout { subject: subject(seq) }, reply(seq, nanos, Arrival::Late, None)]
        }
        Fate::Lost => vec![Event::Timeout { subject: subject(seq) }],
        Fate::Refused => {
            let at = moment(seq * 1_000_000_000 + nanos);
            vec![Event::IcmpError {
                subject: subject(seq),
                from: None,
                icmp: UNREACHABLE,
                at,
                transit: transit(),
            }]
        }
        Fate::BadChecksum => vec![reply(seq, nanos, Arrival::InTime, Some(Damage::Checksum))],
        Fate::NotSent => vec![],
    };
    if matches!(fate, Fate::Answered | Fate::Late | Fate::WrongData) {
        events.extend((1..=copies).map(|copy| reply(seq, nanos + copy, Arrival::Duplicate, None)));
    }
    events
}

pub(super) fn out(seq: u64, fate: Fate) -> Event {
    let at = moment(seq * 1_000_000_000);
    match fate {
        Fate::NotSent => Event::SendError { subject: subject(seq), errno: Errno::EPERM, mtu: None, at },
        _ => Event::Sent { subject: subject(seq), at },
    }
}

proptest! {
    #[test]
    fn sums_are_plain_sums_in_whatever_order_answers_come(
        probes in prop::collection::vec((fate(), 1_u64..1_000_000_000, 0_u64..3), 1..60),
        order: u64,
    ) {
        let mut report = Report::default();
        let sent = probes.len() as u64;
        for (seq, (fate, ..)) in (1..).zip(&probes) {
            report.apply(&out(seq, *fate));
        }
        // All are under way at once; each probe's events come together, the probes in an arbitrary order.
        let mut turns: Vec<(u64, usize)> = (0..probes.len()).map(|at| ((at as u64 + 1).wrapping_mul(order | 1), at)).collect();
        turns.sort_unstable();
        let mut firsts = Vec::new();
        let mut times = Vec::new();
        for (_, at) in turns {
            let (fate, nanos, copies) = probes[at];
            for event in events(at as u64 + 1, fate, nanos, copies) {
                report.apply(&event);
                if let Event::Reply(reply) = &event && reply.damage != Some(Damage::Checksum) {
                    times.push(reply.rtt.as_nanos());
                    if reply.arrival != Arrival::Duplicate {
                        firsts.push((reply.subject.seq, reply.rtt.as_nanos()));
                    }
                }
            }
        }
        let count = |which: &[Fate]| probes.iter().filter(|(fate, ..)| which.contains(fate)).count() as u64;
        let received = count(&[Fate::Answered, Fate::Late, Fate::WrongData]);
        prop_assert_eq!((report.sent, report.received, report.lost()), (sent, received, sent - received));
        prop_assert_eq!((report.late, report.errors), (count(&[Fate::Late]), count(&[Fate::Refused])));
        prop_assert_eq!(report.corrupt(), count(&[Fate::BadChecksum, Fate::WrongData]));
        prop_assert_eq!(report.bad_checksums, count(&[Fate::BadChecksum]));
        prop_assert_eq!(report.duplicates, times.len() as u64 - received);
        let percent = (sent - received) as f64 * 100.0 / sent as f64;
        prop_assert!((report.loss_percent() - percent).abs() < 1e-9);
        prop_assert_eq!(report.spread.count(), times.len() as u64);
        prop_assert_eq!(report.spread.min().map(Rtt::as_nanos), times.iter().min().copied());
        prop_assert_eq!(report.spread.max().map(Rtt::as_nanos), times.iter().max().copied());
        let mut highest = 0;
        let behind = firsts.iter().filter(|(seq, _)| { let is_behind = *seq < highest; highest = highest.max(*seq); is_behind });
        prop_assert_eq!(report.order.reordered(), behind.count() as u64);
        assert_ordered(&report, firsts, sent);
    }
}

/// Jitter and bursts by their definitions.
fn assert_ordered(report: &Report, mut firsts: Vec<(u64, u64)>, sent: u64) {
    firsts.sort_unstable();
    let (jitter, bursts) = report.ordered();
    let differences: Vec<u64> = firsts.windows(2).map(|pair| pair[0].1.abs_diff(pair[1].1)).collect();
    assert_eq!((jitter.count, jitter.sum), (differences.len() as u64, differences.iter().sum()));
    let answered: Vec<u64> = firsts.iter().map(|(seq, _)| *seq).collect();
    let lost: Vec<u64> = (1..=sent).filter(|seq| !answered.contains(seq)).collect();
    let runs: Vec<u64> = lost.chunk_by(|a, b| a + 1 == *b).map(|run| run.len() as u64).collect();
    assert_eq!((bursts.count, bursts.longest), (runs.len() as u64, runs.iter().max().copied().unwrap_or(0)));
}

#[test]
fn advice_is_no_error_and_does_not_explain_a_silence() {
    let mut report = Report::default();
    report.apply(&out(1, Fate::Answered));
    let redirect = Icmp { kind: 5, ..UNREACHABLE };
    report.apply(&Event::IcmpError {
        subject: subject(1),
        from: None,
        icmp: redirect,
        at: moment(1),
        transit: transit(),
    });
    assert_eq!((report.errors, report.last_error), (0, None));
}

#[test]
fn a_packet_too_large_for_this_host_is_an_error_and_a_refused_one_is_not() {
    let mut report = Report::default();
    for (seq, errno) in [(1, Errno::EMSGSIZE), (2, Errno::EPERM)] {
        report.apply(&Event::SendError { subject: subject(seq), errno, mtu: None, at: moment(seq) });
    }
    assert_eq!((report.sent, report.errors, report.last_failure), (2, 1, Some(Errno::EPERM)));
}

#[test]
fn elapsed_is_from_the_first_probe() {
    let mut report = Report::default();
    (1..=4).for_each(|seq| report.apply(&out(seq, Fate::Answered)));
    assert_eq!(report.elapsed(Mono::from_nanos(6_500_000_000)), Duration::from_millis(5_500));
}

#[test]
fn sums_after_a_probe_are_those_of_the_probes_after_it() {
    let (mut all, mut after) = (Report::default(), Report::after(2));
    for seq in 1..=5 {
        all.apply(&out(seq, Fate::Answered));
        if seq > 2 {
            after.apply(&out(seq, Fate::Answered));
        }
    }
    for seq in [3, 5] {
        all.apply(&reply(seq, 1_000, Arrival::InTime, None));
        after.apply(&reply(seq, 1_000, Arrival::InTime, None));
    }
    assert_eq!((after.sent, after.received, after.lost()), (3, 2, 1));
    let (_, bursts) = after.ordered();
    assert_eq!((bursts.count, bursts.longest), (1, 1));
    assert_eq!(all.ordered().1.longest, 2);
}

fn course(events: impl IntoIterator<Item = Event>) -> Course {
    let mut course = Course::default();
    events.into_iter().for_each(|event| course.apply(&event));
    course
}

#[test]
fn pipe_is_the_most_that_was_under_way_when_an_answer_came() {
    let mut course = course((1..=5).map(|seq| out(seq, Fate::Answered)));
    course.apply(&reply(3, 1, Arrival::InTime, None));
    assert_eq!(course.pipe, 3);
    course.apply(&reply(1, 1, Arrival::InTime, None));
    course.apply(&reply(5, 1, Arrival::InTime, None));
    assert_eq!(course.pipe, 5);
}

#[test]
fn advice_acknowledges_nothing() {
    let redirect = Icmp { kind: 5, ..UNREACHABLE };
    let advice = Event::IcmpError {
        subject: subject(1),
        from: None,
        icmp: redirect,
        at: moment(1),
        transit: transit(),
    };
    assert_eq!(course([out(1, Fate::Answered), advice]).pipe, 0);
}

#[test]
fn spans_are_from_the_first_probe_to_the_last() {
    assert_eq!((Course::default().sending_span(), Course::default().mean_gap()), (Duration::ZERO, None));
    let course = course((1..=4).map(|seq| out(seq, Fate::Answered)));
    assert_eq!(course.sending_span(), Duration::from_secs(3));
    assert_eq!(course.mean_gap(), Some(Rtt::from_nanos(1_000_000_000)));
}

#[test]
fn the_last_probe_counts_as_answered_only_by_its_own_answer() {
    let mut course = course([out(1, Fate::Answered), out(2, Fate::Answered)]);
    course.apply(&reply(1, 1, Arrival::InTime, None));
    assert!(!course.is_last_answered);
    course.apply(&reply(2, 1, Arrival::InTime, None));
    assert!(course.is_last_answered);
    course.apply(&out(3, Fate::Answered));
    assert!(!course.is_last_answered);
}
