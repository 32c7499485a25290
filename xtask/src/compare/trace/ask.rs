//! The programs of the comparison: how each is asked, and one answer in a laboratory of its own.

use anyhow::Result;
use netdiag_lab::path::Scene;
use netdiag_lab::{IcmpSockets, Output};

use super::read::{self, Seen};
use super::{Cell, Outcome};
use crate::programs;

/// A program and how it is asked.
pub(super) struct Asked {
    /// What its rows are called.
    pub(super) title: &'static str,
    program: &'static str,
    /// TARGET is filled in, and the whole behind `-I` is one word.
    arguments: &'static str,
    rights: Rights,
    scope: Scope,
    read: fn(&Output) -> Option<Seen>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Rights {
    Root,
    Ordinary,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Every,
    /// Those with branches, and one without: enumerating them takes long.
    Branches,
}

const fn asked(title: &'static str, arguments: &'static str, read: fn(&Output) -> Option<Seen>) -> Asked {
    let program = "traceroute";
    Asked { title, program, arguments, rights: Rights::Ordinary, scope: Scope::Every, read }
}

impl Asked {
    const fn by(mut self, program: &'static str) -> Self {
        self.program = program;
        self
    }

    const fn by_root(mut self) -> Self {
        self.rights = Rights::Root;
        self
    }

    const fn for_branches(mut self) -> Self {
        self.scope = Scope::Branches;
        self
    }

    /// Whether a scene is asked about.
    pub(super) fn is_for(&self, scene: &Scene) -> bool {
        let has_branches = ["diamond", "branches", "spread", "nine-hops"];
        self.scope == Scope::Every || has_branches.iter().any(|word| scene.name.contains(word))
    }
}

const ALL: &[Asked] = &[
    asked("netdiag trace", "trace --json -n --max-ttl 12 TARGET", read::netdiag).by("netdiag"),
    asked("netdiag trace -U", "trace --json -n --max-ttl 12 -U TARGET", read::netdiag).by("netdiag"),
    asked("netdiag trace -T", "trace --json -n --max-ttl 12 -T TARGET", read::netdiag).by("netdiag"),
    asked("netdiag trace --mda", "trace --json -n --max-ttl 12 --mda TARGET", read::netdiag)
        .by("netdiag")
        .for_branches(),
    asked("traceroute", "-n -w 2 -m 12 TARGET", read::traceroute),
    asked("traceroute -I", "-n -w 2 -m 12 -I TARGET", read::traceroute).by_root(),
    asked("traceroute -T", "-n -w 2 -m 12 -T TARGET", read::traceroute).by_root(),
    asked(
        "scamper udp-paris",
        "-O json -p 1000 -I trace -P udp-paris -q 2 -w 1 -m 12 TARGET",
        read::scamper_trace,
    )
    .by("scamper")
    .by_root(),
    asked(
        "scamper icmp-paris",
        "-O json -p 1000 -I trace -P icmp-paris -q 2 -w 1 -m 12 TARGET",
        read::scamper_trace,
    )
    .by("scamper")
    .by_root(),
    asked(
        "scamper tracelb",
        "-O json -p 1000 -I tracelb -P udp-sport -c 99 -w 1 -W 15 TARGET",
        read::scamper_tracelb,
    )
    .by("scamper")
    .by_root()
    .for_branches(),
    asked("tracepath", "-n -m 12 TARGET", read::tracepath).by("tracepath"),
];

/// All of them, in the order of rows.
pub(super) fn all() -> impl Iterator<Item = &'static Asked> {
    ALL.iter()
}

/// Those of a number of programs that are not on this machine.
pub(super) fn missing() -> Vec<&'static str> {
    ["traceroute", "scamper", "tracepath"].into_iter().filter(|name| programs::find(name).is_none()).collect()
}

/// Stages the scene, and asks once.
pub(super) fn ask(cell: Cell, netdiag: &str) -> Result<Outcome> {
    let staged = (cell.scene.stage)(cell.family)?;
    let program = match cell.asked.program {
        "netdiag" => Some(netdiag.to_owned()),
        other => programs::find(other).map(|place| place.display().to_string()),
    };
    let seen = match program {
        None => None,
        Some(program) => {
            staged.client.icmp_sockets(IcmpSockets::Open)?;
            let words = arguments(cell.asked.arguments, &staged.target.to_string());
            let command = staged.client.command(&program).args(words);
            let command = if cell.asked.rights == Rights::Root { command } else { command.unprivileged() };
            (cell.asked.read)(&command.output()?)
        }
    };
    Ok(Outcome { cell, target: staged.target, truth: staged.truth, seen })
}

fn arguments(words: &str, target: &str) -> Vec<String> {
    let (plain, last) = match words.split_once(" -I t") {
        Some((plain, last)) => (format!("{plain} -I"), Some(format!("t{last}"))),
        None => (words.to_owned(), None),
    };
    let filled = |word: &str| word.replace("TARGET", target);
    plain.split(' ').map(filled).chain(last.as_deref().map(filled)).collect()
}

#[cfg(test)]
mod tests {
    use super::arguments;

    #[test]
    fn what_scamper_is_to_do_is_one_word() {
        assert_eq!(arguments("-O json -I trace -q 1 TARGET", "::1"), ["-O", "json", "-I", "trace -q 1 ::1"]);
        assert_eq!(arguments("-n -I TARGET", "::1"), ["-n", "-I", "::1"]);
    }
}
