//! A whole day of pinging, on virtual time. What it takes of real time is printed and not judged.

use std::time::Instant;

use netdiag_sim::Direction;
use netdiag_stage::Schema;

use crate::ping;
use crate::plain::assert_summary;

#[test]
fn a_day_as_text() {
    let start = Instant::now();
    let ran = ping("a-day-with-a-little-loss", "-c 86400 203.0.113.7");
    println!("a day as text took {:?}", start.elapsed());
    let lost = ran.truth.lost(Direction::Forward) + ran.truth.lost(Direction::Back);
    let received = 86_400 - lost;
    let replies = ran.out.lines().filter(|line| line.contains("bytes from 203.0.113.7: icmp_seq=")).count();
    assert_eq!(replies, received);
    let percent = lost as f64 / 864.0;
    let expected =
        format!("86400 packets transmitted, {received} received, {percent:.6}% packet loss, time 86399000ms");
    let summary = ran.out.lines().find(|line| line.contains("packets transmitted")).expect("a summary");
    let short = |line: &str| line.split('%').next().expect("a line").trim_end_matches('0').to_owned();
    assert_eq!(short(summary), short(&expected));
    assert!(summary.ends_with("time 86399000ms"), "{summary}");
    assert_eq!((ran.code(), ran.err.as_str()), (0, ""));
}

#[test]
fn a_day_as_records() {
    let start = Instant::now();
    let ran = ping("a-day-with-a-little-loss", "-c 86400 --json 203.0.113.7");
    println!("a day as records took {:?}", start.elapsed());
    let records = ran.records();
    assert_summary(&records);
    assert_eq!(records.len(), 86_401, "one record for each probe, and the summary");
    let some: Vec<_> = records.into_iter().step_by(100).collect();
    Schema::of("ping").assert_valid(&some);
}

#[test]
fn three_days_quietly() {
    let start = Instant::now();
    let ran = ping("a-day-with-a-little-loss", "-c 259200 -q 203.0.113.7");
    println!("three days took {:?}", start.elapsed());
    let lost = ran.truth.lost(Direction::Forward) + ran.truth.lost(Direction::Back);
    let expected = format!("259200 packets transmitted, {} received, ", 259_200 - lost);
    assert!(ran.out.contains(&expected), "{}", ran.out);
    assert!(ran.out.contains("time 259199000ms"));
}
