//! When the prober wants to be woken: a driver that wakes exactly then neither misses anything nor runs in a circle.

use super::*;
use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

/// What a driver that trusts `poll_timeout` saw.
#[derive(Debug, Default)]
struct Driven {
    wakes: usize,
    events: usize,
    sent: Vec<u64>,
    end: u64,
}

/// Drives a prober by `poll_timeout` alone; every probe but each `lost`-th is answered after `rtt`.
fn drive(mut prober: Prober<Echo>, rtt: u64, lost: usize) -> Driven {
    let mut driven = Driven::default();
    let mut coming: Vec<(u64, Flying)> = Vec::new();
    let mut now = 0;
    loop {
        driven.wakes += 1;
        assert!(driven.wakes < 100_000, "it runs in a circle at {now}");
        while coming.first().is_some_and(|(when, _)| *when <= now) {
            let (_, flying) = coming.remove(0);
            feed(&mut prober, direct(TARGET, now), &flying.reply());
        }
        prober.handle_timeout(reading(now));
        for flying in send(&mut prober, now) {
            driven.sent.push(now);
            if driven.sent.len() % lost != 0 {
                coming.push((now + rtt, flying));
            }
        }
        // A driver looks again when it has sent something, until nothing goes any more.
        send(&mut prober, now);
        driven.events += events(&mut prober).len();
        if prober.is_finished(Mono::from_nanos(now)) {
            driven.end = now;
            return driven;
        }
        let wake = prober.poll_timeout(Mono::from_nanos(now)).map(Mono::as_nanos);
        let first = coming.first().map(|(when, _)| *when);
        let next = [wake, first].into_iter().flatten().min().expect("something to wait for");
        assert!(next > now, "woken at {now}, and again for {next}");
        now = next;
    }
}

fn run(interval: u64, rate: Rate, count: u32) -> Prober<Echo> {
    let config = Config {
        method: Method::Icmp,
        timeout: Some(Duration::from_secs(1)),
        rate,
        payload: Payload::counting(56),
        secret: Secret::new(BuildHasherDefault::<DefaultHasher>::default()),
        max_shards: 1,
        flows: Flows::Any,
    };
    let pace = Pace::Steady { interval: Duration::from_nanos(interval) };
    let mut prober = Prober::new(config, Echo::new(pace, Count::Limit(count), Ending::Settled));
    prober.add_target(Mono::ZERO, address(TARGET), Audience::One);
    prober.end_targets();
    prober
}

#[test]
fn a_long_interval_is_slept_through() {
    let driven = drive(run(ms(10_000), Rate::Max, 100), ms(20), usize::MAX);
    assert_eq!((driven.sent.len(), driven.end), (100, ms(99 * 10_000 + 20)));
    assert_eq!(driven.wakes, 200, "once for each probe, once for each answer");
}

#[test]
fn nothing_to_wait_for_is_nothing() {
    let prober = prober(Method::Icmp, 56, 1);
    assert_eq!((prober.poll_timeout(Mono::ZERO), prober.poll_expiry()), (None, None), "no target yet");
    let (mut prober, _) = one(Method::Icmp, 56);
    send(&mut prober, 0);
    assert_eq!(prober.poll_expiry(), Some(Mono::from_nanos(ms(1_000))), "its timeout");
}

proptest! {
    #[test]
    fn who_wakes_when_told_misses_nothing_and_wakes_for_nothing_else(
        interval in 0_u64..2_000, rate in 1_u32..2_000, count in 1_u32..80, rtt in 1_u64..900, lost in 2_usize..9,
    ) {
        let rate = Rate::PerSecond(crate::pacer::MilliHertz::from_per_second(f64::from(rate)).expect("a rate"));
        let driven = drive(run(ms(interval), rate, count), ms(rtt), lost);
        prop_assert_eq!(driven.sent.len(), count as usize);
        prop_assert!(driven.wakes <= 2 * driven.events + 2, "{} for {} events", driven.wakes, driven.events);
        let due = |n: u64| n * ms(interval);
        prop_assert!((0..).zip(&driven.sent).all(|(n, when)| *when >= due(n)), "never early");
    }
}
