use super::*;
use proptest::prelude::*;

/// The plain formulas over the whole series: `answers[i]` is the answer to probe i + 1, if any.
fn plain(answers: &[Option<u64>]) -> (Jitter, Bursts) {
    let received: Vec<u64> = answers.iter().flatten().copied().collect();
    let differences: Vec<u64> = received.windows(2).map(|pair| pair[1].abs_diff(pair[0])).collect();
    let rfc3550 = differences.iter().fold(0.0, |j: f64, &d| j + (d as f64 - j) / 16.0);
    let jitter = Jitter {
        count: differences.len() as u64,
        sum: differences.iter().sum(),
        max: differences.iter().copied().max().unwrap_or(0),
        rfc3550,
    };
    let runs: Vec<u64> =
        answers.split(Option::is_some).map(|run| run.len() as u64).filter(|&length| length > 0).collect();
    (jitter, Bursts { count: runs.len() as u64, longest: runs.iter().copied().max().unwrap_or(0) })
}

/// Each answer with a key that says when it arrives: in send order, but for the displaced ones.
fn series() -> impl Strategy<Value = Vec<(Option<u64>, usize)>> {
    prop::collection::vec((prop::option::weighted(0.8, 1u64..1_000_000), 0usize..5), 0..300)
}

proptest! {
    #[test]
    fn it_agrees_with_the_plain_formulas_however_replies_are_reordered(series in series()) {
        let answers: Vec<Option<u64>> = series.iter().map(|&(answer, _)| answer).collect();
        let mut arrivals: Vec<(usize, u64, u64)> = series
            .iter()
            .enumerate()
            .filter_map(|(i, &(answer, shift))| answer.map(|rtt| (i + shift, i as u64 + 1, rtt)))
            .collect();
        arrivals.sort_by_key(|&(key, seq, _)| (key, seq));
        let mut order = SendOrder::default();
        let mut highest = 0;
        let mut reordered = 0;
        for &(_, seq, rtt) in &arrivals {
            reordered += u64::from(seq < highest);
            highest = highest.max(seq);
            order.apply(seq, Rtt::from_nanos(rtt));
        }
        prop_assert_eq!(order.finish(answers.len() as u64), plain(&answers));
        prop_assert_eq!(order.reordered(), reordered);
    }
}

#[test]
fn folding_the_oldest_changes_no_figure() {
    let answers: Vec<Option<u64>> =
        (0..5 * WINDOW as u64).map(|i| (i % 7 != 3).then_some(1_000 + i * i % 977)).collect();
    let mut order = SendOrder::default();
    for (i, answer) in answers.iter().enumerate() {
        if let Some(rtt) = answer {
            order.apply(i as u64 + 1, Rtt::from_nanos(*rtt));
        }
    }
    assert!(order.folded.last.is_some());
    assert_eq!(order.finish(answers.len() as u64), plain(&answers));
}

#[test]
fn what_was_answered_long_ago_is_folded_and_changes_no_figure() {
    let answers: Vec<Option<u64>> =
        (0..20_000).map(|i| (i % 5 != 2).then_some(1_000 + i * i % 977)).collect();
    let mut order = SendOrder::default();
    let mut most = 0;
    for (i, answer) in (0..).zip(&answers) {
        if let Some(rtt) = answer {
            order.apply(i + 1, Rtt::from_nanos(*rtt));
        }
        // Ten probes a second.
        order.advance(Mono::from_nanos(i * 100_000_000));
        most = most.max(order.recent.len());
    }
    assert_eq!(order.finish(answers.len() as u64), plain(&answers));
    assert!((600 * 4 / 5..=1_200 * 4 / 5 + 1).contains(&most), "{most}");
    let before = order.finish(answers.len() as u64);
    order.apply(3, Rtt::from_nanos(1_000));
    assert_eq!((order.finish(answers.len() as u64), order.reordered()), (before, 1), "it came far too late");
}

#[test]
fn a_constant_difference_is_its_own_mean_and_the_limit_of_rfc_3550() {
    let mut order = SendOrder::default();
    (1..=500u64).for_each(|seq| order.apply(seq, Rtt::from_nanos(10_000_000 + (seq % 2) * 1_000_000)));
    let (jitter, bursts) = order.finish(500);
    assert_eq!(jitter.mean(), Some(1_000_000.0));
    assert!((jitter.rfc3550 - 1_000_000.0).abs() < 1.0, "{}", jitter.rfc3550);
    assert_eq!(bursts, Bursts::default());
}

#[test]
fn nothing_answered_is_one_burst() {
    assert_eq!(SendOrder::default().finish(5), (Jitter::default(), Bursts { count: 1, longest: 5 }));
}
