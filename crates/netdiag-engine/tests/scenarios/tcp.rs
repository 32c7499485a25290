//! TCP: SYN-ACK and RST are answers, silence and a lost SYN are loss, what this host refuses is an error of its own.

use netdiag_engine::prober::Method;
use netdiag_model::event::Arrival;
use netdiag_model::{Clock, Errno, Event};

use crate::harness::{Run, Scenario, ms, pair};

fn tcp(scenario: Scenario, port: u16) -> Run {
    scenario.method(Method::Tcp { port }).run()
}

#[test]
fn open_and_closed_ports_both_answer() {
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        for (port, clock) in [(443, Clock::Kernel), (81, Clock::User)] {
            let run = tcp(Scenario::file("a-straight-path").to(target), port);
            assert_eq!((run.sent(), run.arrivals(Arrival::InTime)), (10, 10), "{port}");
            assert!(run.replies().all(|reply| (reply.rtt.as_nanos(), reply.clock) == (30_000_000, clock)));
            assert!(run.timeouts().is_empty());
        }
    }
}

#[test]
fn a_filtered_port_is_loss() {
    let run = tcp(Scenario::file("a-straight-path").to("203.0.113.7").count(5), 25);
    assert_eq!((run.sent(), run.replies().count(), run.timeouts().len()), (5, 0, 5));
}

#[test]
fn a_firewall_resets_or_prohibits() {
    let reset = tcp(Scenario::file("a-firewall-that-says-no").to("203.0.113.7"), 23);
    assert_eq!(reset.arrivals(Arrival::InTime), 10, "a reset in the target's name cannot be told apart");
    let prohibited = tcp(Scenario::file("a-firewall-that-says-no").to("203.0.113.7"), 24);
    let errors = prohibited.errors();
    assert_eq!((errors.len(), prohibited.replies().count()), (10, 0));
    assert!(
        errors.iter().all(|(_, from, icmp)| from == "192.0.2.1" && icmp.name() == Some("admin-prohibited"))
    );
}

#[test]
fn a_lost_syn_is_loss_even_where_the_kernels_second_one_is_answered() {
    let network = pair("seed = 21", "", "tcp = { open = [80] }", "delay = \"5ms\"\nforward = { loss = 0.2 }");
    let run = tcp(Scenario::toml(&network).to("192.0.2.1").count(200).timeout(ms(5_000)), 80);
    let first_lost: Vec<u64> = {
        let mut is_first = std::collections::HashSet::new();
        let entries = run.truth.entries().iter();
        entries
            .filter(|entry| !matches!(entry.what, netdiag_sim::Happening::Sent { .. }))
            .filter(|entry| is_first.insert(entry.probe))
            .filter(|entry| matches!(entry.what, netdiag_sim::Happening::Lost { .. }))
            .map(|entry| u64::from(entry.probe.seq()))
            .collect()
    };
    let mut timeouts = run.timeouts();
    timeouts.sort_unstable();
    let mut expected = first_lost;
    expected.sort_unstable();
    assert_eq!(timeouts, expected);
    assert!(timeouts.len() > 20);
    assert_eq!(run.replies().count() + timeouts.len(), 200);
    assert!(
        run.replies().all(|reply| reply.rtt.as_nanos() == 10_000_000),
        "no second SYN's time is taken for a first's"
    );
}

#[test]
fn what_this_host_refuses_is_a_send_error_and_counted_once() {
    let run = tcp(Scenario::file("trouble-with-sending").to("192.0.2.1").count(100), 80);
    let refused =
        run.count(|event| matches!(event, Event::SendError { errno: Errno::EPERM | Errno::ENETDOWN, .. }));
    assert_eq!(refused, 20);
    assert_eq!(run.arrivals(Arrival::InTime) + refused, 100);
    assert_eq!(run.sent(), 100);
}

#[test]
fn address_translation_hides_nothing_from_tcp_probes() {
    let run = tcp(Scenario::file("a-nat-at-the-second-hop").to("203.0.113.7"), 80);
    assert_eq!(run.arrivals(Arrival::InTime), 10);
    let run = tcp(Scenario::file("a-kernel-without-stamps").to("192.0.2.1"), 80);
    assert_eq!(run.arrivals(Arrival::InTime), 10);
}
