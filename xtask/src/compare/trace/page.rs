//! The page: for each scene and family the truth hop by hop, and a row for all programs that saw the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::IpAddr;

use netdiag_lab::path::{End, Truth};

use super::read::Seen;
use super::{Outcome, ask, reasons};

const HEADING: &str = "\
# Paths

What netdiag and other programs see of the same paths, hop by hop. Each was measured in a network of its own, made of network
namespaces on real kernels and without any traffic outside. How each scene is staged, and the truth about it, is written down in
[`crates/netdiag-lab/src/path`](../crates/netdiag-lab/src/path); the names are those of the tests. `cargo xtask compare trace`
measures all of it again and writes this page; `--scene WORD` measures some and prints them.

The first row of a table is the truth: who may answer a probe of each TTL. R1 is the router that answers at TTL 1, T the target;
letters tell addresses of the same TTL apart, and a dot means that nobody may or did answer. Marks are traceroute's (!H !N !P !X,
F= for a smaller MTU). Behind the end of who looks for all branches stands how many links between those who answer were found.
Programs that saw the same share a row; a row is in bold where somebody answers who may not, or nobody where somebody does. What
lies beyond the end of a program's own run is no difference. Everybody runs as an ordinary user but `traceroute -I`,
`traceroute -T` and scamper. (To an ordinary user `traceroute -I` loses probes: the ICMP error for one keeps the next from being
sent on the same socket, and it does not send that again.)
";

/// The whole page.
pub(super) fn write(outcomes: &[Outcome]) -> String {
    let mut page = HEADING.to_owned();
    let missing = ask::missing();
    // Writing to a string cannot fail, here and below.
    if !missing.is_empty() {
        let _ = write!(page, "\nNot installed when this was measured: {}.\n", missing.join(", "));
    }
    let same = |a: &Outcome, b: &Outcome| a.cell.scene.name == b.cell.scene.name;
    for scene in outcomes.chunk_by(same) {
        let cell = scene[0].cell;
        let _ = write!(page, "\n## {}\n\n{}\n", cell.scene.name, cell.scene.sentence);
        for of_family in scene.chunk_by(|a, b| a.cell.family == b.cell.family) {
            let _ = write!(page, "\n{}", table(of_family));
        }
    }
    page
}

fn table(outcomes: &[Outcome]) -> String {
    let (truth, names) = (&outcomes[0].truth, names(&outcomes[0]));
    let seen = outcomes.iter().filter_map(|outcome| outcome.seen.as_ref()?.hops.keys().next_back());
    let last = seen.copied().max().unwrap_or_default().max(truth.hops.len().min(12) as u8);
    let heads: Vec<String> = (1..=last).map(|ttl| ttl.to_string()).collect();
    let mut text = format!("| {} | {} | end |\n", outcomes[0].cell.family, heads.join(" | "));
    let _ = writeln!(text, "|---|{}", "---|".repeat(usize::from(last) + 1));
    let _ = writeln!(
        text,
        "| the truth | {} | {} |",
        true_hops(&names, truth, last).join(" | "),
        end(&names, truth)
    );
    // In the order of the first program that saw it so.
    let mut rows: Vec<(String, Vec<&Outcome>)> = Vec::new();
    for outcome in outcomes {
        let Some(seen) = &outcome.seen else { continue };
        // Link-local addresses are others in each laboratory.
        let row = self::names(outcome).row(seen, last) + &links(seen, &outcome.truth);
        match rows.iter_mut().find(|(other, _)| *other == row) {
            Some((_, outcomes)) => outcomes.push(outcome),
            None => rows.push((row, vec![outcome])),
        }
    }
    for (row, outcomes) in &rows {
        let programs: Vec<&str> = outcomes.iter().map(|outcome| outcome.cell.asked.title).collect();
        let mark = if outcomes.iter().any(|outcome| !differences(outcome).is_empty()) { "**" } else { "" };
        let _ = writeln!(text, "| {mark}{}{mark} | {row} |", programs.join(", "));
    }
    let absent = outcomes.iter().filter(|outcome| outcome.seen.is_none());
    let absent: Vec<&str> = absent.map(|outcome| outcome.cell.asked.title).collect();
    if !absent.is_empty() {
        let _ = write!(text, "\nNot built or not installed: {}.\n", absent.join(", "));
    }
    let _ = write!(text, "{}", remarks(outcomes));
    text
}

/// How many of the links between those who answer were found, and how many that are none.
fn links(seen: &Seen, truth: &Truth) -> String {
    let Some(found) = &seen.links else { return String::new() };
    let (all, invented) = (true_links(truth), invented(seen, truth));
    let comma = if seen.end.is_empty() { "" } else { ", " };
    let mut text = format!("{comma}{} of {} links", found.intersection(&all).count(), all.len());
    if invented > 0 {
        let _ = write!(text, " and {invented} that are none");
    }
    text
}

fn true_links(truth: &Truth) -> BTreeSet<(u8, IpAddr, IpAddr)> {
    truth.links.iter().map(|link| (link.ttl, link.from, link.to)).collect()
}

fn invented(seen: &Seen, truth: &Truth) -> usize {
    seen.links.as_ref().map_or(0, |found| found.difference(&true_links(truth)).count())
}

/// What differs, for whom, and why that may be.
fn remarks(outcomes: &[Outcome]) -> String {
    let mut remarks: Vec<(String, Vec<&str>)> = Vec::new();
    for outcome in outcomes {
        let differences = differences(outcome);
        if differences.is_empty() {
            continue;
        }
        let why = reasons::of(outcome.cell).unwrap_or("**no reason is known**");
        let remark = format!("{}: {why}", differences.join(", "));
        match remarks.iter_mut().find(|(other, _)| *other == remark) {
            Some((_, programs)) => programs.push(outcome.cell.asked.title),
            None => remarks.push((remark, vec![outcome.cell.asked.title])),
        }
    }
    let lines = remarks.iter().map(|(remark, programs)| format!("- {}: {remark}.\n", programs.join(", ")));
    let text: String = lines.collect();
    if text.is_empty() { text } else { format!("\n{text}") }
}

/// TTLs at which somebody answers who may not, or nobody where somebody may; and links that are none.
fn differences(outcome: &Outcome) -> Vec<String> {
    let Some(seen) = &outcome.seen else { return Vec::new() };
    let names = names(outcome);
    let mut found: Vec<(String, u8, u8)> = Vec::new();
    for (ttl, hop) in &seen.hops {
        let may = outcome.truth.at(*ttl);
        let others = hop.addresses.iter().filter(|address| !may.contains(address));
        let mut who: Vec<String> = others.map(|address| names.of(*address)).collect();
        if hop.addresses.is_empty() && !may.is_empty() {
            who.push("nobody".into());
        }
        let who = who.join(" and ");
        match found.last_mut() {
            _ if who.is_empty() => {}
            Some((same, _, last)) if *same == who && *last + 1 == *ttl => *last = *ttl,
            _ => found.push((who, *ttl, *ttl)),
        }
    }
    let words = |(who, first, last): (String, u8, u8)| {
        if first == last { format!("{who} at {first}") } else { format!("{who} at {first} to {last}") }
    };
    let links = (invented(seen, &outcome.truth) > 0).then(|| "links that are none".to_owned());
    found.into_iter().map(words).chain(links).collect()
}

/// Short names of addresses.
struct Names(BTreeMap<IpAddr, String>);

fn names(outcome: &Outcome) -> Names {
    let mut names = BTreeMap::from([(outcome.target, "T".to_owned())]);
    for (ttl, hop) in (1..).zip(&outcome.truth.hops) {
        for (letter, address) in ('a'..).zip(hop) {
            let name = if hop.len() == 1 { format!("R{ttl}") } else { format!("R{ttl}{letter}") };
            names.entry(*address).or_insert(name);
        }
    }
    Names(names)
}

impl Names {
    fn of(&self, address: IpAddr) -> String {
        self.0.get(&address).cloned().unwrap_or_else(|| address.to_string())
    }

    fn hop(&self, addresses: &[IpAddr]) -> String {
        if addresses.is_empty() {
            return "·".into();
        }
        let mut names: Vec<String> = addresses.iter().map(|address| self.of(*address)).collect();
        names.sort_unstable();
        names.join(" ")
    }

    fn row(&self, seen: &Seen, last: u8) -> String {
        let cells = (1..=last).map(|ttl| match seen.hops.get(&ttl) {
            None => String::new(),
            Some(hop) => [&[self.hop(&hop.addresses)][..], &hop.signs].concat().join(" "),
        });
        cells.chain([seen.end.clone()]).collect::<Vec<_>>().join(" | ")
    }
}

fn true_hops(names: &Names, truth: &Truth, last: u8) -> Vec<String> {
    let known = truth.hops.iter().take(last.into()).map(|hop| names.hop(hop));
    let beyond = std::iter::repeat_n(String::new(), usize::from(last).saturating_sub(truth.hops.len()));
    known.chain(beyond).collect()
}

fn end(names: &Names, truth: &Truth) -> String {
    let mut text = match truth.end {
        End::Reached => "reached".to_owned(),
        End::Unreachable { ttl, from, icmp: (kind, code) } => {
            format!("{kind}/{code} from {} at {ttl}", names.of(from))
        }
        End::Silence => "silence".to_owned(),
        End::Loop { ttl, routers } => format!("a loop of {routers} from {ttl}"),
    };
    for step in &truth.mtu {
        let _ =
            write!(text, ", {} behind {}{}", step.mtu, step.ttl, if step.is_told { "" } else { ", untold" });
    }
    text
}
