//! The far side: what a process does that was started as an agent of a laboratory.
//!
//! An agent is the same binary executed again with a marker as its first argument and its job as
//! JSON in the second. It has one thread while it enters namespaces, which the kernel demands for
//! user namespaces. It ends when its standard input ends: so it cannot outlive the test, however
//! the test ends.

pub(crate) mod control;
mod enter;
mod exec;
mod keeper;
mod privilege;
mod settle;
mod sweep;

use std::ffi::OsString;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};

use crate::responder::Script;
use crate::server::Server;
use crate::wire::WireSpec;
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

/// Everything an agent needs to know at its start.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// The process that started it; a different parent means that one is gone.
    pub(crate) parent: u32,
    /// Where to go before anything else.
    pub(crate) place: Option<Place>,
    pub(crate) role: Role,
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

/// What an agent is for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Role {
    Keeper,
    Exec(Privileges),
    Wire(WireSpec),
    Respond(Script),
    Serve(Server),
    Capture(String),
}

/// With which rights a program runs inside a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Privileges {
    #[default]
    All,
    None,
}

/// Takes over processes that were started as agents; every binary that uses laboratories calls this
/// first thing in its `main`.
///
/// Returns in an ordinary process; in an agent it does the agent's work and ends the process.
/// It must run before any thread is started.
pub fn intercept() {
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
    let code = match perform(entry, &words.collect::<Vec<_>>()) {
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

fn perform(entry: Entry, words: &[OsString]) -> io::Result<()> {
    if let Some(place) = &entry.place {
        enter::enter(place)?;
    }
    enter::insist_on_parent(entry.parent)?;
    match entry.role {
        Role::Keeper => keeper::run(),
        Role::Exec(privileges) => Err(exec::exec(words, privileges, entry.place.as_ref())),
        Role::Wire(spec) => crate::wire::run(&spec),
        Role::Respond(script) => crate::responder::run(script),
        Role::Serve(server) => crate::server::run(server),
        Role::Capture(interface) => crate::capture::run(&interface),
    }
}

fn complain(text: &str) {
    // Nobody may be left to read this, and then there is nobody to tell.
    let _ = writeln!(io::stderr(), "netdiag-lab agent: {text}");
}
