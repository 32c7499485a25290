//! Extensions of ICMP errors: what a router says beside the error, as objects behind the quoted packet (RFC 4884).
//!
//! Known are the labels of MPLS (RFC 4950) and information on an interface (RFC 5837). Any other object is kept as its
//! octets, and so is one of these whose length does not fit what it says it holds. Where in a message the structure
//! begins is for `icmp` to tell.

use std::net::IpAddr;

use crate::{WireError, ip};

/// Octets of the header of the structure, and of each object's.
const HEADER_LEN: usize = 4;
/// The version, in the upper half of the first octet.
const VERSION: u8 = 2;

const MPLS_CLASS: u8 = 1;
const INCOMING_STACK: u8 = 1;
const INTERFACE_CLASS: u8 = 2;

/// Which parts an interface object holds: bits of its C-Type.
const HAS_INDEX: u8 = 8;
const HAS_ADDRESS: u8 = 4;
const HAS_NAME: u8 = 2;
const HAS_MTU: u8 = 1;

/// The longest name of an interface, in octets.
const MOST_NAME: usize = 63;

/// An entry of a label stack (RFC 3032, RFC 5462).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Label {
    /// The label: 20 bits.
    pub label: u32,
    /// Traffic class, once called EXP: 3 bits.
    pub tc: u8,
    /// Whether it is the last of the stack.
    pub is_bottom: bool,
    /// TTL.
    pub ttl: u8,
}

/// What an interface is to the packet that the error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The packet arrived at it.
    Incoming,
    /// A part below IP of the interface that the packet arrived at.
    SubIp,
    /// The packet would have left by it.
    Outgoing,
    /// The next hop that the packet would have gone to.
    NextHop,
}

/// Information on an interface, as much of it as the router gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// What it is to the packet.
    pub role: Role,
    /// `ifIndex` (RFC 2863).
    pub index: Option<u32>,
    /// Its address.
    pub address: Option<IpAddr>,
    /// `ifName`: 63 octets at most, which should be UTF-8.
    pub name: Option<Vec<u8>>,
    /// MTU in octets.
    pub mtu: Option<u32>,
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Object {
    /// The label stack that the packet came in with, the top first.
    Mpls(Vec<Label>),
    /// An interface.
    Interface(Interface),
    /// Any other.
    Unknown {
        /// Class-Num.
        class: u8,
        /// C-Type.
        kind: u8,
        /// What follows the object's header.
        bytes: Vec<u8>,
    },
}

/// Reads the extension structure that `structure` begins with and ends with.
///
/// # Errors
/// Another version, a wrong checksum (0 is none), an object that is longer than what is there or shorter than its header.
pub fn parse(structure: &[u8]) -> Result<Vec<Object>, WireError> {
    let too_short = |what, len, needed| WireError::TooShort { what, len, needed };
    let malformed = |why| WireError::Malformed { what: "extension structure", why };
    let Some((&[version, _, s0, s1], mut rest)) = structure.split_first_chunk::<HEADER_LEN>() else {
        return Err(too_short("extension structure", structure.len(), HEADER_LEN));
    };
    if version >> 4 != VERSION {
        return Err(malformed("the version is not 2"));
    }
    if [s0, s1] != [0, 0] && ip::checksum(structure) != 0 {
        return Err(malformed("the checksum is wrong"));
    }
    let mut objects = Vec::new();
    while !rest.is_empty() {
        let Some((&[l0, l1, class, kind], _)) = rest.split_first_chunk::<HEADER_LEN>() else {
            return Err(too_short("extension object", rest.len(), HEADER_LEN));
        };
        let len = usize::from(u16::from_be_bytes([l0, l1]));
        let payload = rest.get(HEADER_LEN..len).ok_or(too_short("extension object", rest.len(), len))?;
        objects.push(object(class, kind, payload));
        rest = &rest[len..];
    }
    Ok(objects)
}

/// Whether these octets are an extension structure though nothing announces one: sound, with a checksum, and not empty.
pub fn is_certain(structure: &[u8]) -> bool {
    structure.get(2..4).is_some_and(|sum| sum != [0, 0])
        && parse(structure).is_ok_and(|objects| !objects.is_empty())
}

/// Appends an extension structure with its checksum. Numbers are cut to their width, names and objects to their greatest
/// length.
pub fn emit(objects: &[Object], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend([VERSION << 4, 0, 0, 0]);
    for object in objects {
        let at = out.len();
        out.extend([0; HEADER_LEN]);
        let (class, kind) = emit_payload(object, out);
        out.truncate(at + usize::from(u16::MAX));
        let len = ((out.len() - at) as u16).to_be_bytes();
        out[at..at + HEADER_LEN].copy_from_slice(&[len[0], len[1], class, kind]);
    }
    let sum = ip::checksum(&out[start..]);
    out[start + 2..start + 4].copy_from_slice(&sum.to_be_bytes());
}

/// Appends what follows the header of an object; returns its class and C-Type.
fn emit_payload(object: &Object, out: &mut Vec<u8>) -> (u8, u8) {
    match object {
        Object::Mpls(labels) => {
            out.extend(labels.iter().flat_map(|label| label.octets()));
            (MPLS_CLASS, INCOMING_STACK)
        }
        Object::Interface(interface) => (INTERFACE_CLASS, interface.emit(out)),
        Object::Unknown { class, kind, bytes } => {
            out.extend_from_slice(bytes);
            (*class, *kind)
        }
    }
}

fn object(class: u8, kind: u8, payload: &[u8]) -> Object {
    let known = match (class, kind) {
        (MPLS_CLASS, INCOMING_STACK) => labels(payload).map(Object::Mpls),
        (INTERFACE_CLASS, _) => Interface::read(kind, payload).map(Object::Interface),
        _ => None,
    };
    known.unwrap_or_else(|| Object::Unknown { class, kind, bytes: payload.to_vec() })
}

fn labels(payload: &[u8]) -> Option<Vec<Label>> {
    let (entries, rest) = payload.as_chunks();
    (rest.is_empty() && !entries.is_empty()).then(|| entries.iter().copied().map(Label::read).collect())
}

impl Label {
    const fn read(octets: [u8; 4]) -> Self {
        let entry = u32::from_be_bytes(octets);
        Self {
            label: entry >> 12,
            tc: (entry >> 9) as u8 & 7,
            is_bottom: entry >> 8 & 1 == 1,
            ttl: entry as u8,
        }
    }

    const fn octets(self) -> [u8; 4] {
        let bottom = (self.is_bottom as u32) << 8;
        (self.label << 12 | (self.tc as u32 & 7) << 9 | bottom | self.ttl as u32).to_be_bytes()
    }
}

impl Role {
    const ALL: [Self; 4] = [Self::Incoming, Self::SubIp, Self::Outgoing, Self::NextHop];
}

impl Interface {
    /// By its C-Type: the role in the two upper bits, and below them which parts there are, in this order.
    fn read(kind: u8, mut rest: &[u8]) -> Option<Self> {
        let has = |part| kind & part != 0;
        let index = if has(HAS_INDEX) { Some(take_number(&mut rest)?) } else { None };
        let address = if has(HAS_ADDRESS) { Some(take_address(&mut rest)?) } else { None };
        let name = if has(HAS_NAME) { Some(take_name(&mut rest)?) } else { None };
        let mtu = if has(HAS_MTU) { Some(take_number(&mut rest)?) } else { None };
        let role = Role::ALL[usize::from(kind >> 6)];
        rest.is_empty().then_some(Self { role, index, address, name, mtu })
    }

    fn emit(&self, out: &mut Vec<u8>) -> u8 {
        let mut kind = (self.role as u8) << 6;
        if let Some(index) = self.index {
            kind |= HAS_INDEX;
            out.extend(index.to_be_bytes());
        }
        if let Some(address) = self.address {
            kind |= HAS_ADDRESS;
            emit_address(address, out);
        }
        if let Some(name) = &self.name {
            kind |= HAS_NAME;
            let at = out.len();
            let name = &name[..name.len().min(MOST_NAME)];
            let len = (1 + name.len()).next_multiple_of(4);
            out.push(len as u8);
            out.extend_from_slice(name);
            out.resize(at + len, 0);
        }
        if let Some(mtu) = self.mtu {
            kind |= HAS_MTU;
            out.extend(mtu.to_be_bytes());
        }
        kind
    }
}

/// Address family numbers (IANA), each before an address.
const AFI_IPV4: [u8; 4] = [0, 1, 0, 0];
const AFI_IPV6: [u8; 4] = [0, 2, 0, 0];

fn emit_address(address: IpAddr, out: &mut Vec<u8>) {
    match address {
        IpAddr::V4(ip) => {
            out.extend(AFI_IPV4);
            out.extend(ip.octets());
        }
        IpAddr::V6(ip) => {
            out.extend(AFI_IPV6);
            out.extend(ip.octets());
        }
    }
}

/// Takes the first `N` octets.
fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (first, others) = rest.split_first_chunk()?;
    *rest = others;
    Some(*first)
}

fn take_number(rest: &mut &[u8]) -> Option<u32> {
    take(rest).map(u32::from_be_bytes)
}

fn take_address(rest: &mut &[u8]) -> Option<IpAddr> {
    // The last two octets are reserved.
    let [high, low, _, _] = take(rest)?;
    match [high, low, 0, 0] {
        AFI_IPV4 => take::<4>(rest).map(IpAddr::from),
        AFI_IPV6 => take::<16>(rest).map(IpAddr::from),
        _ => None,
    }
}

/// A name in a field that begins with its own length and is filled up with NULs.
fn take_name(rest: &mut &[u8]) -> Option<Vec<u8>> {
    let field = rest.get(..usize::from(*rest.first()?)).filter(|field| !field.is_empty())?;
    *rest = &rest[field.len()..];
    field[1..].split(|octet| *octet == 0).next().map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests;
