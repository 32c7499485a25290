use super::*;
use netdiag_model::{Reading, Wall};

const WINDOWS: Windows = Windows { answered: Duration::from_millis(500), unanswered: Duration::from_secs(3) };

fn entry(now: Mono, seq: u64) -> Entry {
    let sent = Moment::user(Reading { mono: now, wall: Wall::from_nanos(0) });
    Entry { target: TargetId(0), seq, token: seq, sent, state: State::Waiting, aim: Aim::default() }
}

#[test]
fn sequence_numbers_begin_at_one_and_are_given_in_order() {
    let mut table = InFlight::new(1, WINDOWS);
    for seq in 1..=300 {
        let probe = table.insert(Mono::ZERO, entry(Mono::ZERO, seq)).expect("a slot");
        assert_eq!((probe.shard(), u64::from(probe.seq())), (0, seq));
    }
    assert_eq!(table.latest(0, 3).collect::<Vec<_>>(), [300, 299, 298]);
}

#[test]
fn beyond_65_536_outstanding_another_shard_is_opened() {
    let mut table = InFlight::new(3, WINDOWS);
    let mut seen = std::collections::HashSet::new();
    for seq in 1..=3 * 65_536 {
        let probe = table.insert(Mono::ZERO, entry(Mono::ZERO, seq)).expect("a slot");
        assert!(seen.insert(probe), "{probe:?} given twice");
    }
    let full = table.insert(Mono::ZERO, entry(Mono::ZERO, 0));
    assert_eq!(full, Err(Mono::ZERO + WINDOWS.unanswered));
    assert_eq!(table.find(2, 65_535).map(|(_, entry)| entry.seq), Some(2 * 65_536 + 65_535));
}

#[test]
fn a_slot_is_reused_only_after_its_window_and_then_under_a_new_identifier() {
    let mut table = InFlight::new(1, WINDOWS);
    let first = table.insert(Mono::ZERO, entry(Mono::ZERO, 1)).expect("a slot");
    for seq in 2..=65_536 {
        table.insert(Mono::ZERO, entry(Mono::ZERO, seq)).expect("a slot");
    }
    let early = Mono::ZERO + Duration::from_millis(600);
    assert!(table.insert(early, entry(early, 0)).is_err(), "unanswered: its answer may still come");
    table.get_mut(first).expect("entry").state = State::Answered;
    let again = table.insert(early, entry(early, 65_537)).expect("answered, and the window is over");
    assert_eq!((again.seq(), again.generation()), (first.seq(), first.generation() + 1));
    assert!(table.get_mut(first).is_none(), "the old identifier names nothing any more");
}
