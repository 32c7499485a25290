//! The wire: a cable with a mind, made of an agent that forwards frames between two veths.
//!
//! Each direction has its own [`Impairment`]; chance comes from a seed, so a run can be repeated.
//! The wire logs every frame, and that log is the truth against which tools are measured. The
//! link's own talk (ARP, neighbour discovery) passes untouched: a test of loss should not wait
//! for a lost neighbour solicitation.

mod fate;
mod forward;
mod log;
mod spec;

use std::sync::{Mutex, PoisonError};

use crate::agent::Job;
use crate::error::Result;
use crate::remote::Agent;
use crate::site::Site;

pub(crate) use forward::run;
pub use log::{Fate, Mark, Passage, Way, WireLog};
pub use spec::{Action, Corruption, Fault, Impairment, Jitter, Loss, Which, WireSpec};

/// The role of the agent behind a wire.
pub(crate) const ROLE: &str = "wire";

/// A handle on a wire; it works until this is dropped.
#[derive(Debug)]
pub struct Wire {
    // The agent must end before the laboratory may.
    agent: Mutex<Agent>,
    _site: Site,
}

impl Wire {
    pub(crate) fn start(site: Site, spec: WireSpec) -> Result<Self> {
        let agent = Agent::start(site.name(), Job::new(ROLE, spec), site.place())?;
        Ok(Self { agent: Mutex::new(agent), _site: site })
    }

    /// What happened on it so far, in the order in which frames met their fate.
    ///
    /// Frames that still wait for their time are in it as [`Fate::Waiting`].
    ///
    /// # Errors
    /// [`crate::Error::Lost`] when the wire has ended, for instance because its interface vanished.
    pub fn log(&self) -> Result<WireLog> {
        let mut agent = self.agent.lock().unwrap_or_else(PoisonError::into_inner);
        agent.log().map(WireLog::new)
    }
}
