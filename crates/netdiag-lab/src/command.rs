//! Programs inside a node.
//!
//! The process that is started becomes the program itself, so its pid, signals and exit status are
//! the program's own. When the test ends, the keeper ends it.

use std::ffi::{OsStr, OsString};
use std::io::Read;
use std::process::{self, Child, ChildStderr, ChildStdin, ChildStdout, ExitStatus, Stdio};

pub use rustix::process::Signal;
use rustix::process::{Pid, kill_process};
use serde::Serialize;

use crate::agent::Job;
use crate::agent::exec::{self, Exec, Privileges};
use crate::error::{Error, Result};
use crate::output::Output;
use crate::remote::agent_command;
use crate::site::Site;
use crate::usage::{self, Usage};

/// A program to run inside a node. Standard streams are pipes; see [`Self::into_std`] for others.
#[derive(Clone, Debug)]
pub struct Command {
    site: Site,
    program: OsString,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    privileges: Privileges,
}

impl Command {
    pub(crate) fn new(site: Site, program: &str) -> Self {
        let program = program.into();
        Self { site, program, arguments: Vec::new(), variables: Vec::new(), privileges: Privileges::All }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Adds an environment variable; others are inherited from the test.
    #[must_use]
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs it as an ordinary user would: without any capability and without gaining one from being
    /// uid 0. As root the uid and gid are 65534; in a user namespace, where there is no second uid, they
    /// stay the caller's (1000 for 0). Capabilities on the program's file still count.
    #[must_use]
    pub fn unprivileged(mut self) -> Self {
        self.privileges = Privileges::None;
        self
    }

    /// The same as a command of the standard library, for other ways to start it (a terminal, tokio).
    ///
    /// The caller must not let it outlive the laboratory.
    ///
    /// # Errors
    /// [`Error::NotIntercepted`].
    pub fn into_std(self) -> Result<process::Command> {
        let job = Job::new(exec::ROLE, self.exec());
        self.agent(job)
    }

    /// Runs it to its end, with nothing on its standard input, and tells what the run took. The output is kept in
    /// memory files meanwhile.
    ///
    /// # Errors
    /// [`Error::Refused`] when it could not be started, [`Error::Io`] when nothing could be.
    pub fn measure(self) -> Result<(Output, Usage)> {
        let exec = self.exec();
        // The laboratory has to live until the program has ended.
        let _site = self.site.clone();
        usage::measure(exec, |order| self.agent(Job::new(usage::ROLE, order)))
    }

    fn exec(&self) -> Exec {
        Exec { privileges: self.privileges, rights: self.site.place().rights }
    }

    /// The agent inside the node that does this job with the program.
    fn agent(self, job: Job<impl Serialize>) -> Result<process::Command> {
        let mut command = agent_command(job, Some(self.site.place()))?;
        command.arg(self.program).args(self.arguments).envs(self.variables);
        Ok(command)
    }

    /// Runs it to its end, with nothing on its standard input.
    ///
    /// # Errors
    /// [`Error::Io`] when the process could not be started at all.
    pub fn output(self) -> Result<Output> {
        let mut running = self.spawn()?;
        drop(running.stdin());
        running.wait_with_output()
    }

    /// Starts it, with pipes for all standard streams.
    ///
    /// # Errors
    /// [`Error::Io`] when the process could not be started at all.
    pub fn spawn(self) -> Result<Running> {
        let site = self.site.clone();
        let name = self.program.display().to_string();
        let child = self
            .into_std()?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(Error::io(format!("starting {name}")))?;
        Ok(Running { child, name, _site: site })
    }
}

/// A program that runs inside a node; killed when this is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    name: String,
    /// Keeps the laboratory alive.
    _site: Site,
}

impl Running {
    /// Its process id, on the test's side.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its standard input, once; dropping it closes it.
    pub fn stdin(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Its standard output, once.
    pub fn stdout(&mut self) -> Option<ChildStdout> {
        self.child.stdout.take()
    }

    /// Its standard error, once.
    pub fn stderr(&mut self) -> Option<ChildStderr> {
        self.child.stderr.take()
    }

    /// Sends it a signal. Right after the start it may hit the agent before it became the program.
    ///
    /// # Errors
    /// [`Error::Io`] when it has ended.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal)
            .map_err(|error| Error::io(format!("signalling {}", self.name))(error.into()))
    }

    /// Closes its standard input and waits for its end; output that was not taken is read and dropped.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be waited for.
    pub fn wait(self) -> Result<ExitStatus> {
        self.wait_with_output().map(|output| output.status)
    }

    /// Closes its standard input and waits for its end and the rest of its output.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be waited for.
    pub fn wait_with_output(mut self) -> Result<Output> {
        drop(self.stdin());
        let (stdout, stderr) = (self.stdout(), self.stderr());
        // Both at a time: a program that fills one pipe while the other is read would wait for ever.
        let (stdout, stderr) = std::thread::scope(|scope| {
            let errors = scope.spawn(|| text(stderr));
            (text(stdout), errors.join().unwrap_or_default())
        });
        let status = self.child.wait().map_err(Error::io(format!("waiting for {}", self.name)))?;
        Ok(Output { status, stdout, stderr })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has been waited for, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(stream: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        // What was read before an error is still worth showing.
        let _ = stream.read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
