//! How an attempt ended, read from its socket before that is closed.
//!
//! The pending error is read before the error queue: draining the queue changes it (ip(7), `sock_dequeue_err_skb`).

use std::os::fd::AsFd;
use std::time::Duration;

use netdiag_engine::port::{Connection, Outcome};
use netdiag_model::{Address, Errno, Family, Icmp, Moment, Rtt};
use netdiag_sys::address;
use netdiag_sys::control::Control;
use netdiag_sys::error_queue::Origin;
use netdiag_sys::mmsg::{BATCH, Queue, ReceiveBatch};
use netdiag_sys::socket::Socket;
use netdiag_sys::tcp_info::TcpInfo;

use super::UnderWay;
use crate::convert;

/// Octets to keep of what an error quotes: none of it is looked at.
pub(super) const QUOTE: usize = 8;

/// A SYN is sent again no sooner than this (`TCP_RTO_MIN`; the first time after a second, RFC 6298).
const NO_RETRANSMIT_BEFORE: Duration = Duration::from_millis(200);

/// The outcome of an attempt whose socket has become ready; `None` when only a remark of no consequence has come in.
pub(super) fn of(attempt: &UnderWay, at: Moment, errors: &mut ReceiveBatch) -> Option<Outcome> {
    let UnderWay { probe, socket, since, .. } = attempt;
    let errno = socket.take_error().map_or_else(|error| convert::errno(&error), Errno);
    let has_failed = errno != Errno(0);
    let may_have_repeated = at.read.mono.since(*since) >= NO_RETRANSMIT_BEFORE;
    let info = (!has_failed || may_have_repeated).then(|| socket.tcp_info().ok()).flatten();
    let syn_retransmits = info.map_or(0, |info| info.total_retransmits);
    let connection = if has_failed {
        Connection::Failed { errno, icmp: icmp_error(socket, errors), is_synchronous: false }
    } else if info.is_some_and(|info| info.state == TcpInfo::SYN_SENT) {
        icmp_error(socket, errors);
        return None;
    } else if is_with_itself(attempt) {
        Connection::Failed { errno: Errno::ECONNREFUSED, icmp: None, is_synchronous: false }
    } else {
        let sampled = info.filter(|info| info.total_retransmits == 0 && info.rtt_us > 0);
        let handshake = sampled.map(|info| Rtt::from_nanos(u64::from(info.rtt_us) * 1000));
        Connection::Established { handshake }
    };
    Some(Outcome { probe: *probe, at, connection, syn_retransmits })
}

/// Whether the kernel gave the attempt the very port that it asks for, on this host: such a socket connects with itself
/// (RFC 9293, simultaneous open), which only happens where nothing listens.
fn is_with_itself(attempt: &UnderWay) -> bool {
    attempt.socket.local_address().is_ok_and(|own| convert::address(own) == attempt.to)
}

/// The outcome of an attempt that has waited for too long.
pub(super) fn given_up(attempt: &UnderWay, at: Moment) -> Outcome {
    let syn_retransmits = attempt.socket.tcp_info().map_or(0, |info| info.total_retransmits);
    let connection = Connection::Failed { errno: Errno::ETIMEDOUT, icmp: None, is_synchronous: false };
    Outcome { probe: attempt.probe, at, connection, syn_retransmits }
}

/// The last ICMP error on the socket's error queue: the one that ended the attempt.
fn icmp_error(socket: &Socket, errors: &mut ReceiveBatch) -> Option<(Icmp, Option<Address>)> {
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
    entries.last().map(|error| {
        let icmp = Icmp { family, kind: error.kind, code: error.code, info: error.info };
        (icmp, error.offender.map(|offender| convert::address(offender).0))
    })
}
