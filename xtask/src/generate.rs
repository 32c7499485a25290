//! `cargo xtask generate`: man pages, completions and JSON schemas, written from the table of tools.
//!
//! The files are committed. `--check` writes nothing and names what differs, so that CI can hold them against
//! the code. Everything here is a pure function of the table: no dates, no width of a terminal.

mod folder;
mod man;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Command;
use clap_complete::{Generator, Shell};
use netdiag::tools::{FRONT, TOOLS, ToolEntry, command};

use crate::workspace;
use folder::{Change, Files};

/// The folders that hold generated files and nothing else.
const FOLDERS: &[&str] = &["man", "completions", "docs/schema"];

const SHELLS: &[Shell] = &[Shell::Bash, Shell::Zsh, Shell::Fish, Shell::PowerShell];

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Write nothing; fail and name each file that is not as it would be written
    #[arg(long)]
    check: bool,
}

/// Writes the generated files, or checks them.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let root = workspace::root();
    let wanted = files()?;
    let changes = folder::changes(&root, FOLDERS, &wanted)?;
    for (path, change) in &changes {
        println!("{}: {change}", path.display());
    }
    if options.check && !changes.is_empty() {
        println!("generate: {} files differ; run `cargo xtask generate` and commit them", changes.len());
        return Ok(ExitCode::FAILURE);
    }
    for (path, change) in &changes {
        let place = root.join(path);
        match change {
            Change::LeftOver => std::fs::remove_file(&place),
            Change::Missing | Change::Differs => folder::write(&place, &wanted[path]),
        }
        .with_context(|| format!("writing {}", path.display()))?;
    }
    println!("generate: {} files are up to date", wanted.len());
    Ok(ExitCode::SUCCESS)
}

/// Every generated file with its text.
fn files() -> Result<Files> {
    let mut files = Files::new();
    add_program(&mut files, &command(), "netdiag", man::page(command(), &FRONT)?);
    for tool in TOOLS {
        let program = format!("netdiag-{}", tool.manual.name);
        let parser = (tool.command)().bin_name(&program);
        ensure!(parser.get_name() == program, "the parser of {program} calls itself {}", parser.get_name());
        add_program(&mut files, &parser, &program, man::page(parser.clone(), tool.manual)?);
        files.insert(format!("docs/schema/netdiag.{}.1.json", tool.manual.name).into(), schema(tool)?);
    }
    Ok(files)
}

fn add_program(files: &mut Files, parser: &Command, program: &str, page: String) {
    files.insert(format!("man/{program}.1").into(), page);
    for shell in SHELLS {
        let mut script = Vec::new();
        clap_complete::generate(*shell, &mut parser.clone(), program, &mut script);
        let path = PathBuf::from("completions").join(shell.file_name(program));
        files.insert(path, String::from_utf8_lossy(&script).into_owned());
    }
}

/// A tool's schema, after a look at whether it can be one.
fn schema(tool: &ToolEntry) -> Result<String> {
    let name = tool.manual.name;
    let text = (tool.schema)();
    let value: serde_json::Value =
        serde_json::from_str(&text).with_context(|| format!("the schema of {name} is not JSON"))?;
    let id = format!("netdiag.{name}/1");
    ensure!(value["$id"] == id.as_str(), "the schema of {name} has $id {}, not {id:?}", value["$id"]);
    ensure!(text.ends_with("}\n"), "the schema of {name} does not end in one newline");
    Ok(text)
}
