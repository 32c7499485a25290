//! What each form shows of targets of every kind.

use crate::many::plain::assert_summaries;
use crate::ping;

const NETWORK: &str = "targets-of-every-kind";

const TARGETS: &str =
    "203.0.113.1-8 2001:db8:2::1 2001:db8:2::5 192.0.2.99 198.51.100.1 203.0.113.200-203.0.113.201";

#[test]
fn the_forms_over_targets_of_every_kind() {
    for (name, args) in [
        ("table", "-c 4"),
        ("table_of_one_probe_each", "-c 1 --rate 5"),
        ("table_quietly", "-c 3 -q"),
        ("table_with_timestamps", "-c 1 -D"),
        ("alive", "--alive"),
        ("alive_with_more_tries", "--alive -c 3 -i 0.5"),
        ("unreachable", "--unreachable"),
        ("unreachable_after_more_tries", "--unreachable -c 3"),
        ("fping", "-c 3 --format fping"),
        ("fping_quietly", "-c 3 -q --format fping"),
        ("csv", "-c 3 --csv"),
        ("periods", "-c 6 --report-every 3s -q"),
        ("csv_periods", "-c 4 --report-every 2s --csv"),
    ] {
        insta::assert_snapshot!(name, ping(NETWORK, &format!("{args} {TARGETS}")).page());
    }
}

#[test]
fn records_of_targets_of_every_kind_fit_the_schema_and_prove_the_summaries() {
    for args in ["-c 4", "-c 1 --rate 5", "-c 20 -i 0.2 --report-every 1s", "-c 3 -W 3"] {
        let ran = ping(NETWORK, &format!("{args} --json {TARGETS}"));
        let records = ran.valid_records();
        assert_eq!(assert_summaries(&records), 14, "{args}");
        assert_eq!((ran.code(), ran.err.as_str()), (1, ""));
    }
}

#[test]
fn quietly_records_are_the_summaries() {
    let ran = ping(NETWORK, &format!("-c 2 -q --json {TARGETS}"));
    assert!(ran.records().iter().all(|record| record["type"] == "summary"), "{}", ran.out);
    assert_eq!(ran.records().len(), 14);
}

#[test]
fn the_codes_of_many() {
    for (args, code) in [
        ("-c 2 203.0.113.1 2001:db8:2::1", 0),
        ("-c 2 203.0.113.1-2", 1),
        ("-c 2 203.0.113.2 203.0.113.4", 1),
        ("-c 2 198.51.100.1 198.51.100.2", 1),
        ("--alive 203.0.113.1 2001:db8:2::1", 0),
        ("--alive 203.0.113.1-2", 1),
        ("--unreachable 203.0.113.1-2", 1),
        ("--unreachable 203.0.113.1 203.0.113.6", 0),
        ("-c 2 --csv 203.0.113.1-2", 1),
        ("-c 20 203.0.113.1 203.0.113.3", 0),
    ] {
        assert_eq!(ping(NETWORK, args).code(), code, "{args}");
    }
}

#[test]
fn an_address_is_listed_once_however_often_it_answers() {
    let ran = ping(NETWORK, "--alive -c 5 -i 0.002 203.0.113.6 203.0.113.1");
    assert_eq!(ran.out, "203.0.113.6\n203.0.113.1\n");
    let late = ping(NETWORK, "--alive -c 4 203.0.113.7 203.0.113.6");
    assert_eq!(late.out, "203.0.113.6\n203.0.113.7\n");
}

/// Each answer from elsewhere would be a line: of one target the first is told, and the others are counted.
#[test]
fn what_does_not_count_is_told_once() {
    let ran = ping(NETWORK, "-c 5 203.0.113.8 203.0.113.1");
    let told = ran.out.lines().filter(|line| line.contains("from another address, 203.0.113.9: not counted"));
    assert_eq!(told.count(), 1, "{}", ran.out);
    assert!(ran.out.contains("5 from another address"), "{}", ran.out);
}
