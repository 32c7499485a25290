//! What was typed: an address in text form, or a name in the form in which the system is asked for it.
//!
//! Addresses: RFC 4291 section 2.2, with zones as in RFC 4007 section 11, in brackets or not. International names are
//! put into ASCII (UTS 46, RFC 5890) label by label, so that an error can name the label. Nobody is asked here.

use std::net::{IpAddr, Ipv6Addr};

use hickory_proto::rr::domain::Label;
use netdiag_model::{Address, Family};

use crate::error::NameError;

/// The octets of a name in text form without its last dot (RFC 1035 section 2.3.4: 255 on the wire).
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;
/// Dots of other scripts (UTS 46 section 2.3).
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];
/// What belongs to addresses, ports and URLs, never to a name.
const NO_NAME: [char; 7] = [':', '/', '@', '[', ']', '%', '\\'];

/// What was typed, understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Typed {
    /// An address, with its scope.
    Literal(Address),
    /// A name in ASCII.
    Name(String),
}

impl Typed {
    /// Reads `text`. `interface` gives the index of the interface that is the zone of a link-local address, and is
    /// asked only where the zone is no number.
    pub(crate) fn parse(
        text: &str,
        family: Option<Family>,
        interface: impl Fn(Ipv6Addr, &str) -> Option<u32>,
    ) -> Result<Self, NameError> {
        let Some(address) = literal(text, interface)? else { return ascii(text).map(Self::Name) };
        if family.is_some_and(|family| family != address.family()) {
            return Err(NameError::Family);
        }
        Ok(Self::Literal(address))
    }
}

/// The address that `text` is, if it is one.
pub(crate) fn literal(
    text: &str,
    interface: impl Fn(Ipv6Addr, &str) -> Option<u32>,
) -> Result<Option<Address>, NameError> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let (ip, zone) = match bare.unwrap_or(text).split_once('%') {
        Some((ip, zone)) => (ip, Some(zone)),
        None => (bare.unwrap_or(text), None),
    };
    match (ip.parse(), zone) {
        (Ok(IpAddr::V6(v6)), Some(zone)) => scoped(v6, zone, interface).map(Some),
        (Ok(ip @ IpAddr::V6(_)), None) => Ok(Some(Address::new(ip))),
        (Ok(ip), None) if bare.is_none() => Ok(Some(Address::new(ip))),
        _ => bare.map_or(Ok(None), |bare| Err(NameError::NotIpv6(bare.to_owned()))),
    }
}

fn scoped(
    ip: Ipv6Addr,
    zone: &str,
    interface: impl Fn(Ipv6Addr, &str) -> Option<u32>,
) -> Result<Address, NameError> {
    if !Address::new(ip.into()).needs_scope() {
        return Err(NameError::NoZone(ip));
    }
    let index = if is_number(zone) { zone.parse().ok() } else { interface(ip, zone) };
    match index {
        Some(index) if index > 0 => Ok(Address::scoped(ip.into(), index)),
        _ => Err(NameError::Interface(zone.to_owned())),
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The name as it is asked for: in ASCII, its last dot kept, checked against what no name can be.
fn ascii(text: &str) -> Result<String, NameError> {
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    if let Some(bad) = text.chars().find(|c| c.is_control() || c.is_whitespace() || NO_NAME.contains(c)) {
        return Err(NameError::Character(bad));
    }
    let (labels, end) = match text.strip_suffix(DOTS) {
        Some(labels) => (labels, "."),
        None => (text, ""),
    };
    let labels: Vec<String> = labels.split(DOTS).map(ascii_label).collect::<Result<_, _>>()?;
    let name = labels.join(".");
    if name.len() > LONGEST_NAME {
        return Err(NameError::TooLong(name.len()));
    }
    Ok(name + end)
}

fn ascii_label(label: &str) -> Result<String, NameError> {
    if label.is_empty() {
        return Err(NameError::EmptyLabel);
    }
    if label.is_ascii() {
        let is_long = label.len() > LONGEST_LABEL;
        return if is_long { Err(NameError::LongLabel(label.to_owned())) } else { Ok(label.to_owned()) };
    }
    let encoded = Label::from_utf8(label).ok();
    encoded
        .and_then(|encoded| String::from_utf8(encoded.as_bytes().to_vec()).ok())
        .ok_or_else(|| NameError::International(label.to_owned()))
}

#[cfg(test)]
mod tests;
