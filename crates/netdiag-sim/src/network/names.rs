//! The `[name.…]` and `[reverse.…]` tables: what the resolver knows, how long it takes, and how it fails.

use std::net::IpAddr;

use serde::Deserialize;

use super::units::Span;

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
