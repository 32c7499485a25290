//! A tally against the report of the same events, and its size.

use super::super::tests::{Fate, events, fate, moment, out};
use super::*;
use netdiag_model::event::Subject;
use netdiag_model::{ProbeId, TargetId};
use proptest::prelude::*;

fn plain(report: &Report) -> impl PartialEq + std::fmt::Debug + use<> {
    let counts = [
        report.sent,
        report.received,
        report.late,
        report.duplicates,
        report.damaged,
        report.bad_checksums,
        report.errors,
        report.strays,
        report.refused_here,
        report.order.reordered(),
    ];
    let percentiles = report.percentiles.at([50.0, 95.0]);
    let last = (report.last_error, report.last_failure, report.first_sent);
    (counts, report.spread.clone(), percentiles, report.ordered(), last)
}

proptest! {
    #[test]
    fn a_tally_sums_up_to_the_report_of_the_same_events(
        probes in prop::collection::vec((fate(), 1_u64..1 << 46, 0_u64..3), 0..14), base in 0_u64..3,
    ) {
        let (mut tally, mut report) = (Tally::default(), Report::after(base));
        for (seq, (fate, nanos, copies)) in (base + 1..).zip(probes) {
            for event in std::iter::once(out(seq, fate)).chain(events(seq, fate, nanos, copies)) {
                tally.apply(base, &event);
                report.apply(&event);
            }
            prop_assert_eq!(plain(&tally.report(base)), plain(&report));
            prop_assert_eq!((tally.sent(), tally.received()), (report.sent, report.received));
            let spread = &report.spread;
            prop_assert_eq!(tally.times(), spread.min().and_then(|min| Some([min, spread.mean()?, spread.max()?])));
        }
    }

    #[test]
    fn a_fact_is_unpacked_as_it_was_packed(
        seq: u16, nanos in 0_u64..1 << 44, kind: u8, code: u8, info: u32, errno: i32, which in 0_usize..8,
    ) {
        let rtt = Rtt::from_nanos(nanos);
        let icmp = |family| Fact::Error(Icmp { family, kind, code, info });
        let arrivals = [Arrival::InTime, Arrival::Late, Arrival::Duplicate];
        let fact = match which {
            0..3 => Fact::Answered { seq, arrival: arrivals[which], rtt },
            3 => icmp(Family::V4),
            4 => icmp(Family::V6),
            _ => Fact::Refused(Errno(errno)),
        };
        prop_assert_eq!(Packed::new(fact).map(Packed::fact), Some(fact));
    }
}

#[test]
fn little_costs_little() {
    assert_eq!((size_of::<Facts>(), size_of::<Tally>()), (24, 40));
    let mut tally = Tally::default();
    tally.apply(0, &out(1, Fate::Answered));
    for event in events(1, Fate::Answered, 1_000, 0) {
        tally.apply(0, &event);
    }
    assert!(matches!(&tally.0, State::Young(young) if young.facts.more.is_empty()), "nothing is allocated");
}

#[test]
fn what_is_too_long_or_too_far_is_summed_up_at_once() {
    let mut tally = Tally::default();
    tally.apply(0, &out(1, Fate::Answered));
    for event in events(1, Fate::Answered, 1 << 44, 0) {
        tally.apply(0, &event);
    }
    assert!(matches!(tally.0, State::Grown(_)));
    assert_eq!(tally.times().map(|[min, ..]| min.as_nanos()), Some(1 << 44));
    let far = Subject {
        probe: ProbeId::new(1, 0, 1),
        target: TargetId(0),
        seq: 70_000,
        aim: netdiag_model::Aim::default(),
    };
    let mut tally = Tally::default();
    tally.apply(0, &Event::Sent { subject: far, at: moment(1) });
    assert_eq!(tally.sent(), 70_000);
}
