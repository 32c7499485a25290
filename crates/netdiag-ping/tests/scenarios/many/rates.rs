//! When probes go: one rate over all, each target's interval, turns, and no bursts.

use std::collections::BTreeMap;
use std::net::IpAddr;

use netdiag_sim::Happening;
use netdiag_stage::Ran;

use crate::ping;

const FARM: &str = "a-farm-of-65536-hosts";

/// When each probe went, in nanoseconds, and to whom.
fn sent(ran: &Ran) -> Vec<(u64, IpAddr)> {
    let sent = ran.truth.entries().iter().filter_map(|entry| match entry.what {
        Happening::Sent { to } => Some((entry.at.as_nanos(), to)),
        _ => None,
    });
    sent.collect()
}

/// The times of each target's probes.
fn by_target(sent: &[(u64, IpAddr)]) -> BTreeMap<IpAddr, Vec<u64>> {
    let mut times: BTreeMap<IpAddr, Vec<u64>> = BTreeMap::new();
    for (at, to) in sent {
        times.entry(*to).or_default().push(*at);
    }
    times
}

/// The most probes in any span of `nanos` from one of them on.
fn densest(sent: &[(u64, IpAddr)], nanos: u64) -> usize {
    let mut first = 0;
    let ends = sent.iter().enumerate().map(|(last, (at, _))| {
        while sent[first].0 + nanos <= *at {
            first += 1;
        }
        last - first + 1
    });
    ends.max().unwrap_or(0)
}

#[test]
fn the_rate_is_exact_over_any_number_of_targets() {
    for targets in ["10.1.0.1-1", "10.1.0.1-7", "10.1.0.0-10.1.3.231", "10.1.0.0-10.1.19.135"] {
        for (rate, window) in [(10.0, 30.0), (333.0, 6.0), (1_000.0, 4.0), (30_000.0, 0.3), (100_000.0, 0.1)]
        {
            let ran = ping(FARM, &format!("-i 0 -q --csv --rate {rate} -w {window} {targets}"));
            let sent = sent(&ran);
            let (got, wanted) = (sent.len() as f64, rate * window);
            assert!(
                (got - wanted).abs() <= wanted * 0.02 + 1.0,
                "{got} of {wanted} to {targets} at {rate}/s"
            );
            // A hundredth of the window, anywhere, has its share and not more: no burst at the start or later.
            let share = (wanted / 100.0).ceil() as usize + 1;
            let most = densest(&sent, (window * 1e7) as u64);
            assert!(most <= share, "{most} in a hundredth, not {share}, to {targets} at {rate}/s");
        }
    }
}

#[test]
fn without_an_option_many_targets_get_a_thousand_probes_a_second() {
    let ran = ping(FARM, "-c 1 -q 10.1.0.0/21");
    let sent = sent(&ran);
    assert_eq!((sent.len(), sent[2_047].0), (2_048, 2_047_000_000));
}

/// Where the rate leaves room for all, each target's turns are an interval apart.
#[test]
fn a_target_is_asked_once_an_interval() {
    for args in [
        "-i 0.5 -c 6 10.1.0.0/25",
        "-i 0.02 -c 9 10.1.0.1-3",
        "-i 0.12 -c 3 10.1.0.0-99",
        "-i 0.25 --rate 1000 -c 4 10.1.0.0-249",
        "-i 2 --rate 11 -c 3 10.1.0.0-20",
        "-i 1 -c 3 10.1.0.7/32",
    ] {
        let interval = args.split(' ').nth(1).and_then(|text| text.parse::<f64>().ok()).expect("an interval");
        for (target, times) in by_target(&sent(&ping(FARM, &format!("-q {args}")))) {
            for pair in times.windows(2) {
                let gap = (pair[1] - pair[0]) as f64 / 1e9;
                assert!((gap - interval).abs() < 1e-6, "{target} after {gap} s: {args}");
            }
        }
    }
}

#[test]
fn a_rate_below_what_the_intervals_want_is_kept_and_shared() {
    let ran = ping(FARM, "-i 0.1 --rate 200 -w 10 -q 10.1.0.0-99");
    let sent = sent(&ran);
    assert!((1_999..=2_001).contains(&sent.len()), "{}", sent.len());
    let counts: Vec<usize> = by_target(&sent).values().map(Vec::len).collect();
    assert!(counts.len() == 100 && counts.iter().all(|count| (20..=21).contains(count)), "{counts:?}");
}

#[test]
fn targets_take_turns_in_the_order_typed() {
    let ran = ping(FARM, "-i 0 --rate 2000 -w 1 -q 10.1.0.0-36");
    for (at, (_, to)) in sent(&ran).into_iter().enumerate() {
        assert_eq!(to, IpAddr::from([10, 1, 0, (at % 37) as u8]));
    }
}

#[test]
fn turns_are_fair_whatever_the_load() {
    for args in [
        "-i 0.05 --rate 500 -c 20 10.1.0.0-99",
        "-i 0.1 --rate 2000 -c 20 10.1.0.0-99",
        "-i 0 -c 40 10.1.0.0-63",
    ] {
        let sent = sent(&ping(FARM, &format!("-q {args}")));
        let mut rounds: BTreeMap<usize, (u64, u64)> = BTreeMap::new();
        for times in by_target(&sent).values() {
            for (round, at) in times.iter().enumerate() {
                let (first, last) = rounds.entry(round).or_insert((*at, *at));
                (*first, *last) = ((*first).min(*at), (*last).max(*at));
            }
        }
        // Stronger than fair: nobody has a turn before all have had the one before.
        let rounds: Vec<(u64, u64)> = rounds.into_values().collect();
        assert!(rounds.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{args}");
    }
}

/// A name that comes late has its first turn at once, and the others one each between its turns.
#[test]
fn latecomers_are_asked_at_once_and_then_in_turn() {
    let ran = ping(
        "names-of-many-kinds",
        "-i 0.1 -c 60 --rate 20 -q slow.example.net 192.0.2.1 2001:db8::1 2001:db8::2",
    );
    let sent = sent(&ran);
    let slow: IpAddr = "192.0.2.2".parse().expect("an address");
    let first = sent.iter().position(|(_, to)| *to == slow).expect("it is asked");
    assert!((4_000_000_000..4_050_000_001).contains(&sent[first].0), "{}", sent[first].0);
    let after: Vec<IpAddr> = sent[first..].iter().map(|(_, to)| *to).collect();
    let others: Vec<&[IpAddr]> = after[1..].split(|to| *to == slow).collect();
    assert!(others[..30].iter().all(|turns| turns.len() == 3), "{others:?}");
}
