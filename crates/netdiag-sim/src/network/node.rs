//! What stands at the ends of links: hosts, routers, switches, and how each of them behaves.
//!
//! All three read the same keys; a key that a kind has no use for (a switch's TTL) changes nothing. Defaults are a
//! modern Linux box. Source: RFC 1812, RFC 4443, ip-sysctl of the kernel.

use std::net::{IpAddr, Ipv4Addr};

use serde::Deserialize;

use super::extension::{ExtensionForm, InterfaceSpec, LabelSpec, ObjectSpec, Said};
use super::units::{Prefix, Share, Span};

/// A node's behaviour, as it stands in the file.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NodeSpec {
    /// Its addresses; with a length (`192.0.2.1/24`) it also owns the net, and speaks for addresses nobody has.
    pub(crate) addresses: Vec<Prefix>,
    /// Nets of which it answers for every address.
    pub(crate) serves: Vec<Prefix>,
    pub(crate) silent: Silence,
    /// What its own packets start with.
    pub(crate) ttl: u8,
    /// How many octets after the IP header its ICMP errors quote.
    pub(crate) quote: usize,
    /// The label stack that its errors tell of (RFC 4950), the top first.
    pub(crate) mpls: Vec<LabelSpec>,
    /// The interfaces that they tell of (RFC 5837).
    pub(crate) interfaces: Vec<InterfaceSpec>,
    /// What else they tell (RFC 4884).
    pub(crate) objects: Vec<ObjectSpec>,
    /// How they tell it.
    pub(crate) extension_form: ExtensionForm,
    /// Token buckets that an ICMP error must pass, all of them.
    pub(crate) icmp_limit: Vec<Limit>,
    pub(crate) balance: Balance,
    /// What of an ICMP packet belongs to its flow, besides the addresses.
    pub(crate) icmp_flow: IcmpFlow,
    /// Does not count down the TTL of what it forwards (a hop inside a tunnel).
    pub(crate) keeps_ttl: bool,
    /// TOS that it gives to what it forwards.
    pub(crate) remark: Option<u8>,
    /// Routes that stand over the computed ones; the longest prefix wins.
    pub(crate) routes: Vec<RouteSpec>,
    /// Packets that it refuses; the first that matches counts.
    pub(crate) filters: Vec<Filter>,
    pub(crate) too_big: TooBig,
    /// Sends an ICMP redirect with this gateway for what it forwards.
    pub(crate) redirect_to: Option<Ipv4Addr>,
    pub(crate) nat: Option<NatSpec>,
    pub(crate) reply: ReplySpec,
    pub(crate) udp: Ports,
    pub(crate) tcp: Ports,
    /// After how long a neighbour that does not answer counts as unreachable.
    pub(crate) resolution: Span,
}

impl Default for NodeSpec {
    fn default() -> Self {
        Self {
            addresses: Vec::new(),
            serves: Vec::new(),
            silent: Silence::No,
            ttl: 64,
            quote: 548,
            mpls: Vec::new(),
            interfaces: Vec::new(),
            objects: Vec::new(),
            extension_form: ExtensionForm::Rfc4884,
            icmp_limit: Vec::new(),
            balance: Balance::Flow,
            icmp_flow: IcmpFlow::Checksum,
            keeps_ttl: false,
            remark: None,
            routes: Vec::new(),
            filters: Vec::new(),
            too_big: TooBig::Tell,
            redirect_to: None,
            nat: None,
            reply: ReplySpec::default(),
            udp: Ports::default(),
            tcp: Ports::default(),
            resolution: Span::millis(3000),
        }
    }
}

impl NodeSpec {
    /// The extension structure of its errors (RFC 4884); empty where they have none.
    pub(crate) fn extensions(&self) -> Vec<u8> {
        let (mpls, interfaces, objects) = (&*self.mpls, &*self.interfaces, &*self.objects);
        Said { mpls, interfaces, objects, form: self.extension_form }.structure()
    }
}

/// What a node does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Silence {
    /// It answers.
    No,
    /// No echo reply.
    Echo,
    /// No ICMP errors: a hop that does not show.
    Errors,
    /// Nothing at all.
    All,
}

/// A token bucket for ICMP errors: RFC 4443 2.4(f); with `per = "destination"` what Linux does (`icmp_ratelimit`, 1 s
/// and a burst of 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Limit {
    /// Time in which one token comes.
    pub(crate) every: Span,
    /// How many tokens it holds at most, and at first.
    pub(crate) burst: u32,
    pub(crate) per: Per,
}

/// What shares one token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Per {
    /// All errors to one address.
    Destination,
    /// All errors of the router.
    Router,
}

/// How packets are shared out among equal paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Balance {
    /// By a hash of addresses, protocol, and ports or what `icmp_flow` says.
    Flow,
    /// By a hash of the addresses alone.
    Destination,
    /// In turn.
    Packet,
    /// At random.
    Random,
}

/// What of an ICMP echo a flow hash covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum IcmpFlow {
    /// Nothing (Linux, `fib_multipath_hash_policy=1`).
    Addresses,
    /// The identifier.
    Identifier,
    /// The first four octets: type, code and checksum, where the ports of other protocols stand.
    Checksum,
    /// Both.
    IdentifierAndChecksum,
}

/// A route set by hand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RouteSpec {
    pub(crate) to: Prefix,
    /// Neighbours, by name.
    #[serde(default)]
    pub(crate) via: Vec<String>,
    /// What to do where there is no `via`.
    #[serde(default)]
    pub(crate) refuse: Refusal,
}

/// How a packet is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Refusal {
    /// Net unreachable; ICMPv6: no route.
    #[default]
    NoRoute,
    /// Host unreachable; ICMPv6: address unreachable.
    HostUnreachable,
    /// Port unreachable.
    PortUnreachable,
    /// Administratively prohibited.
    Prohibited,
    /// A TCP reset in the target's name; for other protocols prohibited.
    Reset,
    /// Nothing: a black hole.
    Drop,
}

/// Packets that a node refuses to forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    pub(crate) to: Option<Prefix>,
    pub(crate) protocol: Option<FilterProtocol>,
    pub(crate) port: Option<u16>,
    pub(crate) answer: Refusal,
}

/// Protocols that a filter can name; `icmp` is that of either family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FilterProtocol {
    /// ICMP or ICMPv6.
    Icmp,
    /// UDP.
    Udp,
    /// TCP.
    Tcp,
}

/// What becomes of packets that are too large for the next link and must not be fragmented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TooBig {
    /// An ICMP error with the MTU.
    Tell,
    /// An ICMP error without the MTU (RFC 792, before RFC 1191).
    HideMtu,
    /// Nothing: a black hole.
    Drop,
}

/// Address translation of what comes from inside.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NatSpec {
    /// The address outside.
    pub(crate) address: IpAddr,
    /// The neighbours inside, by name.
    pub(crate) inside: Vec<String>,
    #[serde(default)]
    pub(crate) ports: NatPorts,
    #[serde(default)]
    pub(crate) quotes: NatQuotes,
}

/// How whole translation makes what errors quote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NatQuotes {
    /// Address, port and checksum are as they were sent (RFC 5508, Linux).
    #[default]
    Mended,
    /// The checksum is left as it went out.
    ChecksumLeft,
}

/// Whether translation changes ports and ICMP identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NatPorts {
    /// Kept where they are free.
    #[default]
    Keep,
    /// Always others.
    Rewrite,
}

/// How a node answers an echo request.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReplySpec {
    pub(crate) copies: u8,
    /// Time between copies.
    pub(crate) spacing: Span,
    /// The address it answers from, where it is not the one that was asked.
    pub(crate) from: Option<IpAddr>,
    pub(crate) delay: Span,
    /// Added to the delay, from 0 to this.
    pub(crate) jitter: Span,
    /// Share of replies that `length`, `wrong_byte` and `checksum` change.
    pub(crate) share: Share,
    /// Octets of data in the reply: cut short or padded with zeros.
    pub(crate) length: Option<u16>,
    /// Index of a data byte that is inverted; the checksum is right.
    pub(crate) wrong_byte: Option<u16>,
    pub(crate) checksum: Checksum,
    /// TOS of replies; that of the request where there is none.
    pub(crate) tos: Option<u8>,
}

impl Default for ReplySpec {
    fn default() -> Self {
        Self {
            copies: 1,
            spacing: Span::default(),
            from: None,
            delay: Span::default(),
            jitter: Span::default(),
            share: Share(1.0),
            length: None,
            wrong_byte: None,
            checksum: Checksum::Right,
            tos: None,
        }
    }
}

/// The checksum of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Checksum {
    /// As it should be.
    Right,
    /// Wrong: Linux drops such a message before a datagram socket sees it; a raw socket gets it.
    Wrong,
}

/// What the ports of a node do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Ports {
    /// TCP: accepts. UDP: sends back what it gets.
    pub(crate) open: Vec<u16>,
    /// Nothing comes back.
    pub(crate) filtered: Vec<u16>,
    /// All ports that are not named.
    pub(crate) others: Others,
}

/// What unnamed ports do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Others {
    /// Port unreachable for UDP, a reset for TCP.
    #[default]
    Closed,
    /// Nothing comes back.
    Filtered,
    /// As `open`.
    Open,
}
