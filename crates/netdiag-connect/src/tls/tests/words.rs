//! Dates and lists as they are read.

use crate::tls::{Date, Problem};

#[test]
fn dates_reach_to_the_end_of_certificates() {
    let end = Date::from_seconds(253_402_300_799);
    assert_eq!(
        (end.to_string(), end.day()),
        ("9999-12-31T23:59:59.000000Z".to_owned(), "9999-12-31".to_owned())
    );
    assert_eq!(end.wall().as_nanos(), i64::MAX);
    assert_eq!(Date::from_seconds(-1).to_string(), "1969-12-31T23:59:59.000000Z");
    assert_eq!(Date::from_seconds(i64::MAX).day(), "second 9223372036854775807 since 1970");
}

#[test]
fn times_ago_are_in_the_unit_that_a_person_takes() {
    let now = Date::from_seconds(1_800_000_000);
    for (seconds, text) in [
        (59, "less than a minute"),
        (60, "1 minute"),
        (3599, "59 minutes"),
        (3600, "1 hour"),
        (86_399, "23 hours"),
        (86_400, "1 day"),
        (864_000, "10 days"),
    ] {
        let since = Date::from_seconds(now.as_seconds() - seconds);
        assert!(Problem::Expired { since, now }.to_string().ends_with(&format!(", {text} ago")), "{text}");
    }
}

#[test]
fn long_lists_of_names_are_cut() {
    let names = |count: usize| (1..=count).map(|n| format!("{n}.example")).collect::<Vec<_>>();
    for (count, text) in [
        (1, "1.example"),
        (2, "1.example and 2.example"),
        (5, "1.example, 2.example, 3.example, 4.example and 5.example"),
        (6, "1.example, 2.example, 3.example, 4.example, 5.example and 1 more"),
        (100, "1.example, 2.example, 3.example, 4.example, 5.example and 95 more"),
    ] {
        let problem = Problem::NameMismatch { asked: "a.example".to_owned(), names: names(count) };
        assert_eq!(problem.to_string(), format!("the certificate is for {text}, not for a.example"));
    }
}
