//! Each probe counts in the period in which it was sent, and in no other.

use super::super::tests::{Fate, events, out, reply, subject};
use super::*;
use netdiag_model::event::Arrival;
use netdiag_model::{Mono, Wall};
use proptest::prelude::*;

const SECOND: Duration = Duration::from_secs(1);
const TARGET: TargetId = TargetId(0);

fn at(millis: u64) -> Reading {
    Reading { mono: Mono::from_nanos(millis * 1_000_000), wall: Wall::from_nanos(millis as i64 * 1_000_000) }
}

fn sums(period: &Period) -> (u64, u64) {
    let report = period.report(TARGET);
    (report.sent, report.received)
}

/// Adds an event before which `sent` probes had gone out.
fn apply(periods: &mut Periods, event: &Event, sent: u64) {
    periods.apply(event, std::iter::once(sent));
}

#[test]
fn a_period_is_told_when_its_last_probe_has_had_its_time() {
    let mut periods = Periods::new(at(0), 10 * SECOND, 2 * SECOND);
    apply(&mut periods, &out(1, Fate::Answered), 0);
    apply(&mut periods, &out(2, Fate::Answered), 1);
    assert_eq!(periods.poll_timeout(), at(10_000).mono);
    assert!(periods.handle_timeout(at(10_000), std::iter::once(2)).is_none());
    assert_eq!(periods.poll_timeout(), at(12_000).mono);
    // The third belongs to the next period, an answer to the second to the first.
    apply(&mut periods, &out(3, Fate::Answered), 2);
    apply(&mut periods, &reply(2, 1_000, Arrival::InTime, None), 3);
    apply(&mut periods, &reply(3, 1_000, Arrival::InTime, None), 3);
    let first = periods.handle_timeout(at(12_000), std::iter::once(3)).expect("its time has come");
    assert_eq!((sums(&first), first.from, first.to), ((2, 1), at(0), Some(at(10_000))));
    // What comes too late for it counts in no other.
    apply(&mut periods, &Event::Timeout { subject: subject(1) }, 3);
    apply(&mut periods, &reply(1, 1_000, Arrival::Late, None), 3);
    let rest: Vec<Period> = periods.finish(at(13_000)).collect();
    assert_eq!(rest.iter().map(sums).collect::<Vec<_>>(), [(1, 1)]);
    assert_eq!((rest[0].from, rest[0].to), (at(10_000), Some(at(13_000))));
}

#[test]
fn periods_shorter_than_the_patience_wait_beside_each_other() {
    let mut periods = Periods::new(at(0), SECOND, 5 * SECOND);
    let mut told = Vec::new();
    for second in 1..=20 {
        apply(&mut periods, &out(second, Fate::Lost), second - 1);
        let now = at(second * 1_000);
        told.extend(
            periods.handle_timeout(now, std::iter::once(second)).map(|period| (second, sums(&period))),
        );
    }
    // The probe of the first second goes as the first period ends: it is the second's.
    assert_eq!(told[..2], [(6, (0, 0)), (7, (1, 0))]);
    assert_eq!(told.len(), 15);
    assert_eq!(periods.finish(at(20_500)).filter(|period| !period.is_empty()).count(), 6);
}

#[test]
fn a_process_that_slept_tells_nothing_of_the_time_it_slept() {
    let mut periods = Periods::new(at(0), 2 * SECOND, SECOND);
    apply(&mut periods, &out(1, Fate::Lost), 0);
    assert!(periods.handle_timeout(at(3_600_000), std::iter::once(1)).is_none());
    assert_eq!(periods.poll_timeout(), at(3_601_000).mono);
    let period = periods.handle_timeout(at(3_601_000), std::iter::once(1)).expect("the one before the sleep");
    assert_eq!(sums(&period), (1, 0));
}

proptest! {
    #[test]
    fn all_periods_together_are_the_whole(
        fates in prop::collection::vec(super::super::tests::fate(), 1..60), every in 1_u64..9,
    ) {
        let mut periods = Periods::new(at(0), Duration::from_secs(every), 2 * SECOND);
        let (mut sent, mut received) = (0, 0);
        let mut whole = Report::default();
        let mut tell = |period: Period| {
            let report = period.report(TARGET);
            sent += report.sent;
            received += report.received;
        };
        for (seq, fate) in (1..).zip(&fates) {
            for event in std::iter::once(out(seq, *fate)).chain(events(seq, *fate, 1_000, 1)) {
                apply(&mut periods, &event, whole.sent);
                whole.apply(&event);
            }
            let now = at(seq * 1_000);
            while periods.poll_timeout() <= now.mono {
                periods.handle_timeout(now, std::iter::once(whole.sent)).into_iter().for_each(&mut tell);
            }
        }
        periods.finish(at(61_000)).for_each(&mut tell);
        prop_assert_eq!((sent, received), (whole.sent, whole.received));
    }
}
