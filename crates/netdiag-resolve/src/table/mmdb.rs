//! Tables as MMDB files (the format of `MaxMind`, version 2). The keys of a record differ from maker to maker: those of
//! `GeoLite2-ASN`, of `IPinfo` and of the conversions of iptoasn are known here.

use std::net::IpAddr;

use maxminddb::{Reader, WithinOptions};
use netdiag_model::{Asn, Origin, Prefix};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::error::TableError;
use super::name;
use crate::origin::country;

/// In how many blocks, empty ones among them, AS numbers are looked for before a file counts as a table of something
/// else.
const SAMPLE: usize = 100_000;

/// A table.
#[derive(Debug)]
pub(super) struct Mmdb(Reader<Vec<u8>>);

impl Mmdb {
    /// The table in the octets of a file.
    pub(super) fn new(octets: Vec<u8>) -> Result<Self, TableError> {
        let reader = Reader::from_source(octets).map_err(|error| TableError::NoTable(error.to_string()))?;
        if !has_asns(&reader) {
            return Err(TableError::OtherKind(reader.metadata().database_type.clone()));
        }
        Ok(Self(reader))
    }

    /// Who announces `address`. What does not decode is not there.
    pub(super) fn find(&self, address: IpAddr) -> Option<Origin> {
        let found = self.0.lookup(address).ok()?;
        let origin = found.decode::<Record>().ok()??.origin()?;
        let network = found.network().ok()?;
        let prefix = Prefix::new(network.ip(), network.prefix()).filter(|prefix| prefix.contains(address));
        Some(Origin { prefix, ..origin })
    }
}

fn has_asns(reader: &Reader<Vec<u8>>) -> bool {
    let Ok(networks) = reader.networks(WithinOptions::default().include_networks_without_data()) else {
        return false;
    };
    networks
        .take(SAMPLE)
        .filter_map(|network| network.ok()?.decode::<Record>().ok()?)
        .any(|record| record.origin().is_some())
}

/// What is read of a record. Some files have several of the keys that mean the same.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Record {
    autonomous_system_number: Option<Value>,
    asn: Option<Value>,
    as_number: Option<Value>,
    autonomous_system_organization: Option<Value>,
    as_name: Option<Value>,
    as_organization: Option<Value>,
    name: Option<Value>,
    country_code: Option<Value>,
    country: Option<Value>,
}

/// A value of a record: other makers write numbers as text.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Value {
    Number(u32),
    Text(String),
    Other(IgnoredAny),
}

impl Value {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) | Self::Other(_) => None,
        }
    }

    /// `64500`, `"64500"` or `"AS64500"`.
    fn asn(&self) -> Option<Asn> {
        let number = match self {
            Self::Number(number) => *number,
            Self::Text(text) => text.strip_prefix("AS").unwrap_or(text).parse().ok()?,
            Self::Other(_) => return None,
        };
        (number != 0).then_some(Asn(number))
    }
}

impl Record {
    fn origin(&self) -> Option<Origin> {
        let numbers = [&self.autonomous_system_number, &self.asn, &self.as_number];
        let names = [&self.autonomous_system_organization, &self.as_name, &self.as_organization, &self.name];
        let countries = [&self.country_code, &self.country];
        Some(Origin {
            asns: vec![first(numbers, Value::asn)?],
            prefix: None,
            country: first(countries, |value| country(value.text()?)),
            registry: None,
            name: first(names, |value| name(value.text()?)),
        })
    }
}

/// The first of several values that there is and that reads.
fn first<T, const N: usize>(values: [&Option<Value>; N], read: impl Fn(&Value) -> Option<T>) -> Option<T> {
    values.into_iter().flatten().find_map(read)
}
