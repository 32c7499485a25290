//! Many runs over random paths: how often the right link is named, and whether intervals hold the truth.

use super::network::{Dice, Loss, Network};
use crate::stats::attribution::{Attribution, Finding, attribute};

/// What became of a number of runs with one link that loses.
#[derive(Debug, Default, Clone, Copy)]
struct Score {
    runs: u32,
    /// The link itself was named.
    exact: u32,
    /// A stretch with the link in it, and all hops inside limit both kinds or are silent.
    stretch: u32,
    /// A stretch with the link in it, longer than that.
    loose: u32,
    /// Something else was named.
    wrong: u32,
    /// Nothing was named.
    missed: u32,
    /// The interval of the lossy link holds the true loss.
    covered: u32,
    covers_named: u32,
    /// Interval of all other links hold 0.
    others: u32,
    others_hold: u32,
}

fn score_one(score: &mut Score, network: &Network, lossy: usize, result: &Attribution) {
    score.runs += 1;
    let truth = network.links[lossy].share() * 100.0;
    let place = lossy as u8 + 1;
    for link in &result.links {
        let contains = link.stretch.from_ttl < place && place <= link.stretch.to_ttl;
        let truth = if contains { truth } else { 0.0 };
        let holds = link.loss_percent.low <= truth + 1e-9 && truth <= link.loss_percent.high + 1e-9;
        if contains {
            score.covered += u32::from(holds);
        } else {
            score.others += 1;
            score.others_hold += u32::from(holds);
        }
    }
    let Finding::Loses { stretch, loss_percent, .. } = result.finding else {
        score.missed += 1;
        return;
    };
    let contains = stretch.from_ttl < place && place <= stretch.to_ttl;
    score.covers_named += u32::from(contains && loss_percent.low <= truth && truth <= loss_percent.high);
    let inner = (stretch.from_ttl + 1)..stretch.to_ttl;
    let counter = match () {
        () if !contains => &mut score.wrong,
        () if stretch.is_link() => &mut score.exact,
        () if inner.clone().all(|ttl| !network.can_tell(ttl as usize - 1)) => &mut score.stretch,
        () => &mut score.loose,
    };
    *counter += 1;
}

fn trial(runs: u32, rounds: u32, loss: impl Fn(&mut Dice) -> Loss, seed: u64) -> Score {
    let mut dice = Dice(seed);
    let mut score = Score::default();
    for _ in 0..runs {
        let mut network = Network::random(&mut dice);
        if std::env::var("PLAIN").is_ok() { network = Network::plain(network.hops.len()); }
        let lossy = dice.pick(0, network.links.len() - 1);
        network.links[lossy] = loss(&mut dice);
        let hops = network.run(rounds, &mut dice);
        let result = attribute(&hops, Network::END);
        let w = score.wrong + score.loose;
        score_one(&mut score, &network, lossy, &result);
        if w != score.wrong + score.loose && std::env::var("WRONG").is_ok() {
            println!("-- wrong: lossy link {} {:?} of {}: {:?}", lossy + 1, network.links[lossy], hops.len(), result.finding);
            for l in &result.links { print!(" {}:{:.3}", l.stretch.to_ttl, l.certainty); }
            println!();
            for (h, n) in hops.iter().zip(&network.hops) {
                println!("   {} T{} D{} {:?}", h.ttl, h.through.received(), h.direct.received(), n);
            }
        }
    }
    score
}

#[test]
#[ignore = "prints"]
fn table() {
    let n = std::env::var("N").map_or(1000, |n| n.parse().unwrap());
    for rounds in [20, 50, 100] {
        for p in [0.02, 0.05, 0.1, 0.3] {
            println!("both  {rounds} {p} {:?}", trial(n, rounds, |_| Loss::Chance(p, p), 1));
            println!(
                "oneway {rounds} {p} {:?}",
                trial(
                    n,
                    rounds,
                    |d| if d.falls(0.5) { Loss::Chance(p, 0.0) } else { Loss::Chance(0.0, p) },
                    2
                )
            );
        }
        println!("burst .5s {rounds} {:?}", trial(n, rounds, |_| Loss::Bursts(0.05, 0.5), 3));
        println!("burst 2s {rounds} {:?}", trial(n, rounds, |_| Loss::Bursts(0.1, 2.0), 4));
        println!("none  {rounds} {:?}", trial(n, rounds, |_| Loss::Chance(0.0, 0.0), 5));
    }
}
