//! Extensions of ICMP errors on the error queue of every kind of socket.

use netdiag_model::extension::{Extension, Label};
use netdiag_wire::extension::{self, Object};
use netdiag_wire::ip::protocol;

use super::*;
use crate::testing::{add_cable_to_nobody, quote, send_icmp};

const PORT: u16 = 33_434;

/// How a router puts extensions into its error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// By RFC 4884.
    Told,
    /// As before it: nothing tells where they begin.
    Legacy,
    /// With a wrong checksum.
    Broken,
}

fn structure() -> Vec<u8> {
    let label = extension::Label { label: 16_001, tc: 5, is_bottom: true, ttl: 1 };
    let mut bytes = Vec::new();
    extension::emit(&[Object::Mpls(vec![label])], &mut bytes);
    bytes
}

/// A time exceeded with a label behind its quote.
fn time_exceeded(family: Family, quote: &[u8], form: Form) -> Vec<u8> {
    let (protocol, kind) = match family {
        Family::V4 => (Protocol::Icmp, 11),
        Family::V6 => (Protocol::Icmpv6, 3),
    };
    let mut extensions = structure();
    if form == Form::Broken {
        extensions[2] ^= 0xff;
    }
    let error = icmp::ErrorMessage { kind, code: 0, rest: 0, quote, extensions: &extensions };
    let mut message = Vec::new();
    icmp::emit_error(protocol, &error, &mut message);
    if form == Form::Legacy {
        message[2..8].fill(0);
        if family == Family::V4 {
            let sum = netdiag_wire::ip::checksum(&message);
            message[2..4].copy_from_slice(&sum.to_be_bytes());
        }
    }
    message
}

/// The transport header and data of a packet that has just left.
fn sent(kind: Kind, family: Family, number: u16) -> (u8, Vec<u8>) {
    let data = [0xa5; 56];
    if kind == Kind::Udp {
        let header = [number, PORT, 64, 0].map(u16::to_be_bytes);
        return (protocol::UDP, [header.as_flattened(), &data[..]].concat());
    }
    let (number_of, icmp) = match family {
        Family::V4 => (protocol::ICMP, Protocol::Icmp),
        Family::V6 => (protocol::ICMPV6, Protocol::Icmpv6),
    };
    let mut message = Vec::new();
    icmp::emit_echo_request(icmp, &Echo { id: number, seq: 7, data: &data }, &mut message);
    (number_of, message)
}

/// Sends a probe into the void, forges an error about it and takes it off the error queue.
async fn provoke(kind: Kind, family: Family, (form, asked): (Form, &SocketOptions)) -> (Incoming, Vec<u8>) {
    let [here, there] = match family {
        Family::V4 => ["192.0.2.1", "192.0.2.77"],
        Family::V6 => ["2001:db8::1", "2001:db8::77"],
    };
    let mut sockets = ProbeSockets::open(kind, asked).expect("open");
    let mut batch = TransmitBatch::default();
    if kind == Kind::Udp {
        batch.push(probe(0, 7), address(there), |bytes| bytes.extend([0xa5; 56])).port = PORT;
    } else {
        push_echo(&mut batch, probe(0, 7), there, 56);
    }
    assert_eq!(sockets.send(&mut batch, 0).count, 1);
    let number = sockets.number(family, 0).expect("a number");
    let (protocol, bytes) = sent(kind, family, number);
    let quote = quote((address(here).ip, address(there).ip), (1, 0), (protocol, &bytes));
    send_icmp(address(here).ip, &time_exceeded(family, &quote, form));
    let mut errors = receive(&mut sockets, 1, |via| matches!(via, Via::ErrorQueue { .. })).await;
    let (incoming, bytes) = errors.remove(0);
    assert_eq!((incoming.from, incoming.shard), (address(there), 0));
    (incoming, bytes)
}

#[test]
fn labels_come_with_the_error_to_sockets_of_every_kind() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        add_cable_to_nobody();
        let asked = SocketOptions { has_extensions: true, ..options() };
        let labels = [Label { label: 16_001, tc: 5, is_bottom: true, ttl: 1 }];
        for kind in [Kind::IcmpDatagram, Kind::Udp, Kind::IcmpRaw] {
            for (family, form) in [
                (Family::V4, Form::Told),
                (Family::V4, Form::Legacy),
                (Family::V6, Form::Told),
                (Family::V6, Form::Legacy),
            ] {
                let (incoming, bytes) = provoke(kind, family, (form, &asked)).await;
                let Via::ErrorQueue { icmp, extensions: Some(at), .. } = incoming.via else {
                    panic!("{kind:?} {form:?}: {incoming:?}")
                };
                assert!(icmp.is_time_exceeded() && icmp.info == 0, "{icmp:?}");
                assert_eq!(bytes[at..], structure(), "{kind:?} {family:?} {form:?}");
                assert_eq!(
                    netdiag_engine::extension::read(&bytes[at..])[..],
                    [Extension::Mpls(labels.into())]
                );
            }
        }
    });
}

#[test]
fn unsound_extensions_and_those_that_nobody_asked_for_are_not_told() {
    in_own_network(|| async {
        set_ping_groups(OPEN);
        add_cable_to_nobody();
        let asked = SocketOptions { has_extensions: true, ..options() };
        for kind in [Kind::IcmpDatagram, Kind::Udp] {
            for family in [Family::V4, Family::V6] {
                for case in [(Form::Broken, &asked), (Form::Told, &options()), (Form::Legacy, &options())] {
                    let (incoming, bytes) = provoke(kind, family, case).await;
                    let is_silent = matches!(incoming.via, Via::ErrorQueue { extensions: None, .. });
                    assert!(is_silent && bytes.len() > 56, "{kind:?} {family:?} {case:?}: {incoming:?}");
                }
            }
        }
    });
}
