//! Second SYNs: asked for by an ICMP message that the kernel did not take for final.

use super::*;

/// One address, whose first SYN met an objection; the second has left.
fn objected() -> Course {
    let mut course = Course::new(1, MANNER);
    assert_eq!(course.dial(0), (vec![1], Turn::Event));
    course.hear(1, 0, objection(13, 1));
    assert_eq!(course.dial(1), (vec![1], Turn::Event), "a second SYN, at once");
    course
}

fn probes(course: &Course) -> Vec<ProbeId> {
    course.dialled.iter().map(|attempt| attempt.probe).collect()
}

#[test]
fn two_that_are_answered_alike_are_an_answer() {
    for again in [objection(13, 1), final_word(13, 1)] {
        let mut course = objected();
        course.hear(2, 1, again);
        assert_eq!(course.dial(2), (vec![], Turn::Over));
        assert_eq!(course.cancelled(), probes(&course), "neither is of use any more");
        let ends = course.end();
        assert_eq!(ends[0].connection, final_word(13, 1));
        assert_eq!(
            (ends[0].ended.read.mono, ends[0].objections[0].after),
            (time(2), Duration::from_millis(1))
        );
    }
}

#[test]
fn two_that_are_answered_differently_are_none() {
    for again in [objection(9, 1), objection(13, 2), final_word(9, 1), final_word(13, 2)] {
        let mut course = objected();
        course.hear(2, 1, again);
        assert_eq!(course.dial(2), (vec![], Turn::Event), "{again:?}");
        course.hear(3_500, 0, Connection::Silent);
        assert_eq!(course.dial(3_500), (vec![], Turn::Over));
        let ends = course.end();
        assert_eq!((ends[0].connection, ends[0].ended.read.mono), (Connection::Silent, time(3_500)));
        assert_eq!(ends[0].objections[0].icmp, message(13, 1).1);
    }
}

#[test]
fn a_second_syn_that_gets_through_wins() {
    for answer in [OPEN, RST] {
        let mut course = objected();
        course.hear(30, 1, answer);
        assert_eq!(course.dial(30), (vec![], Turn::Over));
        assert_eq!(course.cancelled(), probes(&course));
        assert_eq!(course.end()[0].connection, answer);
    }
}

#[test]
fn a_second_syn_that_meets_silence_or_cannot_leave_says_nothing() {
    for nothing in [Connection::Silent, NO_ROUTE] {
        let mut course = objected();
        course.hear(3_400, 1, nothing);
        assert_eq!(course.dial(3_400), (vec![], Turn::Event));
        course.hear(3_500, 0, RST);
        assert_eq!(course.end()[0].connection, RST);
    }
}

#[test]
fn the_first_one_ends_it_whatever_the_second_does() {
    for end in [OPEN, RST, Connection::Silent, final_word(1, 9)] {
        let mut course = objected();
        course.hear(1_000, 0, end);
        assert_eq!(course.dial(1_000), (vec![], Turn::Over));
        assert!(course.cancelled().contains(&course.dialled[1].probe));
        course.hear(1_001, 1, OPEN);
        assert_eq!(course.end()[0].connection, end, "what comes after is not heard");
    }
}

#[test]
fn there_is_no_third() {
    let mut course = objected();
    course.hear(1_001, 0, objection(9, 1));
    course.hear(1_002, 1, objection(9, 2));
    assert_eq!(course.dial(1_002), (vec![], Turn::Event));
    assert_eq!(course.dialled.len(), 2);
}

#[test]
fn a_repetition_of_the_first_confirms_as_well() {
    let mut course = objected();
    course.hear(1_001, 0, objection(13, 1));
    assert_eq!(course.dial(1_001), (vec![], Turn::Over));
    assert_eq!(course.end()[0].connection, final_word(13, 1));
}

#[test]
fn of_one_source_port_there_is_one_syn() {
    let mut course = Course::new(1, Manner { source: (None, Some(4_000)), ..MANNER });
    course.dial(0);
    course.hear(1, 0, objection(13, 1));
    assert_eq!(course.dial(1), (vec![], Turn::Event));
    course.hear(1_001, 0, objection(13, 1));
    assert_eq!(course.dial(1_001), (vec![], Turn::Over), "its repetition will do");
}

#[test]
fn where_the_first_has_ended_no_second_is_sent() {
    let mut course = Course::new(1, MANNER);
    course.dial(0);
    course.hear(1, 0, objection(13, 1));
    course.hear(1, 0, RST);
    assert_eq!(course.dial(1), (vec![], Turn::Over));
}

#[test]
fn the_next_address_need_not_wait_for_an_answer_that_is_confirmed() {
    let mut course = Course::new(2, MANNER);
    course.dial(0);
    course.hear(1, 0, objection(13, 1));
    assert_eq!(course.dial(1), (vec![1], Turn::At(time(250))));
    course.hear(2, 1, objection(13, 1));
    assert_eq!(course.dial(2), (vec![2], Turn::Event));
}
