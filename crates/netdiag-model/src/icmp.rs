//! An ICMP message as a user sees it: family, type, code, the one number some of them carry, and a stable name.
//!
//! Types and codes: RFC 792, 1122, 1812 for ICMP; RFC 4443, 8883 for ICMPv6. A type or code not listed is data, not an
//! error: it keeps its numbers and gets no name.

use std::net::Ipv4Addr;

use crate::address::Family;

/// Type, code and the 32 bits after the checksum of an ICMP or ICMPv6 message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Icmp {
    /// Which of the two protocols.
    pub family: Family,
    /// The type field.
    pub kind: u8,
    /// The code field.
    pub code: u8,
    /// What the kernel calls `ee_info`: the MTU of a "too big" message, the pointer of a parameter problem, the
    /// gateway of a redirect (IPv4 address in network order as a number); 0 otherwise.
    pub info: u32,
}

impl Icmp {
    /// Destination unreachable: net, host, protocol, port, …: type 3, or 1 in ICMPv6.
    pub const fn is_unreachable(&self) -> bool {
        matches!((self.family, self.kind), (Family::V4, 3) | (Family::V6, 1))
    }

    /// Port unreachable: the answer of a host whose port is closed.
    pub const fn is_port_unreachable(&self) -> bool {
        matches!((self.family, self.kind, self.code), (Family::V4, 3, 3) | (Family::V6, 1, 4))
    }

    /// TTL or hop limit exceeded on the way.
    pub const fn is_time_exceeded(&self) -> bool {
        matches!((self.family, self.kind, self.code), (Family::V4, 11, 0) | (Family::V6, 3, 0))
    }

    /// The packet died on its way, of its TTL or of a fragment that did not come: not a word about its target.
    pub const fn is_transit_error(&self) -> bool {
        matches!((self.family, self.kind), (Family::V4, 11) | (Family::V6, 3))
    }

    /// Advice about the way, after which the probe itself may still be answered: source quench, redirect.
    pub const fn is_advice(&self) -> bool {
        matches!((self.family, self.kind), (Family::V4, 4 | 5))
    }

    /// The MTU that a "fragmentation needed" or "packet too big" message names. Some routers leave it 0.
    pub const fn mtu(&self) -> Option<u32> {
        match (self.family, self.kind, self.code) {
            (Family::V4, 3, 4) | (Family::V6, 2, _) => Some(self.info),
            _ => None,
        }
    }

    /// The gateway that a redirect names.
    pub const fn gateway(&self) -> Option<Ipv4Addr> {
        match (self.family, self.kind) {
            (Family::V4, 5) => Some(Ipv4Addr::from_bits(self.info)),
            _ => None,
        }
    }

    /// A stable name for machines, such as `admin-prohibited`. `None` for a type or code without one.
    pub const fn name(&self) -> Option<&'static str> {
        match self.family {
            Family::V4 => name_v4(self.kind, self.code),
            Family::V6 => name_v6(self.kind, self.code),
        }
    }
}

const fn name_v4(kind: u8, code: u8) -> Option<&'static str> {
    Some(match (kind, code) {
        (0, 0) => "echo-reply",
        (3, 0) => "net-unreachable",
        (3, 1) => "host-unreachable",
        (3, 2) => "protocol-unreachable",
        (3, 3) => "port-unreachable",
        (3, 4) => "fragmentation-needed",
        (3, 5) => "source-route-failed",
        (3, 6) => "net-unknown",
        (3, 7) => "host-unknown",
        (3, 8) => "source-isolated",
        (3, 9) => "net-prohibited",
        (3, 10) => "host-prohibited",
        (3, 11) => "net-unreachable-for-tos",
        (3, 12) => "host-unreachable-for-tos",
        (3, 13) => "admin-prohibited",
        (3, 14) => "precedence-violation",
        (3, 15) => "precedence-cutoff",
        (4, 0) => "source-quench",
        (5, 0) => "redirect-net",
        (5, 1) => "redirect-host",
        (5, 2) => "redirect-tos-net",
        (5, 3) => "redirect-tos-host",
        (8, 0) => "echo-request",
        (11, 0) => "ttl-exceeded",
        (11, 1) => "reassembly-time-exceeded",
        (12, 0) => "parameter-problem",
        (12, 1) => "option-missing",
        (12, 2) => "bad-length",
        _ => return None,
    })
}

const fn name_v6(kind: u8, code: u8) -> Option<&'static str> {
    Some(match (kind, code) {
        (1, 0) => "no-route",
        (1, 1) => "admin-prohibited",
        (1, 2) => "beyond-scope",
        (1, 3) => "address-unreachable",
        (1, 4) => "port-unreachable",
        (1, 5) => "source-policy-failed",
        (1, 6) => "reject-route",
        (1, 7) => "source-routing-header-error",
        (1, 8) => "headers-too-long",
        (2, _) => "packet-too-big",
        (3, 0) => "hop-limit-exceeded",
        (3, 1) => "reassembly-time-exceeded",
        (4, 0) => "erroneous-header-field",
        (4, 1) => "unrecognized-next-header",
        (4, 2) => "unrecognized-option",
        (128, 0) => "echo-request",
        (129, 0) => "echo-reply",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carried_number_is_read_only_where_the_message_has_one() {
        let too_big = Icmp { family: Family::V6, kind: 2, code: 0, info: 1280 };
        assert_eq!(
            (too_big.mtu(), too_big.gateway(), too_big.name()),
            (Some(1280), None, Some("packet-too-big"))
        );
        let redirect = Icmp { family: Family::V4, kind: 5, code: 1, info: 0x0a00_0001 };
        assert_eq!((redirect.gateway(), redirect.mtu()), (Some(Ipv4Addr::new(10, 0, 0, 1)), None));
        let strange = Icmp { family: Family::V4, kind: 3, code: 99, info: 0 };
        assert_eq!((strange.name(), strange.is_unreachable()), (None, true));
    }
}
