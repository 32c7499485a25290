//! What fits a path: the MTU of each stage, told by routers or found by silence, is the one that was staged.

use std::net::IpAddr;

use libtest_mimic::Trial;
use netdiag_lab::path::{Family, MtuStep, Scene, Staged, scenes};
use serde_json::Value;

use super::stage::{address, each, open, run};
use crate::harness::{Tested, check};

/// What the first link takes.
const WIDEST: u32 = 1500;

pub(crate) fn trials() -> Vec<Trial> {
    each("sizes", scenes().filter(|scene| scene.name.contains("mtu") || scene.name == "nine-hops"), hold)
}

/// A target that is asked by UDP limits its answers, and where nobody tells a size each silence is waited for: that is
/// tried once.
fn hold(scene: &'static Scene, family: Family) -> Tested {
    told(&open(scene, family)?, "-I")?;
    let is_silent = scene.name.contains("black-hole");
    if is_silent && (scene.name, family) != ("mtu-black-hole", Family::V4) {
        return Ok(());
    }
    told(&open(scene, family)?, "-U")
}

fn told(staged: &Staged, how: &str) -> Tested {
    let said = run(staged, &format!("-m 12 -w 1 --mtu {how}"))?;
    let summary = &said.summary;
    let least = staged.truth.mtu.iter().map(|step| step.mtu).min().unwrap_or(WIDEST);
    check(summary["path_mtu"] == least && said.code == Some(0), || format!("not {least}: {summary:#}"))?;
    let own = MtuStep { ttl: 0, mtu: WIDEST, is_told: true };
    let wanted: Vec<Stage> =
        [own].into_iter().chain(staged.truth.mtu.clone()).map(|step| wanted(staged, step)).collect();
    let found: Vec<Stage> = summary["mtu_stages"].as_array().into_iter().flatten().map(found).collect();
    check(found == wanted, || format!("{found:?}, not {wanted:?}"))
}

/// Where it becomes smaller, to what, how that is known, and who says so.
type Stage = (Option<u64>, Option<u64>, String, Option<IpAddr>);

fn wanted(staged: &Staged, step: MtuStep) -> Stage {
    let source = match step {
        MtuStep { ttl: 0, .. } => "own",
        MtuStep { is_told: true, .. } => "told",
        MtuStep { is_told: false, .. } => "silence",
    };
    let from = staged.truth.at(step.ttl).first().copied().filter(|_| source == "told");
    (Some(step.ttl.into()), Some(step.mtu.into()), source.to_owned(), from)
}

fn found(record: &Value) -> Stage {
    let source = record["source"].as_str().unwrap_or_default().to_owned();
    (record["ttl"].as_u64(), record["mtu"].as_u64(), source, address(&record["from"]))
}
