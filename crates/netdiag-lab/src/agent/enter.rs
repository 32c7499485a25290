//! Going into the namespaces of a node, and the check that somebody still wants us there.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;

use netdiag_sys::namespace::{self, Namespaces};

use super::{Place, Rights, doing};

/// Moves the process into the node's user (where there is one), mount and network namespaces and
/// keeps its working directory.
pub(super) fn enter(place: &Place) -> io::Result<()> {
    let keeper = place.keeper;
    let open = |path: String| File::open(&path).map_err(doing(format!("opening {path}")));
    let mount = open(format!("/proc/{keeper}/ns/mnt"))?;
    let net = open(place.path())?;
    // Entering a mount namespace moves the working directory to its root.
    let directory = std::env::current_dir();
    if place.rights == Rights::UserNamespace {
        let user = open(format!("/proc/{keeper}/ns/user"))?;
        namespace::enter(user.as_fd(), Namespaces::USER).map_err(doing("entering the user namespace"))?;
    }
    namespace::enter(mount.as_fd(), Namespaces::MOUNT).map_err(doing("entering the mount namespace"))?;
    namespace::enter(net.as_fd(), Namespaces::NET).map_err(doing("entering the network namespace"))?;
    if let Ok(directory) = directory {
        std::env::set_current_dir(&directory).map_err(doing("returning to the working directory"))?;
    }
    Ok(())
}

/// Fails when the starting process is gone.
///
/// The keeper kills whatever is in its namespaces when the test ends. A process that enters after
/// that sweep would stay; but then its parent was gone before it entered, so looking afterwards
/// leaves no gap.
pub(super) fn insist_on_parent(parent: u32) -> io::Result<()> {
    let now = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().get().unsigned_abs());
    if now == Some(parent) {
        Ok(())
    } else {
        Err(io::Error::other("the process that started this agent has ended"))
    }
}
