//! Where programs are compared: a host in a laboratory behind which a whole prefix answers, and runs in turns on it.
//!
//! Turns, so that a drift of the machine meets all alike; medians, so that a run that was held up says nothing.

use std::collections::HashSet;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use netdiag_lab::{Lab, Node, Output, Usage};
use serde_json::Value;

use super::measure;

/// One program of a comparison.
pub(super) struct Side {
    /// What it is called in figures.
    pub(super) name: &'static str,
    pub(super) program: PathBuf,
    pub(super) arguments: Vec<String>,
    /// The code that it ends with when it has done its work.
    pub(super) code: i32,
    /// Fails where a run has not done all of the work.
    pub(super) check: fn(&Output) -> Result<()>,
}

impl Side {
    /// A program with its arguments, divided by blanks, and what shows that it has done the work.
    pub(super) fn new(
        name: &'static str,
        (program, arguments): (PathBuf, &str),
        check: fn(&Output) -> Result<()>,
    ) -> Self {
        let arguments = arguments.split_whitespace().map(str::to_owned).collect();
        Self { name, program, arguments, code: 0, check }
    }

    /// The same, for a program that ends with another code than 0.
    pub(super) fn ending_with(self, code: i32) -> Self {
        Self { code, ..self }
    }

    /// One run in `node`: what it wrote, and what it took.
    pub(super) fn run(&self, node: &Node) -> Result<(Output, Usage)> {
        let program = self.program.to_str().context("the program's path is not text")?;
        let (output, usage) = node.command(program).args(&self.arguments).measure()?;
        ensure!(
            output.status.code() == Some(self.code),
            "{} ended with {}: {}",
            self.name,
            output.status,
            output.stderr
        );
        (self.check)(&output).with_context(|| self.name)?;
        Ok((output, usage))
    }
}

/// What the runs of a program took.
pub(super) struct Spent {
    /// Median milliseconds from start to exit.
    pub(super) wall: f64,
    /// Median milliseconds on processors.
    pub(super) cpu: f64,
    /// Most megabytes resident.
    pub(super) memory: f64,
}

/// So many runs of each side, in turns, after one each that only warms caches.
pub(super) fn in_turns(node: &Node, sides: &[Side], runs: usize) -> Result<Vec<Spent>> {
    let mut usages = vec![Vec::new(); sides.len()];
    for round in 0..=runs {
        for (side, usages) in sides.iter().zip(&mut usages) {
            let (_, usage) = side.run(node)?;
            if round > 0 {
                usages.push(usage);
            }
        }
    }
    Ok(usages.iter().map(|usages| Spent::of(usages)).collect())
}

impl Spent {
    /// The sum of runs of one program.
    pub(super) fn of(usages: &[Usage]) -> Self {
        let median =
            |time: fn(&Usage) -> f64| measure::median(usages.iter().map(|usage| time(usage) * 1e3).collect());
        Self {
            wall: median(|usage| usage.wall.as_secs_f64()),
            cpu: median(|usage| (usage.user + usage.system).as_secs_f64()),
            memory: usages.iter().map(|usage| usage.peak_memory as f64 / 1e6).fold(0.0, f64::max),
        }
    }
}

/// `client` and `server` on a cable, the latter answering for all of `prefix`, and either knowing the other.
pub(super) fn answering(prefix: &str) -> Result<Lab> {
    let lab = Lab::pair()?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    server.answers_for(prefix)?;
    lab.routes()?;
    let neighbour = |node: &Node, far: &Node| -> Result<String> {
        let link = node.command("ip").args(["-o", "link", "show", &format!("to-{}", far.name())]).output()?;
        let (_, rest) = link.stdout.split_once("link/ether ").context("a cable's end has an address")?;
        rest.split_whitespace().next().map(str::to_owned).context("a cable's end has an address")
    };
    for (near, far) in [(&client, &server), (&server, &client)] {
        let hardware = neighbour(far, near)?;
        let (to, by) = (far.v4()?, far.name());
        near.ip(&[format!("neighbour replace {to} lladdr {hardware} dev to-{by} nud permanent")])?;
    }
    Ok(lab)
}

/// How many different addresses begin a line of `text`.
pub(super) fn addresses(text: &str) -> usize {
    let first = |line: &str| line.split_whitespace().next()?.parse::<Ipv4Addr>().ok();
    text.lines().filter_map(first).collect::<HashSet<_>>().len()
}

/// The JSON lines of a type, as netdiag writes them.
pub(super) fn records<'a>(text: &'a str, kind: &str) -> impl Iterator<Item = Value> + use<'a> {
    // Only lines that may be meant are parsed: there are many of the others.
    let mark = format!("\"type\":\"{kind}\"");
    text.lines().filter(move |line| line.contains(&mark)).filter_map(|line| serde_json::from_str(line).ok())
}

#[cfg(test)]
mod tests {
    use super::{addresses, records};

    #[test]
    fn addresses_are_counted_once_each() {
        assert_eq!(addresses("10.0.0.1\n10.0.0.2 is alive\n10.0.0.1\nPING 10.0.0.3\n\n"), 2);
    }

    #[test]
    fn records_are_those_of_the_type() {
        let text = "{\"type\":\"reply\",\"seq\":7}\n{\"type\":\"summary\"}\nnoise";
        let found: Vec<_> = records(text, "reply").collect();
        assert!(found.len() == 1 && found[0]["seq"] == 7, "{found:?}");
    }
}
