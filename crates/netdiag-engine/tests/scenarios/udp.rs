//! UDP: the target's port-unreachable is the answer.

use netdiag_engine::port::SocketOptions;
use netdiag_engine::prober::{Method, UdpPorts};
use netdiag_model::event::Arrival;

use crate::harness::{Scenario, ms, pair};
use crate::truth::{assert_times, assert_true};

/// As ping asks.
const SPREAD: Method = Method::Udp { ports: UdpPorts::Spread };

#[test]
fn a_port_unreachable_from_the_target_is_an_answer() {
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        let run = Scenario::file("a-straight-path").method(SPREAD).to(target).count(100).run();
        assert_true(&run);
        assert_times(&run);
        assert_eq!((run.arrivals(Arrival::InTime), run.errors().len()), (100, 0));
        assert!(run.replies().all(|reply| reply.from.ip.to_string() == target));
    }
}

#[test]
fn loss_is_loss_by_udp_as_well() {
    let run = Scenario::file("a-lossy-link-behind-a-router")
        .method(SPREAD)
        .to("203.0.113.7")
        .to("2001:db8:2::7")
        .count(300)
        .every(ms(20))
        .run();
    assert_true(&run);
    assert_times(&run);
    assert_eq!(run.replies().count(), run.truth.arrived());
}

#[test]
fn a_port_unreachable_from_a_router_is_an_error() {
    let network = "[here]\naddresses = [\"192.0.2.10/24\"]\n[router.r1]\naddresses = [\"192.0.2.1/24\"]\n\
                   filters = [{ protocol = \"udp\", answer = \"port-unreachable\" }]\n\
                   [host.target]\naddresses = [\"203.0.113.7/24\"]\n[[link]]\nends = [\"here\", \"r1\", \"target\"]\n";
    let run = Scenario::toml(network).method(SPREAD).to("203.0.113.7").run();
    assert_true(&run);
    assert_eq!((run.replies().count(), run.errors().len()), (0, 10));
}

/// Without any of the data in the quote only the port tells which probe it is: right as long as not more than 32 are
/// under way, and a lost probe takes no other probe's answer.
#[test]
fn quotes_of_eight_octets_are_matched_by_port() {
    let network = pair("seed = 12", "", "quote = 8", "delay = \"50ms\"\nloss = 0.2");
    let run = Scenario::toml(&network).method(SPREAD).to("192.0.2.1").count(300).every(ms(10)).run();
    assert_true(&run);
    assert_times(&run);
    assert_eq!(run.replies().count(), run.truth.arrived());
    assert!(run.timeouts().len() > 60);
}

#[test]
fn a_ttl_too_small_is_time_exceeded_by_udp_too() {
    let options = SocketOptions { ttl: Some(3), ..SocketOptions::default() };
    let scenario = Scenario::file("a-straight-path").method(SPREAD).to("203.0.113.7");
    let run = Scenario { options, ..scenario }.run();
    assert_true(&run);
    assert_eq!(run.errors().len(), 10);
}

#[test]
fn a_service_that_sends_back_what_it_got_is_an_answer() {
    let network = pair("", "", "udp = { others = \"open\" }", "");
    let run = Scenario::toml(&network).method(SPREAD).to("192.0.2.1").run();
    assert_true(&run);
    assert_times(&run);
    assert_eq!(run.arrivals(Arrival::InTime), 10);
    let silent = pair("", "", "udp = { others = \"filtered\" }", "");
    let run = Scenario::toml(&silent).method(SPREAD).to("192.0.2.1").run();
    assert_true(&run);
    assert_eq!(run.timeouts().len(), 10);
}

#[test]
fn address_translation_hides_nothing_from_udp_probes() {
    let run = Scenario::file("a-nat-at-the-second-hop").method(SPREAD).to("203.0.113.7").run();
    assert_true(&run);
    assert_eq!((run.arrivals(Arrival::InTime), run.mishaps.forged), (10, 0));
}
