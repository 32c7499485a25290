//! The near side of agents: starting one, talking to it, ending it.
//!
//! Whoever holds an [`Agent`] keeps it alive; dropping it closes its standard input, which ends it.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::agent::control::{END, LOG, READY};
use crate::agent::{Entry, Job, MARKER, Place, is_intercepted};
use crate::error::{Error, Result};

/// The command that starts this binary as an agent.
pub(crate) fn agent_command(job: Job<impl Serialize>, place: Option<Place>) -> Result<Command> {
    if !is_intercepted() {
        return Err(Error::NotIntercepted);
    }
    let entry = Entry { parent: std::process::id(), place, job };
    let entry =
        serde_json::to_string(&entry).map_err(|error| Error::io("writing an agent's job")(error.into()))?;
    let mut command = Command::new("/proc/self/exe");
    command.arg(MARKER).arg(entry).env("PATH", search_path());
    Ok(command)
}

/// Where programs are looked for: as usual, and where Debian keeps `ip` and `nft`, which ordinary
/// users do not have in their path.
pub(crate) fn search_path() -> OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/sbin");
    path
}

/// A running agent that is spoken to over pipes.
#[derive(Debug)]
pub(crate) struct Agent {
    name: String,
    child: Child,
    /// `None` once it was told to end.
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Agent {
    /// Starts an agent whose first line the caller reads itself.
    pub(crate) fn spawn(
        name: impl Into<String>,
        job: Job<impl Serialize>,
        place: Option<Place>,
    ) -> Result<Self> {
        let name = name.into();
        let lost = || Error::Lost { agent: name.clone(), operation: "starting".into() };
        let mut child = agent_command(job, place)?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Error::io(format!("starting {name}")))?;
        let input = child.stdin.take().ok_or_else(lost)?;
        let output = child.stdout.take().ok_or_else(lost)?;
        Ok(Self { name, child, input: Some(input), output: BufReader::new(output) })
    }

    /// Starts an agent and waits until it is ready.
    pub(crate) fn start(name: impl Into<String>, job: Job<impl Serialize>, place: Place) -> Result<Self> {
        let mut agent = Self::spawn(name, job, Some(place))?;
        let first = agent.line("starting")?;
        if first == READY { Ok(agent) } else { Err(agent.lost("starting")) }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// One line of request and one of answer.
    pub(crate) fn exchange(&mut self, request: &str, operation: &str) -> Result<String> {
        self.say(request, operation)?;
        self.line(operation)
    }

    /// Everything the agent has logged so far.
    pub(crate) fn log<T: DeserializeOwned>(&mut self) -> Result<Vec<T>> {
        const OPERATION: &str = "handing over its log";
        self.say(LOG, OPERATION)?;
        let mut records = Vec::new();
        loop {
            let line = self.line(OPERATION)?;
            if line == END {
                return Ok(records);
            }
            records.push(serde_json::from_str(&line).map_err(|_| self.lost(OPERATION))?);
        }
    }

    /// The next line from the agent.
    pub(crate) fn line(&mut self, operation: &str) -> Result<String> {
        let mut line = String::new();
        let len =
            self.output.read_line(&mut line).map_err(Error::io(format!("{operation}, {}", self.name)))?;
        if len == 0 {
            return Err(self.lost(operation));
        }
        line.truncate(line.trim_end().len());
        Ok(line)
    }

    fn say(&mut self, request: &str, operation: &str) -> Result<()> {
        let line = format!("{request}\n");
        let sent = self.input.as_mut().map(|input| input.write_all(line.as_bytes()));
        if matches!(sent, Some(Ok(()))) { Ok(()) } else { Err(self.lost(operation)) }
    }

    fn lost(&self, operation: &str) -> Error {
        Error::Lost { agent: self.name.clone(), operation: operation.into() }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        drop(self.input.take());
        // It ends by itself now; a failure to wait means that somebody else has waited.
        let _ = self.child.wait();
    }
}
