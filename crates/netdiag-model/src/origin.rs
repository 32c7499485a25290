//! Who announces an address to the Internet: numbers of autonomous systems (RFC 6793), and which addresses nobody can
//! announce (RFC 6890 and the IANA registries of special-purpose addresses). Documentation addresses count as any
//! others, since laboratories use them.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::prefix::Prefix;

/// The number of an autonomous system (AS).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Asn(pub u32);

/// `AS64500`.
impl fmt::Display for Asn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AS{}", self.0)
    }
}

/// Who announces an address, as far as whoever was asked knows. All text is from outside and shown escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The AS that announces it. Several where some do so side by side; each once.
    pub asns: Vec<Asn>,
    /// The block that is announced.
    pub prefix: Option<Prefix>,
    /// The country that the block is registered in, as two letters (ISO 3166).
    pub country: Option<String>,
    /// The registry that gave the block out, such as `ripencc`.
    pub registry: Option<String>,
    /// The name of the AS.
    pub name: Option<String>,
}

/// `AS64500`; `AS64500/AS64501` where there are several.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, asn) in self.asns.iter().enumerate() {
            let slash = if at == 0 { "" } else { "/" };
            write!(f, "{slash}{asn}")?;
        }
        Ok(())
    }
}

/// The address whose origin is meant by that of `address`: the IPv4 address within a mapped one (RFC 4291 section
/// 2.5.5.2) or one of the well-known NAT64 prefix (RFC 6052), else itself.
pub fn bearer(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) if v6.to_bits() >> 32 == NAT64 => Ipv4Addr::from_bits(v6.to_bits() as u32).into(),
        other => other,
    }
}

/// `64:ff9b::/96`.
const NAT64: u128 = 0x64_ff9b_u128 << 64;

/// Whether somebody can announce `address` to the Internet. Private, shared, local, multicast and reserved addresses
/// can be announced by nobody.
pub const fn is_announceable(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_announceable_v4(v4),
        // RFC 4291 section 2.4: global unicast, as far as it is given out.
        IpAddr::V6(v6) => is_global(v6),
    }
}

const fn is_announceable_v4(v4: Ipv4Addr) -> bool {
    let is_shared = matches!(v4.octets(), [100, 64..=127, ..]);
    let is_benchmark = matches!(v4.octets(), [198, 18..=19, ..]);
    let is_reserved = matches!(v4.octets(), [0 | 224..=255, ..]);
    !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || is_shared || is_benchmark || is_reserved)
}

const fn is_global(v6: Ipv6Addr) -> bool {
    v6.segments()[0] >> 13 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn several_systems_are_shown_side_by_side() {
        let origin =
            |asns: &[u32]| Origin { asns: asns.iter().copied().map(Asn).collect(), ..Origin::default() };
        assert_eq!(origin(&[64500]).to_string(), "AS64500");
        assert_eq!(origin(&[64500, 4_200_000_000]).to_string(), "AS64500/AS4200000000");
    }

    #[test]
    fn what_nobody_can_announce_is_told_apart() {
        for address in [
            "0.0.0.1",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "169.254.1.1",
            "172.16.0.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "64:ff9b:1::1",
        ] {
            assert!(!is_announceable(ip(address)), "{address}");
        }
        for address in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.32.0.1",
            "192.0.2.1",
            "198.20.0.1",
            "2001:db8::1",
        ] {
            assert!(is_announceable(ip(address)), "{address}");
        }
    }

    #[test]
    fn an_address_within_another_is_the_one_that_is_meant() {
        assert_eq!(bearer(ip("::ffff:192.0.2.1")), ip("192.0.2.1"));
        assert_eq!(bearer(ip("64:ff9b::192.0.2.1")), ip("192.0.2.1"));
        assert_eq!(bearer(ip("64:ff9b:1::192.0.2.1")), ip("64:ff9b:1::192.0.2.1"));
        assert_eq!(bearer(ip("2001:db8::1")), ip("2001:db8::1"));
    }
}
