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

use std::sync::{Arc, Mutex, PoisonError};

use crate::agent::{Place, Role};
use crate::error::Result;
use crate::lab::Core;
use crate::remote::Agent;

pub(crate) use forward::run;
pub use log::{Fate, Mark, Passage, Way, WireLog};
pub use spec::{Action, Corruption, Fault, Impairment, Jitter, Loss, Which, WireSpec};

/// A handle on a wire; it works until this is dropped.
#[derive(Debug)]
pub struct Wire {
    // The agent must end before the laboratory may.
    agent: Mutex<Agent>,
    _core: Arc<Core>,
}

impl Wire {
    pub(crate) fn start(core: Arc<Core>, place: Place, spec: WireSpec) -> Result<Self> {
        let agent = Agent::start("the wire", Role::Wire(spec), place)?;
        Ok(Self { agent: Mutex::new(agent), _core: core })
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
