//! Programs from outside: where they lie on this machine.

use std::path::PathBuf;

/// Where a program lies: on PATH, or in the folders of the system that an ordinary user's PATH leaves out.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(program))
        .find(|place| place.is_file())
}
