//! Addresses: an IP address and, for IPv6 addresses of limited scope, the interface it belongs to (RFC 4007).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// IPv4 (RFC 791).
    V4,
    /// IPv6 (RFC 8200).
    V6,
}

impl Family {
    /// The size of its IP header without options, in octets.
    pub const fn header_len(self) -> usize {
        match self {
            Self::V4 => 20,
            Self::V6 => 40,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// An IP address with its scope. `scope` is the interface index, and 0 where the address needs none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Address {
    /// The address itself.
    pub ip: IpAddr,
    /// Interface index of a link-local address; 0 otherwise.
    pub scope: u32,
}

impl Address {
    /// An address that needs no scope.
    pub const fn new(ip: IpAddr) -> Self {
        Self { ip, scope: 0 }
    }

    /// The address on the interface with index `scope`. The scope is kept only where the address needs one.
    pub const fn scoped(ip: IpAddr, scope: u32) -> Self {
        let address = Self { ip, scope };
        if address.needs_scope() { address } else { Self { ip, scope: 0 } }
    }

    /// The address family.
    pub const fn family(&self) -> Family {
        match self.ip {
            IpAddr::V4(_) => Family::V4,
            IpAddr::V6(_) => Family::V6,
        }
    }

    /// Whether the address names a host only together with an interface: IPv6 link-local unicast, and interface- or
    /// link-local multicast.
    pub const fn needs_scope(&self) -> bool {
        match self.ip {
            IpAddr::V4(_) => false,
            IpAddr::V6(v6) => {
                v6.is_unicast_link_local() || (v6.is_multicast() && matches!(v6.octets()[1] & 0xf, 1 | 2))
            }
        }
    }

    /// Whether a packet from `other` may be said to come from this address: the same address, and the same interface
    /// where both sides name one.
    pub fn matches(&self, other: &Self) -> bool {
        self.ip == other.ip && (self.scope == other.scope || self.scope == 0 || other.scope == 0)
    }
}

impl From<IpAddr> for Address {
    fn from(ip: IpAddr) -> Self {
        Self::new(ip)
    }
}

impl From<Ipv4Addr> for Address {
    fn from(ip: Ipv4Addr) -> Self {
        Self::new(ip.into())
    }
}

impl From<Ipv6Addr> for Address {
    fn from(ip: Ipv6Addr) -> Self {
        Self::new(ip.into())
    }
}

/// The address, with `%INDEX` where it has a scope.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.scope == 0 { write!(f, "{}", self.ip) } else { write!(f, "{}%{}", self.ip, self.scope) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_link_local_addresses_keep_a_scope() {
        let global = Address::scoped("2001:db8::1".parse().expect("address"), 3);
        assert_eq!(global.to_string(), "2001:db8::1");
        let local = Address::scoped("fe80::1".parse().expect("address"), 3);
        assert_eq!(local.to_string(), "fe80::1%3");
        assert!(local.matches(&Address::new("fe80::1".parse().expect("address"))));
        assert!(!local.matches(&Address::scoped("fe80::1".parse().expect("address"), 4)));
    }
}
