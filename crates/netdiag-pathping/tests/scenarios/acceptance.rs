//! Does it name the right link? A hundred paths with 5 % loss on one link, each way, and routers that limit their answers as
//! Linux does; and a hundred without loss. Lengths, places and seeds are varied.

use std::fmt::Write;

use netdiag_pathping::Pathping;
use netdiag_stage::{Scene, only};

const RUNS: u64 = 100;

/// How many of a hundred must be right.
const ENOUGH: usize = 99;

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

/// A path of 3 to 12 hops, about half of whose routers limit their errors; and the TTL before a link of it.
fn path(seed: u64, loss: f64) -> (String, u64) {
    let mut dice = Dice(seed);
    let routers = 2 + dice.below(10);
    let chosen = dice.below(routers + 1);
    let mut toml = format!("seed = {}\n[here]\naddresses = [\"192.0.2.10/24\"]\n", seed + 1);
    for router in 1..=routers {
        // Writing to a string cannot fail.
        let _ = writeln!(toml, "[router.r{router}]\naddresses = [\"10.0.{router}.1\"]");
        if dice.below(2) == 0 {
            toml += "icmp_limit = [{ every = \"1s\", burst = 6, per = \"destination\" }]\n";
        }
    }
    toml += "[host.target]\naddresses = [\"203.0.113.7\"]\n";
    let name = |place: u64| match place {
        0 => "here".to_owned(),
        last if last == routers + 1 => "target".to_owned(),
        router => format!("r{router}"),
    };
    for place in 0..=routers {
        let loss = if place == chosen { loss } else { 0.0 };
        let (near, far) = (name(place), name(place + 1));
        let _ = writeln!(
            toml,
            "[[link]]\nends = [\"{near}\", \"{far}\"]\ndelay = \"3ms\"\njitter = \"1ms\"\nloss = {loss:.2}"
        );
    }
    (toml, chosen)
}

/// The link that a run names, by the TTLs of its ends; and its exit code.
fn named(toml: &str) -> (Option<(u64, u64)>, u8) {
    let ran = Scene::toml(toml).without_truth().run::<Pathping>("-n --json 203.0.113.7");
    let records = ran.records();
    let link = &only(&records, "summary")["worst_link"];
    let ttl = |end: &str| link[end].as_u64();
    (ttl("from_ttl").zip(ttl("to_ttl")), ran.code())
}

#[test]
fn the_link_that_loses_is_named_in_99_of_100_runs() {
    let is_right = |seed: u64| {
        let (toml, chosen) = path(seed, 0.05);
        let (link, code) = named(&toml);
        let is_right = link == Some((chosen, chosen + 1)) && code == 1;
        if !is_right {
            println!("seed {seed}: {link:?} for ({chosen}, {})", chosen + 1);
        }
        is_right
    };
    let right = (0..RUNS).filter(|&seed| is_right(seed)).count();
    println!("the right link in {right} of {RUNS} runs");
    assert!(right >= ENOUGH, "{right}");
}

#[test]
fn no_link_is_named_in_99_of_100_runs_without_loss() {
    let is_right = |seed: u64| {
        let (link, code) = named(&path(1_000 + seed, 0.0).0);
        if link.is_some() || code != 0 {
            println!("seed {seed}: {link:?}, exit {code}");
        }
        link.is_none() && code == 0
    };
    let right = (0..RUNS).filter(|&seed| is_right(seed)).count();
    println!("no link in {right} of {RUNS} runs");
    assert!(right >= ENOUGH, "{right}");
}
