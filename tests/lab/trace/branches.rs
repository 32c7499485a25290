//! All branches of a path: every link is found and none invented, and who shares out by flow is told from who does so by
//! packet.

use libtest_mimic::{Failed, Trial};
use netdiag_lab::path::{Balance, Family, Link, Scene, Staged, Truth, scenes};
use serde_json::Value;

use super::stage::{Run, address, each, open, run, without_limits};
use crate::harness::{Tested, check};

/// A run misses a branch once in a hundred times; three in a row, hardly ever.
const RUNS: usize = 3;

pub(crate) fn trials() -> Vec<Trial> {
    let forked = scenes().filter(|scene| {
        scene.name == "nine-hops"
            || ["diamond", "branches", "spread"].iter().any(|word| scene.name.contains(word))
    });
    each("branches", forked, hold)
}

fn hold(scene: &'static Scene, family: Family) -> Tested {
    let staged = open(scene, family)?;
    let is_limited = scene.name.contains("limits");
    if !is_limited {
        without_limits(&staged)?;
    }
    // Kernels that answer once a second take their time.
    let confidence = if is_limited { "95" } else { "99" };
    let mut missing = Vec::new();
    for _ in 0..RUNS {
        let said = run(&staged, &format!("-m 12 -w 1 --mda={confidence}"))?;
        let found = links(&said)?;
        let invented: Vec<&Link> = found.iter().filter(|link| !may_be(&staged.truth, link)).collect();
        check(invented.is_empty(), || format!("{invented:?} is no link: {said:#?}"))?;
        summary(&staged, &said, confidence)?;
        missing = staged.truth.links.iter().filter(|link| !found.contains(link)).copied().collect();
        if missing.is_empty() {
            balance(&staged.truth, &said)?;
            return if is_limited { Ok(()) } else { by_echo(&staged) };
        }
    }
    Err(format!("{missing:?} not found in {RUNS} runs").into())
}

/// Where packets take turns, two answers to a flow need not have come by one way.
fn may_be(truth: &Truth, link: &Link) -> bool {
    match truth.balance {
        Balance::PerPacket => {
            truth.at(link.ttl).contains(&link.from) && truth.at(link.ttl + 1).contains(&link.to)
        }
        Balance::None | Balance::PerFlow => truth.links.contains(link),
    }
}

/// The links between hops that answer.
fn links(said: &Run) -> Result<Vec<Link>, Failed> {
    let link = |record: &Value| -> Option<Link> {
        let ttl = record["ttl"].as_u64()?.try_into().ok()?;
        Some(Link { ttl, from: address(&record["from"])?, to: address(&record["to"])? })
    };
    let from_here = said.links.iter().filter(|record| record["ttl"] == 0).count();
    check(from_here == 1, || format!("{from_here} links from this host: {said:#?}"))?;
    Ok(said.links.iter().filter_map(link).collect())
}

fn summary(staged: &Staged, said: &Run, confidence: &str) -> Tested {
    let summary = &said.summary;
    let is_so = summary["reached"] == true
        && summary["protocol"] == "udp"
        && said.code == Some(0)
        && summary["confidence"].as_f64() >= confidence.parse().ok()
        && summary["paths"].as_u64() >= Some(1)
        && summary["hops"].as_u64() >= staged.truth.ttl_of(staged.target).map(u64::from);
    check(is_so, || format!("{summary:#}"))
}

/// How each hop shares out.
fn balance(truth: &Truth, said: &Run) -> Tested {
    let told: Vec<(u8, &str)> =
        said.hops.iter().filter_map(|hop| Some((hop.ttl, hop.record["balance"].as_str()?))).collect();
    // A fork is a hop that has two links.
    let is_fork = |ttl: u8| {
        let at = truth.links.iter().filter(move |link| link.ttl == ttl);
        at.clone().any(|one| at.clone().any(|other| one.from == other.from && one.to != other.to))
    };
    let how = match truth.balance {
        Balance::None => "none",
        Balance::PerFlow => "flow",
        Balance::PerPacket => "packet",
    };
    let wanted: Vec<(u8, &str)> = (1..12).filter(|ttl| is_fork(*ttl)).map(|ttl| (ttl, how)).collect();
    check(told == wanted, || format!("{told:?}, not {wanted:?}: {said:#?}"))
}

/// Echoes are all of one flow to these routers: they find one path, and invent no link.
fn by_echo(staged: &Staged) -> Tested {
    let said = run(staged, "-m 12 -w 1 --mda -I")?;
    let found = links(&said)?;
    let is_one = said.summary["paths"] == 1 || staged.truth.balance == Balance::PerPacket;
    let is_so = is_one && said.code == Some(0) && found.iter().all(|link| may_be(&staged.truth, link));
    check(is_so, || format!("{said:#?}"))
}
