//! The strategy on its own: which probes, when, and how it ends.

use netdiag_model::{Errno, Flow, Moment, Reading, Wall};

use super::*;

const PERIOD: Duration = Duration::from_millis(240);
const AIM: Aim = Aim { ttl: None, flow: Flow(1), len: Some(32) };

/// Hops from TTL 1 on, each a target of its own.
fn hops(count: u8) -> Vec<SurveyHop> {
    (1..=count).map(|ttl| SurveyHop { ttl: Some(ttl), itself: Some(TargetId(ttl.into())) }).collect()
}

fn survey(rounds: u32, hops: &[SurveyHop]) -> Survey {
    let mut survey = Survey::new(Rhythm { period: PERIOD, rounds }, AIM, hops);
    survey.handle_targets_end();
    survey
}

fn at(millis: u64) -> Mono {
    Mono::from_nanos(millis * 1_000_000)
}

fn subject(number: u16, ask: &Ask) -> Subject {
    Subject {
        probe: ProbeId::new(0, 0, number),
        target: ask.target,
        seq: u64::from(number) + 1,
        aim: ask.aim,
    }
}

fn sent(number: u16, ask: &Ask, now: Mono) -> Event {
    let at = Moment::user(Reading { mono: now, wall: Wall::from_nanos(0) });
    Event::Sent { subject: subject(number, ask), at }
}

/// Asks until nothing is left to be asked, from `now` on; what was asked, and when.
fn ask_all(survey: &mut Survey, mut now: Mono) -> Vec<(Mono, Ask)> {
    let mut asked = Vec::new();
    loop {
        match survey.poll_next(now) {
            Next::Probe(ask) => {
                survey.handle_event(now, &sent(asked.len() as u16, &ask, now));
                asked.push((now, ask));
            }
            Next::At(at) => now = at,
            Next::Event => return asked,
        }
    }
}

#[test]
fn each_hop_gets_one_probe_of_each_kind_in_each_round() {
    let asked = ask_all(&mut survey(5, &hops(4)), at(0));
    assert_eq!(asked.len(), 5 * 2 * 4);
    for hop in hops(4) {
        let through = asked.iter().filter(|(_, ask)| {
            *ask == Ask { target: TargetId(0), aim: Aim { ttl: hop.ttl, ..AIM }, patience: None }
        });
        let direct = asked.iter().filter(|(_, ask)| Some(ask.target) == hop.itself && ask.aim == AIM);
        assert_eq!((through.count(), direct.count()), (5, 5), "{hop:?}");
    }
}

#[test]
fn probes_are_spread_evenly_and_the_two_to_a_hop_are_half_a_period_apart() {
    for count in 1..=6 {
        let asked = ask_all(&mut survey(3, &hops(count)), at(7));
        let step = PERIOD / 2 / u32::from(count);
        for (place, (when, _)) in asked.iter().enumerate() {
            assert_eq!(when.since(at(7)), step * place as u32, "{count} hops");
        }
        let first = |wanted: TargetId, ttl: Option<u8>| {
            let is_it = |ask: &Ask| ask.target == wanted && ask.aim.ttl == ttl;
            asked.iter().find(|(_, ask)| is_it(ask)).map(|(when, _)| *when).expect("a probe")
        };
        for ttl in 1..=count {
            let (through, direct) = (first(TargetId(0), Some(ttl)), first(TargetId(ttl.into()), None));
            assert_eq!(direct.since(through), PERIOD / 2);
        }
    }
}

#[test]
fn a_hop_without_an_address_gets_no_echo_and_its_turn_stays_free() {
    let mut hops = hops(3);
    hops[1].itself = None;
    let asked = ask_all(&mut survey(1, &hops), at(0));
    let times: Vec<u128> = asked.iter().map(|(when, _)| when.since(at(0)).as_millis()).collect();
    assert_eq!(times, [0, 40, 80, 120, 200]);
}

#[test]
fn nothing_is_asked_before_all_targets_are_known() {
    let mut survey = Survey::new(Rhythm { period: PERIOD, rounds: 1 }, AIM, &hops(1));
    assert!(survey.wants_target() && survey.poll_next(at(0)) == Next::Event);
    assert_eq!(survey.poll_end(at(0)), None);
    survey.handle_targets_end();
    assert!(!survey.wants_target() && matches!(survey.poll_next(at(9)), Next::Probe(_)));
    assert_eq!(survey.poll_next(at(9)), Next::At(at(129)), "the first round begins with the first probe");
}

#[test]
fn after_a_pause_nothing_is_made_up_for() {
    let mut survey = survey(10, &hops(2));
    assert!(matches!(survey.poll_next(at(0)), Next::Probe(_)));
    assert!(matches!(survey.poll_next(at(3_000)), Next::Probe(_)));
    assert_eq!(survey.poll_next(at(3_000)), Next::At(at(3_060)));
    assert_eq!(ask_all(&mut survey, at(3_060)).len(), 10 * 2 * 2 - 2, "each round is asked all the same");
}

#[test]
fn it_is_over_when_the_fate_of_all_its_own_probes_is_known() {
    let mut survey = survey(1, &hops(1));
    let Next::Probe(ask) = survey.poll_next(at(0)) else { panic!("no probe") };
    // A probe of a strategy before it.
    survey.handle_settled(&subject(900, &ask));
    survey.handle_event(at(0), &sent(0, &ask, at(0)));
    let Next::Probe(direct) = survey.poll_next(at(120)) else { panic!("no probe") };
    assert_eq!(survey.poll_end(at(120)), None, "it has not left");
    let when = Moment::user(Reading { mono: at(120), wall: Wall::from_nanos(0) });
    let error =
        Event::SendError { subject: subject(1, &direct), errno: Errno::ENETDOWN, mtu: None, at: when };
    survey.handle_event(at(120), &error);
    survey.handle_settled(&subject(1, &direct));
    survey.handle_settled(&subject(900, &ask));
    assert_eq!(survey.poll_end(at(130)), None, "the other is under way");
    survey.handle_settled(&subject(0, &ask));
    assert_eq!(survey.poll_end(at(140)), Some(at(140)));
}

#[test]
fn without_hops_it_is_over_at_once_and_a_deadline_ends_it_anyway() {
    assert_eq!(survey(9, &[]).poll_end(at(4)), Some(at(4)));
    let mut survey = survey(9, &hops(2)).with_deadline(Some(Duration::from_secs(1)));
    assert_eq!(survey.poll_end(at(4)), Some(at(1_004)));
    assert!(matches!(survey.poll_next(at(4)), Next::Probe(_)));
    assert_eq!(survey.poll_end(at(500)), Some(at(1_004)));
}
