//! `cargo xtask test`: sees to what the tests need, runs every part, and ends with one line of sums.
//!
//! Nothing is skipped in silence: a part that cannot run here, and each test that says so itself, is counted
//! and named in the last lines. The very last line is `N passed, N failed, N skipped`.

mod packages;
mod parts;
mod tally;

use std::io::{BufRead, BufReader};
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};

use crate::workspace;
use parts::{Part, Work};
use tally::Tally;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Run this part alone (may be repeated)
    #[arg(long, value_name = "PART", value_parser = parts::NAMES)]
    only: Vec<String>,
    /// Name the parts and what each runs, and run nothing
    #[arg(long)]
    list: bool,
}

/// Runs the tests; fails if one failed.
pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let chosen = |part: &Part| options.only.is_empty() || options.only.iter().any(|name| name == part.name);
    let parts: Vec<Part> = parts::all(&workspace::members()?).into_iter().filter(chosen).collect();
    if options.list {
        for part in &parts {
            println!("{:<5} {}\n      {}", part.name, part.what, part.work);
        }
        return Ok(ExitCode::SUCCESS);
    }
    packages::provide(&parts.iter().map(|part| part.name).collect::<Vec<_>>())?;
    let mut tally = Tally::default();
    for part in &parts {
        println!("\n=== {}: {}", part.name, part.what);
        perform(part, &mut tally)?;
    }
    print!("\n{tally}");
    Ok(if tally.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn perform(part: &Part, tally: &mut Tally) -> Result<()> {
    let args = match &part.work {
        Work::Run(args) => args,
        Work::Nothing => {
            println!("there are no tests of this kind yet");
            return Ok(());
        }
    };
    if let Some(reason) = part.obstacle() {
        println!("skipped: {reason}");
        // The binaries are built and asked for their names, so that what is skipped can be counted.
        let mut list = args.clone();
        list.extend(["--", "--list", "--format", "terse"].map(str::to_owned));
        let output = command(&list).stderr(Stdio::inherit()).output().context("cargo test --list")?;
        tally.skip_part(part.name, &reason, &String::from_utf8_lossy(&output.stdout));
        return Ok(());
    }
    println!("$ cargo {}", args.join(" "));
    let mut child = command(args).stdout(Stdio::piped()).spawn().context("starting cargo test")?;
    let output = child.stdout.take().context("a pipe was asked for")?;
    tally.begin(part.name);
    for line in BufReader::new(output).split(b'\n') {
        let line = String::from_utf8_lossy(&line?).into_owned();
        println!("{line}");
        tally.read(&line);
    }
    let status = child.wait()?;
    if !status.success() {
        tally.broke_off(&format!("cargo {} ended with {status}", args.join(" ")));
    }
    Ok(())
}

fn command(args: &[String]) -> Command {
    workspace::cargo(args.iter().map(String::as_str))
}
