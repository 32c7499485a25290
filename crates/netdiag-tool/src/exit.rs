//! Exit codes: 0 is yes, 1 is no, 2 is "could not run"; tools that tell verdicts apart use more.

use std::process::ExitCode;

/// The code that a program ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exit(pub u8);

impl Exit {
    /// Yes: every target answered, nothing failed.
    pub const YES: Self = Self(0);
    /// No: a target did not answer, a check failed.
    pub const NO: Self = Self(1);
    /// It could not run: usage, permission, no such interface, no target that resolves.
    pub const COULD_NOT_RUN: Self = Self(2);
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.0)
    }
}
