//! What a program inside a node left behind: how it ended, and its words.
//!
//! A program that could not be started shows here as well, see [`Output::status`].

use std::process::ExitStatus;

/// What a program left behind.
#[derive(Debug)]
pub struct Output {
    /// How it ended. Code 125 means that it never started; then standard error says why.
    pub status: ExitStatus,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Output {
    /// The exit code, or `None` after a signal.
    pub fn code(&self) -> Option<i32> {
        self.status.code()
    }
}
