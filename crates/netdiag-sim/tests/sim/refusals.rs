//! ICMP errors: who refuses what, how, and how often.

use std::time::Duration;

use netdiag_engine::port::SocketOptions;
use netdiag_sim::Happening;

use crate::harness::{By, Shot, exchange, ping, sim, volley};

fn at_ttl(ttl: u8, to: &str, count: u64, every: Duration) -> Vec<Shot> {
    volley(to, count, every).into_iter().map(|shot| Shot { ttl: Some(ttl), ..shot }).collect()
}

#[test]
fn rate_limits_let_a_burst_through_and_then_their_rate() {
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        let tenth = Duration::from_millis(100);
        for (ttl, every, expected) in [(1, tenth, 15), (2, tenth, 100), (2, tenth / 10, 19), (3, tenth, 100)]
        {
            let sim = sim("a-router-that-rate-limits-its-icmp");
            let log = ping(&sim, &at_ttl(ttl, target, 100, every));
            let limited = sim.truth().count(|what| matches!(what, Happening::Limited { .. }));
            assert_eq!(
                (log.errors().len(), limited),
                (expected, 100 - expected),
                "TTL {ttl}, every {every:?}"
            );
        }
        let log = ping(&sim("a-router-that-rate-limits-its-icmp"), &volley(target, 100, tenth));
        assert_eq!(log.replies().len(), 100, "what is forwarded is not limited");
    }
}

#[test]
fn an_address_that_nobody_has_is_unreachable_after_three_seconds() {
    let sim = sim("an-address-nobody-has");
    for (to, error, from, seconds) in [
        ("192.0.2.99", "host-unreachable", "192.0.2.10", 3),
        ("203.0.113.99", "host-unreachable", "192.0.2.1", 3),
        ("198.51.100.1", "net-unreachable", "192.0.2.1", 0),
        ("2001:db8:1::99", "address-unreachable", "2001:db8:1::10", 3),
        ("2001:db8:2::99", "address-unreachable", "2001:db8:1::1", 3),
        ("2001:db8:9::1", "no-route", "2001:db8:1::1", 0),
    ] {
        let now = sim.now();
        let log = ping(&sim, &volley(to, 1, Duration::ZERO));
        assert_eq!(log.errors(), [(error, from.to_owned())], "{to}");
        let got = log.got.iter().find(|got| got.error().is_some()).expect("an error");
        assert_eq!(got.at.since(now).as_secs(), seconds);
        assert_eq!(got.incoming.from.to_string(), to, "the destination of the packet it is about");
    }
}

#[test]
fn a_firewall_refuses_by_protocol_port_and_address() {
    let sim = sim("a-firewall-that-says-no");
    for (target, prohibited) in [("203.0.113.7", "192.0.2.1"), ("2001:db8:2::7", "2001:db8:1::1")] {
        let mut shots = volley(target, 1, Duration::ZERO);
        shots[0].port = 53;
        let udp = exchange(&sim, By::Udp, &SocketOptions::default(), &shots);
        assert_eq!(udp.errors(), [("admin-prohibited", prohibited.to_owned())]);
        assert_eq!(ping(&sim, &shots).replies().len(), 1);
    }
    let log = ping(&sim, &volley("203.0.113.8", 1, Duration::ZERO));
    assert_eq!((log.errors().len(), log.replies().len()), (0, 0), "dropped without a word");
}

#[test]
fn a_redirect_is_advice_and_the_packet_arrives_all_the_same() {
    let log = ping(&sim("a-router-that-redirects"), &volley("203.0.113.7", 1, Duration::ZERO));
    let redirect = log.got.iter().find_map(|got| got.error().map(|error| (error, got.bytes.len())));
    let ((icmp, from), quoted) = redirect.expect("a redirect");
    assert_eq!(icmp.gateway(), Some([192, 0, 2, 2].into()));
    assert_eq!((from.to_string().as_str(), quoted), ("192.0.2.1", 8));
    assert_eq!(log.replies().len(), 1);
    let udp = exchange(
        &sim("a-router-that-redirects"),
        By::Udp,
        &SocketOptions::default(),
        &volley("203.0.113.7", 1, Duration::ZERO),
    );
    assert_eq!(
        udp.errors(),
        [("port-unreachable", "203.0.113.7".to_owned())],
        "Linux keeps redirects from UDP"
    );
}
