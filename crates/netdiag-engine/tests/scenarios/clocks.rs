//! Clock honesty: a step of the wall clock changes no round-trip time, and where stamps are missing the output says so.

use netdiag_engine::prober::{Method, UdpPorts};
use netdiag_model::Clock;
use netdiag_model::event::{Arrival, NoticeCode};

use crate::harness::{Scenario, at, ms, pair};
use crate::truth::{assert_times, assert_true};

/// The time that the process's own stamps add where the kernel's cannot be used: the way to the device and back.
const COST: u64 = 13_000;

#[test]
fn a_step_of_an_hour_either_way_changes_no_round_trip_time() {
    let run = Scenario::file("the-clock-is-stepped").to("192.0.2.1").count(300).run();
    assert_true(&run);
    for reply in run.replies() {
        // Probes 101 and 201 are under way when the clock is stepped.
        let expected = match reply.subject.seq {
            101 | 201 => (20_000_000 + COST, Clock::User),
            _ => (20_000_000, Clock::Kernel),
        };
        assert_eq!((reply.rtt.as_nanos(), reply.clock), expected, "{reply:?}");
    }
    assert_eq!(run.arrivals(Arrival::InTime), 300);
    let notices = run.notices();
    assert_eq!(run.codes(), [NoticeCode::ClockStep; 2]);
    assert!(notices[0].2.starts_with("the wall clock was stepped by -3600.000 s to 2025-12-31T23:00:10"));
    assert!(notices[1].2.starts_with("the wall clock was stepped by +3600.000 s to 2026-01-01T00:00:20"));
}

#[test]
fn a_stepped_run_and_an_undisturbed_one_probe_at_the_same_times() {
    let steps = "[[clock_step]]\nat = \"1.005s\"\nby = \"1h\"\n[[clock_step]]\nat = \"2.5s\"\nby = \"-1h\"\n";
    let network = pair("seed = 5", "", "", "delay = \"10ms\"\njitter = \"3ms\"\nloss = 0.1");
    let [steady, stepped] = [network.clone(), network + steps].map(|network| {
        let run = Scenario::toml(&network).to("192.0.2.1").count(50).run();
        assert_true(&run);
        assert_times(&run);
        run
    });
    let times = |run: &crate::harness::Run| -> Vec<_> {
        run.replies().map(|reply| (reply.subject.seq, reply.rtt, reply.at.read.mono)).collect()
    };
    assert_eq!(times(&steady), times(&stepped));
    assert_eq!(steady.timeouts(), stepped.timeouts());
    assert_eq!(steady.end, stepped.end);
    assert_eq!((steady.codes().len(), stepped.codes().len()), (0, 2));
}

#[test]
fn every_moment_of_a_step_is_harmless() {
    for step_at in (990..1_030).step_by(2) {
        let step = format!("[[clock_step]]\nat = \"{step_at}ms\"\nby = \"-1h\"\n");
        let network = pair("", "", "", "delay = \"10ms\"") + &step;
        let run = Scenario::toml(&network).to("192.0.2.1").count(15).run();
        assert_true(&run);
        assert!(run.replies().all(|reply| reply.rtt.as_nanos() == 20_000_000), "step at {step_at} ms");
        assert_eq!(run.codes(), [NoticeCode::ClockStep]);
    }
}

#[test]
fn where_a_stamp_is_missing_the_clock_is_the_processes_own() {
    let run = Scenario::file("some-stamps-are-missing").to("192.0.2.1").count(500).every(ms(10)).run();
    assert_true(&run);
    assert_times(&run);
    let user = run.replies().filter(|reply| reply.clock == Clock::User).count();
    assert!((60..130).contains(&user), "one in ten at either end: {user}");
    assert_eq!(run.arrivals(Arrival::InTime), 500);
}

#[test]
fn without_any_stamps_all_is_measured_by_the_process() {
    let run = Scenario::file("a-kernel-without-stamps")
        .method(Method::Udp { ports: UdpPorts::Spread })
        .to("192.0.2.1")
        .run();
    assert_true(&run);
    assert_times(&run);
    assert!(run.replies().all(|reply| reply.clock == Clock::User));
    assert_eq!((run.replies().count(), run.end), (10, at(902)));
}
