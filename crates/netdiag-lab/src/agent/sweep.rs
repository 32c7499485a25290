//! The end of a laboratory: no process may stay in its network namespaces.
//!
//! Processes are found by where they are, not by whom they descend from, so that neither a double
//! fork nor a change of uid hides one. A namespace without processes and descriptors is gone.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// Kills every process whose network namespace is among `nodes`, except the caller, until there is
/// none that may be killed.
pub(super) fn sweep<'a>(nodes: impl Iterator<Item = BorrowedFd<'a>>) -> io::Result<()> {
    let inodes =
        nodes.map(|node| rustix::fs::fstat(node).map(|stat| stat.st_ino)).collect::<Result<Vec<u64>, _>>()?;
    while sweep_once(&inodes)? {}
    Ok(())
}

/// Whether a process was found and killed.
fn sweep_once(inodes: &[u64]) -> io::Result<bool> {
    let own = rustix::process::getpid();
    let mut found = false;
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(pid) = name.to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw) else {
            continue;
        };
        // The descriptor first: what is looked at afterwards is the process that it means.
        let Ok(process) = pidfd_open(pid, PidfdFlags::empty()) else { continue };
        let Ok(place) = fs::metadata(format!("/proc/{}/ns/net", pid.as_raw_nonzero())) else { continue };
        if pid != own && inodes.contains(&place.ino()) && pidfd_send_signal(&process, Signal::KILL).is_ok() {
            found = true;
            wait_for_end(&process)?;
        }
    }
    Ok(found)
}

/// Waits until the process behind a pidfd has ended.
fn wait_for_end(process: impl AsFd) -> io::Result<()> {
    loop {
        match poll(&mut [PollFd::new(&process, PollFlags::IN)], None) {
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
