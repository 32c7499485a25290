//! The workspace as the chores see it: its root, its metadata, and how to call cargo in it.
//!
//! See <https://doc.rust-lang.org/cargo/reference/environment-variables.html> for what cargo hands to a
//! program that it runs.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use cargo_metadata::{Metadata, MetadataCommand};

/// The folder of the workspace's `Cargo.toml`, wherever the chore was started from.
pub(crate) fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_path_buf()
}

/// The workspace's packages and targets, without what they need from outside.
pub(crate) fn members() -> Result<Metadata> {
    MetadataCommand::new().manifest_path(root().join("Cargo.toml")).no_deps().exec().context("cargo metadata")
}

/// A cargo call at the root with `args`, with nothing on its standard input.
///
/// `cargo run` tells its child which package it is. A nested cargo passes that on to build scripts, some of
/// which (ring's) then see another environment than in a plain `cargo build` and compile again each time.
pub(crate) fn cargo<'a>(args: impl IntoIterator<Item = &'a str>) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"].iter().any(|p| text.starts_with(p))
        {
            command.env_remove(&name);
        }
    }
    command.current_dir(root()).args(args).stdin(Stdio::null());
    command
}
