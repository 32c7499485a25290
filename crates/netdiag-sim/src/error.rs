//! What can be wrong with a network file.
//!
//! Every message names the key that is wrong and says what would be right. Nothing can go wrong once a network has
//! been read: the simulation itself has no errors, only the ones that it simulates.

use std::path::PathBuf;

/// Why a network cannot be simulated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SimError {
    /// The file cannot be read.
    #[error("cannot read the network {path:?}: {why}; name a file such as tests/networks/a-silent-hop.toml")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's own words.
        why: String,
    },
    /// It is no TOML, has an unknown key, or a value of a wrong kind.
    #[error("the network does not read: {0}")]
    Toml(String),
    /// A key names something that is not there.
    #[error("{key} names {name:?}, which is not there; {there}")]
    Unknown {
        /// The key, such as `link[2].ends`.
        key: String,
        /// What it names.
        name: String,
        /// What there is to choose from.
        there: String,
    },
    /// A value that contradicts itself or another one.
    #[error("{key} {why}; {way_out}")]
    Value {
        /// The key.
        key: String,
        /// What is wrong with its value.
        why: String,
        /// What to write instead.
        way_out: &'static str,
    },
}

impl SimError {
    /// The value of `key` is wrong.
    pub(crate) fn value(key: impl Into<String>, why: impl Into<String>, way_out: &'static str) -> Self {
        Self::Value { key: key.into(), why: why.into(), way_out }
    }
}
