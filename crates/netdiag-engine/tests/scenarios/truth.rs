//! Holds what a run reported against what really happened, probe by probe.

use std::collections::HashMap;

use netdiag_model::event::Arrival;
use netdiag_model::{Event, Mono, ProbeId};
use netdiag_sim::Happening;

use crate::harness::Run;

/// What really happened to a probe.
#[derive(Debug, Default)]
struct Fate {
    sent: Vec<Mono>,
    arrived: Vec<Mono>,
    /// A bit was flipped on its way, so that what arrived may be nobody's.
    is_corrupted: bool,
}

fn fates(run: &Run) -> HashMap<ProbeId, Fate> {
    let mut fates: HashMap<ProbeId, Fate> = HashMap::new();
    for entry in run.truth.entries() {
        let fate = fates.entry(entry.probe).or_default();
        match entry.what {
            Happening::Sent { .. } => fate.sent.push(entry.at),
            Happening::Arrived { .. } => fate.arrived.push(entry.at),
            Happening::Corrupted { .. } => fate.is_corrupted = true,
            _ => {}
        }
    }
    fates
}

fn stories(run: &Run) -> HashMap<ProbeId, Vec<&Event>> {
    let mut stories: HashMap<ProbeId, Vec<&Event>> = HashMap::new();
    for (_, event) in &run.events {
        if let Some(subject) = event.subject() {
            stories.entry(subject.probe).or_default().push(event);
        }
    }
    stories
}

const fn is_answer(event: &Event) -> bool {
    matches!(event, Event::Reply(_) | Event::Stray(_) | Event::IcmpError { .. })
}

/// Every probe that left was reported as sent, once; everything that arrived for it was reported, once; a probe for
/// which nothing arrived was reported lost, once, unless the run was cut short; and the events of each probe come in
/// the only order that makes sense.
#[track_caller]
pub(crate) fn assert_true(run: &Run) {
    let (fates, stories) = (fates(run), stories(run));
    for (probe, fate) in &fates {
        let story = stories.get(probe).map(Vec::as_slice).unwrap_or_default();
        let count = |is_such: fn(&Event) -> bool| story.iter().filter(|event| is_such(event)).count();
        assert_eq!(fate.sent.len(), 1, "{probe:?} {fate:?}");
        assert_eq!(count(|event| matches!(event, Event::Sent { .. })), 1, "{probe:?} {story:?}");
        if !fate.is_corrupted {
            assert_eq!(count(is_answer), fate.arrived.len(), "{probe:?} {fate:?} {story:?}");
        }
        let timeouts = count(|event| matches!(event, Event::Timeout { .. }));
        let is_silent = count(is_answer) == 0;
        if is_silent && run.has_timeout && !run.is_cut {
            assert_eq!(timeouts, 1, "{probe:?} {fate:?} {story:?}");
        }
        assert!(timeouts <= 1, "{probe:?} {story:?}");
        assert_order(story);
    }
    for (probe, story) in &stories {
        let is_known = fates.contains_key(probe);
        let is_refused = matches!(story.as_slice(), [Event::SendError { .. }]);
        assert!(is_known != is_refused, "{probe:?} {story:?}");
    }
}

/// Sent first; the first answer is in time, or late after a timeout; all others are duplicates.
fn assert_order(story: &[&Event]) {
    assert!(matches!(story[0], Event::Sent { .. }), "{story:?}");
    let (mut is_timed_out, mut is_answered, mut is_refused) = (false, false, false);
    for event in &story[1..] {
        match event {
            Event::Timeout { .. } => {
                assert!(!is_answered, "{story:?}");
                is_timed_out = true;
            }
            Event::IcmpError { .. } => is_refused = true,
            Event::Reply(reply) => {
                let expected = match (is_answered, is_timed_out) {
                    (true, _) => Arrival::Duplicate,
                    (false, true) => Arrival::Late,
                    (false, false) => Arrival::InTime,
                };
                assert!(reply.arrival == expected || is_refused, "{story:?}");
                is_answered |= reply.damage != Some(netdiag_model::event::Damage::Checksum);
            }
            _ => {}
        }
    }
}

/// Every round-trip time is the true one, to the nanosecond. For networks where the way from the device to the process
/// costs nothing.
#[track_caller]
pub(crate) fn assert_times(run: &Run) {
    let fates = fates(run);
    let mut nth: HashMap<ProbeId, usize> = HashMap::new();
    for reply in run.replies() {
        let fate = &fates[&reply.subject.probe];
        let at = nth.entry(reply.subject.probe).or_default();
        let expected = fate.arrived[*at].since(fate.sent[0]).as_nanos();
        assert_eq!(u128::from(reply.rtt.as_nanos()), expected, "{reply:?}");
        *at += 1;
    }
}
