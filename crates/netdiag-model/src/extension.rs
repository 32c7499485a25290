//! What a router says beside an ICMP error (RFC 4884): labels of MPLS, an interface, or something that is not known here.
//!
//! RFC 4950 for labels, RFC 5837 for interfaces. How they stand in a message is not known here.

use std::net::IpAddr;

/// An entry of a label stack (RFC 3032, RFC 5462).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label {
    /// The label, from 0 to 1048575.
    pub label: u32,
    /// Traffic class, from 0 to 7; once called EXP.
    pub tc: u8,
    /// Whether it is the last of the stack.
    pub is_bottom: bool,
    /// TTL that the packet had in the tunnel, as far as the router tells the truth.
    pub ttl: u8,
}

/// What an interface is to the packet that an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The packet arrived at it.
    Incoming,
    /// A part below IP of the interface that the packet arrived at, such as a link of a bundle.
    SubIp,
    /// The packet would have left by it.
    Outgoing,
    /// The next hop that the packet would have gone to.
    NextHop,
}

impl Role {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::SubIp => "sub-ip",
            Self::Outgoing => "outgoing",
            Self::NextHop => "next-hop",
        }
    }
}

/// What a router tells of an interface.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InterfaceInfo {
    /// What it is to the packet.
    pub role: Role,
    /// The router's own number of it (`ifIndex`).
    pub index: Option<u32>,
    /// Its address.
    pub address: Option<IpAddr>,
    /// Its name. It came from the network: to be shown with control characters escaped.
    pub name: Option<String>,
    /// Its MTU in octets.
    pub mtu: Option<u32>,
}

/// One thing that a router says beside an error.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Extension {
    /// The label stack that the packet came in with, the top first.
    Mpls(Box<[Label]>),
    /// An interface.
    Interface(InterfaceInfo),
    /// An object that is not known here, or that contradicts itself.
    Unknown {
        /// Class-Num (RFC 4884).
        class: u8,
        /// C-Type.
        kind: u8,
        /// Its data.
        bytes: Box<[u8]>,
    },
}
