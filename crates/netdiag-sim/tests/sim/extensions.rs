//! What routers say beside their errors, and what a witness of all errors hears.

use std::future::poll_fn;
use std::time::Duration;

use netdiag_engine::extension;
use netdiag_engine::port::{DatagramBatch, OpenError, SocketOptions, Sockets, Via};
use netdiag_model::extension::{Extension, InterfaceInfo, Label, Role};
use netdiag_model::{Address, Family};
use netdiag_sim::{Network, Sim};
use netdiag_wire::ip;

use crate::harness::{By, Got, Log, Shot, exchange, ip, ladder, sim, volley};

/// The last entry of a stack, as a network file has it where it says nothing more.
const fn bottom(label: u32) -> Label {
    Label { label, tc: 0, is_bottom: true, ttl: 1 }
}

/// What each error says, in the order of hops.
fn said(log: &Log) -> Vec<Box<[Extension]>> {
    let errors = log.got.iter().filter_map(|got| match &got.incoming.via {
        Via::ErrorQueue { extensions, .. } => Some((got, *extensions)),
        _ => None,
    });
    errors.map(|(got, at)| at.map(|at| extension::read(&got.bytes[at..])).unwrap_or_default()).collect()
}

fn asked() -> SocketOptions {
    SocketOptions { has_extensions: true, ..SocketOptions::default() }
}

#[test]
fn labels_interfaces_and_strange_objects_come_with_the_error() {
    let interfaces = [
        InterfaceInfo {
            role: Role::Incoming,
            index: Some(7),
            address: Some(ip("198.51.100.6")),
            name: Some("xe-0/0/7".to_owned()),
            mtu: Some(9000),
        },
        InterfaceInfo {
            role: Role::NextHop,
            index: None,
            address: Some(ip("2001:db8:2::7")),
            name: None,
            mtu: None,
        },
    ];
    let [first, second] = interfaces.map(Extension::Interface);
    let unknown = Extension::Unknown { class: 200, kind: 3, bytes: [0xde, 0xad, 0xbe, 0xef].into() };
    let expected: [Vec<Extension>; 5] = [
        vec![],
        vec![Extension::Mpls(
            [Label { tc: 5, is_bottom: false, ..bottom(16_001) }, Label { ttl: 254, ..bottom(24_007) }]
                .into(),
        )],
        vec![Extension::Mpls([bottom(24_007)].into())],
        vec![],
        vec![first, second, unknown],
    ];
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        for by in [By::Icmp, By::Udp] {
            let log = exchange(&sim("a-tunnel-that-shows-its-labels"), by, &asked(), &ladder(target, 5));
            let said = said(&log);
            assert_eq!(
                said.iter().map(|said| said.to_vec()).collect::<Vec<_>>(),
                expected,
                "{by:?} {target}"
            );
        }
    }
}

#[test]
fn extensions_are_not_told_to_those_who_do_not_ask_but_their_octets_come() {
    let network = "a-tunnel-that-shows-its-labels";
    let log = exchange(&sim(network), By::Icmp, &SocketOptions::default(), &ladder("203.0.113.7", 2));
    assert!(said(&log).iter().all(|said| said.is_empty()));
    let lengths: Vec<usize> =
        log.got.iter().filter(|got| got.error().is_some()).map(|got| got.bytes.len()).collect();
    assert_eq!(lengths, [64, 128 - 20 + 4 + 12], "the second is padded, and ends with its extensions");
}

/// Sends shots while a witness listens; returns what it heard as well.
fn with_witness(sim: &Sim, by: By, (options, shots): (&SocketOptions, &[Shot])) -> (Log, Vec<Got>) {
    let mut witness = sim.sockets().open_witness(options).expect("a witness");
    let log = exchange(sim, by, options, shots);
    let mut batch = DatagramBatch::default();
    sim.run(poll_fn(|cx| witness.poll_recv(cx, &mut batch)));
    let heard = batch.iter().map(|datagram| Got {
        at: sim.now(),
        incoming: datagram.incoming.clone(),
        bytes: datagram.bytes.to_vec(),
    });
    (log, heard.collect())
}

#[test]
fn a_witness_sees_the_ttl_and_the_tos_that_a_packet_was_refused_with() {
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        let options = SocketOptions { tos: Some(0x28), ..SocketOptions::default() };
        let shots = ladder(target, 3);
        let sim = sim("a-router-that-rewrites-tos");
        let (log, heard) = with_witness(&sim, By::Udp, (&options, &shots));
        let headers: Vec<ip::Header> =
            heard.iter().map(|got| ip::parse(&got.bytes).expect("header")).collect();
        assert_eq!(headers.iter().map(|header| header.tos).collect::<Vec<_>>(), [0x28, 0x28, 0x08]);
        assert!(headers.iter().all(|header| header.ttl == 1 && header.destination == ip(target)));
        let errors: Vec<_> = log.errors().into_iter().map(|(_, from)| from).collect();
        assert_eq!(heard.iter().map(|got| got.incoming.from.to_string()).collect::<Vec<_>>(), errors);
        let data = headers[0].payload_of(&heard[0].bytes);
        assert_eq!(data[8..], (0..56).collect::<Vec<u8>>(), "from the UDP header on");
        assert!(heard.iter().all(|got| got.incoming.at.stamp.is_some()));
    }
}

#[test]
fn a_witness_sees_extensions_and_what_is_quoted_of_others() {
    let sim = sim("a-tunnel-that-shows-its-labels");
    let (_, heard) = with_witness(&sim, By::Icmp, (&SocketOptions::default(), &ladder("203.0.113.7", 5)));
    let places: Vec<bool> = heard
        .iter()
        .map(|got| matches!(got.incoming.via, Via::Witnessed { extensions: Some(at), .. } if at == 128))
        .collect();
    assert_eq!(places, [false, true, true, false, true]);
    let last = &heard[4].bytes;
    let header = ip::parse(last).expect("header");
    assert_eq!((header.total_len, header.payload_of(last).len()), (84, 64), "padded with zeros from 28 on");
    assert!(last[28..128].iter().all(|octet| *octet == 0));
    let forged = crate::harness::sim("someone-forges-replies");
    let shots = volley("203.0.113.7", 10, Duration::from_secs(1));
    let (_, heard) = with_witness(&forged, By::Icmp, (&SocketOptions::default(), &shots));
    assert!(!heard.is_empty() && heard.iter().all(|got| got.incoming.family == Family::V4));
}

#[test]
fn a_witness_hears_its_own_family_and_address_and_needs_the_right() {
    let only = SocketOptions { family: Some(Family::V6), ..SocketOptions::default() };
    let sim = sim("a-tunnel-that-shows-its-labels");
    let mut witness = sim.sockets().open_witness(&only).expect("a witness");
    let shots: Vec<Shot> = ["203.0.113.7", "2001:db8:2::7"].iter().flat_map(|to| ladder(to, 1)).collect();
    exchange(&sim, By::Icmp, &SocketOptions::default(), &shots);
    let mut batch = DatagramBatch::default();
    sim.run(poll_fn(|cx| witness.poll_recv(cx, &mut batch)));
    let from: Vec<Address> = batch.iter().map(|datagram| datagram.incoming.from).collect();
    assert_eq!(from, [Address::new(ip("2001:db8:1::1"))]);
    let closed = "[here]\naddresses = [\"192.0.2.10/24\"]\nicmp = \"closed\"";
    let closed = Sim::new(&Network::from_toml(closed).expect("a network"));
    let refused = closed.sockets().open_witness(&SocketOptions::default()).err();
    assert_eq!(refused, Some(OpenError::NotPermitted));
}

#[test]
fn shards_have_the_numbers_that_were_asked_for() {
    let sim = sim("a-straight-path");
    let options = SocketOptions { identifier: Some(40_000), ..SocketOptions::default() };
    let mut socket = sim.sockets().open_udp(&options).expect("a socket");
    let mut clock = sim.clock();
    let shots: Vec<Shot> =
        (0..2).map(|shard| Shot { shard, ..volley("203.0.113.7", 1, Duration::ZERO)[0].clone() }).collect();
    assert_eq!(socket.number(Family::V4, 0), None);
    sim.run(crate::harness::drive(&mut *socket, &mut clock, (By::Udp, &shots)));
    let numbers = [0, 1, 2].map(|shard| socket.number(Family::V4, shard));
    assert_eq!(numbers, [Some(40_000), Some(40_001), None]);
}
