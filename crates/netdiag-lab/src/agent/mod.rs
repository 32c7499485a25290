//! The far side: how a process that was started as an agent of a laboratory comes to its work.
//!
//! This is the mechanism, and the two roles that every laboratory needs (keeper, exec). Which other
//! roles there are is not known here.
//!
//! An agent is the same binary executed again with a marker as its first argument and its job as
//! JSON in the second. It has one thread while it enters namespaces, which the kernel demands for
//! user namespaces. It ends when its standard input ends: so it cannot outlive the test, however
//! the test ends.

pub(crate) mod control;
mod enter;
pub(crate) mod exec;
pub(crate) mod keeper;
mod privilege;
mod settle;
mod sweep;

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use keeper::{Reply, Request, Run};
pub(crate) use privilege::inside;

/// The first argument that makes a process an agent.
pub(crate) const MARKER: &str = "netdiag-lab-agent";

static INTERCEPTED: AtomicBool = AtomicBool::new(false);

/// By what right a laboratory makes its namespaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rights {
    /// The process may make namespaces directly.
    Root,
    /// Through a user namespace of its own, in which the caller has all rights
    /// and keeps its uid and gid; 0 becomes 1000.
    UserNamespace,
}

/// The namespaces of one node.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Place {
    /// The process whose user and mount namespaces are the laboratory's.
    pub(crate) keeper: u32,
    /// The keeper's descriptor of the network namespace.
    pub(crate) net: i32,
    pub(crate) rights: Rights,
}

impl Place {
    /// A path that opens the network namespace.
    pub(crate) fn path(&self) -> String {
        format!("/proc/{}/fd/{}", self.keeper, self.net)
    }
}

/// What an agent is for: a role, and what there is to know for it.
///
/// The far side has the details as plain JSON until the role has told who reads them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Job<T> {
    role: String,
    details: T,
}

impl<T: Serialize> Job<T> {
    pub(crate) fn new(role: &str, details: T) -> Self {
        Self { role: role.into(), details }
    }
}

impl Job<Value> {
    pub(crate) fn role(&self) -> &str {
        &self.role
    }

    pub(crate) fn details<T: DeserializeOwned>(self) -> io::Result<T> {
        let Self { role, details } = self;
        serde_json::from_value(details)
            .map_err(io::Error::from)
            .map_err(doing(format!("reading the details of role {role}")))
    }
}

/// Everything an agent needs to know at its start.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry<T> {
    /// The process that started it; a different parent means that one is gone.
    pub(crate) parent: u32,
    /// Where to go before anything else.
    pub(crate) place: Option<Place>,
    pub(crate) job: Job<T>,
}

/// Does a job, with the words that follow it on the agent's command line.
pub(crate) type Perform = fn(Job<Value>, &[OsString]) -> io::Result<()>;

/// Takes the process over if it was started as an agent: `perform` does the work, and the process ends.
pub(crate) fn take_over(perform: Perform) {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_none_or(|word| word != MARKER) {
        INTERCEPTED.store(true, Ordering::Relaxed);
        return;
    }
    let Some(entry) = words.next().and_then(|text| serde_json::from_slice(text.as_encoded_bytes()).ok())
    else {
        complain("an agent was started without a readable job; agents are started by laboratories only");
        std::process::exit(125);
    };
    let code = match begin(entry, &words.collect::<Vec<_>>(), perform) {
        Ok(()) => 0,
        Err(error) => {
            complain(&error.to_string());
            125
        }
    };
    std::process::exit(code);
}

/// Whether this process may start agents of itself.
pub(crate) fn is_intercepted() -> bool {
    INTERCEPTED.load(Ordering::Relaxed)
}

/// An error of an agent, with what it was doing.
pub(crate) fn doing(what: impl AsRef<str>) -> impl FnOnce(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", what.as_ref()))
}

fn begin(entry: Entry<Value>, words: &[OsString], perform: Perform) -> io::Result<()> {
    if let Some(place) = &entry.place {
        enter::enter(place)?;
    }
    enter::insist_on_parent(entry.parent)?;
    perform(entry.job, words)
}

fn complain(text: &str) {
    // Nobody may be left to read this, and then there is nobody to tell.
    let _ = writeln!(io::stderr(), "netdiag-lab agent: {text}");
}
