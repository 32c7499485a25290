//! Intervals: each counts the probes that were sent in it, they add up to the whole, and none is empty.

use crate::many::plain::assert_summaries;
use crate::ping;

const NETWORK: &str = "targets-of-every-kind";

/// Sent and received of the intervals of one address, in order.
fn intervals(args: &str, address: &str) -> Vec<(u64, u64)> {
    let records = ping(NETWORK, &format!("--json {args}")).valid_records();
    assert_summaries(&records);
    let its = records.iter().filter(|record| record["type"] == "interval" && record["address"] == address);
    let number = |record: &serde_json::Value, key: &str| record[key].as_u64().expect("a number");
    its.map(|record| (number(record, "sent"), number(record, "received"))).collect()
}

#[test]
fn a_probe_counts_where_it_was_sent() {
    let args = "-c 9 -i 1 --report-every 3s 203.0.113.1 203.0.113.2";
    assert_eq!(intervals(args, "203.0.113.1"), [(3, 3); 3]);
    assert_eq!(intervals(args, "203.0.113.2"), [(3, 0); 3]);
}

/// The answers take half a second more than the timeout, and cross the end of an interval.
#[test]
fn late_answers_count_in_the_interval_of_their_probe() {
    let args = "-c 6 --report-every 2s -W 2.6 203.0.113.7 203.0.113.1";
    assert_eq!(intervals(args, "203.0.113.7"), [(2, 2); 3]);
    let given_up = "-c 9 -i 0.7 --report-every 3s 203.0.113.7 203.0.113.1";
    // The first is told after five seconds: the answer to its last probe, of 2.8 s, comes after 5.3. The second is told
    // when the run ends, with the timeout of its last probe after 7.6 s.
    assert_eq!(intervals(given_up, "203.0.113.7"), [(5, 4), (4, 3)]);
}

#[test]
fn a_loss_at_the_end_of_an_interval_is_its_own() {
    let args = "-c 200 -i 0.1 --report-every 1s 203.0.113.3 203.0.113.1";
    let lossy = intervals(args, "203.0.113.3");
    assert_eq!(lossy.iter().map(|(sent, _)| *sent).collect::<Vec<_>>(), [10; 20]);
    assert!(lossy.iter().any(|(_, received)| *received < 10));
    assert_eq!(intervals(args, "203.0.113.1"), [(10, 10); 20]);
}

#[test]
fn no_interval_is_empty_and_one_target_has_them_as_well() {
    assert_eq!(intervals("-c 3 -i 10 --report-every 1s 203.0.113.1 203.0.113.2", "203.0.113.1"), [(1, 1); 3]);
    assert_eq!(intervals("-c 5 --report-every 2s 203.0.113.1", "203.0.113.1"), [(2, 2), (2, 2), (1, 1)]);
    insta::assert_snapshot!("periods_of_one", ping(NETWORK, "-c 4 --report-every 2s 203.0.113.1").page());
}

/// A sweep that takes longer than an interval: each target is told of where it was asked.
#[test]
fn a_sweep_longer_than_an_interval() {
    let args = "-c 2 -i 0 --rate 4 --report-every 1s 203.0.113.1-6 2001:db8:2::1 2001:db8:2::5";
    assert_eq!(intervals(args, "203.0.113.1"), [(1, 1), (1, 1)]);
    assert_eq!(intervals(args, "2001:db8:2::1"), [(1, 1), (1, 1)]);
}
