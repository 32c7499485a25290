//! Values with a unit, as they stand in a network file: `"10ms"`, `0.05`, `"192.0.2.1/24"`.
//!
//! Each refuses what it does not understand with a sentence that shows a right one.

use std::net::IpAddr;
use std::time::Duration;

use netdiag_model::Mono;
use serde::Deserialize;

/// The longest span that a file may name: a year.
const LONGEST: f64 = 366.0 * 86_400.0;

/// A span of time: a number and `ns`, `us`, `ms`, `s`, `m`, `h` or `d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Span(pub(crate) Duration);

impl Span {
    pub(crate) const fn millis(millis: u64) -> Self {
        Self(Duration::from_millis(millis))
    }

    pub(crate) const fn nanos(self) -> u64 {
        self.0.as_nanos() as u64
    }

    /// The point that lies so far after the start.
    pub(crate) const fn moment(self) -> Mono {
        Mono::from_nanos(self.nanos())
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let seconds = seconds(&text)?;
        if seconds < 0.0 {
            return Err(format!("{text:?} lies in the past; a span is not negative"));
        }
        Ok(Self(Duration::from_secs_f64(seconds)))
    }
}

/// A step of a clock: a span that may be negative, such as `"-1h"`. In nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Step(pub(crate) i64);

impl TryFrom<String> for Step {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Ok(Self((seconds(&text)? * 1e9) as i64))
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let wrong =
        || format!("{text:?} is no span of time; write a number and a unit, such as \"10ms\" or \"1.5s\"");
    let at = text.find(|letter: char| letter.is_ascii_alphabetic()).ok_or_else(wrong)?;
    let (number, unit) = text.split_at(at);
    let factor = match unit {
        "ns" => 1e-9,
        "us" => 1e-6,
        "ms" => 1e-3,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return Err(wrong()),
    };
    let seconds = number.trim().parse::<f64>().map_err(|_| wrong())? * factor;
    if seconds.abs() <= LONGEST {
        Ok(seconds)
    } else {
        Err(format!("{text:?} is more than a year; write less"))
    }
}

/// A share of a whole, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
#[serde(try_from = "f64")]
pub(crate) struct Share(pub(crate) f64);

impl TryFrom<f64> for Share {
    type Error = String;

    fn try_from(value: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&value) {
            Ok(Self(value))
        } else {
            Err(format!(
                "{value} is no share; write a number from 0 to 1, such as 0.05 for five in a hundred"
            ))
        }
    }
}

/// An address prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Prefix {
    pub(crate) ip: IpAddr,
    pub(crate) len: u8,
}

impl Prefix {
    /// Whether `ip` lies in it.
    pub(crate) fn contains(self, ip: IpAddr) -> bool {
        match (self.ip, ip) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros() >= u32::from(self.len)
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                (own.to_bits() ^ other.to_bits()).leading_zeros() >= u32::from(self.len)
            }
            _ => false,
        }
    }
}

/// `192.0.2.0/24`; an address alone is a prefix of its full length.
impl TryFrom<String> for Prefix {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong =
            || format!("{text:?} is no address; write one such as \"192.0.2.1\" or \"2001:db8::/32\"");
        let (address, len) = text.split_once('/').map_or((text.as_str(), None), |(ip, len)| (ip, Some(len)));
        let ip: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if ip.is_ipv4() { 32 } else { 128 };
        let len = len.map_or(Ok(most), |len| len.parse::<u8>().map_err(|_| wrong()))?;
        if len <= most { Ok(Self { ip, len }) } else { Err(wrong()) }
    }
}

/// A block of addresses that somebody announces, such as `"192.0.2.0/24"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Block(pub(crate) netdiag_model::Prefix);

impl TryFrom<String> for Block {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse().map(Self).map_err(|why| format!("{text:?} is {why}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units_and_bounds() {
        assert_eq!(Span::try_from("1.5s".to_owned()), Ok(Span::millis(1500)));
        assert_eq!(Step::try_from("-1h".to_owned()), Ok(Step(-3_600_000_000_000)));
        for wrong in ["10", "ms", "-1s", "1e300d", "nans", "5 parsecs"] {
            assert!(Span::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_prefix_contains_its_own_family_only() {
        let prefix = Prefix::try_from("192.0.2.128/25".to_owned()).expect("prefix");
        assert!(prefix.contains("192.0.2.200".parse().expect("address")));
        assert!(!prefix.contains("192.0.2.1".parse().expect("address")));
        assert!(!prefix.contains("::1".parse().expect("address")));
        assert!(
            Prefix::try_from("::/0".to_owned()).expect("prefix").contains("::1".parse().expect("address"))
        );
        assert!(Prefix::try_from("192.0.2.1/33".to_owned()).is_err());
    }
}
