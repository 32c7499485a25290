//! Networks as TOML: what stands in a file, checked and made into a plan.
//!
//! Reading finds every mistake; what has been read can be simulated. Nothing moves here. `tests/networks/README.md`
//! lists the keys with their defaults; the structs that they are read into say what each one means.

mod extension;
mod file;
mod graph;
mod here;
mod lookup;
mod names;
mod node;
mod plan;
mod script;
mod units;
mod way;

use std::path::Path;

pub(crate) use extension::ExtensionForm;
pub(crate) use file::{ForgedKind, Knowledge};
pub(crate) use here::{HereSpec, IcmpAccess, Stamps};
pub(crate) use names::{Failure, Lookups, NameSpec, Table};
pub(crate) use node::{
    Balance, Checksum, Filter, FilterProtocol, IcmpFlow, Limit, NatPorts, NatQuotes, NatSpec, NodeSpec,
    Others, Per, Ports, Refusal, ReplySpec, Silence, TooBig,
};
pub(crate) use plan::{ForgerPlan, Kind, LinkId, LinkPlan, NodeId, NodePlan, Plan, RoutePlan, WayId};
pub(crate) use script::{Action, LinkState, Trouble};
pub(crate) use units::Prefix;
pub(crate) use way::{Order, Shape, WaySpec};

use crate::error::SimError;

/// A network that can be simulated.
#[derive(Debug, Clone)]
pub struct Network {
    seed: u64,
    plan: Plan,
}

impl Network {
    /// Reads a network from the text of its file.
    pub fn from_toml(text: &str) -> Result<Self, SimError> {
        let file: file::File = toml::from_str(text).map_err(|error| SimError::Toml(error.to_string()))?;
        Ok(Self { seed: file.seed, plan: graph::plan(file)? })
    }

    /// Reads a network file.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, SimError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|error| SimError::File { path: path.to_owned(), why: error.to_string() })?;
        Self::from_toml(&text)
    }

    /// The same network with another seed than its file's.
    #[must_use]
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The seed: the same seed gives the same run.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn plan(&self) -> &Plan {
        &self.plan
    }
}
