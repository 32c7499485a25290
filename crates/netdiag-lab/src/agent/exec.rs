//! Becoming the program that a test wants to run inside a node.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use super::{Place, Privileges, Rights, doing, privilege};

/// Replaces the process; returns only when that failed.
pub(super) fn exec(words: &[OsString], privileges: Privileges, place: Option<&Place>) -> io::Error {
    let Some((program, arguments)) = words.split_first() else {
        return io::Error::other("no program given to run");
    };
    let rights = place.map(|place| place.rights);
    let prepared = match (privileges, rights) {
        (Privileges::None, rights) => privilege::give_up(rights),
        (Privileges::All, Some(Rights::UserNamespace)) => privilege::keep_across_exec(),
        (Privileges::All, _) => Ok(()),
    };
    if let Err(error) = prepared {
        return error;
    }
    let error = Command::new(program).args(arguments).exec();
    doing(format!("executing {}", program.display()))(error)
}
