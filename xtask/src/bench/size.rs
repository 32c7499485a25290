//! Row `size`: bytes of the programs as shipped (stripped by the release profile), and crates in the tree.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use cargo_metadata::{Package, TargetKind};

use super::report::Figure;
use super::{Bench, Row};
use crate::workspace;

pub(super) const ROW: Row = Row {
    name: "size",
    work: "the programs as they are shipped, and the crates they are built from",
    peers: &[],
    goal: "netdiag at most 12 MB, all programs 30 MB, 300 crates",
    run,
};

const MEGABYTE: f64 = 1e6;

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let members = workspace::members()?;
    let netdiag = members
        .workspace_packages()
        .into_iter()
        .find(|package| package.name == "netdiag")
        .context("the workspace has a package netdiag")?;
    let mut figures = Vec::new();
    let mut all = 0.0;
    for name in programs(netdiag) {
        let place = bench.program(name)?;
        let bytes = std::fs::metadata(&place).with_context(|| format!("{}", place.display()))?.len();
        let size = bytes as f64 / MEGABYTE;
        all += size;
        let figure = Figure::plain(name, size, "MB");
        figures.push(if name == "netdiag" { figure.at_most(12.0) } else { figure });
    }
    figures.push(Figure::plain("all programs", all, "MB").at_most(30.0));
    figures.push(Figure::plain("crates compiled for them", crates()? as f64, "").at_most(300.0));
    Ok(figures)
}

fn programs(package: &Package) -> impl Iterator<Item = &str> {
    package
        .targets
        .iter()
        .filter(|target| target.kind.contains(&TargetKind::Bin))
        .map(|target| target.name.as_str())
}

/// How many crates are compiled for the programs on this platform, ours and build scripts' included.
fn crates() -> Result<usize> {
    let args = ["tree", "--locked", "--package", "netdiag", "--edges", "normal,build", "--prefix", "none"];
    let output = workspace::cargo(args).output().context("cargo tree")?;
    ensure!(output.status.success(), "cargo tree: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    // A line is `name version …`; a crate stands there once per crate that needs it.
    let crates = text.lines().map(|line| line.split_whitespace().take(2).collect::<Vec<_>>());
    Ok(crates.filter(|name| !name.is_empty()).collect::<BTreeSet<_>>().len())
}
