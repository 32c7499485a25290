use std::net::SocketAddr;
use std::os::fd::AsFd;

use super::*;
use crate::address::{Family, SocketName};
use crate::control::{Control, Order};
use crate::error_queue::Origin;
use crate::setting::{Setting, Stamps};
use crate::socket::{Kind, Socket};

fn socket() -> (Socket, SocketAddr) {
    let socket = Socket::open(Family::V4, Kind::Udp).expect("udp");
    socket.bind("127.0.0.1:0".parse().expect("address")).expect("bind");
    let local = socket.local_address().expect("name");
    (socket, local)
}

#[test]
fn a_batch_arrives_with_its_ttl_its_true_length_and_its_sender() {
    let ((one, from), (other, to)) = (socket(), socket());
    other.apply(Setting::ReceiveTtl).expect("option");
    let (short, long) = ([1u8; 10], [2u8; 100]);
    let mut batch = SendBatch::default();
    let mut outgoing = batch.start(Family::V4);
    outgoing.push(to.into(), &short, [Order::Ttl(9)]);
    outgoing.push(to.into(), &long, []);
    assert_eq!(outgoing.send(one.as_fd(), 0).expect("send"), 2);

    let mut batch = ReceiveBatch::new(40);
    assert_eq!(batch.receive(other.as_fd(), Queue::Receive, BATCH).expect("receive"), 2);
    let first = batch.get(0);
    assert_eq!((first.bytes, first.len, first.name), (&short[..], 10, Some(from)));
    assert!(first.controls.clone().any(|control| control == Control::Ttl(9)));
    assert_eq!((batch.get(1).bytes, batch.get(1).len), (&long[..40], 100));
    let empty = batch.receive(other.as_fd(), Queue::Receive, BATCH).expect_err("empty");
    assert_eq!(empty.kind(), std::io::ErrorKind::WouldBlock);
}

#[test]
fn a_closed_port_and_a_departure_are_on_the_error_queue() {
    let (one, _) = socket();
    one.apply(Setting::ReceiveErrors).expect("option");
    one.apply(Setting::Stamps(Stamps::Both)).expect("option");
    let closed = socket().1;
    let mut batch = SendBatch::default();
    let mut outgoing = batch.start(Family::V4);
    outgoing.push(SocketName::from(closed), b"hello", []);
    assert_eq!(outgoing.send(one.as_fd(), 0).expect("send"), 1);

    let mut batch = ReceiveBatch::new(64);
    let got = batch.receive(one.as_fd(), Queue::Error, BATCH).expect("receive");
    let mut origins = Vec::new();
    for received in (0..got).map(|index| batch.get(index)) {
        for control in received.controls {
            if let Control::Error(error) = control {
                origins.push(error.origin);
                if error.origin == Origin::Icmp {
                    assert_eq!((error.kind, error.code, received.name), (3, 3, Some(closed)));
                }
            }
        }
    }
    assert_eq!(origins, [Origin::Stamp, Origin::Icmp]);
}
