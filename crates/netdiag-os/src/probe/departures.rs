//! Which probe a departure stamp belongs to.
//!
//! The kernel stamps packets that leave with a number (`SOF_TIMESTAMPING_OPT_ID`). Since Linux 6.13 a send names the
//! number itself. Before, the kernel counts sends, and whether a failed send counts depends on where it failed: after
//! a failure that leaves this open, stamps are switched off for a while, so that a stamp may be missing but never
//! belongs to the wrong probe. See the kernel's timestamping.rst.

use std::time::Duration;

use netdiag_model::{Errno, Mono, ProbeId};
use netdiag_sys::setting::{Setting, Stamps};
use netdiag_sys::socket::Socket;

/// How long packets with old numbers may still wait for their address to be resolved (`ucast_solicit` times a second)
/// before they leave and are stamped.
const QUIET: Duration = Duration::from_secs(4);

/// How many departures are remembered at least and at most.
const SLOTS: std::ops::RangeInclusive<usize> = 256..=131_072;

/// Who gives departures their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Numbering {
    /// Each send names its own.
    Named,
    /// The kernel counts.
    Counted,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// No stamps to be had.
    Off,
    /// Each send names its number.
    Named,
    /// The kernel counts as we do.
    Counted,
    /// The kernel's count is not known; no stamps until then.
    Quiet(Mono),
}

/// The numbers of the last sends of a socket, and their probes.
#[derive(Debug)]
pub(super) struct Departures {
    mode: Mode,
    /// The number of the next send.
    next: u32,
    /// How many have left whose stamp has not come; some never come.
    awaited: usize,
    /// Number and probe, at the number modulo the length, which is a power of two.
    slots: Vec<(u32, ProbeId)>,
}

impl Departures {
    /// Switches stamps on for `socket`, as far as the kernel allows. `in_flight` sends are remembered.
    pub(super) fn new(socket: &Socket, numbering: Numbering, in_flight: usize) -> Self {
        let mode = match socket.apply(Setting::Stamps(Stamps::Both)) {
            Ok(()) if numbering == Numbering::Named => Mode::Named,
            Ok(()) => Mode::Counted,
            Err(_) => {
                // Without stamps of arrivals either, the user's clock serves.
                let _ = socket.apply(Setting::Stamps(Stamps::Receive));
                Mode::Off
            }
        };
        let len = in_flight.clamp(*SLOTS.start(), *SLOTS.end()).next_power_of_two();
        let mut departures = Self { mode, next: 0, awaited: 0, slots: vec![(0, ProbeId::new(0, 0, 0)); len] };
        departures.forget();
        departures
    }

    /// Prepares for a send: after a quiet time, stamps are switched on again and the kernel counts from 0.
    pub(super) fn prepare(&mut self, socket: &Socket, now: Mono) {
        match self.mode {
            Mode::Quiet(until) if now >= until && socket.apply(Setting::Stamps(Stamps::Both)).is_ok() => {
                self.mode = Mode::Counted;
                self.next = 0;
            }
            // An ICMP error for an earlier packet would make this send fail at a point that leaves the count open.
            Mode::Counted => drop(socket.take_error()),
            _ => {}
        }
    }

    /// The number that the `offset`-th packet of the next send is to name.
    pub(super) fn number(&self, offset: usize) -> Option<u32> {
        (self.mode == Mode::Named).then(|| self.next.wrapping_add(offset as u32))
    }

    /// Notes that these probes have left, in this order.
    pub(super) fn sent(&mut self, probes: impl Iterator<Item = ProbeId>) {
        if !matches!(self.mode, Mode::Named | Mode::Counted) {
            return;
        }
        for probe in probes {
            let slot = self.slot(self.next);
            self.slots[slot] = (self.next, probe);
            self.next = self.next.wrapping_add(1);
            self.awaited += 1;
        }
    }

    /// How many stamps of departures may be on the error queue.
    pub(super) const fn awaited(&self) -> usize {
        self.awaited
    }

    /// Notes that a send failed with `errno` before anything left. A packet that the firewall drops (EPERM) had its
    /// number; one without a route did not; of others it is not known on all kernels.
    pub(super) fn failed(&mut self, socket: &Socket, errno: Errno, now: Mono) {
        match (self.mode, errno) {
            (Mode::Counted, Errno::EPERM) => self.next = self.next.wrapping_add(1),
            (Mode::Counted, Errno::ENETUNREACH) => {}
            (Mode::Counted, _) => self.lose_count(socket, now),
            _ => {}
        }
    }

    /// Notes that a send of several stopped short without saying why.
    pub(super) fn stopped_short(&mut self, socket: &Socket, now: Mono) {
        if self.mode == Mode::Counted {
            self.lose_count(socket, now);
        }
    }

    fn lose_count(&mut self, socket: &Socket, now: Mono) {
        let _ = socket.apply(Setting::Stamps(Stamps::Receive));
        self.mode = Mode::Quiet(now + QUIET);
        self.forget();
    }

    /// The probe whose departure has this number. Each is told once.
    pub(super) fn take(&mut self, number: u32) -> Option<ProbeId> {
        let slot = self.slot(number);
        let (held, probe) = self.slots[slot];
        (held == number).then(|| {
            self.slots[slot].0 = !number;
            self.awaited = self.awaited.saturating_sub(1);
            probe
        })
    }

    /// Puts into every slot a number that does not belong there.
    fn forget(&mut self) {
        self.awaited = 0;
        for (index, slot) in self.slots.iter_mut().enumerate() {
            slot.0 = !(index as u32);
        }
    }

    fn slot(&self, number: u32) -> usize {
        number as usize & (self.slots.len() - 1)
    }
}

#[cfg(test)]
mod tests {
    use netdiag_sys::address::Family;
    use netdiag_sys::socket::Kind;

    use super::*;

    fn probe(seq: u16) -> ProbeId {
        ProbeId::new(0, 0, seq)
    }

    fn counted() -> (Socket, Departures) {
        let socket = Socket::open(Family::V4, Kind::Udp).expect("udp");
        let departures = Departures::new(&socket, Numbering::Counted, 1);
        assert_eq!(departures.mode, Mode::Counted);
        (socket, departures)
    }

    #[test]
    fn a_number_is_told_once_and_only_while_it_is_remembered() {
        let (_socket, mut departures) = counted();
        departures.sent((0..300).map(probe));
        assert_eq!((departures.take(0), departures.take(43)), (None, None));
        assert_eq!((departures.take(44), departures.take(44)), (Some(probe(44)), None));
        assert_eq!((departures.take(299), departures.take(300)), (Some(probe(299)), None));
    }

    #[test]
    fn a_drop_by_the_firewall_counts_and_a_missing_route_does_not() {
        let (socket, mut departures) = counted();
        departures.failed(&socket, Errno::EPERM, Mono::ZERO);
        departures.failed(&socket, Errno::ENETUNREACH, Mono::ZERO);
        departures.sent([probe(9)].into_iter());
        assert_eq!((departures.take(0), departures.take(1)), (None, Some(probe(9))));
    }

    #[test]
    fn when_the_count_is_lost_no_stamp_is_paired_until_it_is_found_again() {
        let (socket, mut departures) = counted();
        departures.sent([probe(1)].into_iter());
        departures.failed(&socket, Errno::EAGAIN, Mono::ZERO);
        departures.prepare(&socket, Mono::ZERO + QUIET / 2);
        departures.sent([probe(2)].into_iter());
        assert_eq!((departures.take(0), departures.take(1)), (None, None));
        departures.prepare(&socket, Mono::ZERO + QUIET);
        departures.sent([probe(3)].into_iter());
        assert_eq!((departures.take(0), departures.number(0)), (Some(probe(3)), None));
    }

    #[test]
    fn where_sends_name_their_numbers_a_failure_changes_nothing() {
        let socket = Socket::open(Family::V4, Kind::Udp).expect("udp");
        let mut departures = Departures::new(&socket, Numbering::Named, 1);
        departures.failed(&socket, Errno::EPERM, Mono::ZERO);
        departures.stopped_short(&socket, Mono::ZERO);
        assert_eq!((departures.number(0), departures.number(5)), (Some(0), Some(5)));
        departures.sent([probe(4)].into_iter());
        assert_eq!((departures.take(0), departures.number(0)), (Some(probe(4)), Some(1)));
    }
}
