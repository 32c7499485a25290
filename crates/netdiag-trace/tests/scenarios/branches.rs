//! All branches of a path, and the bound on the chance that one is missing: held against thousands of random networks.

use std::collections::BTreeSet;
use std::fmt::Write;

use netdiag_stage::{Scene, of_type, only};
use netdiag_trace::Trace;
use serde_json::Value;

use crate::trace;

/// Numbers that look random and are the same in each run (Steele, Lea, Flood: `SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// A network of layers of routers, each of which leads on to some of the next layer, and the links that there are.
struct Layers {
    toml: String,
    links: BTreeSet<(String, String)>,
}

fn address(layer: usize, place: u64) -> String {
    format!("10.{layer}.{place}.1")
}

impl Layers {
    fn random(seed: u64) -> Self {
        let mut dice = Dice(seed);
        let mut widths: Vec<u64> = (0..2 + dice.below(4)).map(|_| 1 + dice.below(5)).collect();
        widths.insert(0, 1);
        widths.push(1);
        let mut toml =
            format!("seed = {}\n[here]\naddresses = [\"192.0.2.10/24\"]\nmax_shards = 256\n", seed + 1);
        let last = widths.len() - 1;
        for (layer, &width) in widths.iter().enumerate() {
            for place in 0..width {
                let kind = if layer == last { "host" } else { "router" };
                let net = if layer == last { "203.0.113.7/24".into() } else { address(layer, place) };
                let _ = writeln!(toml, "[{kind}.n{layer}x{place}]\naddresses = [\"{net}\"]");
            }
        }
        toml += "[[link]]\nends = [\"here\", \"n0x0\"]\n";
        let mut links = BTreeSet::new();
        for (layer, pair) in widths.windows(2).enumerate() {
            let mut ends = BTreeSet::new();
            for place in 0..pair[0] {
                ends.extend((0..=dice.below(pair[1])).map(|_| (place, dice.below(pair[1]))));
            }
            // Nobody is left without a way there.
            for to in 0..pair[1] {
                if ends.iter().all(|end| end.1 != to) {
                    ends.insert((dice.below(pair[0]), to));
                }
            }
            for (from, to) in ends {
                let next = layer + 1;
                let _ = writeln!(toml, "[[link]]\nends = [\"n{layer}x{from}\", \"n{next}x{to}\"]");
                let to = if next == last { "203.0.113.7".into() } else { address(next, to) };
                links.insert((address(layer, from), to));
            }
        }
        Self { toml, links }
    }
}

/// The links between routers that were found.
fn found(records: &[Value]) -> BTreeSet<(String, String)> {
    let end = |link: &Value, key: &str| link[key].as_str().unwrap_or("*").to_owned();
    let links = of_type(records, "link").into_iter().filter(|link| link["ttl"] != 0);
    links.map(|link| (end(link, "from"), end(link, "to"))).collect()
}

/// In how many of so many random networks the links that were found are not those that there are. Where a branch is missing,
/// what lies behind it may be taken to lie behind another; without that nothing is found that is not there.
fn missed(networks: u64, args: &str) -> u64 {
    let missed = (0..networks).filter(|&seed| {
        let layers = Layers::random(seed);
        let ran = Scene::toml(&layers.toml).run::<Trace>(args);
        let found = found(&ran.records());
        assert!(!found.is_superset(&layers.links) || found == layers.links, "network {seed}: {found:?}");
        found != layers.links
    });
    missed.count() as u64
}

/// Holds the bound against so many networks. Few of them prove little, and take seconds.
fn hold(networks: u64, args: &str, percent: u64) -> String {
    let missed = missed(networks, args);
    let figures = format!("{args}: a branch is missing in {missed} of {networks} networks");
    assert!(missed * 100 <= networks * percent, "{figures}");
    figures
}

#[test]
fn a_branch_is_missing_no_more_often_than_stated() {
    let _ = hold(300, "--mda -n --json 203.0.113.7", 5);
}

#[test]
fn with_more_confidence_it_is_missing_more_seldom() {
    let _ = hold(200, "--mda=99 -n --json 203.0.113.7", 1);
}

#[test]
#[ignore = "minutes: cargo test --release -p netdiag-trace -- --ignored --nocapture"]
fn thousands_of_networks_hold_the_bound() {
    eprintln!("{}", hold(5_000, "--mda -n --json 203.0.113.7", 5));
    eprintln!("{}", hold(5_000, "--mda=99 -n --json 203.0.113.7", 1));
}

#[test]
fn a_diamond_is_drawn_with_both_ways() {
    let ran = trace("two-equal-paths-by-flow-hash", "--mda -n --json 203.0.113.7");
    let records = ran.records();
    let summary = only(&records, "summary");
    assert_eq!((&summary["paths"], &summary["reached"]), (&2.into(), &true.into()));
    assert!(summary["confidence"].as_f64().is_some_and(|sure| sure >= 95.0), "{summary}");
    assert_eq!(found(&records).len(), 5);
}
