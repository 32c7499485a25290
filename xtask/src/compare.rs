//! `cargo xtask compare`: what netdiag and its peers say about the same networks, written down as a page of docs/.
//!
//! Every measurement has a laboratory of its own, so that nobody meets what another left behind: neighbours that were
//! looked up, ICMP errors that were rationed, connections that wait for their end.

mod ask;
mod page;
mod queue;
mod trace;
mod words;

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use netdiag_lab::fault::{Family, Fault, faults};

use crate::workspace;
use ask::Column;

/// Where the page about connections lies in the workspace.
const PAGE: &str = "docs/verdicts.md";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Comparison {
    /// The verdicts about connections
    Connect,
    /// The hops of paths
    Trace,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// What to compare
    #[arg(value_enum)]
    comparison: Comparison,
    /// Only faults or scenes whose name has this in it; then the page is printed, not written
    #[arg(long, value_name = "WORD", alias = "scene")]
    fault: Option<String>,
}

impl Options {
    fn is_wanted(&self, name: &str) -> bool {
        self.fault.as_ref().is_none_or(|word| name.contains(word))
    }

    /// Prints a page of some, writes one of all.
    fn publish(&self, place: &str, page: &str) -> Result<()> {
        if self.fault.is_some() {
            print!("{page}");
        } else {
            std::fs::write(workspace::root().join(place), page).context("writing the page")?;
            println!("compare: {place} is written");
        }
        Ok(())
    }
}

/// One cell of the tables about connections.
#[derive(Clone, Copy)]
struct Cell {
    fault: &'static Fault,
    family: Family,
    column: &'static Column,
}

/// Measures everything and writes the page.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let lab = netdiag_lab::support();
    if let Some(missing) = lab.lacks(&["namespaces", "ip", "ipv6", "nft"]) {
        anyhow::bail!("networks cannot be staged here: {}", missing.why);
    }
    let build = workspace::cargo(["build", "--locked", "--package=netdiag", "--bin=netdiag"]).status();
    ensure!(build.context("cargo build")?.success(), "the build of netdiag failed");
    let netdiag = workspace::members()?.target_directory.join("debug/netdiag").into_string();
    match options.comparison {
        Comparison::Connect => connect(options, &netdiag)?,
        Comparison::Trace => trace::run(options, &netdiag)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn connect(options: &Options, netdiag: &str) -> Result<()> {
    let cells: Vec<Cell> = faults().filter(|fault| options.is_wanted(fault.name)).flat_map(cells).collect();
    ensure!(!cells.is_empty(), "no fault has a name like that");
    let said = queue::measure(&cells, |cell| {
        let words = ask::ask(cell.fault, cell.family, cell.column, netdiag);
        let words = words.with_context(|| format!("{}, {}", cell.fault.name, cell.column.title))?;
        eprintln!("{} {} {}: {words}", cell.fault.name, cell.family, cell.column.title);
        Ok(words)
    })?;
    options.publish(PAGE, &page::write(&cells.into_iter().zip(said).collect::<Vec<_>>()))
}

/// What is to be measured of a fault: each of its families with each column.
fn cells(fault: &'static Fault) -> impl Iterator<Item = Cell> {
    fault.families.iter().flat_map(move |family| {
        ask::columns(fault.protocol).map(move |column| Cell { fault, family: *family, column })
    })
}
