//! Becoming the program that a test wants to run inside a node.

use std::ffi::OsString;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::{Rights, doing, privilege};

/// The role of an agent that becomes a program.
pub(crate) const ROLE: &str = "exec";

/// How to become a program; its words follow on the command line, as they need not be UTF-8.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Exec {
    pub(crate) privileges: Privileges,
    /// Those of the laboratory.
    pub(crate) rights: Rights,
}

/// With which rights a program runs inside a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Privileges {
    #[default]
    All,
    None,
}

impl Exec {
    /// Takes on the rights that the program is to have.
    pub(crate) fn assume(&self) -> io::Result<()> {
        match (self.privileges, self.rights) {
            (Privileges::None, rights) => privilege::give_up(rights),
            (Privileges::All, Rights::UserNamespace) => privilege::keep_across_exec(),
            (Privileges::All, Rights::Root) => Ok(()),
        }
    }
}

/// The program that the words name, with its arguments.
pub(crate) fn command(words: &[OsString]) -> io::Result<Command> {
    let (program, arguments) =
        words.split_first().ok_or_else(|| io::Error::other("no program given to run"))?;
    let mut command = Command::new(program);
    command.args(arguments);
    Ok(command)
}

/// Replaces the process; returns only when that failed.
pub(crate) fn run(exec: &Exec, words: &[OsString]) -> io::Result<()> {
    let mut command = command(words)?;
    exec.assume()?;
    let error = command.exec();
    Err(doing(format!("executing {}", command.get_program().display()))(error))
}
