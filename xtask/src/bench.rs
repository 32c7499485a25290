//! `cargo xtask bench`: measures netdiag against its peers and prints goals beside figures.
//!
//! A row is a [`Row`] in [`ROWS`] and a file with its `run`; everything a row needs from outside (release
//! builds, programs, paired timing) it gets from its [`Bench`]. Benches are run by hand, never as tests.

mod accuracy;
mod measure;
mod peers;
mod report;
mod size;
mod startup;

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail, ensure};

use crate::workspace;
use report::{Figure, Outcome};

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Rows to measure; all of them if none is named
    #[arg(value_name = "ROW")]
    rows: Vec<String>,
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Name the rows, and measure nothing
    #[arg(long)]
    list: bool,
}

/// One line of the bench: what is done, against whom, and what counts as good.
struct Row {
    name: &'static str,
    work: &'static str,
    /// Names from the table of peers; without any of them the row still runs and says so.
    peers: &'static [&'static str],
    goal: &'static str,
    run: fn(&Bench) -> Result<Vec<Figure>>,
}

/// Every row, in the order of the table.
const ROWS: &[Row] = &[accuracy::ROW, size::ROW, startup::ROW];

/// What a row is handed.
struct Bench {
    release: OnceCell<PathBuf>,
}

impl Bench {
    fn new() -> Self {
        Self { release: OnceCell::new() }
    }

    /// A program of ours as it is shipped; the first call builds them all.
    fn program(&self, name: &str) -> Result<PathBuf> {
        Ok(self.release_folder()?.join(name))
    }

    fn release_folder(&self) -> Result<&Path> {
        if let Some(folder) = self.release.get() {
            return Ok(folder);
        }
        eprintln!("building the programs as they are shipped …");
        let status = workspace::cargo(["build", "--release", "--locked", "--package", "netdiag", "--bins"])
            .status()
            .context("cargo build")?;
        ensure!(status.success(), "the release build failed");
        let folder = workspace::members()?.target_directory.join("release").into_std_path_buf();
        Ok(self.release.get_or_init(|| folder))
    }
}

/// Measures the rows that were asked for; fails if one misses its goal or cannot be measured.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let rows = chosen(&options.rows)?;
    if options.list {
        for row in rows {
            println!("{:<10} {}\n{:10} goal: {}", row.name, row.work, "", row.goal);
        }
        return Ok(ExitCode::SUCCESS);
    }
    let missing = peers::missing(rows.iter().flat_map(|row| row.peers));
    if !missing.is_empty() {
        eprintln!("{}", peers::how_to_get(&missing));
    }
    let bench = Bench::new();
    let outcomes: Vec<Outcome> = rows
        .into_iter()
        .map(|row| {
            eprintln!("measuring {} …", row.name);
            Outcome::new(row, (row.run)(&bench))
        })
        .collect();
    print!("{}", if options.json { report::json(&outcomes, &missing) } else { report::table(&outcomes) });
    let all_good = outcomes.iter().all(Outcome::is_good);
    Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(names: &[String]) -> Result<Vec<&'static Row>> {
    if names.is_empty() {
        return Ok(ROWS.iter().collect());
    }
    let mut rows = Vec::new();
    for name in names {
        let Some(row) = ROWS.iter().find(|row| row.name == name) else {
            let known: Vec<&str> = ROWS.iter().map(|row| row.name).collect();
            bail!("there is no row {name}; there are {}", known.join(", "));
        };
        rows.push(row);
    }
    Ok(rows)
}
