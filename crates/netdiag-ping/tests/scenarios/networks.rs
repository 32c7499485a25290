//! A scenario per network file: the text to the letter, and the same run as JSON Lines, each of which must fit the schema,
//! with a summary that the other lines prove.

use netdiag_ping::Ping;
use netdiag_stage::{Scene, of_type};

use crate::ping;
use crate::plain::assert_summary;

/// One scenario: its name, the network, and the arguments.
macro_rules! scenarios {
    ($($name:ident: $network:literal, $args:literal;)*) => {
        mod text {
            $(#[test]
            fn $name() {
                insta::assert_snapshot!(stringify!($name), super::ping($network, $args).page());
            })*
        }
        mod records {
            $(#[test]
            fn $name() {
                let ran = super::ping($network, &$args.replace("-q ", "--json ").replacen("-c", "--json -c", 1));
                let records = ran.valid_records();
                super::assert_summary(&records);
            })*
        }
    };
}

scenarios! {
    a_day_with_a_little_loss: "a-day-with-a-little-loss", "-c 3 203.0.113.7";
    a_farm: "a-farm-of-65536-hosts", "-c 3 10.1.77.3";
    a_firewall_that_drops: "a-firewall-that-says-no", "-c 2 203.0.113.8";
    a_firewall_that_drops_but_not_tcp: "a-firewall-that-says-no", "-c 2 --via tcp:443 203.0.113.8";
    a_firewall_that_prohibits: "a-firewall-that-says-no", "-c 2 --via tcp:24 203.0.113.7";
    a_firewall_that_resets: "a-firewall-that-says-no", "-c 2 --via tcp:23 203.0.113.7";
    a_broadcast: "a-group-that-answers", "-c 2 -b 192.0.2.255";
    a_broadcast_verbose: "a-group-that-answers", "-c 2 -b -v 192.0.2.255";
    a_multicast: "a-group-that-answers", "-c 2 ff02::1%eth0";
    a_neighbour_by_link_local_address: "a-group-that-answers", "-c 2 fe80::2%eth0";
    icmp_closed: "a-kernel-without-stamps", "-c 3 192.0.2.1";
    icmp_closed_and_asked_by_tcp: "a-kernel-without-stamps", "-c 3 --via tcp 192.0.2.1";
    a_link_that_delivers_twice: "a-link-that-delivers-twice", "-c 10 192.0.2.1";
    a_link_that_flips_bits: "a-link-that-flips-bits", "-c 12 -i 0.1 203.0.113.7";
    a_loop: "a-loop-between-two-routers", "-c 2 203.0.113.7";
    a_lossy_link: "a-lossy-link-behind-a-router", "-c 20 203.0.113.7";
    a_lossy_link_over_ipv6: "a-lossy-link-behind-a-router", "-c 20 2001:db8:2::7";
    a_lossy_link_by_udp: "a-lossy-link-behind-a-router", "-c 20 --via udp 203.0.113.7";
    a_narrow_link: "a-narrow-link", "-c 15 -l 15 -s 1000 203.0.113.7";
    address_translation: "a-nat-at-the-second-hop", "-c 3 203.0.113.7";
    a_path_that_changes: "a-path-that-changes", "-c 9 -i 4 203.0.113.7";
    a_process_that_sleeps: "a-process-that-sleeps", "-c 600 -i 0.005 -q 192.0.2.1";
    a_raw_socket: "a-raw-socket-hears-everything", "-c 6 192.0.2.1";
    a_router_that_limits: "a-router-that-rate-limits-its-icmp", "-c 10 -i 0.2 -t 1 203.0.113.7";
    a_router_that_redirects: "a-router-that-redirects", "-c 3 203.0.113.7";
    a_silent_hop: "a-silent-hop", "-c 3 203.0.113.7";
    a_silent_hop_by_ttl: "a-silent-hop", "-c 2 -t 2 203.0.113.7";
    a_straight_path: "a-straight-path", "-c 4 203.0.113.7";
    a_straight_path_over_ipv6: "a-straight-path", "-c 4 2001:db8:2::7";
    a_straight_path_with_a_small_ttl: "a-straight-path", "-c 3 -t 3 203.0.113.7";
    a_straight_path_over_ipv6_with_a_small_ttl: "a-straight-path", "-c 3 -t 1 2001:db8:2::7";
    a_straight_path_by_tcp: "a-straight-path", "-c 3 --via tcp:443 203.0.113.7";
    a_straight_path_by_udp_over_ipv6: "a-straight-path", "-c 3 --via udp 2001:db8:2::7";
    answers_from_elsewhere: "a-target-that-answers-from-elsewhere", "-c 3 192.0.2.1";
    a_target_that_answers_twice: "a-target-that-answers-twice", "-c 3 192.0.2.1";
    a_target_that_changes_the_data: "a-target-that-changes-the-data", "-c 4 192.0.2.1";
    wrong_checksums: "a-target-with-wrong-checksums", "-c 6 192.0.2.1";
    nobody_behind_the_router: "an-address-nobody-has", "-c 3 -W 5 203.0.113.99";
    nobody_on_the_link: "an-address-nobody-has", "-c 3 -W 5 192.0.2.99";
    no_such_net: "an-address-nobody-has", "-c 3 198.51.100.1";
    an_mtu_step: "an-mtu-step", "-c 3 -M do -s 1450 203.0.113.7";
    an_mtu_step_over_ipv6: "an-mtu-step", "-c 3 -M do -s 1420 2001:db8:2::7";
    an_mtu_black_hole: "an-mtu-black-hole", "-c 3 -M do -s 1450 203.0.113.7";
    bursts: "bursts-of-loss", "-c 200 -i 0.1 -q 192.0.2.1";
    a_name: "names-that-take-their-time", "-c 3 target.example.net";
    an_alias: "names-that-take-their-time", "-c 2 www.example.net";
    an_alias_numerically: "names-that-take-their-time", "-c 2 -n www.example.net";
    out_of_order: "replies-out-of-order", "-c 20 -i 0.01 192.0.2.1";
    missing_stamps: "some-stamps-are-missing", "-c 5 192.0.2.1";
    forged: "someone-forges-replies", "-c 5 203.0.113.7";
    cut: "targets-that-cut-and-pad", "-c 2 192.0.2.1";
    padded: "targets-that-cut-and-pad", "-c 2 192.0.2.2";
    a_stepped_clock: "the-clock-is-stepped", "-c 13 -i 2 192.0.2.1";
    an_uplink_that_comes_and_goes: "the-uplink-comes-and-goes", "-c 12 -i 3 203.0.113.7";
    a_longer_way_back: "the-way-back-is-longer", "-c 3 203.0.113.7";
    trouble_with_sending: "trouble-with-sending", "-c 18 -i 0.5 192.0.2.1";
    two_paths_by_flow: "two-equal-paths-by-flow-hash", "-c 4 203.0.113.7";
    two_paths_in_turn: "two-equal-paths-packet-by-packet", "-c 4 203.0.113.7";
}

#[test]
fn the_seed_decides_what_is_lost() {
    let received = |seed: u64| {
        let scene = Scene::on("a-lossy-link-behind-a-router").seed(seed);
        let records = scene.run::<Ping>("-c 40 -i 0.1 --json 203.0.113.7").records();
        of_type(&records, "reply").into_iter().filter_map(|reply| reply["seq"].as_u64()).collect::<Vec<u64>>()
    };
    assert_eq!(received(1), received(1));
    assert_ne!(received(1), received(2));
}
