//! `cargo xtask compare trace`: the hops of every path of the laboratory, as the truth has them and as each program does.

mod ask;
mod page;
mod read;
mod reasons;

use std::net::IpAddr;

use anyhow::{Context, Result, ensure};
use netdiag_lab::path::{Family, Scene, Truth, scenes};

use super::{Options, queue};
use ask::Asked;
use read::Seen;

/// Where the page lies in the workspace.
const PAGE: &str = "docs/paths.md";

/// A scene in a family, asked about by one program.
#[derive(Clone, Copy)]
struct Cell {
    scene: &'static Scene,
    family: Family,
    asked: &'static Asked,
}

/// What a program saw of a scene, and what there was to see.
struct Outcome {
    cell: Cell,
    target: IpAddr,
    truth: Truth,
    /// `None` where the program is not there or cannot do it.
    seen: Option<Seen>,
}

/// Measures all scenes with all programs and writes the page.
pub(super) fn run(options: &Options, netdiag: &str) -> Result<()> {
    let wanted = scenes().filter(|scene| options.is_wanted(scene.name));
    let cells: Vec<Cell> = wanted.flat_map(cells).collect();
    ensure!(!cells.is_empty(), "no scene has a name like that");
    let outcomes = queue::measure(&cells, |cell| {
        let what = || format!("{}, {}, {}", cell.scene.name, cell.family, cell.asked.title);
        let outcome = ask::ask(cell, netdiag).with_context(what)?;
        eprintln!("{}", what());
        Ok(outcome)
    })?;
    options.publish(PAGE, &page::write(&outcomes))
}

fn cells(scene: &'static Scene) -> impl Iterator<Item = Cell> {
    scene.families.iter().flat_map(move |family| {
        ask::all().filter(|asked| asked.is_for(scene)).map(move |asked| Cell {
            scene,
            family: *family,
            asked,
        })
    })
}
