//! ICMP messages in the words of iputils' ping, which scripts and people know.
//!
//! The sentences follow RFC 792, 1122 and 1812 (ICMP) and RFC 4443 (ICMPv6) as iputils prints them; a type or code
//! without a sentence there gets one of the same form with its number.

pub mod facts;
mod mark;

pub use mark::{Mark, mark};

use std::fmt;

use crate::address::Family;
use crate::icmp::Icmp;

/// The message as iputils' ping writes it after `From ADDRESS icmp_seq=N `.
#[derive(Debug, Clone, Copy)]
pub struct Words(pub Icmp);

impl fmt::Display for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.family {
            Family::V4 => write_v4(f, self.0),
            Family::V6 => write_v6(f, self.0),
        }
    }
}

fn write_v4(f: &mut fmt::Formatter<'_>, icmp: Icmp) -> fmt::Result {
    let fixed = match (icmp.kind, icmp.code) {
        (3, 4) => return write!(f, "Frag needed and DF set (mtu = {})", icmp.info),
        (3, code) => match UNREACHABLE_V4.get(usize::from(code)) {
            Some(text) => text,
            None => return write!(f, "Dest Unreachable, Bad Code: {code}"),
        },
        (4, _) => "Source Quench",
        (5, code) => return write_redirect(f, code, icmp),
        (11, 0) => "Time to live exceeded",
        (11, 1) => "Frag reassembly time exceeded",
        (11, code) => return write!(f, "Time exceeded, Bad Code: {code}"),
        (12, _) => return write!(f, "Parameter problem: pointer = {}", icmp.info),
        (kind, _) => return write!(f, "Bad ICMP type: {kind}"),
    };
    f.write_str(fixed)
}

/// Destination unreachable, by code; code 4 carries a number and is written apart.
const UNREACHABLE_V4: [&str; 16] = [
    "Destination Net Unreachable",
    "Destination Host Unreachable",
    "Destination Protocol Unreachable",
    "Destination Port Unreachable",
    "Frag needed and DF set",
    "Source Route Failed",
    "Destination Net Unknown",
    "Destination Host Unknown",
    "Source Host Isolated",
    "Destination Net Prohibited",
    "Destination Host Prohibited",
    "Destination Net Unreachable for Type of Service",
    "Destination Host Unreachable for Type of Service",
    "Packet filtered",
    "Precedence Violation",
    "Precedence Cutoff",
];

fn write_redirect(f: &mut fmt::Formatter<'_>, code: u8, icmp: Icmp) -> fmt::Result {
    match code {
        0 => f.write_str("Redirect Network")?,
        1 => f.write_str("Redirect Host")?,
        2 => f.write_str("Redirect Type of Service and Network")?,
        3 => f.write_str("Redirect Type of Service and Host")?,
        _ => write!(f, "Redirect, Bad Code: {code}")?,
    }
    match icmp.gateway() {
        Some(gateway) => write!(f, "(New nexthop: {gateway})"),
        None => Ok(()),
    }
}

fn write_v6(f: &mut fmt::Formatter<'_>, icmp: Icmp) -> fmt::Result {
    match (icmp.kind, icmp.code) {
        (1, code) => match UNREACHABLE_V6.get(usize::from(code)) {
            Some(text) => write!(f, "Destination unreachable: {text}"),
            None => write!(f, "Destination unreachable: Unknown code {code}"),
        },
        (2, 0) => write!(f, "Packet too big: mtu={}", icmp.info),
        (2, code) => write!(f, "Packet too big: mtu={}, code={code}", icmp.info),
        (3, 0) => f.write_str("Time exceeded: Hop limit"),
        (3, 1) => f.write_str("Time exceeded: Defragmentation failure"),
        (3, code) => write!(f, "Time exceeded: code {code}"),
        (4, 0) => write!(f, "Parameter problem: Wrong header field at {}", icmp.info),
        (4, 1) => write!(f, "Parameter problem: Unknown header at {}", icmp.info),
        (4, 2) => write!(f, "Parameter problem: Unknown option at {}", icmp.info),
        (4, code) => write!(f, "Parameter problem: code {code} at {}", icmp.info),
        (kind, _) => write!(f, "unknown icmp type: {kind}"),
    }
}

/// Destination unreachable of ICMPv6, by code.
const UNREACHABLE_V6: [&str; 7] = [
    "No route",
    "Administratively prohibited",
    "Beyond scope of source address",
    "Address unreachable",
    "Port unreachable",
    "Source address failed ingress/egress policy",
    "Reject route to destination",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn words(family: Family, kind: u8, code: u8, info: u32) -> String {
        Words(Icmp { family, kind, code, info }).to_string()
    }

    #[test]
    fn numbers_are_written_where_the_message_carries_one() {
        assert_eq!(words(Family::V4, 3, 4, 1400), "Frag needed and DF set (mtu = 1400)");
        assert_eq!(words(Family::V4, 5, 1, 0x0a00_0001), "Redirect Host(New nexthop: 10.0.0.1)");
        assert_eq!(words(Family::V4, 12, 0, 20), "Parameter problem: pointer = 20");
        assert_eq!(words(Family::V6, 2, 0, 1280), "Packet too big: mtu=1280");
        assert_eq!(words(Family::V6, 4, 2, 42), "Parameter problem: Unknown option at 42");
    }

    #[test]
    fn strange_codes_and_types_are_shown() {
        assert_eq!(words(Family::V4, 3, 99, 0), "Dest Unreachable, Bad Code: 99");
        assert_eq!(words(Family::V4, 200, 0, 0), "Bad ICMP type: 200");
        assert_eq!(words(Family::V6, 1, 99, 0), "Destination unreachable: Unknown code 99");
        assert_eq!(words(Family::V6, 3, 7, 0), "Time exceeded: code 7");
        assert_eq!(words(Family::V6, 100, 0, 0), "unknown icmp type: 100");
    }
}
