//! Paths, tried with traceroute, scamper and tracepath: each is staged as it is called, in each of its families.

use std::fmt::Write;
use std::net::IpAddr;

use libtest_mimic::Failed;
use netdiag_lab::path::{End, Family, Scene, Staged, Truth, lossless, lossy, scenes};

use crate::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] =
    &[case!(names_are_phrases_and_stand_once), case!(play), case!(traceroute_sees_what_is_true, "nft", "traceroute")];

/// How many scenes are staged at once: most of the time is waiting for answers that do not come.
const AT_ONCE: usize = 6;

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
    let rows: Vec<(&Scene, Family)> =
        scenes().flat_map(|scene| scene.families.iter().map(move |family| (scene, *family))).collect();
    let mut wrong = String::new();
    for some in rows.chunks(AT_ONCE) {
        let threads: Vec<_> = some
            .iter()
            .map(|row| {
                (row, {
                    let (scene, family) = *row;
                    std::thread::spawn(move || traced(scene, family))
                })
            })
            .collect();
        for ((scene, family), thread) in threads {
            let problems = thread
                .join()
                .map_err(|_| format!("{} broke off", scene.name))?
                .unwrap_or_else(|error| vec![error.message().unwrap_or("?").to_owned()]);
            for problem in problems {
                // Writing to a string cannot fail.
                let _ = writeln!(wrong, "{}, {family}: {problem}", scene.name);
            }
        }
    }
    check(wrong.is_empty(), || wrong)
}

/// What traceroute saw of one TTL.
struct Row {
    ttl: u8,
    addresses: Vec<IpAddr>,
    signs: Vec<String>,
}

/// Where traceroute says something else than the truth.
fn traced(scene: &Scene, family: Family) -> Result<Vec<String>, Failed> {
    let mut problems = Vec::new();
    for how in ["", "-I", "-T"] {
        let staged = (scene.stage)(family)?;
        let target = staged.target.to_string();
        let words = ["-n", "-q", "3", "-w", "1", "-m", "12", how, &target];
        let words = words.into_iter().filter(|word| !word.is_empty());
        let output = staged.client.command("traceroute").args(words).output()?;
        eprintln!(
            "{} {family} {how}\n{:?} {:?}\n{}{}",
            scene.name, staged.truth.hops, staged.truth.end, output.stdout, output.stderr
        );
        let rows: Vec<Row> = output.stdout.lines().skip(1).filter_map(row).collect();
        let found = differences(&staged.truth, &rows);
        problems.extend(found.into_iter().map(|problem| format!("traceroute {how}: {problem}")));
    }
    Ok(problems)
}

/// A line of its output: the TTL, then addresses, times, stars and signs.
fn row(line: &str) -> Option<Row> {
    let mut words = line.split_whitespace();
    let ttl = words.next()?.parse().ok()?;
    let mut row = Row { ttl, addresses: Vec::new(), signs: Vec::new() };
    for word in words {
        let word = word.split('%').next().unwrap_or(word);
        match word.parse::<IpAddr>() {
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
        if row.addresses.is_empty() && !may.is_empty() && !truth.rarely.contains(&row.ttl) {
            problems.push(format!("nobody answers at {}, where {may:?} may", row.ttl));
        }
    }
    if let End::Unreachable { ttl, .. } = truth.end {
        let signs: Vec<_> = rows.iter().filter(|row| row.ttl == ttl).flat_map(|row| &row.signs).collect();
        if signs.is_empty() {
            problems.push(format!("no sign at {ttl}"));
        }
    }
    problems
}

fn play() -> Tested {
    let Ok(name) = std::env::var("SCENE") else { return Ok(()) };
    let scene = netdiag_lab::path::scene(&name).ok_or("no scene")?;
    for family in scene.families {
        let start = std::time::Instant::now();
        let staged = (scene.stage)(*family)?;
        println!("{name} {family} staged in {:?} {:#?}", start.elapsed(), staged.truth);
        let output = staged
            .client
            .command("sh")
            .args(["-c", &std::env::var("CMD")?])
            .env("T", staged.target.to_string())
            .env("R", staged.lab.node("r2").map(|n| n.netns()).unwrap_or_default())
            .output()?;
        println!("{}{}", output.stdout, output.stderr);
    }
    Ok(())
}
