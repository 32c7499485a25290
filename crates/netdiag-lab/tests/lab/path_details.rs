//! What is special about single paths: MTUs, extensions, loss, limits, crowds.

use std::time::Instant;

use libtest_mimic::Failed;
use netdiag_lab::Node;
use netdiag_lab::path::{Family, Lossy, Staged, lossless, lossy, scenes};

use crate::paths::staged;
use crate::{Case, Tested, case, check, summary};

pub(crate) const CASES: &[Case] = &[
    case!(steps_of_the_mtu_are_told_or_not, "nft", "tracepath"),
    case!(extensions_are_told, "nft", "traceroute"),
    case!(loss_is_where_it_is_said_to_be, "nft", "ping"),
    case!(numbers_choose_the_lossy_link, "nft"),
    case!(limits_hold, "traceroute"),
    case!(a_thousand_targets_answer, "ping"),
];

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
