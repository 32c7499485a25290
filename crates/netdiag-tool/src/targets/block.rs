//! Blocks of addresses in a row: a prefix (RFC 4632, RFC 4291) or a range. A block is two addresses; it is counted up, never
//! written out.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netdiag_model::Family;

/// All addresses from a first to a last, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    family: Family,
    first: u128,
    last: u128,
}

/// How many bits an address has.
pub(super) const fn width(family: Family) -> u8 {
    match family {
        Family::V4 => 32,
        Family::V6 => 128,
    }
}

const fn bits(ip: IpAddr) -> (Family, u128) {
    match ip {
        IpAddr::V4(v4) => (Family::V4, v4.to_bits() as u128),
        IpAddr::V6(v6) => (Family::V6, v6.to_bits()),
    }
}

const fn address(family: Family, bits: u128) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::from_bits(bits as u32)),
        Family::V6 => IpAddr::V6(Ipv6Addr::from_bits(bits)),
    }
}

impl Block {
    /// The addresses that share their first `len` bits with `ip`; `None` where an address has fewer bits.
    pub fn prefix(ip: IpAddr, len: u8) -> Option<Self> {
        let (family, bits) = bits(ip);
        let host_len = width(family).checked_sub(len)?;
        let host = u128::MAX.checked_shr(128 - u32::from(host_len)).unwrap_or(0);
        Some(Self { family, first: bits & !host, last: bits | host })
    }

    /// The addresses from `first` to `last`; `None` where they are of two families or the first comes after the last.
    pub fn range(first: IpAddr, last: IpAddr) -> Option<Self> {
        let ((family, first), (last_family, last)) = (bits(first), bits(last));
        (family == last_family && first <= last).then_some(Self { family, first, last })
    }

    /// How many addresses there are; `u128::MAX` for `::/0`, which has one more.
    #[expect(clippy::len_without_is_empty, reason = "no block is empty")]
    pub const fn len(&self) -> u128 {
        (self.last - self.first).saturating_add(1)
    }

    /// The addresses, the first one first.
    pub const fn addresses(&self) -> BlockAddresses {
        BlockAddresses { family: self.family, next: Some(self.first), last: self.last }
    }

    /// The length of the prefix that the block is, if it is one.
    fn prefix_len(&self) -> Option<u8> {
        let host = self.first ^ self.last;
        let is_prefix = host & host.wrapping_add(1) == 0 && self.first & host == 0;
        is_prefix.then(|| width(self.family) - host.count_ones() as u8)
    }
}

/// `ADDRESS/LENGTH` where the block is a prefix, else `FIRST-LAST`.
impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = address(self.family, self.first);
        match self.prefix_len() {
            Some(len) => write!(f, "{first}/{len}"),
            None => write!(f, "{first}-{}", address(self.family, self.last)),
        }
    }
}

/// The addresses of a block, counted up.
#[derive(Debug, Clone)]
pub struct BlockAddresses {
    family: Family,
    next: Option<u128>,
    last: u128,
}

impl Iterator for BlockAddresses {
    type Item = IpAddr;

    fn next(&mut self) -> Option<IpAddr> {
        let next = self.next?;
        self.next = (next < self.last).then(|| next + 1);
        Some(address(self.family, next))
    }
}

#[cfg(test)]
mod tests;
