use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

use socket2::{Domain, Socket, Type};

use super::*;
use crate::testing::{add_cable, in_own_network, run, skip};

fn address(text: &str) -> Address {
    Address::new(text.parse().expect("address"))
}

/// A socket that listens at `at`, with room for `backlog` connections.
fn listen(at: &str, backlog: i32, only_v6: Option<bool>) -> Socket {
    let at: SocketAddr = at.parse().expect("address");
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, None).expect("socket");
    if let Some(only_v6) = only_v6 {
        socket.set_only_v6(only_v6).expect("IPV6_V6ONLY");
    }
    socket.bind(&at.into()).expect("bind");
    socket.listen(backlog).expect("listen");
    socket
}

/// Waits until nothing listens on a port: a program that another test is starting may hold a copy of a closed socket.
fn wait_until_gone(table: &LinuxTable, port: u16) {
    while table.listeners(port) != Ok(Vec::new()) {
        thread::yield_now();
    }
}

#[test]
fn listeners_of_both_families_are_told_with_where_they_listen() {
    in_own_network(|| async {
        let table = LinuxTable::open().expect("netlink");
        assert_eq!(table.listeners(80), Ok(Vec::new()));
        let listeners = [
            listen("127.0.0.1:80", 3, None),
            listen("[::1]:80", 4, None),
            listen("0.0.0.0:81", 5, None),
            listen("[::]:81", 6, Some(true)),
            listen("[::]:82", 7, Some(false)),
        ];
        let one = |ip, port, is_v6_only, backlog| Listener {
            address: address(ip),
            port,
            is_v6_only,
            queue: 0,
            backlog,
        };
        // Without being asked, the kernel keeps IPv4 from a socket that is bound to an IPv6 address.
        let both = vec![one("127.0.0.1", 80, false, 3), one("::1", 80, true, 4)];
        assert_eq!(table.listeners(80), Ok(both));
        let both = vec![one("0.0.0.0", 81, false, 5), one("::", 81, true, 6)];
        assert_eq!(table.listeners(81), Ok(both));
        assert_eq!(table.listeners(82), Ok(vec![one("::", 82, false, 7)]));
        drop(listeners);
        wait_until_gone(&table, 81);
    });
}

#[test]
fn connections_and_bound_sockets_are_not_listeners() {
    in_own_network(|| async {
        let table = LinuxTable::open().expect("netlink");
        let listener = TcpListener::bind("127.0.0.1:80").expect("bind");
        let stream = TcpStream::connect("127.0.0.1:80").expect("connect");
        let accepted = listener.accept().expect("accept");
        drop(listener);
        let bound = Socket::new(Domain::IPV4, Type::STREAM, None).expect("socket");
        bound.bind(&"127.0.0.1:81".parse::<SocketAddr>().expect("address").into()).expect("bind");
        wait_until_gone(&table, 80);
        assert_eq!(table.listeners(81), Ok(Vec::new()));
        drop((stream, accepted, bound));
    });
}

#[test]
fn a_full_queue_is_seen() {
    in_own_network(|| async {
        let table = LinuxTable::open().expect("netlink");
        for home in ["127.0.0.1:80", "[::1]:81"] {
            let _listener = listen(home, 0, None);
            let at: SocketAddr = home.parse().expect("address");
            let look = || table.listeners(at.port()).expect("answer")[0];
            assert_eq!((look().queue, look().backlog), (0, 0));
            // Nobody accepts it.
            let _first = TcpStream::connect(at).expect("connect");
            while look().queue <= look().backlog {
                thread::yield_now();
            }
            let second = Socket::new(Domain::for_address(at), Type::STREAM, None).expect("socket");
            second.set_nonblocking(true).expect("O_NONBLOCK");
            assert!(second.connect(&at.into()).is_err(), "there was room");
            assert_eq!((look().queue, look().backlog), (1, 0));
        }
    });
}

#[test]
fn a_link_local_listener_keeps_its_interface_and_a_thread_its_namespace() {
    in_own_network(|| async {
        add_cable();
        if !run("ip addr add fe80::1/64 dev d0 nodad") {
            return skip("no IPv6");
        }
        let index = netdiag_sys::interface::index("d0").expect("index");
        let _listener = listen(&format!("[fe80::1%{index}]:80"), 1, None);
        let table = LinuxTable::open().expect("netlink");
        let ip = "fe80::1".parse().expect("address");
        let found = table.listeners(80).expect("answer");
        assert_eq!(found.iter().map(|one| one.address).collect::<Vec<_>>(), [Address { ip, scope: index }]);
        // Elsewhere there is nothing, and the table made here goes on to tell of here.
        netdiag_sys::namespace::unshare(netdiag_sys::namespace::Namespaces::NET).expect("another namespace");
        assert_eq!(LinuxTable::open().expect("netlink").listeners(80), Ok(Vec::new()));
        assert_eq!(table.listeners(80), Ok(found));
    });
}
