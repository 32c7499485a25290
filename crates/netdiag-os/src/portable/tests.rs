use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Wake;

use netdiag_engine::port::{Backend, Fragmentation, Incoming, Sockets, Via};
use netdiag_model::{Address, Clock, ProbeId, Rtt, Stamp};
use netdiag_wire::icmp::{self, Echo, Protocol};

use super::*;
use crate::sockets::LinuxSockets;
use crate::testing::{add_cable, await_own, in_own_network, run, set_ping_groups};

const OPEN: &str = "0 2147483647";
const CLOSED: &str = "1 0";

fn options() -> SocketOptions {
    SocketOptions { backend: Backend::Portable, payload_len: 56, in_flight: 256, ..SocketOptions::default() }
}

fn open(options: &SocketOptions) -> Box<dyn ProbeSocket> {
    LinuxSockets.open_icmp(options).expect("open")
}

fn address(text: &str) -> Address {
    Address::new(text.parse().expect("address"))
}

fn probe(seq: u16) -> ProbeId {
    ProbeId::new(0, 0, seq)
}

const fn protocol(family: Family) -> Protocol {
    match family {
        Family::V4 => Protocol::Icmp,
        Family::V6 => Protocol::Icmpv6,
    }
}

/// The data of the probe with this number: no other has the same.
fn data(seq: u16) -> Vec<u8> {
    seq.to_be_bytes().repeat(28)
}

fn send(sockets: &mut dyn ProbeSocket, seq: u16, to: Address) -> Sent {
    let mut batch = TransmitBatch::default();
    batch.push(probe(seq), to, |buffer| {
        icmp::emit_echo_request(protocol(to.family()), &Echo { id: 0, seq, data: &data(seq) }, buffer);
    });
    sockets.send(&mut batch, 0)
}

/// Receives until a record satisfies `is_last`; all up to it.
async fn receive_until(
    sockets: &mut dyn ProbeSocket,
    is_last: impl Fn(&Incoming) -> bool,
) -> Vec<(Incoming, Vec<u8>)> {
    let mut found: Vec<(Incoming, Vec<u8>)> = Vec::new();
    while !found.iter().any(|(incoming, _)| is_last(incoming)) {
        let mut batch = DatagramBatch::default();
        poll_fn(|cx| sockets.poll_recv(cx, &mut batch)).await;
        found.extend(batch.iter().map(|datagram| (datagram.incoming.clone(), datagram.bytes.to_vec())));
    }
    found
}

const fn is_direct(incoming: &Incoming) -> bool {
    matches!(incoming.via, Via::Direct { .. })
}

/// Sends an echo and checks all that comes back up to its reply, which is returned: nothing but this echo's departure,
/// where it did not leave at once, and the reply.
async fn check_echo(sockets: &mut dyn ProbeSocket, seq: u16, to: Address) -> Incoming {
    let sent = send(sockets, seq, to);
    assert_eq!((sent.count, sent.stop), (1, None));
    let mut left = sent.at;
    let records = receive_until(sockets, is_direct).await;
    let Some(((reply, bytes), before)) = records.split_last() else { panic!("no record") };
    for (departure, _) in before {
        assert_eq!(departure.via, Via::Departure { probe: probe(seq) });
        left.stamp = departure.at.stamp;
    }
    let Ok(icmp::Message::EchoReply(echo)) = icmp::parse(protocol(to.family()), bytes) else {
        panic!("{bytes:?}")
    };
    assert_eq!((echo.seq, echo.data, reply.shard), (seq, &data(seq)[..], 0));
    assert_eq!((reply.from, reply.family, reply.len), (to, to.family(), 64));
    assert!(to.family() == Family::V6 || icmp::is_checksum_right_v4(bytes));
    let (rtt, clock) = Rtt::measure(&left, &reply.at);
    assert_eq!(clock, Clock::User);
    assert!(rtt.as_nanos() > 0);
    if let Some(Stamp::User(departed)) = left.stamp {
        assert!(departed >= sent.at.read.mono && departed <= reply.at.read.mono);
        assert_eq!(rtt, Rtt::from_nanos(reply.at.read.mono.as_nanos() - departed.as_nanos()));
    }
    reply.clone()
}

#[test]
fn echoes_by_datagram_sockets_come_back_with_sequence_number_and_data() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        let mut sockets = open(&SocketOptions { identifier: Some(0x1234), ..options() });
        for (seq, to) in (1..).zip(["127.0.0.1", "::1", "127.0.0.2", "::1", "127.0.0.1"]) {
            check_echo(&mut *sockets, seq, address(to)).await;
        }
        check_echo(&mut *sockets, u16::MAX, address("127.0.0.1")).await;
    });
}

#[test]
fn where_datagram_icmp_is_closed_raw_sockets_hear_their_own_echoes_only() {
    in_own_network(|| async {
        set_ping_groups(CLOSED);
        let (mut sockets, mut other) = (open(&options()), open(&options()));
        for seq in 1..4 {
            for to in ["127.0.0.1", "::1"] {
                check_echo(&mut *other, seq, address(to)).await;
                let reply = check_echo(&mut *sockets, seq, address(to)).await;
                let expected = (to == "127.0.0.1").then_some(64);
                assert_eq!(reply.ttl, expected);
            }
        }
    });
}

#[test]
fn many_echoes_at_once_all_come_back() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        let mut sockets = open(&options());
        for round in 0..4 {
            let mut seqs: Vec<u16> = (round * 200..round * 200 + 200).collect();
            for &seq in &seqs {
                assert_eq!(send(&mut *sockets, seq, address("127.0.0.1")).count, 1);
            }
            let mut departed = Vec::new();
            while !seqs.is_empty() {
                for (incoming, bytes) in receive_until(&mut *sockets, |_| true).await {
                    if let Via::Departure { probe } = incoming.via {
                        departed.push(probe.seq());
                    } else {
                        let Ok(icmp::Message::EchoReply(echo)) = icmp::parse(Protocol::Icmp, &bytes) else {
                            panic!("{incoming:?}")
                        };
                        seqs.retain(|&seq| seq != echo.seq);
                    }
                }
            }
            // The runtime tells only at its next turn that a new socket has room: the first ones waited for that.
            assert!(round > 0 || departed == (0..200).collect::<Vec<_>>(), "{departed:?}");
        }
    });
}

#[test]
fn a_socket_without_room_says_so_and_when_it_has_some_again() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        let mut sockets = open(&options());
        let stop = (0..1000).find_map(|seq| send(&mut *sockets, seq, address("127.0.0.1")).stop);
        assert_eq!(stop, Some(Stop::Full));
        poll_fn(|cx| sockets.poll_send_ready(cx)).await;
        assert_eq!(send(&mut *sockets, 1000, address("127.0.0.1")).count, 1);
        let records = receive_until(&mut *sockets, is_direct).await;
        assert_eq!(records[0].0.via, Via::Departure { probe: probe(0) });
    });
}

#[test]
fn a_silent_address_gives_nothing() {
    in_own_network(|| async {
        add_cable();
        assert!(run("ip neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 dev d0"));
        for groups in [OPEN, CLOSED] {
            set_ping_groups(groups);
            let mut sockets = open(&options());
            assert_eq!(send(&mut *sockets, 1, address("192.0.2.77")).count, 1);
            assert_eq!(send(&mut *sockets, 2, address("127.0.0.1")).count, 1);
            let records = receive_until(&mut *sockets, is_direct).await;
            let answers: Vec<_> = records.iter().filter(|(incoming, _)| is_direct(incoming)).collect();
            let [(reply, _)] = answers[..] else { panic!("{answers:?}") };
            assert_eq!(reply.from, address("127.0.0.1"));
        }
    });
}

#[test]
fn an_icmp_error_is_told_where_raw_sockets_hear_it() {
    in_own_network(|| async {
        set_ping_groups(CLOSED);
        add_cable();
        assert!(run("ip addr add 2001:db8::1/64 dev d0 nodad"));
        let unreachable =
            [("ipv4", "192.0.2.77", "192.0.2.1", (3, 1)), ("ipv6", "2001:db8::77", "2001:db8::1", (1, 3))];
        for (ip, to, own, (kind, code)) in unreachable {
            std::fs::write(format!("/proc/sys/net/{ip}/neigh/d0/retrans_time_ms"), "10").expect("sysctl");
            let (to, mut sockets) = (address(to), open(&options()));
            assert_eq!(send(&mut *sockets, 9, to).count, 1);
            let is_error = |incoming: &Incoming| matches!(incoming.via, Via::ErrorQueue { .. });
            let records = receive_until(&mut *sockets, is_error).await;
            let Some((incoming, quoted)) = records.last() else { panic!("no record") };
            let Via::ErrorQueue { icmp, offender, .. } = incoming.via else { panic!("{incoming:?}") };
            assert_eq!((icmp.family, icmp.kind, icmp.code), (to.family(), kind, code));
            assert_eq!((incoming.from, offender), (to, Some(address(own))));
            let Ok(icmp::Message::EchoRequest(echo)) = icmp::parse(protocol(to.family()), quoted) else {
                panic!("{quoted:?}")
            };
            assert_eq!((echo.seq, echo.data), (9, &data(9)[..]));
        }
    });
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn who_waits_to_receive_is_woken_when_a_packet_waits_to_leave() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        let mut sockets = open(&options());
        let woken = Arc::new(Woken(AtomicBool::new(false)));
        let waker = Waker::from(Arc::clone(&woken));
        let mut batch = DatagramBatch::default();
        assert!(sockets.poll_recv(&mut Context::from_waker(&waker), &mut batch).is_pending());
        assert!(!woken.0.load(Ordering::SeqCst));
        assert_eq!(send(&mut *sockets, 1, address("127.0.0.1")).count, 1);
        assert!(woken.0.load(Ordering::SeqCst));
    });
}

#[test]
fn a_scoped_address_is_reached_by_its_interface() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        add_cable();
        assert!(run("ip addr add fe80::77/64 dev d0 nodad"));
        await_own("fe80::77");
        let index = netdiag_sys::interface::index("d0").expect("an index");
        let to = Address::scoped("fe80::77".parse().expect("address"), index);
        check_echo(&mut *open(&options()), 5, to).await;
    });
}

#[test]
fn what_this_host_refuses_is_told_once_the_socket_is_in_use() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        let mut sockets = open(&SocketOptions { family: Some(Family::V4), ..options() });
        check_echo(&mut *sockets, 1, address("127.0.0.1")).await;
        let no_route = Stop::Failed { errno: Errno::ENETUNREACH, mtu: None };
        assert_eq!(send(&mut *sockets, 2, address("192.0.2.1")).stop, Some(no_route));
        let no_family = Stop::Failed { errno: Errno::EAFNOSUPPORT, mtu: None };
        assert_eq!(send(&mut *sockets, 3, address("::1")).stop, Some(no_family));
        let mut batch = TransmitBatch::default();
        batch.push(probe(4), address("127.0.0.1"), |_| {}).ttl = Some(3);
        let no_way = Stop::Failed { errno: Errno::EOPNOTSUPP, mtu: None };
        assert_eq!(sockets.send(&mut batch, 0).stop, Some(no_way));
        check_echo(&mut *sockets, 5, address("127.0.0.1")).await;
    });
}

#[test]
fn options_that_can_be_had_are_taken() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        let asked = SocketOptions {
            interface: Some("lo".into()),
            source: Some(address("127.0.0.5").ip),
            ttl: Some(9),
            identifier: Some(77),
            ..options()
        };
        let mut sockets = open(&asked);
        check_echo(&mut *sockets, 1, address("127.0.0.1")).await;
        let known = std::fs::read_to_string("/proc/thread-self/net/icmp").expect("the kernel's list");
        assert!(known.contains("0500007F:004D"), "{known}");
    });
}

#[test]
fn a_dropped_socket_leaves_nothing_behind() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        let count = || {
            let known = std::fs::read_to_string("/proc/thread-self/net/icmp").expect("the kernel's list");
            known.lines().count() - 1
        };
        let mut sockets = open(&options());
        assert_eq!(count(), 0, "tried, and opened on first use");
        check_echo(&mut *sockets, 1, address("127.0.0.1")).await;
        assert_eq!(send(&mut *sockets, 2, address("127.0.0.1")).count, 1);
        assert_eq!(count(), 1);
        drop(sockets);
        assert_eq!(count(), 0);
    });
}

#[test]
fn options_that_cannot_be_had_are_refused_by_name() {
    let refused = [
        (SocketOptions { tos: Some(8), ..options() }, "--tos"),
        (SocketOptions { mark: Some(8), ..options() }, "--mark"),
        (SocketOptions { fragmentation: Some(Fragmentation::Never), ..options() }, "--pmtu"),
        (SocketOptions { flow_label: Some(0), ..options() }, "--flow-label"),
        (SocketOptions { is_direct_only: true, ..options() }, "--direct-only"),
        (SocketOptions { is_broadcast_allowed: true, ..options() }, "--broadcast"),
        (SocketOptions { is_multicast_loop_off: true, ..options() }, "--no-loop"),
        (SocketOptions { send_buffer: Some(9000), ..options() }, "--send-buffer"),
    ];
    for (asked, name) in refused {
        let text = LinuxSockets.open_icmp(&asked).err().expect(name).to_string();
        assert!(text.contains(name) && text.ends_with("leave --backend out"), "{text}");
    }
    for error in [LinuxSockets.open_udp(&options()).err(), LinuxSockets.open_connector(&options()).err()] {
        assert!(matches!(error, Some(OpenError::Unsupported(_))), "{error:?}");
    }
}

#[test]
fn what_cannot_be_had_shows_before_there_is_a_runtime() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        std::thread::scope(|scope| {
            // A thread of the same network, outside the runtime.
            let outside = scope.spawn(|| {
                assert!(LinuxSockets.open_icmp(&options()).is_ok());
                let no_interface = SocketOptions { interface: Some("no-such-if".into()), ..options() };
                let error = LinuxSockets.open_icmp(&no_interface).err();
                assert_eq!(error, Some(OpenError::NoInterface("no-such-if".into())));
                let foreign = SocketOptions { source: Some(address("192.0.2.1").ip), ..options() };
                let error = LinuxSockets.open_icmp(&foreign).err().expect("not ours").to_string();
                assert!(error.contains("192.0.2.1"), "{error}");
            });
            outside.join().expect("the test itself");
        });
    });
}
