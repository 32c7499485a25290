//! What a run of a program inside a node takes: time, processors, memory. See getrusage(2).
//!
//! An agent goes into the node, starts the program as its only child and accounts for it: neither the way into the
//! node nor any other program is in the figures. The output goes to files in memory, so nobody takes a processor to
//! read it meanwhile.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::fd::AsRawFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use rustix::fs::{MemfdFlags, memfd_create};
use serde::{Deserialize, Serialize};

use crate::agent::doing;
use crate::agent::exec::{self, Exec};
use crate::error::{Error, Result};
use crate::output::Output;

/// The role of the agent that accounts for a program.
pub(crate) const ROLE: &str = "usage";

/// What a run took; see [`crate::Command::measure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// From just before it was started until its end.
    pub wall: Duration,
    /// On processors, in user mode.
    pub user: Duration,
    /// On processors, in the kernel.
    pub system: Duration,
    /// The most memory that was resident at a time, in octets. Never below the few megabytes of the agent, as whose
    /// copy the process begins.
    pub peak_memory: u64,
}

/// What the agent needs to know; the program's words follow on the command line.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    exec: Exec,
    /// A path that opens the pipe for the [`Report`].
    report: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Report {
    /// As wait(2) gives it.
    status: i32,
    usage: Usage,
}

/// Runs the agent's command, which `start` makes of an [`Order`], to its end.
pub(crate) fn measure(exec: Exec, start: impl FnOnce(Order) -> Result<Command>) -> Result<(Output, Usage)> {
    let failed = || Error::io("measuring a program");
    let (mut reader, writer) = io::pipe().map_err(failed())?;
    let report = format!("/proc/{}/fd/{}", std::process::id(), writer.as_raw_fd());
    let mut command = start(Order { exec, report })?;
    let (mut stdout, mut stderr) = (memory().map_err(failed())?, memory().map_err(failed())?);
    let mut agent = command
        .stdin(Stdio::null())
        .stdout(stdout.try_clone().map_err(failed())?)
        .stderr(stderr.try_clone().map_err(failed())?)
        .spawn()
        .map_err(failed())?;
    agent.wait().map_err(failed())?;
    drop(writer);
    let mut report = String::new();
    reader.read_to_string(&mut report).map_err(failed())?;
    let (stdout, stderr) = (text(&mut stdout).map_err(failed())?, text(&mut stderr).map_err(failed())?);
    // An agent that did not come to its report has said on standard error why.
    let Ok(Report { status, usage }) = serde_json::from_str(&report) else {
        return Err(Error::Refused { operation: "measuring a program".into(), reason: stderr });
    };
    Ok((Output { status: ExitStatus::from_raw(status), stdout, stderr }, usage))
}

fn memory() -> io::Result<File> {
    Ok(File::from(memfd_create("netdiag-lab-output", MemfdFlags::CLOEXEC)?))
}

fn text(file: &mut File) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The far side: runs the program to its end and reports.
pub(crate) fn run(order: &Order, words: &[OsString]) -> io::Result<()> {
    // Before rights are given up: an ordinary user may not open what belongs to the caller.
    let mut report = File::options().write(true).open(&order.report)?;
    order.exec.assume()?;
    let mut command = exec::command(words)?;
    let start = Instant::now();
    let status = command.status().map_err(doing(format!("starting {}", command.get_program().display())))?;
    let wall = start.elapsed();
    let children = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let usage = Usage {
        wall,
        user: duration(children.user_time()),
        system: duration(children.system_time()),
        peak_memory: u64::try_from(children.max_rss()).unwrap_or_default() * 1024,
    };
    report.write_all(&serde_json::to_vec(&Report { status: status.into_raw(), usage })?)
}

fn duration(time: TimeVal) -> Duration {
    let micros = time.tv_sec() * 1_000_000 + time.tv_usec();
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}
