//! Identifiers and local ports: asked for, or found out.

use super::*;

#[test]
fn udp_shards_have_the_ports_that_were_asked_for_in_both_families() {
    in_own_network(|| async {
        let asked = SocketOptions { identifier: Some(40_000), ..options() };
        let mut sockets = LinuxSockets.open_udp(&asked).expect("open");
        let mut batch = TransmitBatch::default();
        for shard in 0..3 {
            for to in ["127.0.0.1", "::1"] {
                batch.push(probe(shard, 0), address(to), |_| {}).port = 9;
            }
        }
        assert_eq!(sockets.send(&mut batch, 0).stop, None);
        for family in [Family::V4, Family::V6] {
            let numbers = [0, 1, 2, 3].map(|shard| sockets.number(family, shard));
            assert_eq!(numbers, [Some(40_000), Some(40_001), Some(40_002), None]);
        }
    });
}

#[test]
fn the_kernels_choice_is_known_once_a_packet_has_left() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        for mut sockets in [
            LinuxSockets.open_icmp(&options()).expect("icmp"),
            LinuxSockets.open_udp(&options()).expect("udp"),
        ] {
            assert_eq!(sockets.number(Family::V4, 0), None);
            let mut batch = TransmitBatch::default();
            push_echo(&mut batch, probe(0, 7), "127.0.0.1", 56);
            sockets.send(&mut batch, 0);
            let number = sockets.number(Family::V4, 0);
            assert!(number.is_some_and(|number| number > 0));
            assert_eq!((sockets.number(Family::V4, 0), sockets.number(Family::V6, 0)), (number, None));
        }
    });
}

#[test]
fn the_shards_of_a_raw_socket_are_identifiers_one_after_the_other() {
    in_own_network(|| async {
        set_ping_groups(CLOSED);
        let asked = SocketOptions { identifier: Some(0xffff), ..options() };
        let sockets = LinuxSockets.open_icmp(&asked).expect("open");
        let numbers = [0, 1, MAX_SHARDS].map(|shard| sockets.number(Family::V6, shard));
        assert_eq!(numbers, [Some(0xffff), Some(0), None]);
    });
}
