//! Statistics once more, from samples alone and by the plain formulas of the contract: no one-pass recurrence, no window,
//! no histogram. Times are in milliseconds, as in the records.

use serde_json::Value;

/// Equal to the nanosecond, in milliseconds; or as nearly, in percent.
///
/// # Panics
///
/// If `found` is no number or another one.
#[track_caller]
pub fn assert_near(found: &Value, expected: f64, what: &str) {
    let found = found.as_f64().unwrap_or_else(|| panic!("no {what}"));
    assert!((found - expected).abs() < 1.1e-6, "{what}: {found} for {expected}");
}

/// Holds `loss_percent` against `sent` and `received` beside it.
///
/// # Panics
///
/// If it is another.
#[track_caller]
pub fn assert_loss(sums: &Value) {
    let number = |key: &str| sums[key].as_u64().unwrap_or_else(|| panic!("no {key}: {sums}"));
    let (sent, received) = (number("sent"), number("received"));
    let loss = if sent == 0 { 0.0 } else { (sent - received) as f64 / sent as f64 * 100.0 };
    assert_near(&sums["loss_percent"], loss, "loss_percent");
}

/// Holds `rtt_ms` against all `times`: extremes and mean, and where two probes or more were `answered`, deviation (of the
/// population) and percentiles (by nearest rank), which are absent otherwise. Without times all of it is.
///
/// # Panics
///
/// If it is otherwise.
#[track_caller]
pub fn assert_times(sums: &Value, times: &[f64], answered: usize) {
    let Some(rtt) = sums.get("rtt_ms") else { return assert!(times.is_empty(), "{sums}") };
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let mean = sorted.iter().sum::<f64>() / n;
    assert!(!sorted.is_empty(), "times of nothing: {sums}");
    assert_near(&rtt["min"], sorted[0], "min");
    assert_near(&rtt["max"], sorted[sorted.len() - 1], "max");
    assert_near(&rtt["avg"], mean, "avg");
    if answered < 2 {
        let keys = rtt.as_object().map(serde_json::Map::len);
        assert_eq!(keys, Some(3), "what one sample cannot have is absent: {rtt}");
        return;
    }
    let variance = sorted.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / n;
    assert_near(&rtt["mdev"], variance.sqrt(), "mdev");
    for (key, percent) in [("p50", 50.0), ("p90", 90.0), ("p95", 95.0), ("p99", 99.0)] {
        let rank = (percent * n / 100.0_f64).ceil() as usize;
        assert_near(&rtt[key], sorted[rank - 1], key);
    }
}

/// Holds `jitter_ms` against `times` in the order of sending. Below two of them it is absent.
///
/// # Panics
///
/// If it is otherwise.
#[track_caller]
pub fn assert_jitter(sums: &Value, times: &[f64]) {
    let differences: Vec<f64> = times.windows(2).map(|pair| (pair[0] - pair[1]).abs()).collect();
    let Some(jitter) = sums.get("jitter_ms") else { return assert!(differences.is_empty(), "{sums}") };
    assert_near(&jitter["mean"], differences.iter().sum::<f64>() / differences.len() as f64, "jitter mean");
    assert_near(&jitter["max"], differences.iter().copied().fold(0.0, f64::max), "jitter max");
    let smoothed = differences.iter().fold(0.0, |jitter, difference| jitter + (difference - jitter) / 16.0);
    assert_near(&jitter["rfc3550"], smoothed, "jitter rfc3550");
}
