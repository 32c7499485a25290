//! What became of an attempt, read from its socket before that is closed.
//!
//! The pending error is read before the error queue: draining the queue changes it (ip(7), `sock_dequeue_err_skb`).

use std::os::fd::AsFd;

use netdiag_engine::port::{Care, Connection, Outcome, Sighting};
use netdiag_model::{Address, Errno, Family, Icmp, Moment, Rtt, TcpState};
use netdiag_sys::address;
use netdiag_sys::control::Control;
use netdiag_sys::error_queue::Origin;
use netdiag_sys::mmsg::{BATCH, Queue, ReceiveBatch};
use netdiag_sys::socket::Socket;
use netdiag_sys::tcp_info::TcpInfo;

use super::UnderWay;
use crate::{convert, kernel};

/// Octets to keep of what an error quotes: none of it is looked at.
pub(super) const QUOTE: usize = 8;

/// An ICMP error off the queue: the errno that goes with it, the message, its sender.
#[derive(Debug, Clone, Copy)]
pub(super) struct Told {
    errno: Errno,
    icmp: Icmp,
    from: Option<Address>,
}

impl Told {
    const fn message(&self) -> (Icmp, Option<Address>) {
        (self.icmp, self.from)
    }
}

/// What became of an attempt by now; `None` when it goes on and there is nothing to tell. The time is read only where
/// there is.
///
/// An error may come between any two of the questions that are asked here, and reading the queue takes the pending error
/// away with the last message. So what was read is kept with the attempt, and stands in for an errno of 0.
pub(super) fn of(
    attempt: &mut UnderWay,
    at: impl FnOnce() -> Moment,
    errors: &mut ReceiveBatch,
) -> Option<Outcome> {
    let info = attempt.socket.tcp_info().ok();
    let state = info.map_or(TcpState::Closed, |info| TcpState::from_number(info.state));
    let connection = match state {
        TcpState::SynSent => objection(attempt, errors)?,
        TcpState::Closed => failure(attempt, info.as_ref(), errors),
        _ if is_with_itself(attempt) => {
            Connection::Failed { errno: Errno::ECONNREFUSED, icmp: None, is_synchronous: false }
        }
        _ => {
            let sampled = info.filter(|info| info.total_retransmits == 0 && info.rtt_us > 0);
            let handshake = sampled.map(|info| Rtt::from_nanos(u64::from(info.rtt_us) * 1000));
            Connection::Established { handshake }
        }
    };
    let sighting = info.map_or(Sighting::NONE, |info| seen(&info, local(&attempt.socket, attempt.care)));
    Some(Outcome { probe: attempt.probe, at: at(), connection, sighting, stream: None })
}

fn pending(socket: &Socket) -> Errno {
    socket.take_error().map_or_else(|error| convert::errno(&error), Errno)
}

/// An ICMP error that came while the socket was in use is remembered, and the SYN will be sent again.
fn objection(attempt: &mut UnderWay, errors: &mut ReceiveBatch) -> Option<Connection> {
    let errno = pending(&attempt.socket);
    let told = icmp_error(&attempt.socket, errors);
    attempt.told = told.or(attempt.told);
    let errno = if errno == Errno(0) { told?.errno } else { errno };
    if errno == Errno(0) {
        return None;
    }
    let icmp = told.as_ref().map(Told::message);
    Some(match attempt.care {
        Care::Close => Connection::Objection { errno, icmp },
        Care::Brief | Care::Reset { .. } => Connection::Failed { errno, icmp, is_synchronous: false },
    })
}

fn failure(attempt: &UnderWay, info: Option<&TcpInfo>, errors: &mut ReceiveBatch) -> Connection {
    let errno = pending(&attempt.socket);
    // A segment that came in is the RST that ended it; no ICMP error did.
    let has_segments = info.is_some_and(|info| info.segments_in > 0);
    let fresh = if has_segments { None } else { icmp_error(&attempt.socket, errors) };
    let told = fresh.or(attempt.told.filter(|_| errno == Errno(0)));
    let errno = match told {
        Some(told) if errno == Errno(0) => told.errno,
        _ => errno,
    };
    Connection::Failed { errno, icmp: told.as_ref().map(Told::message), is_synchronous: false }
}

/// Whether the kernel gave the attempt the very port that it asks for, on this host: such a socket connects with itself
/// (RFC 9293, simultaneous open), which only happens where nothing listens.
fn is_with_itself(attempt: &UnderWay) -> bool {
    attempt.socket.local_address().is_ok_and(|own| convert::address(own) == attempt.to)
}

/// The outcome of an attempt that has waited for too long.
pub(super) fn given_up(attempt: &UnderWay, at: Moment) -> Outcome {
    let sighting = sighting(&attempt.socket);
    Outcome { probe: attempt.probe, at, connection: Connection::Silent, sighting, stream: None }
}

/// What the kernel knows of a socket.
pub(super) fn sighting(socket: &Socket) -> Sighting {
    socket.tcp_info().map_or(Sighting::NONE, |info| seen(&info, local(socket, Care::Close)))
}

fn seen(info: &TcpInfo, local: Option<(Address, u16)>) -> Sighting {
    Sighting {
        state: TcpState::from_number(info.state),
        timeouts: info.retransmits.into(),
        retransmits: info.total_retransmits,
        segments_out: info.segments_out,
        segments_in: info.segments_in,
        local,
    }
}

/// Where the socket is bound, where that is worth a system call.
fn local(socket: &Socket, care: Care) -> Option<(Address, u16)> {
    match care {
        Care::Brief | Care::Reset { .. } => None,
        Care::Close => socket.local_address().ok().map(convert::address),
    }
}

/// The last ICMP error on the socket's error queue: the one that ended the attempt.
fn icmp_error(socket: &Socket, errors: &mut ReceiveBatch) -> Option<Told> {
    let got = errors.receive(socket.as_fd(), Queue::Error, BATCH).unwrap_or(0);
    let family = match socket.family() {
        address::Family::V4 => Family::V4,
        address::Family::V6 => Family::V6,
    };
    let controls = (0..got).flat_map(|index| errors.get(index).controls);
    let entries = controls.filter_map(|control| match control {
        Control::Error(error) if matches!(error.origin, Origin::Icmp | Origin::Icmpv6) => Some(error),
        _ => None,
    });
    entries.last().map(|error| Told {
        errno: Errno(error.errno),
        icmp: kernel::icmp(family, &error),
        from: error.offender.map(|offender| convert::address(offender).0),
    })
}
