//! Waiting until the kernel stamps what arrives.
//!
//! The first socket on a host that asks for stamps switches them on in the background (`net_enable_timestamp`), some
//! 100 µs to several milliseconds later; what arrives before comes without. So the first reply of a run would be
//! measured by another clock than all others. A packet to oneself on loopback tells when it is done.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::AsFd;
use std::thread;
use std::time::Duration;

use netdiag_sys::address::Family;
use netdiag_sys::control::Control;
use netdiag_sys::mmsg::{Queue, ReceiveBatch, SendBatch};
use netdiag_sys::setting::{Setting, Stamps};
use netdiag_sys::socket::{Kind, Socket};

/// How often to look. The pause lets the kernel's worker have this processor.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_micros(50);

/// Waits until arrivals are stamped, about two milliseconds at most. Where it cannot tell, it does not wait.
pub(super) fn await_stamps() {
    let Some((socket, own)) = open() else { return };
    let (mut outgoing, mut incoming) = (SendBatch::default(), ReceiveBatch::new(1));
    for _ in 0..TRIES {
        let mut packet = outgoing.start(Family::V4);
        packet.push(own.into(), &[0], []);
        if packet.send(socket.as_fd(), 0).is_err() {
            return;
        }
        let got = incoming.receive(socket.as_fd(), Queue::Receive, 1).unwrap_or(0);
        let is_stamped = |control| matches!(control, Control::Stamp(_));
        if (0..got).any(|index| incoming.get(index).controls.any(is_stamped)) {
            return;
        }
        thread::sleep(PAUSE);
    }
}

fn open() -> Option<(Socket, SocketAddr)> {
    let socket = Socket::open(Family::V4, Kind::Udp).ok()?;
    socket.apply(Setting::Stamps(Stamps::Receive)).ok()?;
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).ok()?;
    let own = socket.local_address().ok()?;
    Some((socket, own))
}
