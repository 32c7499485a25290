//! Capabilities of programs inside a node: all of them, or none as an ordinary user has.
//!
//! In a user namespace nobody is uid 0: programs see an ordinary user (tcpdump, for one, gives up when
//! it is uid 0 and cannot become another), and uid 0 brings no capability back. Capabilities pass through
//! execve as ambient ones then (`capabilities(7)`). The bounding set is never touched: a
//! file with capabilities (ping, or a netdiag binary after setcap) grants them as it does for
//! ordinary users, whereas without the bounding set the kernel refuses to execute it (EPERM).

use std::fs;
use std::io;

use rustix::process::{Gid, Uid};
use rustix::thread::{self, CapabilitySet, CapabilitySets};

use super::{Rights, doing};

/// The uid and gid of "nobody", who owns nothing.
const NOBODY: u32 = 65534;
/// The first uid and gid of ordinary users.
const FIRST_ORDINARY: u32 = 1000;

/// The uid or gid that the caller's own becomes inside a user namespace: itself, unless that is 0.
pub(crate) fn inside(id: u32) -> u32 {
    if id == 0 { FIRST_ORDINARY } else { id }
}

/// Whether "nobody" exists here: root of a container with a few uids can make namespaces, but not run
/// anything unprivileged in them.
pub(super) fn can_become_nobody() -> bool {
    let is_mapped = |map: &str| {
        fs::read_to_string(map).unwrap_or_default().lines().any(|line| {
            let mut numbers = line.split_whitespace().map(|number| number.parse::<u64>().unwrap_or_default());
            let (first, _, count) = (numbers.next(), numbers.next(), numbers.next());
            first.zip(count).is_some_and(|(first, count)| (first..first + count).contains(&NOBODY.into()))
        })
    };
    is_mapped("/proc/self/uid_map") && is_mapped("/proc/self/gid_map")
}

/// Lets programs that are executed from here keep every capability.
pub(super) fn keep_across_exec() -> io::Result<()> {
    let mut sets = thread::capabilities(None)?;
    sets.inheritable = sets.permitted;
    thread::set_capabilities(None, sets).map_err(io::Error::from).map_err(doing("keeping capabilities"))?;
    for capability in sets.permitted.iter() {
        thread::configure_capability_in_ambient_set(capability, true)
            .map_err(io::Error::from)
            .map_err(doing("making capabilities ambient"))?;
    }
    Ok(())
}

/// Gives up every capability, and where there is more than one uid, that of root.
pub(super) fn give_up(rights: Rights) -> io::Result<()> {
    if rights == Rights::Root {
        let (uid, gid) = (Uid::from_raw(NOBODY), Gid::from_raw(NOBODY));
        thread::set_thread_groups(&[]).map_err(io::Error::from).map_err(doing("leaving all groups"))?;
        thread::set_thread_res_gid(gid, gid, gid).map_err(io::Error::from).map_err(doing("setting gid"))?;
        thread::set_thread_res_uid(uid, uid, uid).map_err(io::Error::from).map_err(doing("setting uid"))?;
    }
    thread::clear_ambient_capability_set()
        .map_err(io::Error::from)
        .map_err(doing("clearing ambient capabilities"))?;
    let nothing = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    thread::set_capabilities(None, nothing).map_err(io::Error::from).map_err(doing("dropping capabilities"))
}
