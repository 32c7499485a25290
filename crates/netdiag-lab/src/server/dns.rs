//! A name server of a hundred lines: answers A, AAAA and PTR from a table (RFC 1035).
//!
//! Names are compared without regard to case. No compression but the pointer to the question, no
//! EDNS, no TCP. A question that cannot be read is not answered.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

const A: u16 = 1;
const PTR: u16 = 12;
const AAAA: u16 = 28;
const HEADER: usize = 12;
const TTL: u32 = 60;

/// What happens to questions about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Response code 3: there is no such name.
    NxDomain,
    /// Response code 2: the server failed.
    ServFail,
    /// Response code 5: the server will not say.
    Refused,
    /// No answer at all.
    Silence,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Entry {
    Address(IpAddr),
    Pointer(String),
    Outcome(Outcome),
}

/// The table of a name server. A name that is not in it does not exist.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Zone {
    entries: Vec<(String, Entry)>,
}

impl Zone {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// An A or AAAA record; several for one name are given in this order.
    #[must_use]
    pub fn address(self, name: &str, address: impl Into<IpAddr>) -> Self {
        self.with(name, Entry::Address(address.into()))
    }

    /// A PTR record for an address.
    #[must_use]
    pub fn pointer(self, address: impl Into<IpAddr>, name: &str) -> Self {
        let reverse = reverse(address.into());
        self.with(&reverse, Entry::Pointer(name.into()))
    }

    /// All questions about this name end so.
    #[must_use]
    pub fn outcome(self, name: &str, outcome: Outcome) -> Self {
        self.with(name, Entry::Outcome(outcome))
    }

    /// All questions for the name of this address end so.
    #[must_use]
    pub fn pointer_outcome(self, address: impl Into<IpAddr>, outcome: Outcome) -> Self {
        let reverse = reverse(address.into());
        self.with(&reverse, Entry::Outcome(outcome))
    }

    fn with(mut self, name: &str, entry: Entry) -> Self {
        self.entries.push((name.trim_end_matches('.').to_ascii_lowercase(), entry));
        self
    }

    /// The answer to a query, if there is to be one, and the question as text.
    pub(super) fn serve(&self, query: &[u8]) -> (Option<Vec<u8>>, String) {
        let Some((name, kind, end)) = question(query) else { return (None, String::new()) };
        let text = match kind {
            A => format!("{name} A"),
            AAAA => format!("{name} AAAA"),
            PTR => format!("{name} PTR"),
            other => format!("{name} {other}"),
        };
        let known: Vec<&Entry> =
            self.entries.iter().filter(|(entry, _)| *entry == name).map(|(_, entry)| entry).collect();
        let outcome = known.iter().find_map(|entry| match entry {
            Entry::Outcome(outcome) => Some(*outcome),
            _ => None,
        });
        let code = match outcome {
            Some(Outcome::Silence) => return (None, text),
            Some(Outcome::ServFail) => 2,
            Some(Outcome::Refused) => 5,
            Some(Outcome::NxDomain) => 3,
            None if known.is_empty() => 3,
            None => 0,
        };
        let records: Vec<Vec<u8>> = known.iter().filter_map(|entry| record(entry, kind)).collect();
        (Some(answer(&query[..end], code, &records)), text)
    }
}

/// The name of the first question in lower case, its type, and where it ends.
fn question(query: &[u8]) -> Option<(String, u16, usize)> {
    let is_query = query.get(2)? & 0x80 == 0;
    let mut at = HEADER;
    let mut labels = Vec::new();
    loop {
        let len = usize::from(*query.get(at)?);
        at += 1;
        match len {
            0 => break,
            1..=63 => labels.push(String::from_utf8_lossy(query.get(at..at + len)?).to_ascii_lowercase()),
            _ => return None,
        }
        at += len;
    }
    let kind = u16::from_be_bytes([*query.get(at)?, *query.get(at + 1)?]);
    (is_query && query.len() >= at + 4).then(|| (labels.join("."), kind, at + 4))
}

/// The type-dependent rest of a record that answers a question of this type.
fn record(entry: &Entry, kind: u16) -> Option<Vec<u8>> {
    match (entry, kind) {
        (Entry::Address(IpAddr::V4(address)), A) => Some(address.octets().to_vec()),
        (Entry::Address(IpAddr::V6(address)), AAAA) => Some(address.octets().to_vec()),
        (Entry::Pointer(name), PTR) => {
            let mut bytes = Vec::new();
            for label in name.split('.').filter(|label| !label.is_empty()) {
                bytes.push(label.len() as u8);
                bytes.extend_from_slice(label.as_bytes());
            }
            bytes.push(0);
            Some(bytes)
        }
        _ => None,
    }
}

fn answer(query: &[u8], code: u8, records: &[Vec<u8>]) -> Vec<u8> {
    let kind = &query[query.len() - 4..query.len() - 2];
    let mut message = query.to_vec();
    message[2] = 0x84 | (query[2] & 0x01); // response, authoritative, recursion desired as asked
    message[3] = 0x80 | code; // recursion available: stub resolvers look for it
    let count = if code == 0 { records.len() as u16 } else { 0 };
    message[4..6].copy_from_slice(&1_u16.to_be_bytes());
    message[6..8].copy_from_slice(&count.to_be_bytes());
    message[8..12].fill(0);
    for record in records.iter().take(count.into()) {
        message.extend_from_slice(&[0xc0, HEADER as u8]);
        message.extend_from_slice(kind);
        message.extend_from_slice(&1_u16.to_be_bytes());
        message.extend_from_slice(&TTL.to_be_bytes());
        message.extend_from_slice(&(record.len() as u16).to_be_bytes());
        message.extend_from_slice(record);
    }
    message
}

fn reverse(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => reverse_v4(address),
        IpAddr::V6(address) => reverse_v6(address),
    }
}

fn reverse_v4(address: Ipv4Addr) -> String {
    let [a, b, c, d] = address.octets();
    format!("{d}.{c}.{b}.{a}.in-addr.arpa")
}

fn reverse_v6(address: Ipv6Addr) -> String {
    let nibbles: String =
        format!("{:032x}", address.to_bits()).chars().rev().flat_map(|digit| [digit, '.']).collect();
    format!("{nibbles}ip6.arpa")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(name: &str, kind: u16) -> Vec<u8> {
        let mut bytes = vec![0xab, 0xcd, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name.split('.') {
            bytes.push(label.len() as u8);
            bytes.extend_from_slice(label.as_bytes());
        }
        bytes.push(0);
        bytes.extend_from_slice(&kind.to_be_bytes());
        bytes.extend_from_slice(&[0, 1]);
        bytes
    }

    fn code_and_count(answer: &[u8]) -> (u8, u8) {
        (answer[3] & 0x0f, answer[7])
    }

    #[test]
    fn answers_by_type_and_refuses_by_name() {
        let address = Ipv4Addr::new(10, 77, 0, 2);
        let zone = Zone::new()
            .address("Host.Lab", address)
            .pointer(address, "host.lab")
            .outcome("broken.lab", Outcome::ServFail)
            .outcome("hush.lab", Outcome::Silence);
        let (answer, text) = zone.serve(&query("hOST.lab", A));
        let answer = answer.unwrap();
        assert_eq!((code_and_count(&answer), text.as_str()), ((0, 1), "host.lab A"));
        assert!(answer.ends_with(&address.octets()));
        assert_eq!(code_and_count(&zone.serve(&query("host.lab", AAAA)).0.unwrap()), (0, 0));
        assert_eq!(code_and_count(&zone.serve(&query("2.0.77.10.in-addr.arpa", PTR)).0.unwrap()), (0, 1));
        assert_eq!(code_and_count(&zone.serve(&query("broken.lab", A)).0.unwrap()), (2, 0));
        assert_eq!(code_and_count(&zone.serve(&query("other.lab", A)).0.unwrap()), (3, 0));
        assert_eq!(zone.serve(&query("hush.lab", A)), (None, "hush.lab A".into()));
        assert_eq!(zone.serve(&[0; 5]).0, None);
    }

    #[test]
    fn reverse_names_of_both_families() {
        let name = reverse("fd77::2".parse().unwrap());
        assert!(name.starts_with("2.0.0.0.") && name.ends_with("7.7.d.f.ip6.arpa"), "{name}");
    }
}
