//! What a zone of origins says of an address: `64500 64501 | 192.0.2.0/24 | ZZ | ripencc | 2020-01-01`, a line for
//! each block around it that is announced. The longest counts.
//!
//! The lines come from the network: what is too long, does not read or is about other addresses is not believed.

use std::net::IpAddr;

use hickory_proto::op::Message;
use hickory_proto::rr::RData;
use netdiag_model::{Asn, Origin, Prefix};

use super::country;

/// The longest line that is read, in octets.
const LONGEST: usize = 512;
/// How many lines are read.
const MOST_LINES: usize = 32;
/// How many AS are kept.
const MOST_ASNS: usize = 16;
/// The longest name of a registry, in octets.
const LONGEST_REGISTRY: usize = 16;

/// Who announces `address`, by all lines of `message` together. A message that was cut may lack the one that counts.
pub(super) fn origin(message: &Message, address: IpAddr) -> Option<Origin> {
    if message.metadata.truncation {
        return None;
    }
    let lines = message.answers.iter().filter_map(|record| line(&record.data)).take(MOST_LINES);
    let told: Vec<Origin> = lines.filter_map(|line| parse(&line, address)).collect();
    let len = |origin: &Origin| origin.prefix.map(|prefix| prefix.len());
    let longest = told.iter().map(len).max()?;
    let mut counting = told.into_iter().filter(|origin| len(origin) == longest);
    let mut origin = counting.next()?;
    for asn in counting.flat_map(|other| other.asns) {
        if !origin.asns.contains(&asn) {
            origin.asns.push(asn);
        }
    }
    origin.asns.truncate(MOST_ASNS);
    Some(origin)
}

/// The text of a TXT record, whose strings are parts of one (RFC 7208 section 3.3 reads them so too).
fn line(data: &RData) -> Option<String> {
    let RData::TXT(txt) = data else { return None };
    let len: usize = txt.txt_data.iter().map(|part| part.len()).sum();
    String::from_utf8(txt.txt_data.concat()).ok().filter(|_| len <= LONGEST)
}

/// What one line says of `address`.
fn parse(line: &str, address: IpAddr) -> Option<Origin> {
    let mut fields = line.split('|').map(str::trim);
    let mut asns = Vec::new();
    for word in fields.next()?.split_whitespace() {
        let asn = Asn(word.parse().ok().filter(|number| *number != 0)?);
        if !asns.contains(&asn) {
            asns.push(asn);
        }
    }
    let prefix: Option<Prefix> = match fields.next() {
        None | Some("") => None,
        Some(block) => Some(block.parse().ok()?),
    };
    let is_about = prefix.is_none_or(|prefix| prefix.contains(address));
    let is_registry = |text: &&str| {
        (1..=LONGEST_REGISTRY).contains(&text.len())
            && text.bytes().all(|octet| octet.is_ascii_alphanumeric())
    };
    let country = fields.next().and_then(country);
    let registry = fields.next().filter(is_registry).map(str::to_owned);
    (is_about && !asns.is_empty()).then_some(Origin { asns, prefix, country, registry, name: None })
}

#[cfg(test)]
mod tests;
