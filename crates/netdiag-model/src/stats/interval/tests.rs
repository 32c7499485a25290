use super::*;
use proptest::prelude::*;

/// The definition: the shares p for which |k/n − p| ≤ z·√(p(1−p)/n).
fn is_within(p: f64, k: u64, n: u64, z: f64) -> bool {
    let (k, n) = (k as f64, n as f64);
    (k / n - p).powi(2) <= z * z * p * (1.0 - p) / n
}

proptest! {
    #[test]
    fn the_bounds_are_where_the_score_test_begins_to_refuse(n in 1u64..5_000, part in 0.0f64..=1.0, z in 0.5f64..4.0) {
        let k = (part * n as f64).round() as u64;
        let interval = Interval::wilson(k, n, z);
        let step = 1e-9;
        for (bound, inwards) in [(interval.low, step), (interval.high, -step)] {
            prop_assert!(is_within(bound + inwards, k, n, z));
            prop_assert!(bound <= step || bound >= 1.0 - step || !is_within(bound - inwards, k, n, z));
        }
    }

    #[test]
    fn it_holds_the_estimate_and_mirrors_when_losses_and_answers_change_places(n in 1u64..5_000, part in 0.0f64..=1.0) {
        let k = (part * n as f64).round() as u64;
        let (lost, answered) = (Interval::wilson(k, n, Z95), Interval::wilson(n - k, n, Z95).complement());
        prop_assert!(0.0 <= lost.low && lost.low <= lost.estimate && lost.estimate <= lost.high && lost.high <= 1.0);
        prop_assert!((lost.low - answered.low).abs() < 1e-12 && (lost.high - answered.high).abs() < 1e-12);
    }

    #[test]
    fn more_trials_narrow_it_and_more_deviations_widen_it(n in 1u64..1_000, part in 0.0f64..=1.0) {
        let k = (part * n as f64).round() as u64;
        let width = |k, n, z| { let i = Interval::wilson(k, n, z); i.high - i.low };
        prop_assert!(width(4 * k, 4 * n, Z95) < width(k, n, Z95));
        prop_assert!(width(k, n, 2.6) > width(k, n, Z95));
    }

    #[test]
    fn a_ratio_to_what_is_known_is_the_share_itself(n in 1u64..1_000, part in 0.0f64..=1.0) {
        let share = Interval::wilson((part * n as f64).round() as u64, n, Z95);
        let ratio = share.over(Interval::exact(1.0));
        prop_assert!((ratio.low - share.low).abs() < 1e-6 && (ratio.high - share.high).abs() < 1e-6);
        prop_assert!((ratio.estimate - share.estimate).abs() < 1e-12);
    }

    #[test]
    fn a_ratio_is_wider_than_its_upper_part_alone(k in 50u64..100, other in 90u64..=100) {
        let share = Interval::wilson(k, 100, Z95);
        let ratio = share.over(Interval::wilson(other, 100, Z95));
        prop_assert!(ratio.low <= ratio.estimate && ratio.estimate <= ratio.high);
        prop_assert!(ratio.high >= share.high && ratio.low <= share.low / 0.9);
    }
}

#[test]
fn a_known_case() {
    // Newcombe (1998), table I: 81 of 263 and 15 of 148.
    for (k, n, low, high) in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)] {
        let interval = Interval::wilson(k, n, Z95);
        assert!((interval.low - low).abs() < 1e-4 && (interval.high - high).abs() < 1e-4, "{interval:?}");
    }
}

#[test]
fn nothing_lost_still_has_an_upper_bound_and_no_trials_say_nothing() {
    let none = Interval::wilson(0, 100, Z95).percent();
    assert!(none.low.abs() < 1e-12 && none.estimate.abs() < 1e-12 && (none.high - 3.70).abs() < 0.01);
    assert_eq!(Interval::wilson(0, 0, Z95), Interval { estimate: 0.0, low: 0.0, high: 1.0 });
    assert!((Interval::wilson(7, 7, Z95).high - 1.0).abs() < 1e-12);
}
