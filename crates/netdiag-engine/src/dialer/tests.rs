use std::collections::VecDeque;
use std::net::Ipv4Addr;
use std::task::Waker;

use netdiag_model::{Address, Wall};

use super::*;
use crate::pacer::MilliHertz;
use crate::port::Sighting;

/// Wants so many ports dialled, and keeps what it hears.
struct Ports(VecDeque<u16>);

impl Agenda for Ports {
    fn poll_next(&mut self, _cx: &mut Context<'_>, _now: Reading) -> Turn {
        let address = Address::from(Ipv4Addr::LOCALHOST);
        self.0
            .pop_front()
            .map_or(Turn::Over, |port| Turn::Dial(Attempt::new(ProbeId::new(0, 0, 0), address, port)))
    }

    fn handle_dialed(&mut self, _now: Reading, _dialed: Dialed) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }
}

fn at(millis: u64) -> Reading {
    Reading { mono: Mono::from_nanos(millis * 1_000_000), wall: Wall::from_nanos(0) }
}

/// Starts all that may start at a time: the ports.
fn start(dialer: &mut Dialer, agenda: &mut Ports, millis: u64) -> Vec<Attempt> {
    let mut cx = Context::from_waker(Waker::noop());
    let mut started = Vec::new();
    while let Some(attempt) = dialer.poll_attempt(agenda, &mut cx, at(millis)) {
        dialer.handle_started(attempt, Moment::user(at(millis)));
        started.push(attempt);
    }
    started
}

fn outcome(attempt: &Attempt, errno: Errno) -> Outcome {
    let connection = Connection::Failed { errno, icmp: None, is_synchronous: errno != Errno::ECONNREFUSED };
    Outcome {
        probe: attempt.probe,
        at: Moment::user(at(0)),
        connection,
        sighting: Sighting::NONE,
        stream: None,
    }
}

#[test]
fn the_window_is_for_the_young_and_silence_leaves_it() {
    let (mut dialer, mut agenda) = (Dialer::new(Rate::Max, 4), Ports((1..=20).collect()));
    let first = start(&mut dialer, &mut agenda, 0);
    assert_eq!(first.len(), 4);
    assert_eq!(dialer.poll_timeout(), Some(at(10).mono));
    // An answer makes room at once.
    assert!(dialer.handle_outcome(outcome(&first[1], Errno::ECONNREFUSED), &mut None).is_some());
    assert_eq!(start(&mut dialer, &mut agenda, 3).len(), 1);
    // Three are no longer young; the one of 3 ms is.
    assert_eq!(start(&mut dialer, &mut agenda, 10).len(), 3);
    // An answer to one that is old makes no room.
    assert!(dialer.handle_outcome(outcome(&first[0], Errno::ECONNREFUSED), &mut None).is_some());
    assert_eq!(start(&mut dialer, &mut agenda, 10).len(), 0);
}

#[test]
fn what_fails_for_want_of_files_is_put_off_and_told_once() {
    let (mut dialer, mut agenda) = (Dialer::new(Rate::Max, 64), Ports((1..=6).collect()));
    let started = start(&mut dialer, &mut agenda, 0);
    let mut notices = Vec::new();
    for attempt in &started[3..] {
        let mut notice = None;
        assert!(dialer.handle_outcome(outcome(attempt, Errno::EMFILE), &mut notice).is_none());
        notices.extend(notice);
    }
    assert_eq!(notices.len(), 1);
    assert!(notices[0].message.contains("no more files"), "{notices:?}");
    // Three are under way, and no more than that fit (the first failure saw five).
    assert!(start(&mut dialer, &mut agenda, 0).is_empty());
    assert!(dialer.handle_outcome(outcome(&started[0], Errno::ECONNREFUSED), &mut None).is_some());
    let again = start(&mut dialer, &mut agenda, 0);
    assert_eq!(again.iter().map(|attempt| attempt.port).collect::<Vec<_>>(), [4]);
    assert!(!dialer.is_finished());
}

#[test]
fn alone_it_is_no_shortage_that_others_could_end() {
    let (mut dialer, mut agenda) = (Dialer::new(Rate::Max, 64), Ports([7].into()));
    let started = start(&mut dialer, &mut agenda, 0);
    assert!(dialer.handle_outcome(outcome(&started[0], Errno::EMFILE), &mut None).is_some());
    assert!(start(&mut dialer, &mut agenda, 0).is_empty() && dialer.is_finished());
}

#[test]
fn the_rate_is_kept() {
    let rate = Rate::PerSecond(MilliHertz::from_per_second(100.0).expect("a rate"));
    let (mut dialer, mut agenda) = (Dialer::new(rate, 1_000), Ports((0..500).collect()));
    let started: usize = (0..1_000).map(|millis| start(&mut dialer, &mut agenda, millis).len()).sum();
    assert_eq!(started, 100);
}

#[test]
fn the_capacity_is_never_exceeded_and_probes_are_told_apart() {
    let (mut dialer, mut agenda) = (Dialer::new(Rate::Max, 64), Ports((0..u16::MAX).collect()));
    dialer.set_capacity(100);
    let mut ids = std::collections::HashSet::new();
    for step in 0..20 {
        ids.extend(start(&mut dialer, &mut agenda, step * 20).into_iter().map(|attempt| attempt.probe));
    }
    assert_eq!((ids.len(), dialer.probes().len()), (100, 100));
}
