//! Paths: who answers at which distance, from which address, with which TTL.

use std::collections::BTreeSet;
use std::time::Duration;

use netdiag_engine::port::{SocketOptions, Via};
use netdiag_sim::Happening;
use netdiag_wire::icmp::is_checksum_right_v4;

use crate::harness::{By, Got, Shot, exchange, ladder, ping, sim, volley};

#[test]
fn each_router_of_a_straight_path_answers_from_the_link_by_which_the_packet_came() {
    for (target, hops) in [
        ("203.0.113.7", ["192.0.2.1", "198.51.100.22", "198.51.100.3", "203.0.113.1"]),
        ("2001:db8:2::7", ["2001:db8:1::1", "2001:db8:f::2", "2001:db8:f::3", "2001:db8:2::1"]),
    ] {
        let log = ping(&sim("a-straight-path"), &ladder(target, 6));
        let exceeded = if target.contains(':') { "hop-limit-exceeded" } else { "ttl-exceeded" };
        assert_eq!(log.errors(), hops.map(|hop| (exceeded, hop.to_owned())));
        let errors: Vec<u16> = log.got.iter().filter(|got| got.error().is_some()).map(Got::seq).collect();
        assert_eq!(errors, [0, 1, 2, 3], "the echo is quoted from its header on");
        let replies = log.replies();
        assert_eq!(replies.iter().map(|got| got.seq()).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(replies[0].incoming.ttl, Some(60), "four routers on the way home");
        assert_eq!(replies[0].at.as_nanos(), 400_000_000 + 30_000_000);
        assert_eq!(replies[0].incoming.len, 64);
    }
}

#[test]
fn replies_carry_the_data_that_was_sent_under_a_right_checksum() {
    let log = ping(&sim("a-straight-path"), &volley("203.0.113.7", 1, Duration::ZERO));
    let reply = log.replies()[0].clone();
    assert!(is_checksum_right_v4(&reply.bytes));
    assert_eq!(reply.bytes[8..], (0..56).collect::<Vec<u8>>());
    assert!(matches!(log.got[0].incoming.via, Via::Departure { .. }), "the departure comes first");
}

#[test]
fn udp_gets_an_answer_a_refusal_or_silence_by_its_port() {
    let udp = |port| {
        let shots = [Shot { port, ..volley("203.0.113.7", 1, Duration::ZERO)[0].clone() }];
        exchange(&sim("a-straight-path"), By::Udp, &SocketOptions::default(), &shots)
    };
    let open = udp(7);
    assert_eq!(open.replies()[0].bytes, (0..56).collect::<Vec<u8>>());
    assert_eq!(open.replies()[0].incoming.via, Via::Direct { port: 7 });
    let closed = udp(33_434);
    assert_eq!(closed.errors(), [("port-unreachable", "203.0.113.7".to_owned())]);
    let error = closed.got.iter().find(|got| got.error().is_some()).expect("an error");
    assert_eq!(error.bytes, (0..56).collect::<Vec<u8>>(), "what follows the UDP header");
    assert_eq!(error.incoming.from.ip.to_string(), "203.0.113.7");
    assert!(matches!(error.incoming.via, Via::ErrorQueue { port: 33_434, .. }));
    assert_eq!(udp(9).got.len(), 1, "a departure and nothing else");
}

#[test]
fn a_silent_hop_does_not_show_and_the_next_one_does() {
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        let sim = sim("a-silent-hop");
        let log = ping(&sim, &ladder(target, 4));
        let seqs: Vec<u16> = log.got.iter().filter(|got| got.error().is_some()).map(Got::seq).collect();
        assert_eq!((seqs, log.replies().len()), (vec![0, 2], 1));
        assert_eq!(
            sim.truth().count(|what| matches!(what, Happening::Swallowed { node } if &**node == "r2")),
            1
        );
    }
}

#[test]
fn a_flow_keeps_its_path_and_flows_take_both() {
    let hops = |by, shots: &[Shot]| -> Vec<String> {
        let log = exchange(&sim("two-equal-paths-by-flow-hash"), by, &SocketOptions::default(), shots);
        log.errors().into_iter().map(|(_, hop)| hop).collect()
    };
    for (target, upper, lower) in
        [("203.0.113.7", "198.51.100.1", "198.51.100.2"), ("2001:db8:2::7", "2001:db8:f::1", "2001:db8:f::2")]
    {
        let same: Vec<Shot> = volley(target, 40, Duration::from_millis(10));
        let same: Vec<Shot> = same.into_iter().map(|shot| Shot { ttl: Some(2), ..shot }).collect();
        let paths: BTreeSet<String> = hops(By::Udp, &same).into_iter().collect();
        assert_eq!(paths.len(), 1, "one flow, one path");
        let ports = same.iter().zip(33_434..).map(|(shot, port)| Shot { port, ..shot.clone() });
        let taken = hops(By::Udp, &ports.collect::<Vec<_>>());
        let above = taken.iter().filter(|hop| *hop == upper).count();
        assert_eq!(taken.len(), 40);
        assert!(
            (8..=32).contains(&above) && taken.iter().all(|hop| hop == upper || hop == lower),
            "{taken:?}"
        );
        // An echo's checksum changes with its sequence number.
        assert_eq!(hops(By::Icmp, &same).into_iter().collect::<BTreeSet<_>>().len(), 2);
    }
}

#[test]
fn packets_in_turn_take_both_paths_in_turn() {
    let shots = volley("203.0.113.7", 6, Duration::from_millis(100));
    let log = ping(&sim("two-equal-paths-packet-by-packet"), &shots);
    let millis: Vec<u64> = log
        .replies()
        .iter()
        .map(|got| got.at.since(shots[usize::from(got.seq())].at).as_millis() as u64)
        .collect();
    assert_eq!(millis.len(), 6);
    assert_ne!(millis[0], millis[1]);
    assert_eq!(millis.iter().step_by(2).collect::<BTreeSet<_>>().len(), 1);
}

#[test]
fn the_way_home_has_its_own_length() {
    let log = ping(&sim("the-way-back-is-longer"), &ladder("203.0.113.7", 3));
    assert_eq!(log.errors().len(), 2, "two routers on the way out");
    assert_eq!(log.replies()[0].incoming.ttl, Some(60), "four on the way home");
    let edge =
        log.got.iter().find(|got| got.error().is_some_and(|(_, from)| from.to_string() == "203.0.113.1"));
    assert_eq!(edge.and_then(|got| got.incoming.ttl), Some(61), "and three from the edge");
}

#[test]
fn what_is_behind_a_nat_gets_its_answers_and_its_errors() {
    let sim = sim("a-nat-at-the-second-hop");
    let log = ping(&sim, &ladder("203.0.113.7", 5));
    let hops = ["10.0.0.1", "10.0.1.1", "198.51.100.2"].map(|hop| ("ttl-exceeded", hop.to_owned()));
    assert_eq!(log.errors(), hops);
    assert!(log.got.iter().filter(|got| got.error().is_some()).all(|got| is_checksum_right_v4(&got.bytes)));
    assert_eq!(log.replies().len(), 2);
    assert!(is_checksum_right_v4(&log.replies()[0].bytes), "mended for the identifier");
    let shots: Vec<Shot> = (1..=5)
        .zip(volley("203.0.113.7", 5, Duration::from_millis(10)))
        .map(|(ttl, shot)| Shot { ttl: Some(ttl), port: 9, ..shot })
        .collect();
    let udp = exchange(&sim, By::Udp, &SocketOptions::default(), &shots);
    let names: Vec<&str> = udp.errors().iter().map(|(name, _)| *name).collect();
    assert_eq!(
        names,
        ["ttl-exceeded", "ttl-exceeded", "ttl-exceeded", "port-unreachable", "port-unreachable"]
    );
}

#[test]
fn a_loop_ends_with_the_ttl() {
    let log = ping(&sim("a-loop-between-two-routers"), &ladder("203.0.113.7", 8));
    let hops: Vec<String> = log.errors().into_iter().map(|(_, hop)| hop).collect();
    assert_eq!(hops, ["192.0.2.1", "198.51.100.2"].repeat(4));
}

#[test]
fn a_group_is_answered_by_all_its_members() {
    let options = SocketOptions { is_broadcast_allowed: true, ..SocketOptions::default() };
    for (group, members) in [
        ("192.0.2.255", ["192.0.2.1", "192.0.2.2", "192.0.2.3"]),
        ("ff02::1", ["fe80::1%2", "fe80::2%2", "fe80::3%2"]),
    ] {
        let log =
            exchange(&sim("a-group-that-answers"), By::Icmp, &options, &volley(group, 1, Duration::ZERO));
        let from: Vec<String> = log.replies().iter().map(|got| got.incoming.from.to_string()).collect();
        assert_eq!(from, members);
        assert_eq!(log.replies()[2].at.since(log.replies()[1].at), Duration::from_millis(4));
    }
}

#[test]
fn a_farm_answers_for_every_one_of_its_addresses() {
    let hosts = (0..=255_u8).flat_map(|high| (0..=255_u8).map(move |low| format!("10.1.{high}.{low}")));
    let shots: Vec<Shot> = hosts.map(|host| volley(&host, 1, Duration::ZERO)[0].clone()).collect();
    let log = ping(&sim("a-farm-of-65536-hosts"), &shots);
    assert_eq!(log.replies().len(), 65_536);
    let from: BTreeSet<_> = log.replies().iter().map(|got| got.incoming.from).collect();
    assert_eq!(from.len(), 65_536);
}
