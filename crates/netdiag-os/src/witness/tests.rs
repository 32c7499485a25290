use std::future::poll_fn;
use std::net::IpAddr;

use netdiag_engine::port::Sockets;
use netdiag_model::{Address, Stamp};
use netdiag_wire::extension::{self, Label, Object};
use netdiag_wire::icmp::{ErrorMessage, Protocol};
use netdiag_wire::ip::protocol;

use super::*;
use crate::sockets::LinuxSockets;
use crate::testing::{add_cable_to_nobody, in_own_network, quote, send_icmp};

const HERE: [&str; 2] = ["192.0.2.1", "2001:db8::1"];
const THERE: [&str; 2] = ["192.0.2.77", "2001:db8::77"];

fn ip_of(text: &str) -> IpAddr {
    text.parse().expect("address")
}

fn structure() -> Vec<u8> {
    let label = Label { label: 24_007, tc: 0, is_bottom: true, ttl: 1 };
    let mut bytes = Vec::new();
    extension::emit(&[Object::Mpls(vec![label])], &mut bytes);
    bytes
}

/// A time exceeded to this host about a UDP packet that arrived with TTL 1 and TOS 0x28, and what it quotes.
fn forge(at: usize, extensions: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let udp = [40_000u16, 33_434, 12, 0].map(u16::to_be_bytes);
    let bytes = [udp.as_flattened(), b"data"].concat();
    let quote = quote((ip_of(HERE[at]), ip_of(THERE[at])), (1, 0x28), (protocol::UDP, &bytes));
    let (protocol, kind) = [(Protocol::Icmp, 11), (Protocol::Icmpv6, 3)][at];
    let mut message = Vec::new();
    let error = ErrorMessage { kind, code: 0, rest: 0, quote: &quote, extensions };
    icmp::emit_error(protocol, &error, &mut message);
    (message, quote)
}

async fn hear(witness: &mut dyn Witness, wanted: usize) -> Vec<(Incoming, Vec<u8>)> {
    let (mut batch, mut found) = (DatagramBatch::default(), Vec::new());
    while found.len() < wanted {
        batch.clear();
        poll_fn(|cx| witness.poll_recv(cx, &mut batch)).await;
        found.extend(batch.iter().map(|datagram| (datagram.incoming.clone(), datagram.bytes.to_vec())));
    }
    found
}

#[test]
fn a_witness_hears_the_quoted_ip_header_with_ttl_and_tos() {
    in_own_network(|| async {
        add_cable_to_nobody();
        let mut witness = LinuxSockets.open_witness(&SocketOptions::default()).expect("open");
        for at in [0, 1] {
            for extensions in [Vec::new(), structure()] {
                let (message, quote) = forge(at, &extensions);
                send_icmp(ip_of(HERE[at]), &message);
                let heard = hear(&mut *witness, 1).await;
                let [(incoming, bytes)] = &heard[..] else { panic!("{heard:?}") };
                let Via::Witnessed { icmp, extensions: place } = incoming.via else { panic!("{incoming:?}") };
                assert!(icmp.is_time_exceeded() && icmp.info == 0);
                assert_eq!(incoming.from, Address::new(ip_of(HERE[at])));
                assert_eq!((incoming.ttl, incoming.tos, incoming.len), (Some(64), Some(0), bytes.len()));
                // The first ones may have no stamp: it is switched on in the background.
                assert!(matches!(incoming.at.stamp, None | Some(Stamp::Kernel(_))));
                let header = ip::parse(bytes).expect("a header");
                assert_eq!((header.ttl, header.tos), (1, 0x28));
                assert_eq!(header.payload_of(bytes), &quote[header.payload..]);
                assert_eq!(place.map(|place| &bytes[place..]).unwrap_or_default(), extensions);
            }
        }
    });
}

#[test]
fn what_is_no_error_and_what_is_damaged_is_not_heard() {
    in_own_network(|| async {
        add_cable_to_nobody();
        let mut witness = LinuxSockets.open_witness(&SocketOptions::default()).expect("open");
        let (mut damaged, _) = forge(0, &[]);
        damaged[3] ^= 0xff;
        send_icmp(ip_of(HERE[0]), &damaged);
        for (at, kind) in [(0, 0), (0, 8), (1, 129), (1, 128)] {
            send_icmp(ip_of(HERE[at]), &[kind, 0, 0, 0, 0, 1, 0, 1]);
        }
        for at in [0, 1] {
            send_icmp(ip_of(HERE[at]), &forge(at, &[]).0);
        }
        let heard = hear(&mut *witness, 2).await;
        assert_eq!(
            heard.iter().map(|(incoming, _)| incoming.family).collect::<Vec<_>>(),
            [Family::V4, Family::V6]
        );
    });
}

#[test]
fn a_witness_of_one_address_hears_nothing_of_another() {
    in_own_network(|| async {
        add_cable_to_nobody();
        assert!(crate::testing::run("ip addr add 192.0.2.2/24 dev d0"));
        let asked = SocketOptions { source: Some(ip_of("192.0.2.2")), ..SocketOptions::default() };
        let mut witness = LinuxSockets.open_witness(&asked).expect("open");
        send_icmp(ip_of("192.0.2.1"), &forge(0, &[]).0);
        send_icmp(ip_of("192.0.2.2"), &forge(0, &structure()).0);
        let (first, _) = hear(&mut *witness, 1).await.remove(0);
        assert!(matches!(first.via, Via::Witnessed { extensions: Some(_), .. }), "{first:?}");
    });
}

#[test]
fn more_errors_than_fit_are_told_as_dropped() {
    in_own_network(|| async {
        add_cable_to_nobody();
        let mut witness = LinuxSockets.open_witness(&SocketOptions::default()).expect("open");
        let (message, _) = forge(0, &[7; 1000]);
        for _ in 0..1000 {
            send_icmp(ip_of(HERE[0]), &message);
        }
        let (mut batch, mut heard) = (DatagramBatch::default(), 0);
        while batch.dropped() == 0 {
            heard += batch.len();
            batch.clear();
            poll_fn(|cx| witness.poll_recv(cx, &mut batch)).await;
        }
        assert_eq!(heard + batch.dropped() as usize, 1000);
    });
}
