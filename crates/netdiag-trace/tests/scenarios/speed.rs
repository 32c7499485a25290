//! How long it takes, on virtual time: bounds that are promised, and the rate, which is kept to.

use std::time::Duration;

use netdiag_model::Mono;
use netdiag_sim::Happening;
use netdiag_stage::{Ran, Scene, at, of_type};
use netdiag_trace::Trace;

use crate::agree::agreeing;
use crate::row::Row;

const TIMEOUT: Duration = Duration::from_secs(2);

fn took(ran: &Ran) -> Duration {
    ran.end.since(Mono::ZERO)
}

/// Eight routers and the target behind them, 90 ms away.
fn nine() -> Row {
    Row::of(8)
}

#[test]
fn nine_hops_that_answer_take_a_few_round_trips() {
    for (args, trips) in [("-I", 4), ("-U", 5), ("-I -6", 4), ("-U -6", 5)] {
        let target = if args.ends_with("-6") { "2001:db8:ff::7" } else { "203.0.113.7" };
        let ran = nine().scene().run::<Trace>(&format!("{args} -n {target}"));
        assert_eq!(ran.code(), 0);
        assert!(took(&ran) <= Duration::from_millis(90) * trips, "{args}: {:?}", took(&ran));
    }
}

#[test]
fn silent_hops_cost_a_timeout_in_all_and_not_each() {
    for silent in [&[3][..], &[2, 5, 6], &[1, 2, 3], &[4, 8]] {
        let row = silent.iter().fold(nine(), |row, &ttl| row.router(ttl, "silent = \"errors\""));
        for args in ["-I -n 203.0.113.7", "-U -n 2001:db8:ff::7"] {
            let ran = row.scene().run::<Trace>(args);
            assert_eq!(ran.code(), 0);
            assert!(took(&ran) <= TIMEOUT.mul_f64(1.2), "{silent:?}: {:?}", took(&ran));
        }
    }
}

#[test]
fn a_target_that_drops_costs_little_more_than_a_timeout() {
    for args in ["-I -n 203.0.113.7", "-U -n 203.0.113.7", "-I -n 2001:db8:ff::7"] {
        let ran = nine().target("silent = \"all\"").scene().run::<Trace>(args);
        assert_eq!(ran.code(), 1);
        assert!(took(&ran) <= TIMEOUT.mul_f64(1.5), "{:?}", took(&ran));
    }
}

#[test]
fn a_shorter_timeout_is_a_shorter_wait() {
    let row = nine().router(3, "silent = \"errors\"");
    let ran = row.scene().run::<Trace>("-n -w 0.5 203.0.113.7");
    assert!(took(&ran) <= Duration::from_millis(600), "{:?}", took(&ran));
}

/// What loss costs: one timeout and the few round trips that there are anyhow, however many probes are lost; nothing where
/// none is.
#[test]
fn loss_costs_one_timeout_in_all() {
    let row = Row::of(8).link("delay = \"2.77ms\"\nloss = 0.01");
    for seed in 0..40 {
        let ran = row.scene().seed(seed).run::<Trace>("-n --json 203.0.113.7");
        let records = agreeing(&ran);
        let is_lost = of_type(&records, "hop").iter().any(|hop| hop["sent"] != hop["received"]);
        let trips = Duration::from_millis(50) * 6;
        let most = if is_lost { TIMEOUT + trips } else { trips + Duration::from_millis(200) };
        assert!(took(&ran) <= most, "seed {seed}: {:?}", took(&ran));
    }
}

#[test]
fn with_one_probe_at_a_time_each_waits_for_the_one_before() {
    let ran = nine().scene().run::<Trace>("-N 1 -q 1 -n 203.0.113.7");
    assert_eq!(took(&ran), (1..=9).map(|hop| Duration::from_millis(10) * hop).sum());
    assert_eq!(ran.truth.sent(), 9);
}

/// When probes left this host.
fn departures(ran: &Ran) -> Vec<Mono> {
    let sent = ran.truth.entries().iter().filter(|entry| matches!(entry.what, Happening::Sent { .. }));
    sent.map(|entry| entry.at).collect()
}

#[test]
fn a_rate_is_kept_to_over_all_targets_together() {
    let targets: Vec<String> = (1..=50).map(|last| format!("10.1.0.{last}")).collect();
    let args = format!("--rate 100 -n --json {}", targets.join(" "));
    let ran = Scene::on("a-farm-of-65536-hosts").run::<Trace>(&args);
    assert_eq!(ran.code(), 0);
    let sent = departures(&ran);
    let (first, last) = (sent[0], sent[sent.len() - 1]);
    let rate = (sent.len() - 1) as f64 / last.since(first).as_secs_f64();
    assert!((98.0..=102.0).contains(&rate), "{rate} probes a second");
    for second in sent.windows(101) {
        let span = second[100].since(second[0]);
        assert!(span >= Duration::from_millis(980), "a burst: 101 probes in {span:?}");
    }
}

#[test]
fn several_targets_are_asked_a_thousand_times_a_second_unless_told_otherwise() {
    let ran = Scene::on("a-farm-of-65536-hosts").run::<Trace>("-n --json 10.1.0.1 10.1.0.2");
    let sent = departures(&ran);
    let most = sent.windows(11).map(|ten| ten[10].since(ten[0])).min().expect("probes");
    assert!(most >= Duration::from_millis(9), "{most:?}");
}

#[test]
fn a_thousand_targets_in_one_run_each_have_their_path() {
    let hosts: Vec<String> =
        (0..1_000).map(|host| format!("10.1.{}.{}", host / 250, host % 250 + 1)).collect();
    let list = hosts.join("\n");
    let scene = Scene::on("a-farm-of-65536-hosts").without_truth().file("hosts", list.as_bytes());
    let ran = scene.run::<Trace>("-q 1 --json -n @hosts");
    let records = ran.records();
    let summaries = of_type(&records, "summary");
    assert_eq!((summaries.len(), ran.code()), (1_000, 0));
    assert!(summaries.iter().all(|summary| summary["hops"] == 2));
}

#[test]
fn paths_are_shown_as_they_become_known() {
    let scene = nine().router(6, "silent = \"errors\"").scene();
    let ran = scene.run::<Trace>("--json -n 203.0.113.7 10.0.3.1 10.0.1.1 2001:db8:2::1");
    let records = agreeing(&ran);
    let order: Vec<&str> =
        of_type(&records, "summary").iter().filter_map(|summary| summary["address"].as_str()).collect();
    assert_eq!(order, ["10.0.1.1", "2001:db8:2::1", "10.0.3.1", "203.0.113.7"]);
    let elapsed = |at: usize| of_type(&records, "summary")[at]["elapsed_ms"].as_f64().expect("a time");
    assert!(elapsed(0) < 60.0 && elapsed(3) > 2_000.0);
    assert!(ran.end <= at(2_400));
}
