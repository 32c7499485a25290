//! Blocks of addresses that share their first bits (RFC 4632 section 3.1, RFC 4291 section 2.3).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A block of addresses, such as `192.0.2.0/24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix {
    first: IpAddr,
    len: u8,
}

impl Prefix {
    /// The block of `ip` in which the first `len` bits are the same; `None` if the family has no so many.
    pub const fn new(ip: IpAddr, len: u8) -> Option<Self> {
        let first = match ip {
            IpAddr::V4(v4) if len <= 32 => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & !below_v4(len))),
            IpAddr::V6(v6) if len <= 128 => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !below_v6(len))),
            _ => return None,
        };
        Some(Self { first, len })
    }

    /// The block that reaches from `first` to `last` and no further, if there is one.
    pub fn spanning(first: IpAddr, last: IpAddr) -> Option<Self> {
        let len = match (first, last) {
            (IpAddr::V4(a), IpAddr::V4(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            (IpAddr::V6(a), IpAddr::V6(b)) => (a.to_bits() ^ b.to_bits()).leading_zeros(),
            _ => return None,
        };
        let block = Self::new(first, len as u8)?;
        (block.first == first && block.last() == last).then_some(block)
    }

    /// Its lowest address.
    pub const fn first(&self) -> IpAddr {
        self.first
    }

    /// Its highest address.
    pub const fn last(&self) -> IpAddr {
        match self.first {
            IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() | below_v4(self.len))),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() | below_v6(self.len))),
        }
    }

    /// How many bits its addresses share.
    #[expect(clippy::len_without_is_empty, reason = "the length of a prefix is in bits; none is empty")]
    pub const fn len(&self) -> u8 {
        self.len
    }

    /// Whether `ip` lies in it. An address of the other family never does.
    pub fn contains(&self, ip: IpAddr) -> bool {
        Self::new(ip, self.len).is_some_and(|block| block == *self)
    }
}

/// The bits behind the first `len`.
const fn below_v4(len: u8) -> u32 {
    if len == 0 { u32::MAX } else { (1 << (32 - len)) - 1 }
}

/// The bits behind the first `len`.
const fn below_v6(len: u8) -> u128 {
    if len == 0 { u128::MAX } else { (1 << (128 - len)) - 1 }
}

/// `192.0.2.0/24`.
impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.len)
    }
}

/// The text is no block of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoPrefix;

impl fmt::Display for NoPrefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no block of addresses; one is written as 192.0.2.0/24 or 2001:db8::/32")
    }
}

impl std::error::Error for NoPrefix {}

/// Reads `192.0.2.0/24`; bits behind the length are dropped.
impl FromStr for Prefix {
    type Err = NoPrefix;

    fn from_str(text: &str) -> Result<Self, NoPrefix> {
        let (ip, len) = text.split_once('/').ok_or(NoPrefix)?;
        let (ip, len) = (ip.parse().map_err(|_| NoPrefix)?, len.parse().map_err(|_| NoPrefix)?);
        Self::new(ip, len).ok_or(NoPrefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn a_block_is_read_and_shown_without_the_bits_behind_its_length() {
        for (text, shown) in [
            ("192.0.2.77/24", "192.0.2.0/24"),
            ("0.0.0.0/0", "0.0.0.0/0"),
            ("192.0.2.1/32", "192.0.2.1/32"),
            ("2001:db8:1::/32", "2001:db8::/32"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(text.parse::<Prefix>().map(|block| block.to_string()), Ok(shown.to_owned()));
        }
        for text in ["", "192.0.2.1", "192.0.2.0/33", "::/129", "192.0.2.0/-1", "192.0.2.0/24/8", "a/8"] {
            assert_eq!(text.parse::<Prefix>(), Err(NoPrefix), "{text}");
        }
    }

    #[test]
    fn a_block_contains_its_own_family_from_first_to_last() {
        let block: Prefix = "192.0.2.128/25".parse().expect("a block");
        assert_eq!((block.first(), block.last()), (ip("192.0.2.128"), ip("192.0.2.255")));
        assert!(block.contains(ip("192.0.2.200")) && !block.contains(ip("192.0.2.1")));
        let all: Prefix = "::/0".parse().expect("a block");
        assert!(all.contains(ip("::1")) && !all.contains(ip("192.0.2.1")));
    }

    #[test]
    fn a_range_is_a_block_where_it_ends_on_one() {
        let spanning = |first, last| Prefix::spanning(ip(first), ip(last)).map(|block| block.to_string());
        assert_eq!(spanning("192.0.2.0", "192.0.2.255").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(spanning("192.0.2.1", "192.0.2.1").as_deref(), Some("192.0.2.1/32"));
        assert_eq!(spanning("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").as_deref(), Some("::/0"));
        assert_eq!(spanning("192.0.2.0", "192.0.2.254"), None);
        assert_eq!(spanning("192.0.2.128", "192.0.3.127"), None);
        assert_eq!(spanning("192.0.2.0", "::1"), None);
    }
}
