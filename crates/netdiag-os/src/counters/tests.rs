use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};

use proptest::prelude::*;

use super::*;
use crate::testing::in_own_network;

fn pairs(text: &str) -> Vec<(String, u64)> {
    let mut all = BTreeMap::new();
    take_pairs(text, &mut all);
    all.into_iter().collect()
}

fn named(all: &[(&str, u64)]) -> Vec<(String, u64)> {
    all.iter().map(|&(name, value)| (name.to_owned(), value)).collect()
}

#[test]
fn names_stand_above_values_and_get_their_prefix() {
    let text = "Ip: Forwarding InReceives\nIp: 2 31\nTcp: MaxConn InSegs\nTcp: -1 18446744073709551615\n\
                TcpExt: SyncookiesSent TCPRetransFail\nTcpExt: 0 4\nIpExt: InOctets\nIpExt: 900\n";
    let expected = [
        ("IpExtInOctets", 900),
        ("IpForwarding", 2),
        ("IpInReceives", 31),
        ("TcpExtSyncookiesSent", 0),
        ("TcpExtTCPRetransFail", 4),
        ("TcpInSegs", u64::MAX),
    ];
    assert_eq!(pairs(text), named(&expected));
}

#[test]
fn a_line_without_its_partner_spoils_nothing() {
    let text = "Ip: InReceives\nTcp: InSegs OutSegs\nTcp: 1\n\nno colon\nUdp: InDatagrams\nUdp: many\n";
    assert_eq!(pairs(text), named(&[("TcpInSegs", 1)]));
}

#[test]
fn a_list_has_whole_names() {
    let mut all = BTreeMap::new();
    take_list(
        "Ip6InReceives                   \t7\nIp6OutRequests\nIcmp6InMsgs x\n\nUdp6InErrors 0\n",
        &mut all,
    );
    assert_eq!(all.into_iter().collect::<Vec<_>>(), named(&[("Ip6InReceives", 7), ("Udp6InErrors", 0)]));
}

#[test]
fn what_happens_in_the_threads_own_namespace_is_counted() {
    in_own_network(|| async {
        let before = read().expect("counters");
        assert_eq!(before.0.get("TcpActiveOpens"), Some(&0), "another namespace's");
        let home = Ipv4Addr::LOCALHOST;
        let listener = TcpListener::bind((home, 0)).expect("bind");
        let _stream = TcpStream::connect(listener.local_addr().expect("address")).expect("connect");
        UdpSocket::bind((home, 0)).expect("bind").send_to(&[0], (home, 9)).expect("send");
        let after = read().expect("counters");
        for (name, count) in [
            ("TcpActiveOpens", Some(1)),
            ("TcpPassiveOpens", Some(1)),
            ("UdpNoPorts", Some(1)),
            ("TcpExtTCPRetransFail", Some(0)),
            ("TcpMaxConn", None),
        ] {
            assert_eq!(after.since(&before, name), count, "{name}");
        }
        // SYN, SYN-ACK, ACK, the datagram and the ICMP error for it.
        assert_eq!(after.since(&before, "IpInReceives"), Some(5));
        if std::path::Path::new("/proc/thread-self/net/snmp6").exists() {
            assert!(after.0.contains_key("Ip6InReceives"));
        }
    });
}

proptest! {
    #[test]
    fn no_text_panics(text in "(?s).{0,200}") {
        let mut all = BTreeMap::new();
        take_pairs(&text, &mut all);
        take_list(&text, &mut all);
        prop_assert!(all.len() <= text.len());
    }

    #[test]
    fn plausible_lines_do_not_panic(text in "([A-C]:|[a-d]| |-?[0-9]{1,21}|\n){0,60}") {
        let mut all = BTreeMap::new();
        take_pairs(&text, &mut all);
        take_list(&text, &mut all);
        prop_assert!(all.len() <= text.len());
    }

    #[test]
    fn what_is_written_is_read(
        counters in prop::collection::btree_map("[A-Z][A-Za-z0-9]{0,9}", any::<u64>(), 1..9),
    ) {
        let (names, values): (Vec<_>, Vec<_>) =
            counters.iter().map(|(name, value)| (name.as_str(), value.to_string())).unzip();
        let text = format!("X: {}\nX: {}\n", names.join(" "), values.join(" "));
        let prefixed = counters.iter().map(|(name, value)| (format!("X{name}"), *value));
        prop_assert_eq!(pairs(&text), prefixed.collect::<Vec<_>>());
        let mut all = BTreeMap::new();
        let list = counters.iter().map(|(name, value)| format!("{name} \t{value}\n"));
        take_list(&list.collect::<String>(), &mut all);
        prop_assert_eq!(all, counters);
    }
}

#[test]
fn devices_are_told_by_what_they_sent() {
    let text = "Inter-|   Receive                                                |  Transmit\n \
                face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs\n    \
                lo:     100       2    0    0    0     0          0         0      100       2    0\n  \
                eth0: 7 8 0 0 0 0 0 0 90 17 0 0 0 0 0 0\n broken: 1 2\n";
    let mut all = BTreeMap::new();
    take_devices(text, &mut all);
    assert_eq!(all, BTreeMap::from([("lo:TxPackets".to_owned(), 2), ("eth0:TxPackets".to_owned(), 17)]));
}
