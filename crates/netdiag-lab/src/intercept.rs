//! The start of every agent: which role is whose work.
//!
//! This table stands above all roles, so that the mechanism ([`crate::agent`]) knows none of them.

use std::ffi::OsString;
use std::io;

use serde_json::Value;

use crate::agent::{Job, exec, keeper, take_over};
use crate::{capture, responder, server, usage, wire};

/// Takes over processes that were started as agents; every binary that uses laboratories calls this
/// first thing in its `main`.
///
/// Returns in an ordinary process; in an agent it does the agent's work and ends the process.
/// It must run before any thread is started.
pub fn intercept() {
    take_over(perform);
}

fn perform(job: Job<Value>, words: &[OsString]) -> io::Result<()> {
    match job.role() {
        keeper::ROLE => keeper::run(),
        exec::ROLE => exec::run(&job.details()?, words),
        wire::ROLE => wire::run(&job.details()?),
        responder::ROLE => responder::run(job.details()?),
        server::ROLE => server::run(job.details()?),
        usage::ROLE => usage::run(&job.details()?, words),
        capture::ROLE => capture::run(&job.details::<String>()?),
        other => Err(io::Error::other(format!("there is no role {other} for agents"))),
    }
}
