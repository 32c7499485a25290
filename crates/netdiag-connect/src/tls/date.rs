//! The dates of certificates, in whole seconds. They reach to the year 9999 (RFC 5280 §4.1.2.5), beyond the model's
//! wall clock, which counts nanoseconds and ends in 2262.

use std::fmt;

use netdiag_model::Wall;
use x509_parser::time::ASN1Time;

/// A date of a certificate. Shown as the JSON lines write times: RFC 3339 in UTC with microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(i64);

impl Date {
    /// The date `seconds` seconds after 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds after 1970-01-01T00:00:00Z.
    pub const fn as_seconds(self) -> i64 {
        self.0
    }

    /// The same on the wall clock, which stops in 2262.
    pub const fn wall(self) -> Wall {
        Wall::from_nanos(self.0.saturating_mul(1_000_000_000))
    }

    /// Whole days from `now` until then; negative when it has passed.
    pub const fn days_from(self, now: Self) -> i64 {
        self.0.saturating_sub(now.0).div_euclid(86_400)
    }

    /// Year, month and day: `2026-11-02`.
    pub fn day(self) -> String {
        match ASN1Time::from_timestamp(self.0) {
            Ok(time) => {
                let time = time.to_datetime();
                format!("{:04}-{:02}-{:02}", time.year(), u8::from(time.month()), time.day())
            }
            Err(_) => format!("second {} since 1970", self.0),
        }
    }

    /// How far two dates lie apart, in the unit that a person would take.
    pub(super) fn distance(self, other: Self) -> String {
        let seconds = self.0.abs_diff(other.0);
        let (count, unit) = match seconds {
            ..60 => return "less than a minute".to_owned(),
            60..3600 => (seconds / 60, "minute"),
            3600..86_400 => (seconds / 3600, "hour"),
            _ => (seconds / 86_400, "day"),
        };
        format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
    }
}

impl From<Wall> for Date {
    fn from(wall: Wall) -> Self {
        Self(wall.as_secs_micros().0)
    }
}

impl From<ASN1Time> for Date {
    fn from(time: ASN1Time) -> Self {
        Self(time.timestamp())
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of_day = self.0.rem_euclid(86_400);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        write!(f, "{}T{hour:02}:{minute:02}:{second:02}.000000Z", self.day())
    }
}
