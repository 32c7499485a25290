use std::future::poll_fn;
use std::net::{IpAddr, UdpSocket};

use netdiag_engine::port::{Fragmentation, Incoming, Sockets, Stop, Via};
use netdiag_model::{Address, Clock, Moment, ProbeId, Rtt};
use netdiag_wire::icmp::{self, Echo, Protocol};

use super::*;
use crate::sockets::LinuxSockets;
use crate::testing::{add_cable, block_on, in_own_network, run, set_ping_groups, skip};

mod extensions;
mod numbers;

const OPEN: &str = "0 2147483647";
const CLOSED: &str = "1 0";

fn options() -> SocketOptions {
    SocketOptions { payload_len: 56, in_flight: 256, ..SocketOptions::default() }
}

fn address(text: &str) -> Address {
    Address::new(text.parse().expect("address"))
}

fn probe(shard: u16, seq: u16) -> ProbeId {
    ProbeId::new(0, shard, seq)
}

fn push_echo(batch: &mut TransmitBatch, probe: ProbeId, to: &str, len: usize) {
    let to = address(to);
    let protocol = if to.ip.is_ipv4() { Protocol::Icmp } else { Protocol::Icmpv6 };
    let data = vec![0xa5; len];
    batch.push(probe, to, |buffer| {
        icmp::emit_echo_request(protocol, &Echo { id: 0, seq: probe.seq(), data: &data }, buffer);
    });
}

/// Receives until there are `wanted` records of those that `filter` lets pass.
async fn receive(
    sockets: &mut dyn ProbeSocket,
    wanted: usize,
    filter: fn(&Via) -> bool,
) -> Vec<(Incoming, Vec<u8>)> {
    let (mut batch, mut found) = (DatagramBatch::default(), Vec::new());
    while found.len() < wanted {
        batch.clear();
        poll_fn(|cx| sockets.poll_recv(cx, &mut batch)).await;
        let records = batch.iter().filter(|datagram| filter(&datagram.incoming.via));
        found.extend(records.map(|datagram| (datagram.incoming.clone(), datagram.bytes.to_vec())));
    }
    found
}

/// Sends an echo to each address by a shard of its own and checks departure and reply.
async fn check_echoes(sockets: &mut dyn ProbeSocket, to: &[&str]) {
    let mut batch = TransmitBatch::default();
    for (shard, to) in (0..).zip(to) {
        push_echo(&mut batch, probe(shard, 700 + shard), to, 56);
    }
    let sent = sockets.send(&mut batch, 0);
    assert_eq!((sent.count, sent.stop), (to.len(), None));
    let records = receive(sockets, 2 * to.len(), |_| true).await;
    for (shard, to) in (0..).zip(to) {
        let mine: Vec<_> = records.iter().filter(|(incoming, _)| incoming.shard == shard).collect();
        let [(departure, _), (reply, bytes)] = mine[..] else { panic!("{to}: {mine:?}") };
        assert_eq!(departure.via, Via::Departure { probe: probe(shard, 700 + shard) });
        assert_eq!((&reply.via, reply.from, reply.len), (&Via::Direct { port: 0 }, address(to), 64));
        assert!(reply.ttl.is_some_and(|ttl| ttl > 0) && reply.tos.is_some(), "{reply:?}");
        let protocol = if reply.from.ip.is_ipv4() { Protocol::Icmp } else { Protocol::Icmpv6 };
        let Ok(icmp::Message::EchoReply(echo)) = icmp::parse(protocol, bytes) else { panic!("{bytes:?}") };
        assert_eq!((echo.seq, echo.data), (700 + shard, &[0xa5; 56][..]));
        let left = Moment { read: sent.at.read, stamp: departure.at.stamp };
        assert_eq!(Rtt::measure(&left, &reply.at).1, Clock::Kernel);
    }
}

#[test]
fn echoes_by_datagram_sockets_come_back_with_both_stamps() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        let mut sockets = LinuxSockets.open_icmp(&options()).expect("open");
        check_echoes(&mut *sockets, &["127.0.0.1", "::1", "127.0.0.2", "::1"]).await;
        check_echoes(&mut *sockets, &["::1", "127.0.0.3"]).await;
    });
}

#[test]
fn where_datagram_icmp_is_closed_raw_sockets_do_the_same() {
    in_own_network(|| async {
        set_ping_groups(CLOSED);
        let asked = SocketOptions { identifier: Some(0xffff), ..options() };
        let mut sockets = LinuxSockets.open_icmp(&asked).expect("open");
        // Another program's echoes: they must neither be heard nor disturb.
        let mut other = LinuxSockets.open_icmp(&SocketOptions { identifier: Some(0x4000), ..options() });
        check_echoes(&mut **other.as_mut().expect("open"), &["127.0.0.1"]).await;
        check_echoes(&mut *sockets, &["127.0.0.1", "::1", "127.0.0.2", "::1"]).await;
    });
}

#[test]
fn a_closed_udp_port_answers_and_gets_in_the_way_of_no_later_packet() {
    block_on(async {
        for home in ["127.0.0.1", "::1"] {
            let Ok(closed) = UdpSocket::bind((home.parse::<IpAddr>().expect("address"), 0)) else { continue };
            let port = closed.local_addr().expect("address").port();
            drop(closed);
            let mut sockets = LinuxSockets.open_udp(&options()).expect("open");
            let mut batch = TransmitBatch::default();
            for seq in 0..100 {
                batch.push(probe(0, seq), address(home), |buffer| buffer.extend(seq.to_be_bytes())).port =
                    port;
            }
            let sent = sockets.send(&mut batch, 0);
            assert_eq!((sent.count, sent.stop), (100, None));
            // The kernel limits how many it sends; loopback is exempt for ICMP, and some come in any case.
            let errors = receive(&mut *sockets, 1, |via| matches!(via, Via::ErrorQueue { .. })).await;
            let (first, bytes) = &errors[0];
            let Via::ErrorQueue { icmp, offender, port: quoted, .. } = &first.via else {
                panic!("{first:?}")
            };
            assert!(icmp.is_port_unreachable());
            assert_eq!((first.from, *offender, *quoted), (address(home), Some(address(home)), port));
            assert_eq!(bytes[..], 0u16.to_be_bytes());
        }
    });
}

#[test]
fn ttl_and_tos_are_those_of_the_packet() {
    block_on(async {
        let mut sockets = LinuxSockets.open_udp(&options()).expect("open");
        let mut other = ProbeSockets::open(
            Kind::Udp,
            &SocketOptions { source: Some([127, 0, 0, 1].into()), ..options() },
        )
        .expect("open");
        let port = other.lanes[0].socket.local_address().expect("name").port();
        // It only listens.
        other.lanes[0].awake();
        let mut batch = TransmitBatch::default();
        for (ttl, tos) in [(Some(7), Some(0x28)), (None, None)] {
            let item = batch.push(probe(0, 0), address("127.0.0.1"), |buffer| buffer.extend([1; 900]));
            (item.port, item.ttl, item.tos) = (port, ttl, tos);
        }
        assert_eq!(sockets.send(&mut batch, 0).count, 2);
        let records = receive(&mut other, 2, |via| matches!(via, Via::Direct { .. })).await;
        let seen: Vec<_> = records.iter().map(|(incoming, _)| (incoming.ttl, incoming.tos)).collect();
        assert_eq!(seen, [(Some(7), Some(0x28)), (Some(64), Some(0))]);
        assert!(records[0].0.len == 900 && records[0].1.len() < 900);
    });
}

/// Sends to a mixture of addresses, some of which fail, and checks that each departure is that of its own probe: its
/// stamp lies between this process's readings around the send.
async fn check_pairing(kind: Kind, numbering: Numbering) {
    let asked = SocketOptions { fragmentation: Some(Fragmentation::Never), ..options() };
    let mut sockets = ProbeSockets::open(kind, &asked).expect("open");
    sockets.numbering = numbering;
    sockets.lanes.clear();
    sockets.index.clear();
    let socket = options::open(Family::V4, kind, &asked).expect("socket");
    sockets.add_lane(socket, (Family::V4, 0)).expect("lane");
    let mut batch = TransmitBatch::default();
    let mut departed = 0;
    for (seq, (to, len)) in (0..200).zip(
        [("127.0.0.1", 56), ("127.0.0.66", 56), ("192.0.2.1", 56), ("127.0.0.1", 3000), ("127.0.0.1", 56)]
            .into_iter()
            .cycle(),
    ) {
        batch.clear();
        push_echo(&mut batch, probe(0, seq), to, len);
        let sent = sockets.send(&mut batch, 0);
        let after = crate::clock::now();
        let expected = match (to, len) {
            ("127.0.0.66", _) => Some(Stop::Failed { errno: Errno::EPERM, mtu: None }),
            ("192.0.2.1", _) => Some(Stop::Failed { errno: Errno::ENETUNREACH, mtu: None }),
            (_, 3000) => Some(Stop::Failed { errno: Errno::EMSGSIZE, mtu: Some(1500) }),
            _ => None,
        };
        assert_eq!((sent.count, sent.stop), (usize::from(expected.is_none()), expected));
        if expected.is_some() {
            continue;
        }
        for (incoming, _) in
            receive(&mut sockets, 1, |via| matches!(via, Via::Direct { .. } | Via::Departure { .. })).await
        {
            let Via::Departure { probe: departing } = incoming.via else { continue };
            let Some(netdiag_model::Stamp::Kernel(at)) = incoming.at.stamp else { panic!("{incoming:?}") };
            assert_eq!(departing, probe(0, seq));
            assert!(sent.at.read.wall <= at && at <= after.wall);
            departed += 1;
        }
    }
    let expected = if numbering == Numbering::Named { 80 } else { 1 };
    assert!(departed >= expected, "{departed} departures");
}

#[test]
fn failed_sends_never_shift_the_departures_of_others() {
    in_own_network(|| async {
        let rules = "nft add table inet t; add chain inet t o { type filter hook output priority 0; }; add rule inet t o ip daddr 127.0.0.66 drop";
        let has_rules = std::process::Command::new("nft").arg(rules.trim_start_matches("nft ")).status();
        if !has_rules.is_ok_and(|status| status.success()) || !run("ip link set lo mtu 1500") {
            return skip("nft(8) is missing");
        }
        set_ping_groups(OPEN);
        check_pairing(Kind::IcmpDatagram, warm_up::await_stamps()).await;
        check_pairing(Kind::IcmpDatagram, Numbering::Counted).await;
        check_pairing(Kind::IcmpRaw, warm_up::await_stamps()).await;
        check_pairing(Kind::IcmpRaw, Numbering::Counted).await;
    });
}

#[test]
fn a_full_send_buffer_is_told_apart_and_has_room_again() {
    in_own_network(|| async {
        // Packets to a neighbour that does not answer wait for it.
        add_cable();
        set_ping_groups(OPEN);
        let asked = SocketOptions { send_buffer: Some(4096), ..options() };
        let mut sockets = LinuxSockets.open_icmp(&asked).expect("open");
        let mut batch = TransmitBatch::default();
        for seq in 0..60 {
            push_echo(&mut batch, probe(0, seq), "192.0.2.77", 1000);
        }
        let sent = sockets.send(&mut batch, 0);
        assert!(sent.count > 0 && sent.count < 60 && sent.stop == Some(Stop::Full), "{sent:?}");
        poll_fn(|cx| sockets.poll_send_ready(cx)).await;
        assert!(sockets.send(&mut batch, sent.count).count > 0);
        let errors = receive(&mut *sockets, 1, |via| matches!(via, Via::ErrorQueue { .. })).await;
        assert_eq!(errors[0].0.from, address("192.0.2.77"));
    });
}

#[test]
fn what_the_kernel_drops_for_want_of_room_is_told() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        let mut sockets = LinuxSockets.open_icmp(&SocketOptions { in_flight: 1, ..options() }).expect("open");
        let mut batch = TransmitBatch::default();
        for seq in 0..1000 {
            push_echo(&mut batch, probe(0, seq), "127.0.0.1", 56);
        }
        assert_eq!(sockets.send(&mut batch, 0).count, 1000);
        let mut came = DatagramBatch::default();
        while came.dropped() == 0 {
            came.clear();
            poll_fn(|cx| sockets.poll_recv(cx, &mut came)).await;
        }
        assert!((1..1000).contains(&came.dropped()));
    });
}

#[test]
fn what_cannot_be_had_says_what_it_is() {
    let no_interface = SocketOptions { interface: Some("no-such-if".into()), ..options() };
    let error = LinuxSockets.open_udp(&no_interface).err().expect("no interface");
    assert_eq!(error, OpenError::NoInterface("no-such-if".into()));
    let source = Some("192.0.2.1".parse().expect("address"));
    let error = LinuxSockets.open_udp(&SocketOptions { source, ..options() }).err().expect("not ours");
    assert!(error.to_string().contains("192.0.2.1"), "{error}");
    let mixed = SocketOptions { family: Some(Family::V6), source, ..options() };
    assert!(LinuxSockets.open_udp(&mixed).is_err());
    if let Err(error) = LinuxSockets.open_udp(&SocketOptions { mark: Some(5), ..options() }) {
        assert!(error.to_string().contains("CAP_NET_ADMIN"), "{error}");
    }
}

#[test]
fn a_family_that_was_not_opened_is_an_error_of_the_packet() {
    let only = SocketOptions { family: Some(Family::V4), ..options() };
    let mut sockets = LinuxSockets.open_udp(&only).expect("open");
    let mut batch = TransmitBatch::default();
    batch.push(probe(0, 0), address("::1"), |_| {}).port = 9;
    let sent = sockets.send(&mut batch, 0);
    assert_eq!(sent.stop, Some(Stop::Failed { errno: Errno::EAFNOSUPPORT, mtu: None }));
}

#[test]
fn every_option_is_taken() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        let asked = SocketOptions {
            interface: Some("lo".into()),
            ttl: Some(9),
            tos: Some(8),
            mark: Some(3),
            fragmentation: Some(Fragmentation::Probe),
            is_broadcast_allowed: true,
            is_multicast_loop_off: true,
            identifier: Some(77),
            flow_label: Some(0x1_2345),
            send_buffer: Some(100_000),
            in_flight: 65_536,
            ..options()
        };
        let mut sockets = LinuxSockets.open_icmp(&asked).expect("open");
        check_echoes(&mut *sockets, &["127.0.0.1", "::1"]).await;
    });
}
