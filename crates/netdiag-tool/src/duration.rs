//! Durations as users type them: seconds as a decimal (`0.2`), or a number with a unit (`200ms`, `5s`, `2m`, `1h`).

use std::time::Duration;

const UNITS: [(&str, f64); 7] =
    [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];

/// The longest duration that is accepted, in seconds: 10 years. Longer ones are a slip of the finger.
const LONGEST: f64 = 315_576_000.0;

/// Reads a duration. The error says what is wrong with it.
pub fn parse(text: &str) -> Result<Duration, String> {
    let digits_end = text.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits_end);
    let scale = match unit {
        "" => 1.0,
        unit => match UNITS.iter().find(|(name, _)| *name == unit) {
            Some((_, scale)) => *scale,
            None => {
                return Err(format!(
                    "{text:?} is no duration: write seconds (0.2) or a unit (200ms, 5s, 2m)"
                ));
            }
        },
    };
    let value: f64 = number
        .parse()
        .map_err(|_| format!("{text:?} is no duration: write seconds (0.2) or a unit (200ms, 5s, 2m)"))?;
    let seconds = value * scale;
    if seconds > LONGEST {
        return Err(format!("{text:?} is more than ten years"));
    }
    Ok(Duration::from_nanos((seconds * 1e9).round() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_units() {
        for (text, nanos) in [
            ("1", 1_000_000_000),
            ("0.2", 200_000_000),
            (".5", 500_000_000),
            ("200ms", 200_000_000),
            ("1.5s", 1_500_000_000),
            ("2m", 120_000_000_000),
            ("7us", 7_000),
            ("0", 0),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_nanos(nanos)), "{text}");
        }
    }

    #[test]
    fn what_is_no_duration_is_named() {
        for text in ["", "x", "-1", "1,5", "5 s", "1d", "1e3", "nan", "1..2", "99999999999"] {
            assert!(parse(text).is_err_and(|error| error.contains(text)), "{text}");
        }
    }
}
