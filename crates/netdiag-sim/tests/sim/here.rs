//! This host: its sockets' options, its interfaces and routes, and what it refuses.

use std::time::Duration;

use netdiag_engine::port::{HostFacts, NeighbourState, OpenError, SocketOptions, Sockets, Stop};
use netdiag_model::{Address, Errno, Family};

use crate::harness::{By, Shot, exchange, ip, ping, sim, volley};

#[test]
fn facts_name_interfaces_routes_and_neighbours() {
    let facts = sim("a-straight-path").facts();
    let interfaces = facts.interfaces().expect("interfaces");
    let names: Vec<&str> = interfaces.iter().map(|interface| interface.name.as_str()).collect();
    assert_eq!(names, ["lo", "eth0"]);
    assert_eq!((interfaces[1].index, interfaces[1].mtu, interfaces[1].is_up), (2, 1500, true));
    let far = facts.route(&Address::new(ip("203.0.113.7")), None).expect("a route");
    assert_eq!((far.interface, far.gateway, far.source), (2, Some(ip("192.0.2.1")), Some(ip("192.0.2.10"))));
    let near = facts.route(&Address::new(ip("2001:db8:1::1")), None).expect("a route");
    assert_eq!((near.gateway, near.is_local), (None, false));
    assert!(facts.route(&Address::new(ip("192.0.2.10")), None).expect("a route").is_local);
    let neighbour = |text| facts.neighbour(&Address::new(ip(text)), 2).expect("neighbours");
    assert_eq!(neighbour("192.0.2.1").map(|known| known.state), Some(NeighbourState::Reachable));
    assert_eq!(neighbour("192.0.2.99").map(|known| known.state), Some(NeighbourState::Failed));
}

#[test]
fn options_that_this_host_cannot_meet_are_refused() {
    let sockets = sim("a-lossy-link-behind-a-router").sockets();
    let none = SocketOptions::default();
    let interface = SocketOptions { interface: Some("eth7".to_owned()), ..none.clone() };
    assert!(matches!(sockets.open_icmp(&interface), Err(OpenError::NoInterface(_))));
    let source = SocketOptions { source: Some(ip("10.9.9.9")), ..none.clone() };
    assert!(matches!(sockets.open_udp(&source), Err(OpenError::System { errno: Errno::EADDRNOTAVAIL, .. })));
    let v6 = SocketOptions { family: Some(Family::V6), ..none };
    let v4_only = sim("bursts-of-loss").sockets();
    assert!(matches!(v4_only.open_connector(&v6), Err(OpenError::NoFamily(Family::V6))));
    assert!(sockets.open_icmp(&v6).is_ok());
}

#[test]
fn this_host_answers_itself() {
    for own in ["192.0.2.10", "127.0.0.1", "::1"] {
        let log = ping(&sim("a-straight-path"), &volley(own, 1, Duration::ZERO));
        assert_eq!(log.replies().len(), 1, "{own}");
        assert_eq!(log.replies()[0].incoming.from.to_string(), own);
        assert_eq!(log.replies()[0].incoming.ttl, Some(64));
    }
}

#[test]
fn a_broadcast_needs_leave_and_a_shard_needs_room() {
    let log = ping(&sim("a-group-that-answers"), &volley("192.0.2.255", 1, Duration::ZERO));
    assert_eq!(log.stops(), [Stop::Failed { errno: Errno::EACCES, mtu: None }]);
    let far = volley("192.0.2.1", 1, Duration::ZERO).into_iter().map(|shot| Shot { shard: 64, ..shot });
    let log = ping(&sim("a-group-that-answers"), &far.collect::<Vec<_>>());
    assert_eq!(log.stops(), [Stop::Failed { errno: Errno::EMFILE, mtu: None }]);
}

#[test]
fn shards_have_identifiers_of_their_own() {
    let sim = sim("a-straight-path");
    let shots = volley("203.0.113.7", 3, Duration::ZERO);
    let shots: Vec<Shot> = (0..).zip(shots).map(|(shard, shot)| Shot { shard, ..shot }).collect();
    let options = SocketOptions { identifier: Some(4711), ..SocketOptions::default() };
    let log = exchange(&sim, By::Icmp, &options, &shots);
    let got: Vec<(u16, u16)> = log
        .replies()
        .iter()
        .map(|got| (got.incoming.shard, u16::from_be_bytes([got.bytes[4], got.bytes[5]])))
        .collect();
    assert_eq!(got, [(0, 4711), (1, 4712), (2, 4713)]);
}

#[test]
fn a_family_that_this_host_lacks_is_unreachable() {
    let log = ping(&sim("bursts-of-loss"), &volley("2001:db8::1", 1, Duration::ZERO));
    assert_eq!(log.stops(), [Stop::Failed { errno: Errno::ENETUNREACH, mtu: None }]);
}
