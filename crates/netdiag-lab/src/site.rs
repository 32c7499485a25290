//! A site: where in a laboratory somebody is at work, and what keeps the laboratory alive meanwhile.

use std::sync::Arc;

use crate::agent::Place;
use crate::error::Result;
use crate::premises::Premises;

/// What a handle on something inside a laboratory needs to hold.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    name: String,
    net: i32,
    premises: Arc<Premises>,
}

impl Site {
    /// The network namespace `net`; the name is for messages.
    pub(crate) fn new(premises: Arc<Premises>, net: i32, name: &str) -> Self {
        Self { name: name.into(), net, premises }
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where an agent has to go.
    pub(crate) fn place(&self) -> Place {
        self.premises.place(self.net)
    }

    pub(crate) fn settings(&self, settings: &[(&str, &str)]) -> Result<()> {
        self.premises.settings(self.net, settings)
    }
}
