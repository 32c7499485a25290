//! The race as a value: what it wants next, and what it makes of outcomes that are made up.

mod second;

use std::net::Ipv4Addr;
use std::task::{Poll, Waker};

use netdiag_engine::port::Keepalive;
use netdiag_model::{Errno, Family, Icmp, Rtt};

use super::*;
use crate::case::sample::{at, sighting};

/// A connection that stays silent, or that the other end has closed.
#[derive(Debug)]
struct Made(Option<usize>);

impl Stream for Made {
    fn poll_read(&mut self, _cx: &mut Context<'_>, _buffer: &mut [u8]) -> Poll<Result<usize, Errno>> {
        self.0.map_or(Poll::Pending, |len| Poll::Ready(Ok(len)))
    }

    fn poll_write(&mut self, _cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Errno>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn look(&self) -> Sighting {
        let state = if self.0.is_some() { TcpState::CloseWait } else { TcpState::Established };
        sighting(state, 1, Family::V4)
    }

    fn set_keepalive(&mut self, _keepalive: Keepalive) -> Result<(), Errno> {
        Ok(())
    }
}

/// A connector whose sockets all wait, so many SYNs having left each.
struct Waiting(u32);

impl Connector for Waiting {
    fn start(&mut self, _attempt: &Attempt) -> Moment {
        Moment::user(at(0))
    }

    fn poll_outcome(&mut self, _cx: &mut Context<'_>, _outcomes: &mut Vec<Outcome>) -> Poll<()> {
        Poll::Pending
    }

    fn set_timeout(&mut self, _timeout: Duration) {}

    fn look(&self, _probe: ProbeId) -> Option<Sighting> {
        Some(sighting(TcpState::SynSent, self.0, Family::V4))
    }

    fn cancel(&mut self, _probe: ProbeId) {}

    fn capacity(&self) -> usize {
        100
    }
}

/// A race, and what has been dialled in it.
struct Course {
    race: Race,
    dialled: Vec<Attempt>,
}

const MANNER: Manner =
    Manner { port: 443, source: (None, None), timeout: Duration::from_millis(3_500), dwell: None };

const OPEN: Connection = Connection::Established { handshake: Some(Rtt::from_nanos(1)) };
const RST: Connection = Connection::Failed { errno: Errno::ECONNREFUSED, icmp: None, is_synchronous: false };
const NO_ROUTE: Connection =
    Connection::Failed { errno: Errno::ENETUNREACH, icmp: None, is_synchronous: true };

impl Course {
    fn new(count: u8, manner: Manner) -> Self {
        let addresses: Vec<Address> =
            (1..=count).map(|host| Address::from(Ipv4Addr::new(203, 0, 113, host))).collect();
        Self { race: Race::new(&addresses, manner, None), dialled: Vec::new() }
    }

    fn turn(&mut self, millis: u64) -> Turn {
        let turn = self.race.poll_next(&mut Context::from_waker(Waker::noop()), at(millis));
        let Turn::Dial(attempt) = turn else { return turn };
        let probe = ProbeId::new(0, 0, self.dialled.len() as u16);
        let attempt = Attempt { probe, ..attempt };
        self.race.handle_started(probe, &attempt, Moment::user(at(millis)));
        self.dialled.push(attempt);
        Turn::Dial(attempt)
    }

    /// Dials all that is to be dialled at a time: to whom, by the last octet; and what it wants then.
    fn dial(&mut self, millis: u64) -> (Vec<u8>, Turn) {
        let mut hosts = Vec::new();
        loop {
            match self.turn(millis) {
                Turn::Dial(Attempt { to: Address { ip: std::net::IpAddr::V4(ip), .. }, .. }) => {
                    hosts.push(ip.octets()[3]);
                }
                turn => return (hosts, turn),
            }
        }
    }

    /// The attempt dialled as the `index`th ends so, or meets an objection.
    fn hear(&mut self, millis: u64, index: usize, connection: Connection) {
        let (state, stream) = match connection {
            Connection::Established { .. } => {
                (TcpState::Established, Some(Box::new(Made(None)) as Box<dyn Stream>))
            }
            Connection::Failed { .. } => (TcpState::Closed, None),
            _ => (TcpState::SynSent, None),
        };
        self.hear_whole(millis, index, (connection, sighting(state, 1, Family::V4), stream));
    }

    fn hear_whole(
        &mut self,
        millis: u64,
        index: usize,
        (connection, sighting, stream): (Connection, Sighting, Option<Box<dyn Stream>>),
    ) {
        let attempt = self.dialled[index];
        let outcome =
            Outcome { probe: attempt.probe, at: Moment::user(at(millis)), connection, sighting, stream };
        let dialed = Dialed { attempt, started: Moment::user(at(0)), outcome };
        assert!(self.race.handle_dialed(at(millis), dialed).is_continue());
    }

    fn cancelled(&mut self) -> Vec<ProbeId> {
        std::iter::from_fn(|| self.race.poll_cancel()).collect()
    }

    fn end(self) -> Vec<Finish> {
        self.race.finish().0
    }
}

/// An ICMP message that the kernel did not take for final.
fn objection(code: u8, from: u8) -> Connection {
    let (errno, icmp) = message(code, from);
    Connection::Objection { errno, icmp }
}

/// The same, taken for final.
fn final_word(code: u8, from: u8) -> Connection {
    let (errno, icmp) = message(code, from);
    Connection::Failed { errno, icmp, is_synchronous: false }
}

fn message(code: u8, from: u8) -> (Errno, Option<(Icmp, Option<Address>)>) {
    let icmp = Icmp { family: Family::V4, kind: 3, code, info: 0 };
    (Errno::EHOSTUNREACH, Some((icmp, Some(Address::from(Ipv4Addr::new(192, 0, 2, from))))))
}

fn time(millis: u64) -> Mono {
    at(millis).mono
}

#[test]
fn the_next_address_is_tried_after_a_quarter_of_a_second() {
    let mut course = Course::new(3, MANNER);
    assert_eq!(course.dial(0), (vec![1], Turn::At(time(250))));
    assert_eq!(course.dial(249), (vec![], Turn::At(time(250))));
    assert_eq!(course.dial(250), (vec![2], Turn::At(time(500))));
    assert_eq!(course.dial(500), (vec![3], Turn::Event));
}

#[test]
fn the_next_address_is_tried_at_once_after_a_failure() {
    let mut course = Course::new(4, MANNER);
    course.dial(0);
    course.hear(0, 0, NO_ROUTE);
    assert_eq!(course.dial(0), (vec![2], Turn::At(time(250))));
    course.hear(20, 1, RST);
    assert_eq!(course.dial(20), (vec![3], Turn::At(time(270))));
    assert_eq!(course.dial(270), (vec![4], Turn::Event));
}

#[test]
fn one_that_is_open_does_not_hurry_the_rest_and_all_are_tried() {
    let mut course = Course::new(2, MANNER);
    course.dial(0);
    course.hear(20, 0, OPEN);
    assert_eq!(course.dial(20), (vec![], Turn::At(time(250))));
    assert_eq!(course.dial(250), (vec![2], Turn::Event));
    course.hear(3_750, 1, Connection::Silent);
    assert_eq!(course.dial(3_750), (vec![], Turn::Over));
    let ends: Vec<(Address, bool)> =
        course.end().iter().map(|finish| (finish.address, finish.connection == OPEN)).collect();
    assert_eq!(
        ends,
        [("203.0.113.1", true), ("203.0.113.2", false)]
            .map(|(ip, open)| { (Address::new(ip.parse().expect("an address")), open) })
    );
}

#[test]
fn every_attempt_is_as_asked_for() {
    let mut course = Course::new(1, Manner { source: (None, Some(4_000)), ..MANNER });
    let Turn::Dial(attempt) = course.turn(0) else { panic!("an attempt") };
    assert_eq!((attempt.port, attempt.source_port, attempt.care), (443, Some(4_000), Care::Close));
    assert_eq!((attempt.timeout, attempt.ttl, attempt.min_ttl), (Some(MANNER.timeout), None, None));
}

#[test]
fn repetitions_of_the_syn_are_seen_while_it_waits() {
    let mut course = Course::new(1, MANNER);
    course.dial(0);
    assert_eq!(course.race.poll_timeout(), Some(time(20)));
    course.race.handle_timeout(at(20), &Waiting(1));
    assert_eq!(course.race.poll_timeout(), Some(time(40)));
    course.race.handle_timeout(at(1_020), &Waiting(2));
    course.race.handle_timeout(at(2_020), &Waiting(3));
    let last = sighting(TcpState::SynSent, 4, Family::V4);
    course.hear_whole(3_500, 0, (Connection::Silent, last, None));
    course.race.handle_timeout(at(3_500), &Waiting(4));
    assert_eq!(course.race.poll_timeout(), None);
    let sent = &course.end()[0].sent;
    assert_eq!(sent[..], [0, 1_020, 2_020, 3_500].map(Duration::from_millis));
}

#[test]
fn what_is_cut_off_is_told_as_far_as_it_is_known() {
    let mut course = Course::new(3, MANNER);
    course.dial(0);
    course.hear(20, 0, OPEN);
    course.dial(250);
    course.race.handle_cut(at(400), &Waiting(1));
    let ends = course.end();
    assert_eq!(ends.len(), 2, "the third has not been tried");
    assert_eq!((ends[1].connection, ends[1].sighting.state), (Connection::Silent, TcpState::SynSent));
    assert_eq!(ends[1].ended.read.mono, time(400));
}

#[test]
fn what_has_ended_is_not_told_again_when_the_run_is_cut() {
    let mut course = Course::new(1, MANNER);
    course.dial(0);
    course.hear(20, 0, RST);
    course.race.handle_cut(at(30), &Waiting(1));
    assert_eq!(course.end()[0].connection, RST);
}

#[test]
fn a_fresh_connection_is_watched_to_its_end() {
    let dwell = Some((Duration::from_millis(200), Aim::Stay));
    for (heard, early, state) in [
        (None, None, TcpState::Established),
        (Some(0), Some(Early::Closed { after: Duration::from_millis(30) }), TcpState::CloseWait),
    ] {
        let mut course = Course::new(1, Manner { dwell, ..MANNER });
        course.dial(0);
        let established = sighting(TcpState::Established, 1, Family::V4);
        course.hear_whole(20, 0, (OPEN, established, Some(Box::new(Made(heard)))));
        assert_eq!((course.dial(20).1, course.race.poll_timeout()), (Turn::Event, Some(time(20))));
        course.race.handle_timeout(at(20), &Waiting(1));
        assert_eq!(course.race.poll_timeout(), Some(time(220)));
        let mut cx = Context::from_waker(Waker::noop());
        course.race.poll_others(&mut cx, at(50));
        assert_eq!(course.dial(50).1, if heard.is_some() { Turn::Over } else { Turn::Event });
        course.race.poll_others(&mut cx, at(220));
        assert_eq!(course.dial(220).1, Turn::Over);
        let ends = course.end();
        assert_eq!((ends[0].early, ends[0].state), (early, Some(state)));
        assert!(ends[0].stream.is_none());
    }
}

#[test]
fn a_connection_that_is_not_watched_is_handed_over() {
    let mut course = Course::new(1, MANNER);
    course.dial(0);
    course.hear(20, 0, OPEN);
    assert!(course.end()[0].stream.is_some());
}
