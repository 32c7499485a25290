//! What routers saw of probes, held against what was sent: where TOS, addresses, ports or checksums were rewritten.
//!
//! Only a raw socket shows it (`--raw`). RFC 2474 (DSCP), RFC 3168 (ECN), RFC 2663 (NAT).

use std::net::IpAddr;

use netdiag_model::Address;
use netdiag_model::event::Quote;
use netdiag_model::trail::Trail;

/// What a probe was when it left.
#[derive(Debug, Clone)]
pub struct Departed {
    /// TOS or traffic class.
    pub tos: u8,
    /// The target's address.
    pub destination: IpAddr,
    /// The addresses of this host; empty where they are not known.
    pub sources: Vec<IpAddr>,
    /// The destination port, where it has one.
    pub port: Option<u16>,
}

/// What was rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// TOS or traffic class.
    Tos {
        /// What it was.
        before: u8,
        /// What it is from there on.
        after: u8,
    },
    /// The source address.
    Source(IpAddr),
    /// The destination address.
    Destination(IpAddr),
    /// The destination port.
    Port(u16),
    /// The checksum does not fit what is quoted: addresses or ports were rewritten and put back in the quote.
    Checksum,
}

/// Where something was rewritten: by the router at the TTL before, or on the way from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewrite {
    /// The TTL of the first hop that sees it.
    pub ttl: u8,
    /// Who sees it.
    pub from: Address,
    /// What.
    pub field: Field,
}

/// How a quote differs from what left, but for the TOS.
pub fn translation(quote: &Quote, departed: &Departed) -> Vec<Field> {
    let mut fields = Vec::new();
    if !departed.sources.is_empty() && !departed.sources.contains(&quote.source) {
        fields.push(Field::Source(quote.source));
    }
    if quote.destination != departed.destination {
        fields.push(Field::Destination(quote.destination));
    }
    if let (Some(sent), Some((_, seen))) = (departed.port, quote.ports)
        && sent != seen
    {
        fields.push(Field::Port(seen));
    }
    if quote.is_checksum_wrong {
        fields.push(Field::Checksum);
    }
    fields
}

/// Every change along the path, where it first shows.
pub fn rewrites(trail: &Trail, departed: &Departed) -> Vec<Rewrite> {
    let (mut tos, mut known) = (departed.tos, Vec::new());
    let mut rewrites = Vec::new();
    for (ttl, hop) in trail.hops() {
        for (_, from, quote) in &hop.quotes {
            if quote.tos != tos {
                let field = Field::Tos { before: tos, after: quote.tos };
                rewrites.push(Rewrite { ttl, from: *from, field });
                tos = quote.tos;
            }
            for field in translation(quote, departed) {
                if !known.contains(&field) {
                    known.push(field);
                    rewrites.push(Rewrite { ttl, from: *from, field });
                }
            }
        }
    }
    rewrites
}

#[cfg(test)]
mod tests {
    use super::*;

    fn departed() -> Departed {
        Departed {
            tos: 0,
            destination: [198, 51, 100, 7].into(),
            sources: vec![[192, 0, 2, 1].into()],
            port: Some(33_434),
        }
    }

    fn quote() -> Quote {
        Quote {
            ttl: 1,
            tos: 0,
            source: [192, 0, 2, 1].into(),
            destination: [198, 51, 100, 7].into(),
            ports: Some((40_000, 33_434)),
            is_checksum_wrong: false,
        }
    }

    #[test]
    fn a_probe_that_arrives_as_it_left_was_not_translated() {
        assert_eq!(translation(&quote(), &departed()), []);
        // Where this host's addresses are not known, the source tells nothing.
        let nowhere = Departed { sources: Vec::new(), ..departed() };
        let elsewhere = Quote { source: [10, 0, 0, 1].into(), ..quote() };
        assert_eq!(translation(&elsewhere, &nowhere), []);
    }

    #[test]
    fn each_field_that_differs_is_named() {
        let other = Quote {
            source: [10, 0, 0, 1].into(),
            destination: [10, 0, 0, 2].into(),
            ports: Some((1, 2)),
            is_checksum_wrong: true,
            ..quote()
        };
        let fields = [
            Field::Source([10, 0, 0, 1].into()),
            Field::Destination([10, 0, 0, 2].into()),
            Field::Port(2),
            Field::Checksum,
        ];
        assert_eq!(translation(&other, &departed()), fields);
    }
}
