//! `cargo xtask bench`: measures netdiag against its peers and prints goals beside figures.
//!
//! A row is a [`Row`] in [`ROWS`] and a file with its `run`; release builds it gets from its [`Bench`], a laboratory
//! and runs in turns from `stage`. Benches are run by hand, never as tests.

mod accuracy;
mod connect_sweep;
mod flood;
mod measure;
mod memory;
mod one_ping;
mod peers;
mod report;
mod size;
mod stage;
mod startup;
mod sweep;
mod sweep_json;
mod trace;
mod trace_many;
mod verdict;
mod wire;

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
const ROWS: &[Row] = &[
    accuracy::ROW,
    wire::ROW,
    sweep::ROW,
    sweep_json::ROW,
    memory::ROW,
    flood::ROW,
    one_ping::ROW,
    connect_sweep::ROW,
    verdict::ROW,
    trace::ANSWERING,
    trace::SILENT,
    trace::DROPPING,
    trace::FAR,
    trace_many::ROW,
    startup::ROW,
    size::ROW,
];

/// What a row is handed.
struct Bench {
    release: OnceCell<PathBuf>,
    baselines: OnceCell<PathBuf>,
}

impl Bench {
    fn new() -> Self {
        Self { release: OnceCell::new(), baselines: OnceCell::new() }
    }

    /// A program of ours as it is shipped; the first call builds them all.
    fn program(&self, name: &str) -> Result<PathBuf> {
        let folder =
            built(&self.release, "the programs as they are shipped", &["--package=netdiag", "--bins"])?;
        Ok(folder.join(name))
    }

    /// A program that is only measured, from the examples beside these benches; the first call builds them all.
    fn baseline(&self, name: &str) -> Result<PathBuf> {
        let folder = built(&self.baselines, "the baselines", &["--package=xtask", "--examples"])?;
        Ok(folder.join("examples").join(name))
    }
}

/// The folder of release builds, in which the first call puts what `selection` names.
fn built<'a>(cell: &'a OnceCell<PathBuf>, what: &str, selection: &[&str]) -> Result<&'a Path> {
    if let Some(folder) = cell.get() {
        return Ok(folder);
    }
    eprintln!("building {what} …");
    let arguments = ["build", "--release", "--locked"].iter().chain(selection).copied();
    let status = workspace::cargo(arguments).status().context("cargo build")?;
    ensure!(status.success(), "the release build failed");
    let folder = workspace::members()?.target_directory.join("release").into_std_path_buf();
    Ok(cell.get_or_init(|| folder))
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
