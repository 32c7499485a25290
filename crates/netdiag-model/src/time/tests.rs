use super::*;

fn reading(mono: u64, offset: i64) -> Reading {
    Reading { mono: Mono::from_nanos(mono), wall: Wall::from_nanos(mono as i64 + offset) }
}

fn moment(mono: u64, offset: i64, kernel: Option<i64>) -> Moment {
    Moment { read: reading(mono, offset), stamp: kernel.map(|k| Stamp::Kernel(Wall::from_nanos(k))) }
}

const OFFSET: i64 = 1_700_000_000_000_000_000;
const HOUR: i64 = 3_600_000_000_000;

#[test]
fn kernel_stamps_are_taken_when_the_clock_stood_still() {
    let sent = moment(1_000, OFFSET, Some(OFFSET + 6_000));
    let received = moment(60_000, OFFSET + 40, Some(OFFSET + 46_000));
    assert_eq!(Rtt::measure(&sent, &received), (Rtt::from_nanos(40_000), Clock::Kernel));
}

#[test]
fn a_step_of_an_hour_either_way_changes_no_round_trip_time() {
    for step in [HOUR, -HOUR] {
        // The kernel's stamps lie on both sides of the step: their difference is an hour off.
        let sent = moment(1_000, OFFSET, Some(OFFSET + 6_000));
        let received = moment(60_000, OFFSET + step, Some(OFFSET + step + 46_000));
        assert_eq!(Rtt::measure(&sent, &received), (Rtt::from_nanos(59_000), Clock::User));
        // Both stamps before the step, the second read after it: right by luck, and not trusted.
        let received = moment(60_000, OFFSET + step, Some(OFFSET + 46_000));
        assert_eq!(Rtt::measure(&sent, &received).1, Clock::User);
    }
}

#[test]
fn a_missing_or_impossible_stamp_falls_back_to_the_user_clock() {
    let sent = moment(1_000, OFFSET, None);
    let received = moment(60_000, OFFSET, Some(OFFSET + 46_000));
    assert_eq!(Rtt::measure(&sent, &received), (Rtt::from_nanos(59_000), Clock::User));
    let early = moment(1_000, OFFSET, Some(OFFSET + 50_000));
    assert_eq!(Rtt::measure(&early, &received).1, Clock::User, "received before it was sent");
    let long = moment(1_000, OFFSET, Some(OFFSET - 1_000_000));
    assert_eq!(Rtt::measure(&long, &received).1, Clock::User, "longer than the span that encloses it");
}

#[test]
fn stamps_of_two_clocks_have_no_difference() {
    assert_eq!(Rtt::between(Stamp::User(Mono::ZERO), Stamp::Kernel(Wall::from_nanos(5))), None);
    assert_eq!(Rtt::between(Stamp::Hardware(Wall::from_nanos(1)), Stamp::Kernel(Wall::from_nanos(5))), None);
}

#[test]
fn wall_time_is_written_as_rfc_3339() {
    for (seconds, text) in [
        (0, "1970-01-01T00:00:00.000000Z"),
        (951_782_400, "2000-02-29T00:00:00.000000Z"),
        (1_795_371_553, "2026-11-22T18:19:13.000000Z"),
        (-1, "1969-12-31T23:59:59.000000Z"),
        (4_107_542_399, "2100-02-28T23:59:59.000000Z"),
    ] {
        assert_eq!(Wall::from_nanos(seconds * 1_000_000_000).to_string(), text);
    }
    assert_eq!(Wall::from_nanos(42_999).to_string(), "1970-01-01T00:00:00.000042Z");
}
