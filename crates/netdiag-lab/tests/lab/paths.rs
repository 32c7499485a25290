//! Paths, tried with traceroute: each is staged as it is called, in each of its families.

use std::fmt::Write;
use std::net::IpAddr;

use libtest_mimic::Failed;
use netdiag_lab::path::{End, Family, Link, Scene, Staged, Truth, scene, scenes};

use crate::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(names_are_phrases_and_stand_once),
    case!(traceroute_sees_what_is_true, "nft", "ping", "traceroute"),
    case!(flows_take_every_branch_and_no_other, "traceroute"),
    case!(packets_take_turns, "nft", "traceroute"),
    case!(a_path_changes, "traceroute"),
];

/// How many scenes are staged at once: most of the time is waiting for answers that do not come.
const AT_ONCE: usize = 6;

/// Where traceroute believes what it should not: it compares no more of a quote than the kernel does.
const CREDULOUS: &str = "forged-messages";

pub(crate) fn staged(name: &str, family: Family) -> Result<Staged, Failed> {
    let scene = scene(name).ok_or_else(|| format!("there is no scene {name}"))?;
    Ok((scene.stage)(family)?)
}

fn names_are_phrases_and_stand_once() -> Tested {
    let mut names: Vec<&str> = scenes().map(|scene| scene.name).collect();
    let is_phrase = |name: &&str| name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    check(names.iter().all(is_phrase), || format!("{names:?}"))?;
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    check(names.len() == count && scenes().all(|scene| scene.sentence.ends_with('.')), || {
        format!("{names:?}")
    })
}

fn traceroute_sees_what_is_true() -> Tested {
    let rows: Vec<(&Scene, Family)> = scenes()
        .filter(|scene| scene.name != CREDULOUS)
        .flat_map(|scene| scene.families.iter().map(move |family| (scene, *family)))
        .collect();
    let mut wrong = String::new();
    for some in rows.chunks(AT_ONCE) {
        let threads: Vec<_> = some
            .iter()
            .map(|(scene, family)| {
                let (scene, family) = (*scene, *family);
                (scene.name, family, std::thread::spawn(move || traced(scene, family)))
            })
            .collect();
        for (name, family, thread) in threads {
            let problems = thread
                .join()
                .map_err(|_| format!("{name} broke off"))?
                .unwrap_or_else(|error| vec![error.message().unwrap_or_default().to_owned()]);
            for problem in problems {
                // Writing to a string cannot fail.
                let _ = writeln!(wrong, "{name}, {family}: {problem}");
            }
        }
    }
    check(wrong.is_empty(), || wrong)
}

/// Where traceroute says something else than the truth, by any of its three ways.
fn traced(scene: &Scene, family: Family) -> Result<Vec<String>, Failed> {
    let mut problems = Vec::new();
    for how in ["-U -p 33434", "-I", "-T"] {
        let staged = (scene.stage)(family)?;
        // A kernel takes three seconds to find that a neighbour is not there.
        let wait = if scene.name == "nobody-at-the-address" { "4" } else { "2" };
        let rows = trace(&staged, &format!("-q 3 -w {wait} -m 10 {how}"))?;
        let found = differences(&staged.truth, &rows);
        problems.extend(found.into_iter().map(|problem| format!("traceroute {how}: {problem}")));
    }
    Ok(problems)
}

/// What traceroute saw of one TTL.
#[derive(Debug)]
struct Row {
    ttl: u8,
    addresses: Vec<IpAddr>,
    signs: Vec<String>,
}

fn trace(staged: &Staged, options: &str) -> Result<Vec<Row>, Failed> {
    let target = staged.target.to_string();
    let words = ["-n"].into_iter().chain(options.split(' ')).chain([&*target]);
    let output = staged.client.command("traceroute").args(words).output()?;
    check(output.status.success(), || format!("{output:?}"))?;
    Ok(output.stdout.lines().skip(1).filter_map(row).collect())
}

/// A line of its output: the TTL, then addresses, times, stars and signs.
fn row(line: &str) -> Option<Row> {
    let mut words = line.split_whitespace();
    let ttl = words.next()?.parse().ok()?;
    let mut row = Row { ttl, addresses: Vec::new(), signs: Vec::new() };
    for word in words {
        // Without the scope.
        match word.split('%').next()?.parse::<IpAddr>() {
            Ok(address) if !row.addresses.contains(&address) => row.addresses.push(address),
            Err(_) if word.starts_with('!') => row.signs.push(word.into()),
            _ => {}
        }
    }
    Some(row)
}

fn differences(truth: &Truth, rows: &[Row]) -> Vec<String> {
    let mut problems = Vec::new();
    for row in rows {
        let may = truth.at(row.ttl);
        for address in row.addresses.iter().filter(|address| !may.contains(address)) {
            problems.push(format!("{address} answers at {}, where {may:?} may", row.ttl));
        }
        // Who has answered six times may be silent for a while.
        let is_pardoned = truth.rarely.contains(&row.ttl) || matches!(truth.end, End::Loop { .. });
        if row.addresses.is_empty() && !may.is_empty() && !is_pardoned {
            problems.push(format!("nobody answers at {}, where {may:?} may", row.ttl));
        }
    }
    if let End::Unreachable { ttl, icmp, .. } = truth.end {
        let mut signs = rows.iter().filter(|row| row.ttl == ttl).flat_map(|row| &row.signs);
        // To traceroute, port-unreachable is the answer of a target, whoever says it.
        if signs.next().is_none() && !matches!(icmp, (3, 3) | (1, 4)) {
            problems.push(format!("no sign of {icmp:?} at {ttl}"));
        }
    }
    problems
}

/// Traces single flows until there is no link left that has not been seen. Of sixty-four flows none takes a branch of
/// a quarter with a chance of one in a hundred million.
fn flows_take_every_branch_and_no_other() -> Tested {
    const FLOWS: u16 = 64;
    for name in ["diamond-of-two", "diamond-of-four", "diamond-in-a-diamond", "branches-of-unequal-length"] {
        for family in Family::ALL {
            let staged = staged(name, family)?;
            let mut missing = staged.truth.links.clone();
            for flow in 0..FLOWS {
                let rows = trace(&staged, &format!("-q 1 -w 1 -m 12 -U --sport={}", 40_000 + flow))?;
                for link in links(&rows) {
                    check(staged.truth.links.contains(&link), || {
                        format!("{name}, {family}: {link:?} in {rows:?}")
                    })?;
                    missing.retain(|other| *other != link);
                }
                if missing.is_empty() {
                    break;
                }
            }
            check(missing.is_empty(), || format!("{name}, {family}: nobody took {missing:?}"))?;
        }
    }
    Ok(())
}

fn links(rows: &[Row]) -> Vec<Link> {
    let pairs = rows.windows(2).filter_map(|pair| {
        let (from, to) = (*pair[0].addresses.first()?, *pair[1].addresses.first()?);
        Some(Link { ttl: pair[0].ttl, from, to })
    });
    pairs.collect()
}

fn packets_take_turns() -> Tested {
    for family in Family::ALL {
        let staged = staged("spread-by-packet", family)?;
        // One flow, one packet at a time.
        let rows = trace(&staged, "-q 4 -N 1 -w 1 -U --sport=40000")?;
        let third = rows.iter().find(|row| row.ttl == 3).map(|row| row.addresses.len());
        check(third == Some(2), || format!("{family}: {rows:?}"))?;
    }
    Ok(())
}

fn a_path_changes() -> Tested {
    for name in ["route-changes", "route-gets-longer"] {
        for family in Family::ALL {
            let staged = staged(name, family)?;
            let before = differences(&staged.truth, &trace(&staged, "-q 1 -w 1")?);
            staged.change()?;
            let truth = staged.afterwards.as_ref().ok_or("no truth for afterwards")?;
            let rows = trace(&staged, "-q 1 -w 1")?;
            let is_so =
                before.is_empty() && differences(truth, &rows).is_empty() && rows.len() == truth.hops.len();
            check(is_so, || format!("{name}, {family}: {before:?}, {rows:?}"))?;
        }
    }
    Ok(())
}
