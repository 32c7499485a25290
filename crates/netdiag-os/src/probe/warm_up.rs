//! What is found out before the first probe: whether the kernel stamps what arrives, and who numbers what leaves.
//!
//! The first socket on a host that asks for stamps switches them on in the background (`net_enable_timestamp`), some
//! 100 µs to several milliseconds later; what arrives before comes without. So the first reply of a run would be
//! measured by another clock than all others. A packet to oneself on loopback tells when it is done, and tells by the
//! way whether the kernel lets a packet name the number of its departure stamp (`SCM_TS_OPT_ID`, Linux 6.13).

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::AsFd;
use std::thread;
use std::time::Duration;

use netdiag_model::Errno;
use netdiag_sys::address::Family;
use netdiag_sys::control::{Control, Order};
use netdiag_sys::mmsg::{Queue, ReceiveBatch, SendBatch};
use netdiag_sys::setting::{Setting, Stamps};
use netdiag_sys::socket::{Kind, Socket};

use super::departures::Numbering;
use crate::convert;

/// How often to look. The pause lets the kernel's worker have this processor.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_micros(50);

/// The port of the discard service (RFC 863).
const DISCARD: u16 = 9;

/// Waits until arrivals are stamped, about two milliseconds at most; where it cannot tell, it does not wait. Says who is
/// to give departures their numbers.
pub(super) fn await_stamps() -> Numbering {
    let Some((socket, own, mut numbering)) = open() else { return Numbering::Counted };
    let (mut outgoing, mut incoming) = (SendBatch::default(), ReceiveBatch::new(1));
    for _ in 0..TRIES {
        let mut packet = outgoing.start(Family::V4);
        packet.push(own.into(), &[0], (numbering == Numbering::Named).then_some(Order::StampId(0)));
        match packet.send(socket.as_fd(), 0).map_err(|error| convert::errno(&error)) {
            Ok(_) => {}
            // It does not know the order.
            Err(Errno::EINVAL) if numbering == Numbering::Named => {
                numbering = Numbering::Counted;
                continue;
            }
            Err(_) => break,
        }
        let got = incoming.receive(socket.as_fd(), Queue::Receive, 1).unwrap_or(0);
        let is_stamped = |control| matches!(control, Control::Stamp(_));
        if (0..got).any(|index| incoming.get(index).controls.any(is_stamped)) {
            break;
        }
        thread::sleep(PAUSE);
    }
    numbering
}

/// A socket that asks for stamps, an address to send to, and who numbers departures as far as is known by then.
fn open() -> Option<(Socket, SocketAddr, Numbering)> {
    let socket = Socket::open(Family::V4, Kind::Udp).ok()?;
    let numbering = match socket.apply(Setting::Stamps(Stamps::Both)) {
        Ok(()) => Numbering::Named,
        Err(_) => socket.apply(Setting::Stamps(Stamps::Receive)).map(|()| Numbering::Counted).ok()?,
    };
    let own = match socket.bind((Ipv4Addr::LOCALHOST, 0).into()) {
        Ok(()) => socket.local_address().ok()?,
        // Without loopback nothing leaves; an order that is not known is refused before that shows.
        Err(_) => (Ipv4Addr::LOCALHOST, DISCARD).into(),
    };
    Some((socket, own, numbering))
}
