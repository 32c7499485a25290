//! The `[name.…]`, `[reverse.…]` and `[origin.…]` tables: what the resolver knows, how long it takes, and how it
//! fails; and `[table.…]`: files of who announces what.

use std::collections::BTreeMap;
use std::net::IpAddr;

use netdiag_model::origin::{bearer, is_announceable};
use netdiag_model::{Asn, Origin, Prefix};
use serde::Deserialize;

use super::units::{Block, Span};
use crate::error::SimError;

/// All that is looked up.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lookups {
    pub(crate) names: BTreeMap<String, NameSpec>,
    pub(crate) reverse: BTreeMap<IpAddr, ReverseSpec>,
    pub(crate) origins: BTreeMap<Block, OriginSpec>,
    pub(crate) tables: BTreeMap<String, Table>,
}

impl Lookups {
    /// The same, if somebody can announce every block that has an origin.
    pub(super) fn checked(self) -> Result<Self, SimError> {
        match self.origins.keys().find(|block| !is_announceable(block.0.first())) {
            None => Ok(self),
            Some(Block(prefix)) => Err(SimError::value(
                format!("origin.{prefix}"),
                "is announced by nobody, and nobody is asked about it",
                "write a public or a documentation block",
            )),
        }
    }

    /// Who announces `address`: the longest block that it lies in. `None` when nobody is asked.
    pub(crate) fn origin(&self, address: IpAddr) -> Option<(Prefix, &OriginSpec)> {
        longest(&self.origins, bearer(address)).filter(|_| is_announceable(bearer(address)))
    }
}

/// A file: the AS that announce each block.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Table(BTreeMap<Block, Vec<u32>>);

impl Table {
    /// Who announces `address`.
    pub(crate) fn origin(&self, address: IpAddr) -> Option<Origin> {
        let (prefix, asns) = longest(&self.0, bearer(address))?;
        let asns = asns.iter().copied().map(Asn).collect();
        Some(Origin { asns, prefix: Some(prefix), ..Origin::default() })
    }
}

fn longest<T>(blocks: &BTreeMap<Block, T>, address: IpAddr) -> Option<(Prefix, &T)> {
    let around = blocks.iter().map(|(block, held)| (block.0, held));
    around.filter(|(prefix, _)| prefix.contains(address)).max_by_key(|(prefix, _)| prefix.len())
}

/// What a name resolves to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NameSpec {
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) canonical: Option<String>,
    pub(crate) delay: Span,
    pub(crate) fails: Option<Failure>,
}

/// How a look-up fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Failure {
    /// NXDOMAIN.
    NoName,
    /// Nobody answers.
    NoAnswer,
    /// SERVFAIL.
    BrokenServer,
}

/// What an address resolves to; no name is a failure.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ReverseSpec {
    pub(crate) name: Option<String>,
    pub(crate) delay: Span,
}

/// Who announces a block; no AS is a failure.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct OriginSpec {
    pub(crate) asns: Vec<u32>,
    pub(crate) country: Option<String>,
    pub(crate) registry: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) delay: Span,
    pub(crate) fails: Option<Failure>,
}

impl OriginSpec {
    /// What the resolver says of an address in the block. All failures look the same.
    pub(crate) fn origin(&self, prefix: Prefix) -> Option<Origin> {
        (self.fails.is_none() && !self.asns.is_empty()).then(|| Origin {
            asns: self.asns.iter().copied().map(Asn).collect(),
            prefix: Some(prefix),
            country: self.country.clone(),
            registry: self.registry.clone(),
            name: self.name.clone(),
        })
    }
}
