//! `--netns`: entering a network namespace by name, by process or by path, before anything is opened.

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::path::PathBuf;

use netdiag_sys::namespace::{self, Namespaces};
use netdiag_tool::ToolError;

/// Where the namespace stands: a number is a process, a path is a path, anything else a name that ip-netns(8) gave.
fn path(wanted: &str) -> PathBuf {
    if wanted.bytes().all(|byte| byte.is_ascii_digit()) && !wanted.is_empty() {
        format!("/proc/{wanted}/ns/net").into()
    } else if wanted.contains('/') {
        wanted.into()
    } else {
        format!("/run/netns/{wanted}").into()
    }
}

/// Moves this thread, and all that it starts, into the namespace.
pub(crate) fn enter(wanted: &str) -> Result<(), ToolError> {
    let path = path(wanted);
    let shown = path.display();
    // A pipe would be waited for; a namespace is a file.
    if path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
        return Err(ToolError::new(format!("{shown} is not a network namespace")));
    }
    let file = File::open(&path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            ToolError::new(format!("there is no network namespace {wanted:?} (no {shown})"))
                .with_hint("to see what there is: ip netns, or lsns -t net")
        }
        io::ErrorKind::PermissionDenied => no_right(wanted),
        _ => ToolError::new(format!("cannot open the network namespace {shown}: {error}")),
    })?;
    namespace::enter(file.as_fd(), Namespaces::NET).map_err(|error| match error.kind() {
        io::ErrorKind::PermissionDenied => no_right(wanted),
        io::ErrorKind::InvalidInput => ToolError::new(format!("{shown} is not a network namespace")),
        _ => ToolError::new(format!("cannot enter the network namespace {shown}: {error}")),
    })
}

fn no_right(wanted: &str) -> ToolError {
    ToolError::new(format!("entering the network namespace {wanted:?} is not permitted"))
        .with_hint("it needs CAP_SYS_ADMIN: run it as root (sudo)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_processes_and_paths_are_told_apart() {
        assert_eq!(path("web"), PathBuf::from("/run/netns/web"));
        assert_eq!(path("4711"), PathBuf::from("/proc/4711/ns/net"));
        assert_eq!(path("/proc/self/ns/net"), PathBuf::from("/proc/self/ns/net"));
        assert_eq!(path("./ns"), PathBuf::from("./ns"));
    }
}
