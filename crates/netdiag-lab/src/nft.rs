//! Ready-made nftables rules: silence, refusals, rates, chance, rewriting, translation (`nft(8)`).
//!
//! Each set lives in the tables `inet lab` and `inet lab-nat` and adds to what is there.

use std::fmt::Write;

/// Where packets meet a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// On their way to this node's own sockets.
    Input,
    /// On their way from this node's own sockets. A drop here makes the send fail with EPERM.
    Output,
    /// On their way through.
    Forward,
    /// As they come in, before it is known whither.
    Prerouting,
}

impl Hook {
    fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Forward => "forward",
            Self::Prerouting => "prerouting",
        }
    }
}

/// Which packets a rule means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Traffic {
    /// ICMP echo requests of both families.
    EchoRequests,
    /// ICMP echo replies of both families.
    EchoReplies,
    /// ICMP of both families, except neighbour discovery.
    Icmp,
    /// ICMP time exceeded of both families.
    TimeExceeded,
    /// UDP, to this port if one is given.
    Udp(Option<u16>),
    /// TCP, to this port if one is given.
    Tcp(Option<u16>),
    /// A match in the language of nftables, such as `ip daddr 10.77.0.2 tcp flags syn`.
    Matching(String),
}

impl Traffic {
    /// One match for each rule that is needed.
    fn matches(&self) -> Vec<String> {
        let port = |protocol: &str, port: &Option<u16>| match port {
            Some(port) => vec![format!("{protocol} dport {port}")],
            None => vec![format!("meta l4proto {protocol}")],
        };
        match self {
            Self::EchoRequests => vec!["icmp type echo-request".into(), "icmpv6 type echo-request".into()],
            Self::EchoReplies => vec!["icmp type echo-reply".into(), "icmpv6 type echo-reply".into()],
            Self::TimeExceeded => vec!["icmp type time-exceeded".into(), "icmpv6 type time-exceeded".into()],
            Self::Icmp => {
                vec!["meta l4proto icmp".into(), "meta l4proto icmpv6 icmpv6 type != 130-143".into()]
            }
            Self::Udp(number) => port("udp", number),
            Self::Tcp(number) => port("tcp", number),
            Self::Matching(text) => vec![text.clone()],
        }
    }
}

/// How a refusal is worded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reject {
    /// Network unreachable (3/0).
    NetUnreachable,
    /// Host unreachable (3/1).
    HostUnreachable,
    /// Protocol unreachable (3/2).
    ProtUnreachable,
    /// Port unreachable (3/3).
    PortUnreachable,
    /// Network administratively prohibited (3/9).
    NetProhibited,
    /// Host administratively prohibited (3/10).
    HostProhibited,
    /// Communication administratively prohibited (3/13).
    AdminProhibited,
    /// `ICMPv6` no route to destination (1/0).
    V6NoRoute,
    /// `ICMPv6` administratively prohibited (1/1).
    V6AdminProhibited,
    /// `ICMPv6` address unreachable (1/3).
    V6AddrUnreachable,
    /// `ICMPv6` port unreachable (1/4).
    V6PortUnreachable,
    /// `ICMPv6` source address failed policy (1/5).
    V6PolicyFail,
    /// `ICMPv6` reject route to destination (1/6).
    V6RejectRoute,
    /// A TCP reset, for TCP only.
    TcpReset,
}

impl Reject {
    /// Those for IPv4, with their ICMP codes.
    pub const V4: [(Self, u8); 7] = [
        (Self::NetUnreachable, 0),
        (Self::HostUnreachable, 1),
        (Self::ProtUnreachable, 2),
        (Self::PortUnreachable, 3),
        (Self::NetProhibited, 9),
        (Self::HostProhibited, 10),
        (Self::AdminProhibited, 13),
    ];

    /// Those for IPv6, with their `ICMPv6` codes.
    pub const V6: [(Self, u8); 6] = [
        (Self::V6NoRoute, 0),
        (Self::V6AdminProhibited, 1),
        (Self::V6AddrUnreachable, 3),
        (Self::V6PortUnreachable, 4),
        (Self::V6PolicyFail, 5),
        (Self::V6RejectRoute, 6),
    ];

    /// The family it is for, as a match, and its statement; codes as numbers, since not every
    /// version of nft has names for all.
    fn statement(self) -> (&'static str, String) {
        let of =
            |table: &[(Self, u8)]| table.iter().find(|(reject, _)| *reject == self).map(|(_, code)| *code);
        if let Some(code) = of(&Self::V4) {
            return ("meta nfproto ipv4", format!("reject with icmp type {code}"));
        }
        if let Some(code) = of(&Self::V6) {
            return ("meta nfproto ipv6", format!("reject with icmpv6 type {code}"));
        }
        ("meta l4proto tcp", "reject with tcp reset".into())
    }
}

/// A set of rules for [`crate::Node::filter`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ruleset(String);

impl Ruleset {
    /// Packets vanish.
    pub fn drop(hook: Hook, traffic: &Traffic) -> Self {
        Self::rules(hook, traffic, "counter drop")
    }

    /// Packets are refused. Only those of the family that the refusal is for.
    pub fn reject(hook: Hook, traffic: &Traffic, reject: Reject) -> Self {
        let (family, statement) = reject.statement();
        let rules = traffic.matches().into_iter().filter(|rule| {
            // A match for the other family would contradict, and nft refuses contradictions.
            !(family.ends_with('4') && rule.contains("icmpv6")
                || family.ends_with('6') && rule.contains("icmp "))
        });
        Self::chain(hook, rules.map(|rule| format!("{family} {rule} counter {statement}")))
    }

    /// At most so many packets a second pass; the rest vanishes.
    pub fn limit(hook: Hook, traffic: &Traffic, per_second: u32) -> Self {
        Self::rules(
            hook,
            traffic,
            &format!("limit rate over {per_second}/second burst 1 packets counter drop"),
        )
    }

    /// A percentage of packets vanishes by chance.
    pub fn lose(hook: Hook, traffic: &Traffic, percent: u8) -> Self {
        Self::rules(hook, traffic, &format!("numgen random mod 100 < {percent} counter drop"))
    }

    /// The DSCP (the upper six bits of TOS) is rewritten, on the way through or out.
    pub fn dscp(hook: Hook, dscp: u8) -> Self {
        let dscp = dscp & 0x3f;
        Self::chain(
            hook,
            [
                format!("meta nfproto ipv4 ip dscp set {dscp}"),
                format!("meta nfproto ipv6 ip6 dscp set {dscp}"),
            ],
        )
    }

    /// Packets that leave by this interface take its address (source NAT).
    pub fn masquerade(interface: &str) -> Self {
        Self(format!(
            "table inet lab-nat {{ chain postrouting {{ type nat hook postrouting priority srcnat; \
             oifname \"{interface}\" counter masquerade; }}\n}}\n"
        ))
    }

    /// Packets to one IPv4 address go to another (destination NAT).
    pub fn redirect_v4(from: std::net::Ipv4Addr, to: std::net::Ipv4Addr) -> Self {
        Self(format!(
            "table inet lab-nat {{ chain prerouting {{ type nat hook prerouting priority dstnat; \
             ip daddr {from} counter dnat ip to {to}; }}\n}}\n"
        ))
    }

    /// The rules in the language of nftables.
    pub fn text(&self) -> &str {
        &self.0
    }

    fn rules(hook: Hook, traffic: &Traffic, statement: &str) -> Self {
        Self::chain(hook, traffic.matches().into_iter().map(|rule| format!("{rule} {statement}")))
    }

    fn chain(hook: Hook, rules: impl IntoIterator<Item = String>) -> Self {
        let hook = hook.name();
        let mut text = format!("table inet lab {{ chain {hook} {{ type filter hook {hook} priority filter; ");
        for rule in rules {
            // Writing to a string cannot fail.
            let _ = write!(text, "{rule}; ");
        }
        text += "}\n}\n";
        Self(text)
    }
}
