//! `cargo xtask floors`: holds the floors of the house against manifests and sources.
//!
//! The table is data in `floors/table.rs`; `arrows` reads manifests, `circles` and `sources` read code.

mod arrows;
mod circles;
mod scan;
mod sources;
mod table;

use std::process::ExitCode;

use anyhow::Result;

use crate::workspace;

/// Prints every breach and fails if there is one.
pub(crate) fn run() -> Result<ExitCode> {
    let members = workspace::members()?;
    let packages = members.workspace_packages();
    let mut breaches = arrows::check(&members);
    let mut files = 0;
    for package in &packages {
        let sources = sources::read(package)?;
        files += sources.len();
        breaches.extend(sources::check_lints(package)?);
        breaches.extend(sources::check(package.name.as_str(), &sources));
        breaches.extend(circles::check(package.name.as_str(), &sources));
    }
    for breach in &breaches {
        println!("{breach}");
    }
    if breaches.is_empty() {
        println!("floors: {} crates and {files} files hold", packages.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("floors: {} breaches", breaches.len());
    Ok(ExitCode::FAILURE)
}
