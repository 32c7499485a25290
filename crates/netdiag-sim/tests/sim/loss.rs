//! Loss, doubles and disorder on links: what arrives agrees with the truth.

use std::time::Duration;

use netdiag_sim::{Cause, Direction, Happening};

use crate::harness::{ping, sim, volley};

#[test]
fn what_a_lossy_link_lets_through_arrives() {
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        let sim = sim("a-lossy-link-behind-a-router");
        let log = ping(&sim, &volley(target, 5000, Duration::from_millis(20)));
        let truth = sim.truth();
        let (out, home) = (truth.lost(Direction::Forward), truth.lost(Direction::Back));
        assert_eq!(log.replies().len(), 5000 - out - home);
        assert_eq!(truth.arrived(), log.replies().len());
        assert!((440..560).contains(&out), "one in ten: {out}");
        assert!((60..120).contains(&home), "one in fifty of the rest: {home}");
    }
}

#[test]
fn bursts_lose_neighbours() {
    let sim = sim("bursts-of-loss");
    ping(&sim, &volley("192.0.2.1", 20_000, Duration::from_millis(10)));
    let truth = sim.truth();
    let lost: Vec<u16> = truth
        .entries()
        .iter()
        .filter(|entry| matches!(entry.what, Happening::Lost { cause: Cause::Burst, .. }))
        .map(|entry| entry.probe.seq())
        .collect();
    let bursts = 1 + lost.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
    let mean = lost.len() as f64 / bursts as f64;
    assert!((3.3..4.7).contains(&mean), "{mean} packets a burst");
    assert!((500..1100).contains(&lost.len()), "{} lost", lost.len());
}

#[test]
fn a_packet_that_is_held_back_is_overtaken() {
    let sim = sim("replies-out-of-order");
    let log = ping(&sim, &volley("192.0.2.1", 1000, Duration::from_millis(10)));
    let seqs: Vec<u16> = log.replies().iter().map(|got| got.seq()).collect();
    let late =
        seqs.iter().enumerate().filter(|(at, seq)| seqs[..*at].iter().any(|before| before > seq)).count();
    let held = sim.truth().count(|what| matches!(what, Happening::HeldBack { .. }));
    assert_eq!(seqs.len(), 1000);
    assert!((150..250).contains(&held) && late > 100 && late <= held, "{held} held back, {late} overtaken");
}

#[test]
fn a_link_that_doubles_delivers_as_many_as_the_truth_says() {
    let sim = sim("a-link-that-delivers-twice");
    let log = ping(&sim, &volley("192.0.2.1", 400, Duration::from_millis(50)));
    let doubled = sim.truth().count(|what| matches!(what, Happening::Duplicated { .. }));
    assert_eq!(log.replies().len(), 400 + doubled);
    assert!(doubled > 150);
}

#[test]
fn a_target_that_answers_twice_does_so_each_time() {
    for target in ["192.0.2.1", "2001:db8::1"] {
        let log = ping(&sim("a-target-that-answers-twice"), &volley(target, 3, Duration::from_secs(1)));
        let seqs: Vec<u16> = log.replies().iter().map(|got| got.seq()).collect();
        assert_eq!(seqs, [0, 0, 1, 1, 2, 2]);
        assert_eq!(log.replies()[1].at.since(log.replies()[0].at), Duration::from_millis(1));
    }
}

#[test]
fn a_narrow_link_queues_and_then_drops() {
    let sim = sim("a-narrow-link");
    let mut shots = volley("203.0.113.7", 20, Duration::ZERO);
    for shot in &mut shots {
        shot.len = 1000;
    }
    let log = ping(&sim, &shots);
    let micros: Vec<u128> =
        log.replies().iter().map(|got| got.at.since(netdiag_model::Mono::ZERO).as_micros()).collect();
    assert_eq!(micros.len(), 11);
    assert_eq!(micros[0], 22_000 + 8_224);
    assert!(micros.windows(2).all(|pair| pair[1] - pair[0] == 8_224));
    assert_eq!(sim.truth().count(|what| matches!(what, Happening::Lost { cause: Cause::Queue, .. })), 9);
}
