//! Arguments that several tools take, read from how they are typed. The errors say how to write them.

use std::net::IpAddr;

use netdiag_engine::pacer::{MilliHertz, Rate};

/// Probes per second, or `max`, which is infinite.
pub fn rate(text: &str) -> Result<f64, String> {
    if text == "max" {
        return Ok(f64::INFINITY);
    }
    match text.parse::<f64>() {
        Ok(rate) if (0.001..=1e9).contains(&rate) => Ok(rate),
        _ => Err(format!("{text:?} is no rate: write probes per second (from 0.001) or `max`")),
    }
}

/// The rate that so many probes per second are.
pub fn paced(per_second: f64) -> Rate {
    MilliHertz::from_per_second(per_second).map_or(Rate::Max, Rate::PerSecond)
}

/// A number, decimal or `0x` hexadecimal, of at most `max`; `what` names it in the error.
pub fn number(text: &str, max: u32, what: &str) -> Result<u32, String> {
    let value = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => text.parse(),
    };
    match value {
        Ok(value) if value <= max => Ok(value),
        _ => Err(format!("{text:?} is no {what}: write 0 to {max}, decimal or 0x hexadecimal")),
    }
}

/// A TOS or traffic class.
pub fn tos(text: &str) -> Result<u8, String> {
    number(text, 255, "TOS").map(|value| value as u8)
}

/// A count of probes, from 1; the largest number stands for no end.
pub fn count(text: &str) -> Result<u32, String> {
    match text.parse::<u128>() {
        Ok(count @ 1..) => match u32::try_from(count) {
            Ok(count) if count < u32::MAX => Ok(count),
            _ => Err(format!("at most {}; leave it out to go on until Ctrl-C", u32::MAX - 1)),
        },
        _ => Err(format!("{text:?} is no count: write a whole number from 1")),
    }
}

/// From where packets leave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The interface (or VRF) that they leave by.
    pub interface: Option<String>,
    /// The address that they leave from.
    pub source: Option<IpAddr>,
}

impl Origin {
    /// The same with what `-I` says: an address (`fe80::1%eth0` on its interface), or else an interface.
    #[must_use]
    pub fn with(mut self, from: &str) -> Self {
        let (address, scope) = from.split_once('%').map_or((from, None), |(a, s)| (a, Some(s)));
        match address.parse::<IpAddr>() {
            Ok(address) => {
                self.source = Some(address);
                self.interface = scope.map(str::to_owned).or(self.interface);
            }
            Err(_) => self.interface = Some(from.to_owned()),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_decimal_or_hexadecimal_and_bounded() {
        assert_eq!(tos("0xb8"), Ok(184));
        assert_eq!(tos("255"), Ok(255));
        assert!(tos("256").is_err());
        assert!(number("0x100000", 0xf_ffff, "flow label").is_err());
    }

    #[test]
    fn rates_and_counts() {
        assert_eq!(rate("max"), Ok(f64::INFINITY));
        assert!(rate("0").is_err_and(|error| error.contains("per second")));
        assert_eq!(count("7"), Ok(7));
        for text in ["0", "-1", "x", "4294967295"] {
            assert!(count(text).is_err(), "{text}");
        }
        assert_eq!(paced(f64::INFINITY), Rate::Max);
    }

    #[test]
    fn an_origin_is_an_address_or_an_interface() {
        let origin = Origin::default().with("fe80::1%eth0");
        assert_eq!((origin.source, origin.interface.as_deref()), ("fe80::1".parse().ok(), Some("eth0")));
        let origin = Origin::default().with("wlan0").with("192.0.2.1");
        assert_eq!((origin.source, origin.interface.as_deref()), ("192.0.2.1".parse().ok(), Some("wlan0")));
    }
}
