//! `cargo xtask compare`: what netdiag and its peers say about the same faults, written down as a page of docs/.
//!
//! Every cell of a table is measured in a laboratory of its own, so that nobody meets what another left behind:
//! neighbours that were looked up, ICMP errors that were rationed, connections that wait for their end.

mod ask;
mod page;
mod words;

use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use netdiag_lab::fault::{Family, Fault, faults};

use crate::workspace;
use ask::Column;

/// Most of a measurement is waiting for answers that do not come.
const AT_ONCE: usize = 8;

/// Where the page lies in the workspace.
const PAGE: &str = "docs/verdicts.md";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Comparison {
    /// The verdicts about connections
    Connect,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// What to compare
    #[arg(value_enum)]
    comparison: Comparison,
    /// Only faults whose name has this in it; then the page is printed, not written
    #[arg(long, value_name = "WORD")]
    fault: Option<String>,
}

/// One cell of the tables.
#[derive(Clone, Copy)]
struct Cell {
    fault: &'static Fault,
    family: Family,
    column: &'static Column,
}

/// Measures all cells and writes the page.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let Comparison::Connect = options.comparison;
    let lab = netdiag_lab::support();
    if let Some(missing) = lab.lacks(&["namespaces", "ip", "ipv6", "nft"]) {
        anyhow::bail!("faults cannot be staged here: {}", missing.why);
    }
    let build = workspace::cargo(["build", "--locked", "--package=netdiag", "--bin=netdiag"]).status();
    ensure!(build.context("cargo build")?.success(), "the build of netdiag failed");
    let netdiag = workspace::members()?.target_directory.join("debug/netdiag").into_string();
    let is_wanted = |fault: &&Fault| options.fault.as_ref().is_none_or(|word| fault.name.contains(word));
    let cells: Vec<Cell> = faults().filter(is_wanted).flat_map(cells).collect();
    ensure!(!cells.is_empty(), "no fault has a name like that");
    let page = page::write(&measure(cells, &netdiag)?);
    if options.fault.is_some() {
        print!("{page}");
    } else {
        std::fs::write(workspace::root().join(PAGE), page).context("writing the page")?;
        println!("compare: {PAGE} is written");
    }
    Ok(ExitCode::SUCCESS)
}

/// What is to be measured of a fault: each of its families with each column.
fn cells(fault: &'static Fault) -> impl Iterator<Item = Cell> {
    fault.families.iter().flat_map(move |family| {
        ask::columns(fault.protocol).map(move |column| Cell { fault, family: *family, column })
    })
}

/// Measures the cells, several at once, and gives them back in their order with what was said.
fn measure(cells: Vec<Cell>, netdiag: &str) -> Result<Vec<(Cell, String)>> {
    let queue: Mutex<VecDeque<(usize, Cell)>> = Mutex::new(cells.iter().copied().enumerate().collect());
    let work = || -> Result<Vec<(usize, String)>> {
        let mut said = Vec::new();
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((at, cell)) = next else { return Ok(said) };
            let words = ask::ask(cell.fault, cell.family, cell.column, netdiag);
            let words = words.with_context(|| format!("{}, {}", cell.fault.name, cell.column.title))?;
            eprintln!("{} {} {}: {words}", cell.fault.name, cell.family, cell.column.title);
            said.push((at, words));
        }
    };
    let mut said = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        let mut said = Vec::new();
        for worker in workers {
            said.extend(worker.join().map_err(|_| anyhow::anyhow!("a measurement broke off"))??);
        }
        anyhow::Ok(said)
    })?;
    said.sort_unstable_by_key(|(at, _)| *at);
    Ok(cells.into_iter().zip(said).map(|(cell, (_, words))| (cell, words)).collect())
}
