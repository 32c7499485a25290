//! Paths, tried with traceroute and tracepath: each is staged as it is called, in each of its families.

use std::fmt::Write;
use std::net::IpAddr;
use std::time::Instant;

use libtest_mimic::Failed;
use netdiag_lab::Node;
use netdiag_lab::path::{End, Family, Link, Lossy, Scene, Staged, Truth, lossless, lossy, scene, scenes};

use crate::{Case, Tested, case, check, summary};

pub(crate) const CASES: &[Case] = &[
    case!(names_are_phrases_and_stand_once),
    case!(traceroute_sees_what_is_true, "nft", "traceroute"),
    case!(flows_take_every_branch_and_no_other, "traceroute"),
    case!(packets_take_turns, "nft", "traceroute"),
    case!(a_path_changes, "traceroute"),
    case!(steps_of_the_mtu_are_told_or_not, "nft", "tracepath"),
    case!(extensions_are_told, "nft", "traceroute"),
    case!(loss_is_where_it_is_said_to_be, "nft", "ping"),
    case!(numbers_choose_the_lossy_link, "nft"),
    case!(limits_hold, "traceroute"),
    case!(a_thousand_targets_answer, "ping"),
];

/// How many scenes are staged at once: most of the time is waiting for answers that do not come.
const AT_ONCE: usize = 6;

/// Where traceroute believes what it should not: it compares no more of a quote than the kernel does.
const CREDULOUS: &str = "forged-messages";

fn staged(name: &str, family: Family) -> Result<Staged, Failed> {
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

fn steps_of_the_mtu_are_told_or_not() -> Tested {
    for scene in scenes().filter(|scene| scene.name.contains("mtu")) {
        for family in Family::ALL {
            let staged = (scene.stage)(family)?;
            let words = ["-n", "-m", "7", &staged.target.to_string()].map(str::to_owned);
            let text = staged.client.command("tracepath").args(words).output()?.stdout;
            let is_whole = staged.truth.mtu.iter().all(|step| step.is_told);
            check(text.contains("reached") == is_whole, || format!("{}, {family}: {text}", scene.name))?;
            for step in &staged.truth.mtu {
                let line = text.lines().find(|line| line.ends_with(&format!("pmtu {}", step.mtu)));
                let router = staged.truth.at(step.ttl).first().map(ToString::to_string).unwrap_or_default();
                let is_right = line.is_some_and(|line| line.contains(&router));
                check(is_right == step.is_told, || format!("{}, {family}: {step:?}\n{text}", scene.name))?;
            }
        }
    }
    Ok(())
}

fn extensions_are_told() -> Tested {
    let told = [
        (
            "labelled-tunnel",
            &["L=16001,E=0,S=1,T=1>", "L=16002,E=3,S=0,T=1/L=24007,E=0,S=1,T=2>", "L=3,E=0,S=1,T=1>"][..],
        ),
        ("labels-without-a-length", &["<MPLS:L=16001,E=0,S=1,T=1>"]),
        ("unknown-extension", &["<247/1:deadbeef>"]),
        ("interface-told", &["<2/15:00000007,", "08657468,302f3100,000005dc>"]),
    ];
    for family in Family::ALL {
        for (name, words) in told {
            let staged = staged(name, family)?;
            let target = staged.target.to_string();
            let traceroute =
                staged.client.command("traceroute").args(["-e", "-n", "-q", "1", "-w", "1", &target]);
            let text = traceroute.output()?.stdout;
            check(words.iter().all(|word| text.contains(word)), || format!("{name}, {family}: {text}"))?;
        }
    }
    Ok(())
}

/// Echoes that were lost on their way to a router of a chain, of so many.
fn lost(staged: &Staged, ttl: u8, count: usize) -> Result<usize, Failed> {
    let address = staged.truth.at(ttl).first().ok_or("no such router")?.to_string();
    let count = count.to_string();
    let words = ["-n", "-q", "-i", "0.002", "-W", "1", "-c", &count, &address];
    let sums = summary(&staged.client.command("ping").args(words).output()?.stdout)?;
    Ok(sums.transmitted - sums.received)
}

/// Of 600 echoes 5 % is 30, and less than 8 or more than 64 come in fewer than one of a million runs.
fn loss_is_where_it_is_said_to_be() -> Tested {
    for family in Family::ALL {
        let staged = staged("lossy-link", family)?;
        let Some(Lossy { from_ttl, to_ttl, .. }) = staged.truth.lossy else {
            return Err("no lossy link".into());
        };
        let (before, behind) = (lost(&staged, from_ttl, 600)?, lost(&staged, to_ttl, 600)?);
        check(before == 0 && (8..=64).contains(&behind), || format!("{family}: {before} and {behind}"))?;
    }
    Ok(())
}

fn numbers_choose_the_lossy_link() -> Tested {
    let mut paths: Vec<(Option<Lossy>, Vec<u8>)> = Vec::new();
    for number in 0..20 {
        let truth = lossy(Family::V4, number)?.truth;
        check(truth.rarely.len() == 2 && truth.rarely[0] != truth.rarely[1], || {
            format!("{number}: {truth:?}")
        })?;
        let path = (truth.lossy, truth.rarely);
        check(path.0.is_some() && !paths.contains(&path), || format!("{number}: {path:?}"))?;
        paths.push(path);
    }
    let truth = lossless(Family::V6, 7)?.truth;
    check(truth.lossy.is_none() && truth.rarely == paths[7].1, || format!("{truth:?}"))
}

/// Of ten probes at once a router under a limit answers six or one, and the others all.
fn limits_hold() -> Tested {
    for (name, most) in [("routers-limit", 6), ("routers-limit-hard", 1)] {
        let staged = staged(name, Family::V4)?;
        let answers = |node: &Node, ttl: u8| -> Result<usize, Failed> {
            let (ttl, target) = (ttl.to_string(), staged.target.to_string());
            let words = ["-n", "-q", "10", "-w", "0.5", "-f", &ttl, "-m", &ttl, &target];
            Ok(node.command("traceroute").args(words).output()?.stdout.matches(" ms").count())
        };
        let start = Instant::now();
        for ttl in 1..=4 {
            let found = answers(&staged.client, ttl)?;
            let is_right = if staged.truth.rarely.contains(&ttl) {
                // One more for each second that the machine may have stood still.
                (1..=most + start.elapsed().as_secs() as usize).contains(&found)
            } else {
                found == 10
            };
            check(is_right, || format!("{name}: {found} answers at {ttl}"))?;
        }
    }
    Ok(())
}

fn a_thousand_targets_answer() -> Tested {
    for family in Family::ALL {
        let staged = staged("thousand-targets", family)?;
        check(staged.targets.len() == 1000, || staged.targets.len().to_string())?;
        for target in [staged.targets[0], staged.targets[999]] {
            let words = ["-n", "-c", "1", "-W", "5", &target.to_string()].map(str::to_owned);
            let text = staged.client.command("ping").args(words).output()?.stdout;
            check(summary(&text)?.received == 1, || text.clone())?;
        }
    }
    Ok(())
}
