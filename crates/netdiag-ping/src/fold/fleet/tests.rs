//! What changes about a target, told once; and the sums over all.

use super::super::tests::{Fate, UNREACHABLE, events, out, reply, subject};
use super::*;

fn fleet(targets: u32) -> Fleet {
    let mut fleet = Fleet::default();
    for item in 0..targets {
        let address = std::net::IpAddr::from([192, 0, 2, item as u8]).into();
        fleet.add(Member::new(None, address, Position { item, address: 0 }));
    }
    fleet
}

/// What each of the probes 1, 2, … with these fates changes, each settled before the next.
fn changes(fates: &[Fate]) -> Vec<Change> {
    let mut fleet = fleet(1);
    let mut changes = Vec::new();
    for (seq, fate) in (1..).zip(fates) {
        for event in std::iter::once(out(seq, *fate)).chain(events(seq, *fate, 1_000, 0)) {
            changes.push(fleet.apply(&event));
        }
    }
    changes.retain(|change| *change != Change::None);
    changes
}

#[test]
fn a_change_is_told_once_and_says_how_much_was_lost() {
    use Fate::{Answered, BadChecksum, Lost, NotSent, Refused};
    assert_eq!(changes(&[Answered, Answered, Answered]), [Change::Answers]);
    assert_eq!(changes(&[Lost, Lost, Refused, NotSent]), [Change::Silent]);
    let there_and_back = [Answered, Lost, Lost, Lost, Answered, Answered, NotSent, Answered];
    let expected =
        [Change::Answers, Change::Silent, Change::Back { lost: 3 }, Change::Silent, Change::Back { lost: 1 }];
    assert_eq!(changes(&there_and_back), expected);
    assert_eq!(
        changes(&[Lost, Lost, Answered]),
        [Change::Silent, Change::Answers],
        "it never had answered before"
    );
    let broken = changes(&[BadChecksum, BadChecksum, Lost]);
    assert_eq!(broken, [Change::NotCounted, Change::Silent], "a broken answer is none");
}

#[test]
fn a_loss_with_an_answer_after_it_is_no_silence() {
    let mut fleet = fleet(1);
    for seq in 1..=3 {
        fleet.apply(&out(seq, Fate::Answered));
    }
    fleet.apply(&reply(1, 1_000, Arrival::InTime, None));
    fleet.apply(&reply(3, 1_000, Arrival::InTime, None));
    assert_eq!(fleet.apply(&Event::Timeout { subject: subject(2) }), Change::None);
    // Nor does the duplicate of an old answer end a silence; a late answer to what was given up last ends the silence.
    fleet.apply(&out(4, Fate::Late));
    assert_eq!(fleet.apply(&Event::Timeout { subject: subject(4) }), Change::Silent);
    assert_eq!(fleet.apply(&reply(1, 1_000, Arrival::Duplicate, None)), Change::None);
    assert_eq!(fleet.apply(&reply(2, 1_000, Arrival::Late, None)), Change::None);
    assert_eq!(fleet.apply(&reply(4, 1_000, Arrival::Late, None)), Change::Back { lost: 0 });
}

#[test]
fn sums_over_all_count_each_probe_once() {
    let mut fleet = fleet(3);
    for fate in [Fate::Answered, Fate::Lost, Fate::Refused, Fate::Late, Fate::BadChecksum, Fate::NotSent] {
        let seq = fleet.member(TargetId(0)).map_or(0, |member| member.tally.sent()) + 1;
        fleet.apply(&out(seq, fate));
        for event in events(seq, fate, 1_000, 2) {
            fleet.apply(&event);
        }
    }
    assert_eq!((fleet.sent, fleet.received, fleet.asked, fleet.answering), (6, 2, 1, 1));
    assert_eq!(fleet.missed, 3, "lost, refused and not sent; what came late is not missed");
    let redirect = netdiag_model::Icmp { kind: 5, ..UNREACHABLE };
    let at = super::super::tests::moment(1);
    let missed = fleet.missed;
    fleet.apply(&Event::IcmpError {
        subject: subject(6),
        from: None,
        icmp: redirect,
        at,
        transit: crate::fold::tests::transit(),
    });
    assert_eq!(fleet.missed, missed, "advice");
    assert!((fleet.loss_percent() - 400.0 / 6.0).abs() < 1e-9);
}

#[test]
fn the_order_is_that_in_which_they_were_typed() {
    let mut fleet = Fleet::default();
    for (item, address) in [(2, 0), (0, 1), (0, 0), (1, 0)] {
        let ip = std::net::IpAddr::from([192, 0, 2, 1]).into();
        fleet.add(Member::new(None, ip, Position { item, address }));
    }
    for target in [0, 1, 2] {
        let subject = netdiag_model::event::Subject { target: TargetId(target), ..subject(1) };
        fleet.apply(&Event::Sent { subject, at: super::super::tests::moment(1) });
    }
    assert_eq!(fleet.in_order(), [2, 1, 0].map(TargetId), "the fourth was not asked");
}
