use std::future::poll_fn;
use std::net::{IpAddr, TcpListener};

use netdiag_engine::port::Sockets;
use netdiag_model::Address;

use super::*;
use crate::sockets::LinuxSockets;
use crate::testing::{add_cable, block_on, in_own_network, run};

fn attempt(seq: u16, to: &str, port: u16) -> Attempt {
    Attempt::new(ProbeId::new(0, 0, seq), Address::new(to.parse().expect("address")), port)
}

async fn next(connector: &mut dyn Connector) -> Outcome {
    let mut outcomes = Vec::new();
    poll_fn(|cx| connector.poll_outcome(cx, &mut outcomes)).await;
    assert_eq!(outcomes.len(), 1);
    outcomes.remove(0)
}

#[test]
fn open_and_closed_ports_of_both_families() {
    block_on(async {
        let mut connector = LinuxSockets.open_connector(&SocketOptions::default()).expect("open");
        for home in ["127.0.0.1", "::1"] {
            let ip: IpAddr = home.parse().expect("address");
            let Ok(listener) = TcpListener::bind((ip, 0)) else { continue };
            let port = listener.local_addr().expect("address").port();
            let started = connector.start(&attempt(1, home, port));
            let open = next(&mut *connector).await;
            assert!(matches!(open.connection, Connection::Established { handshake: Some(_) }), "{open:?}");
            assert!(open.at.read.mono > started.read.mono && open.sighting.retransmits == 0);
            // Bound and not listening: nobody else can take the port meanwhile.
            let closed = Socket::open(netdiag_sys::address::Family::of(ip), Kind::Tcp).expect("socket");
            closed.bind((ip, 0).into()).expect("bind");
            let port = closed.local_address().expect("address").port();
            connector.start(&attempt(2, home, port));
            let refused = next(&mut *connector).await;
            let connection =
                Connection::Failed { errno: Errno::ECONNREFUSED, icmp: None, is_synchronous: false };
            assert_eq!((refused.probe, refused.connection), (ProbeId::new(0, 0, 2), connection));
        }
    });
}

#[test]
fn no_route_is_synchronous_and_silence_is_given_up() {
    in_own_network(|| async {
        let mut connector = LinuxSockets.open_connector(&SocketOptions::default()).expect("open");
        connector.start(&attempt(1, "198.51.100.1", 9));
        let unreachable = Connection::Failed { errno: Errno::ENETUNREACH, icmp: None, is_synchronous: true };
        assert_eq!(next(&mut *connector).await.connection, unreachable);
        // A neighbour that is not there, but need not be asked for: nothing answers.
        add_cable();
        for last in 2..5 {
            assert!(run(&format!(
                "ip neigh add 192.0.2.{last} lladdr 02:00:00:00:00:09 dev d0 nud permanent"
            )));
        }
        connector.set_timeout(Duration::from_millis(30));
        connector.start(&attempt(2, "192.0.2.2", 9));
        connector.start(&attempt(3, "192.0.2.3", 9));
        connector.start(&attempt(4, "192.0.2.4", 9));
        let mut given_up = Vec::new();
        while given_up.len() < 3 {
            poll_fn(|cx| connector.poll_outcome(cx, &mut given_up)).await;
        }
        let silence = Connection::Silent;
        let seen: Vec<_> = given_up.iter().map(|outcome| (outcome.probe.seq(), outcome.connection)).collect();
        assert_eq!(seen, [(2, silence), (3, silence), (4, silence)]);
    });
}

/// Each dialer numbers its probes from 0, and all share the connector.
#[test]
fn the_time_of_an_attempt_that_is_over_is_not_that_of_its_successor() {
    in_own_network(|| async {
        let mut connector = LinuxSockets.open_connector(&SocketOptions::default()).expect("open");
        add_cable();
        assert!(run("ip neigh add 192.0.2.2 lladdr 02:00:00:00:00:09 dev d0 nud permanent"));
        let silent =
            |millis| Attempt { timeout: Some(Duration::from_millis(millis)), ..attempt(2, "192.0.2.2", 9) };
        connector.start(&silent(20));
        connector.cancel(ProbeId::new(0, 0, 2));
        let started = connector.start(&silent(200));
        let outcome = next(&mut *connector).await;
        assert_eq!(outcome.connection, Connection::Silent);
        let waited = outcome.at.read.mono.since(started.read.mono);
        assert!(waited >= Duration::from_millis(200), "{waited:?}");
    });
}

#[test]
fn the_icmp_error_behind_a_failure_is_told() {
    in_own_network(|| async {
        let rules = "add table inet t; add chain inet t i { type filter hook input priority 0; }; \
                     add rule inet t i tcp dport 81 reject with icmpx admin-prohibited";
        let set = std::process::Command::new("nft").arg(rules).status();
        if !set.is_ok_and(|status| status.success()) {
            return crate::testing::skip("nft(8) is missing");
        }
        let mut connector = LinuxSockets.open_connector(&SocketOptions::default()).expect("open");
        for home in ["127.0.0.1", "::1"] {
            connector.start(&attempt(1, home, 81));
            let Connection::Failed { icmp, errno, .. } = next(&mut *connector).await.connection else {
                panic!()
            };
            let (icmp, offender) = icmp.expect("icmp");
            assert_eq!(icmp.name(), Some("admin-prohibited"));
            assert_eq!(offender.map(|who| who.ip.to_string()).as_deref(), Some(home));
            assert!(matches!(errno, Errno::EHOSTUNREACH | Errno::EACCES));
        }
    });
}

#[test]
fn a_connection_with_itself_is_a_refusal() {
    in_own_network(|| async {
        // The only port there is to connect from is the one asked for.
        std::fs::write("/proc/sys/net/ipv4/ip_local_port_range", "40000 40000").expect("sysctl");
        let mut connector = LinuxSockets.open_connector(&SocketOptions::default()).expect("open");
        connector.start(&attempt(1, "127.0.0.1", 40_000));
        let outcome = next(&mut *connector).await;
        assert!(
            matches!(outcome.connection, Connection::Failed { errno: Errno::ECONNREFUSED, .. }),
            "{outcome:?}"
        );
    });
}

/// A connection that is watched closely is handed over, and can be written to and read from.
#[test]
fn an_open_connection_is_handed_over() {
    use std::io::{Read, Write};
    block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
        let port = listener.local_addr().expect("address").port();
        let mut connector = LinuxSockets.open_connector(&SocketOptions::default()).expect("open");
        connector.start(&Attempt { care: Care::Close, ..attempt(1, "127.0.0.1", port) });
        let open = next(&mut *connector).await;
        assert_eq!(open.sighting.state, netdiag_model::TcpState::Established);
        let mut stream = open.stream.expect("a connection");
        let (mut peer, from) = listener.accept().expect("accept");
        assert_eq!(open.sighting.local.map(|(_, port)| port), Some(from.port()));
        peer.write_all(b"hello").expect("write");
        let mut buffer = [0; 16];
        let read = poll_fn(|cx| stream.poll_read(cx, &mut buffer)).await;
        assert_eq!((read, &buffer[..5]), (Ok(5), &b"hello"[..]));
        assert_eq!(poll_fn(|cx| stream.poll_write(cx, b"you")).await, Ok(3));
        peer.read_exact(&mut buffer[..3]).expect("read");
        drop(stream);
        // It is reset, and leaves nothing behind.
        assert!(peer.read(&mut buffer).is_err_and(|error| error.raw_os_error() == Some(Errno::ECONNRESET.0)));
    });
}

/// The acknowledgement is held back until the minimum is set: a RST from too far away is not taken.
#[test]
fn a_reset_after_the_handshake_is_taken_from_near_enough_only() {
    block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").expect("bind");
        let port = listener.local_addr().expect("address").port();
        let closing = std::thread::spawn(move || {
            for _ in 0..2 {
                let (peer, _) = listener.accept().expect("accept");
                let socket = socket2::SockRef::from(&peer);
                socket.set_linger(Some(std::time::Duration::ZERO)).expect("linger");
            }
        });
        let mut connector = LinuxSockets.open_connector(&SocketOptions::default()).expect("open");
        let reset = Connection::Failed { errno: Errno::ECONNRESET, icmp: None, is_synchronous: false };
        for (least, expected) in [(64, reset), (65, Connection::Silent)] {
            let timeout = Some(Duration::from_millis(500));
            let care = Care::Reset { least };
            connector.start(&Attempt { care, timeout, ..attempt(least.into(), "127.0.0.1", port) });
            assert_eq!(next(&mut *connector).await.connection, expected, "{least}");
        }
        closing.join().expect("thread");
    });
}

#[test]
fn a_source_that_is_not_this_hosts_is_the_attempts_own_failure() {
    block_on(async {
        let mut connector = LinuxSockets.open_connector(&SocketOptions::default()).expect("open");
        let source = Some("192.0.2.1".parse().expect("address"));
        connector.start(&Attempt { source, ..attempt(1, "127.0.0.1", 9) });
        let refused = Connection::Failed { errno: Errno::EADDRNOTAVAIL, icmp: None, is_synchronous: true };
        assert_eq!(next(&mut *connector).await.connection, refused);
    });
}
