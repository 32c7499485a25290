//! ICMP errors about probes: time exceeded, unreachable, too big, redirect; and silence where nobody says a word.

use netdiag_engine::port::{Fragmentation, SocketOptions};
use netdiag_model::event::Arrival;
use netdiag_model::{Errno, Event};

use crate::harness::{Run, Scenario, ms};
use crate::truth::{assert_times, assert_true};

fn with_ttl(name: &str, ttl: u8) -> Scenario {
    let options = SocketOptions { ttl: Some(ttl), ..SocketOptions::default() };
    Scenario { options, ..Scenario::file(name) }
}

fn names(run: &Run) -> Vec<(String, &'static str)> {
    run.errors().into_iter().map(|(_, from, icmp)| (from, icmp.name().expect("a name"))).collect()
}

#[test]
fn a_ttl_too_small_is_answered_by_the_router_where_it_ends() {
    for (target, routers) in [
        ("203.0.113.7", ["192.0.2.1", "198.51.100.2", "198.51.100.3", "203.0.113.1"]),
        ("2001:db8:2::7", ["2001:db8:1::1", "2001:db8:f::2", "2001:db8:f::3", "2001:db8:2::1"]),
    ] {
        for (ttl, router) in (1..).zip(routers) {
            let run = with_ttl("a-straight-path", ttl).to(target).count(5).run();
            assert_true(&run);
            assert_eq!(run.replies().count(), 0);
            let errors = run.errors();
            assert_eq!(errors.len(), 5);
            assert!(errors.iter().all(|(_, _, icmp)| icmp.is_time_exceeded()));
            assert!(ttl == 2 || errors.iter().all(|(_, from, _)| from == router), "{ttl}: {errors:?}");
            assert!(run.timeouts().is_empty(), "an error settles its probe");
        }
        let run = with_ttl("a-straight-path", 5).to(target).run();
        assert_true(&run);
        assert_times(&run);
        assert!(run.replies().all(|reply| reply.rtt.as_nanos() == 30_000_000 && reply.ttl == Some(60)));
        assert_eq!(run.arrivals(Arrival::InTime), 10);
    }
}

#[test]
fn a_loop_is_time_exceeded_from_within_it() {
    let run = Scenario::file("a-loop-between-two-routers").to("203.0.113.7").run();
    assert_true(&run);
    assert_eq!(run.errors().len(), 10);
    assert!(run.errors().iter().all(|(_, _, icmp)| icmp.is_time_exceeded()));
}

#[test]
fn an_address_nobody_has_is_unreachable_or_silent_by_where_it_lies() {
    // The router resolves for three seconds before it says so: after the timeout, once for each probe.
    let far = Scenario::file("an-address-nobody-has").to("203.0.113.99").run();
    assert_true(&far);
    assert_eq!(far.timeouts().len(), 10);
    // With more patience the error comes in time.
    let patient = Scenario::file("an-address-nobody-has").to("203.0.113.99").timeout(ms(5_000)).run();
    assert_true(&patient);
    assert_eq!(patient.timeouts().len(), 0);
    assert_eq!(names(&patient), vec![("192.0.2.1".to_owned(), "host-unreachable"); 10]);
    let nowhere = Scenario::file("an-address-nobody-has").to("198.51.100.1").run();
    assert_true(&nowhere);
    assert_eq!(names(&nowhere), vec![("192.0.2.1".to_owned(), "net-unreachable"); 10]);
    let near = Scenario::file("an-address-nobody-has").to("192.0.2.99").timeout(ms(5_000)).run();
    assert_eq!(near.replies().count(), 0);
    assert_eq!(near.sent(), 10);
}

#[test]
fn an_error_after_its_probes_timeout_does_not_settle_it_twice() {
    // Ten probes a second, timeouts after 2 s, errors after 3 s: the run must not end before the last timeout.
    let run = Scenario::file("an-address-nobody-has").to("203.0.113.99").count(40).run();
    assert_true(&run);
    assert_eq!(run.timeouts().len(), 40);
    assert_eq!(run.end, crate::harness::at(3_900 + 2_000));
}

#[test]
fn a_firewall_is_silent_or_says_so() {
    let silent = Scenario::file("a-firewall-that-says-no").to("203.0.113.8").run();
    assert_true(&silent);
    assert_eq!((silent.timeouts().len(), silent.errors().len()), (10, 0));
    let through = Scenario::file("a-firewall-that-says-no").to("203.0.113.7").to("2001:db8:2::7").run();
    assert_true(&through);
    assert_eq!(through.arrivals(Arrival::InTime), 20);
}

fn large(name: &str, fragmentation: Fragmentation) -> Scenario {
    let options = SocketOptions { fragmentation: Some(fragmentation), ..SocketOptions::default() };
    Scenario { options, size: 1_460, ..Scenario::file(name) }
}

#[test]
fn too_big_is_told_by_the_router_and_from_then_on_by_this_host() {
    for (target, size) in [("203.0.113.7", 1_460), ("2001:db8:2::7", 1_440)] {
        let scenario = large("an-mtu-step", Fragmentation::Never).to(target);
        let run = Scenario { size, ..scenario }.run();
        assert_true(&run);
        let errors = run.errors();
        assert_eq!((errors.len(), errors[0].0, errors[0].2.mtu()), (1, 1, Some(1_400)));
        let local = run.count(|event| {
            matches!(event, Event::SendError { errno: Errno::EMSGSIZE, mtu: Some(1_400), .. })
        });
        assert_eq!(local, 9);
        assert_eq!((run.replies().count(), run.timeouts().len()), (0, 0));
    }
}

#[test]
fn a_black_hole_swallows_large_probes_and_lets_small_ones_through() {
    let run = large("an-mtu-black-hole", Fragmentation::Never).to("203.0.113.7").run();
    assert_true(&run);
    assert_eq!((run.timeouts().len(), run.errors().len()), (10, 0));
    let small = Scenario::file("an-mtu-black-hole").to("203.0.113.7").run();
    assert_true(&small);
    assert_eq!(small.arrivals(Arrival::InTime), 10);
    let cut = large("an-mtu-step", Fragmentation::Anywhere).to("203.0.113.7").run();
    assert_true(&cut);
    assert_eq!(cut.arrivals(Arrival::InTime), 10, "fragments arrive");
}

#[test]
fn a_redirect_is_advice_and_does_not_end_the_wait() {
    let run = Scenario::file("a-router-that-redirects").to("203.0.113.7").run();
    assert_true(&run);
    assert_times_of_replies(&run);
    assert!(run.errors().iter().all(|(_, from, icmp)| icmp.gateway().is_some() && from == "192.0.2.1"));
    assert_eq!((run.errors().len(), run.arrivals(Arrival::InTime)), (10, 10));
    assert!(run.timeouts().is_empty());
}

fn assert_times_of_replies(run: &Run) {
    assert!(run.replies().all(|reply| reply.rtt.as_nanos() == 4_000_000));
}

#[test]
fn a_redirect_for_a_probe_that_is_lost_leaves_it_lost() {
    let network = "[here]\naddresses = [\"192.0.2.10/24\"]\n[router.r1]\naddresses = [\"192.0.2.1/24\"]\n\
                   redirect_to = \"192.0.2.2\"\n[host.target]\naddresses = [\"203.0.113.7/24\"]\nsilent = \"all\"\n\
                   [[link]]\nends = [\"here\", \"r1\", \"target\"]\n";
    let run = Scenario::toml(network).to("203.0.113.7").count(5).run();
    assert_eq!((run.errors().len(), run.timeouts().len()), (5, 5));
}

#[test]
fn paths_with_limits_silence_detours_and_changing_ways_lose_nothing() {
    for name in ["a-router-that-rate-limits-its-icmp", "a-silent-hop", "the-way-back-is-longer"] {
        let run = Scenario::file(name).to("203.0.113.7").run();
        assert_true(&run);
        assert_times(&run);
        assert_eq!(run.arrivals(Arrival::InTime), 10, "{name}");
    }
    for name in
        ["two-equal-paths-by-flow-hash", "two-equal-paths-packet-by-packet", "a-nat-at-the-second-hop"]
    {
        let run = Scenario::file(name).to("203.0.113.7").count(50).run();
        assert_true(&run);
        assert_times(&run);
        assert_eq!(run.arrivals(Arrival::InTime), 50, "{name}");
    }
}

#[test]
fn a_rate_limited_router_answers_some_and_the_others_time_out() {
    let run = with_ttl("a-router-that-rate-limits-its-icmp", 1).to("203.0.113.7").count(50).run();
    assert_true(&run);
    assert_eq!(run.errors().len() + run.timeouts().len(), 50);
    assert!((6..15).contains(&run.errors().len()), "{}", run.errors().len());
}
