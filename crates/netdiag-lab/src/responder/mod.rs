//! The puppet: a host that answers echo requests by script, for everything a real kernel never does.
//!
//! An agent listens on all interfaces of a node and answers; the node's own kernel is told to ignore
//! echo requests, but still answers ARP and neighbour discovery and everything else. Requests
//! larger than one frame are not answered: the puppet does not reassemble.

mod craft;
mod puppet;
mod script;

use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::agent::Job;
use crate::error::Result;
use crate::frame::Echo;
use crate::remote::Agent;
use crate::site::Site;

pub(crate) use puppet::run;
pub use script::{Answer, Flaw, IcmpError, Script};

/// The role of the agent behind a puppet.
pub(crate) const ROLE: &str = "puppet";

/// Settings of a node in which a puppet answers: its own kernel does not.
const QUIET: [(&str, &str); 2] =
    [("net.ipv4.icmp_echo_ignore_all", "1"), ("net.ipv6.icmp.echo_ignore_all", "1")];

/// A request that a puppet has seen, and how many frames it answered with at once or later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// When it came in: the kernel's stamp, nanoseconds since 1970.
    pub arrived_ns: u64,
    /// The echo request; `None` for a probe of another protocol.
    pub echo: Option<Echo>,
    /// The time to live or hop limit that it had left.
    pub ttl: u8,
    /// How many frames the script sends for it.
    pub answers: usize,
}

/// A handle on a puppet; it answers until this is dropped. The kernel stays quiet even then.
#[derive(Debug)]
pub struct Responder {
    agent: Mutex<Agent>,
    _site: Site,
}

impl Responder {
    pub(crate) fn start(site: Site, script: Script) -> Result<Self> {
        site.settings(&QUIET)?;
        let name = format!("the puppet in {}", site.name());
        let agent = Agent::start(name, Job::new(ROLE, script), site.place())?;
        Ok(Self { agent: Mutex::new(agent), _site: site })
    }

    /// The requests seen so far.
    ///
    /// # Errors
    /// [`crate::Error::Lost`] when the puppet has ended.
    pub fn log(&self) -> Result<Vec<Seen>> {
        self.agent.lock().unwrap_or_else(PoisonError::into_inner).log()
    }
}
