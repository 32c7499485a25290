//! What a name server's answer to one question amounts to, and the words for it.
//!
//! Response codes: RFC 1035 section 4.1.1, RFC 6895. No data: RFC 2308 section 2.2.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::RData;
use netdiag_model::{Address, Errno};

/// What came of one question to one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The server has addresses.
    Addresses(Vec<IpAddr>),
    /// The name exists, without a record of the type asked for.
    NoData,
    /// The name is an alias of another, which has no such record or of which the server says nothing.
    Alias(String),
    /// The answer is too long for UDP.
    Truncated,
    /// The server says why it has no answer.
    Code(ResponseCode),
    /// Something came that cannot be read.
    Garbled,
    /// The question did not get through, or came back as an ICMP error.
    Unreachable(Errno),
    /// Nothing came in the time given.
    Silent(Duration),
    /// Nothing had come when enough was known from another server.
    Slow,
}

impl Outcome {
    /// What `message` says to `query`.
    pub(super) fn of(message: &Message, query: &Query) -> Self {
        match message.metadata.response_code {
            ResponseCode::NoError => {}
            code => return Self::Code(code),
        }
        let of_type = message.answers.iter().filter(|record| record.record_type() == query.query_type());
        let addresses: Vec<IpAddr> = of_type.filter_map(|record| record.data.ip_addr()).collect();
        let alias = message.answers.iter().rev().find_map(|record| match &record.data {
            RData::CNAME(target) => Some(target.0.to_ascii()),
            _ => None,
        });
        match alias {
            _ if !addresses.is_empty() => Self::Addresses(addresses),
            _ if message.metadata.truncation => Self::Truncated,
            Some(target) => Self::Alias(target),
            None => Self::NoData,
        }
    }

    /// Whether it is about the server, whatever it was asked.
    const fn is_general(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Silent(_) | Self::Slow)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Addresses(addresses) => {
                let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
                write!(f, "has {}", addresses.join(", "))
            }
            Self::NoData => f.write_str("the name exists and has no such record (NODATA)"),
            Self::Alias(target) => write!(f, "an alias of {target} without such a record (NODATA)"),
            Self::Truncated => f.write_str("an answer too long for UDP"),
            Self::Code(code) => write_code(f, *code),
            Self::Garbled => f.write_str("an answer that cannot be read"),
            Self::Unreachable(Errno::ECONNREFUSED) => {
                write!(f, "no name server there ({})", Errno::ECONNREFUSED)
            }
            Self::Unreachable(errno) => write!(f, "out of reach ({errno})"),
            Self::Silent(limit) => write!(f, "no answer within {} s", limit.as_secs_f64()),
            Self::Slow => f.write_str("no answer yet, not waited for"),
        }
    }
}

fn write_code(f: &mut fmt::Formatter<'_>, code: ResponseCode) -> fmt::Result {
    f.write_str(match code {
        ResponseCode::NXDomain => "no such name (NXDOMAIN)",
        ResponseCode::ServFail => "the server failed (SERVFAIL)",
        ResponseCode::Refused => "refused the query (REFUSED)",
        ResponseCode::NotImp => "does not answer such queries (NOTIMP)",
        ResponseCode::FormErr => "did not understand the query (FORMERR)",
        other => return write!(f, "response code {}", u16::from(other)),
    })
}

/// What `server` said, one line for each thing that it said: `192.0.2.53 (A, AAAA): no such name (NXDOMAIN)`. Names
/// are shown where there was more than one.
pub(super) fn lines(server: SocketAddr, queries: &[Query], outcomes: &[Outcome]) -> Vec<String> {
    let address = match server {
        SocketAddr::V4(v4) => Address::from(*v4.ip()),
        SocketAddr::V6(v6) => Address::scoped((*v6.ip()).into(), v6.scope_id()),
    };
    let is_one_name = queries.windows(2).all(|pair| pair[0].name() == pair[1].name());
    let mut groups: Vec<(&Outcome, Vec<&Query>)> = Vec::new();
    for (query, outcome) in queries.iter().zip(outcomes) {
        match groups.iter_mut().find(|(seen, _)| *seen == outcome) {
            Some((_, group)) => group.push(query),
            None => groups.push((outcome, vec![query])),
        }
    }
    let line = |(outcome, group): (&Outcome, Vec<&Query>)| {
        if outcome.is_general() && group.len() == queries.len() {
            format!("{address}: {outcome}")
        } else {
            let subject = if is_one_name { types(&group) } else { types_and_names(&group) };
            format!("{address} ({subject}): {outcome}")
        }
    };
    groups.into_iter().map(line).collect()
}

/// `A, AAAA of a.example, b.example`.
fn types_and_names(group: &[&Query]) -> String {
    let mut names: Vec<(String, String)> = Vec::new();
    for part in group.chunk_by(|a, b| a.name() == b.name()) {
        let name = part[0].name().to_ascii();
        names.push((types(part), name.trim_end_matches('.').to_owned()));
    }
    let parts = names.chunk_by(|(a, _), (b, _)| a == b).map(|part| {
        let names: Vec<&str> = part.iter().map(|(_, name)| name.as_str()).collect();
        format!("{} of {}", part[0].0, names.join(", "))
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// `A, AAAA`.
fn types(group: &[&Query]) -> String {
    let types: Vec<String> = group.iter().map(|query| query.query_type().to_string()).collect();
    types.join(", ")
}

#[cfg(test)]
mod tests;
