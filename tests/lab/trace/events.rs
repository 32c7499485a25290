//! What happens to a run on its way: a route that changes, sockets that are closed, a thousand targets at once, a signal.

use std::collections::BTreeSet;
use std::time::Duration;

use libtest_mimic::Failed;
use netdiag_lab::Signal;
use netdiag_lab::path::{Family, Staged, scene};
use serde_json::{Value, json};

use super::stage::{run, run_by_root, staged, trace, valid, without_limits};
use super::truth::{By, differences};
use crate::harness::{Case, Tested, case, check};
use crate::stage::Live;

pub(crate) const CASES: &[Case] = &[
    case!(a_route_that_changes_is_told),
    case!(closed_sockets_mean_udp),
    case!(closed_sockets_refuse_icmp),
    case!(a_raw_socket_is_as_good),
    case!(a_thousand_targets_keep_to_the_rate),
    case!(a_signal_shows_what_is_known),
];

/// The line of the first hop is written when its probes are through; those of the third are still to come then, all but
/// the first.
fn a_route_that_changes_is_told() -> Tested {
    for name in ["route-changes", "route-gets-longer"] {
        for family in Family::ALL {
            let staged = staged(name, family)?;
            let target = staged.target.to_string();
            let args = ["-n", "-I", "-q", "30", "--rate", "50", &target];
            let mut live = Live::start(trace(&staged.client, &args).unprivileged())?;
            live.until("the first hop", |line| line.trim_start().starts_with("1 "))?;
            staged.change()?;
            let output = live.end()?;
            let who = |truth: &netdiag_lab::path::Truth| truth.at(3).first().map(ToString::to_string);
            let (before, after) = (who(&staged.truth), staged.afterwards.as_ref().and_then(who));
            let (before, after) = before.zip(after).ok_or("no third hop")?;
            let wanted = format!("Hop 3 answered from {before} first and from {after} later");
            check(output.stdout.contains(&wanted), || {
                format!("{name}, {family}: no {wanted:?} in {output:#?}")
            })?;
        }
    }
    Ok(())
}

/// A path whose client's ICMP sockets are closed.
fn closed(family: Family) -> Result<Staged, Failed> {
    Ok((scene("nine-hops").ok_or("no such scene")?.stage)(family)?)
}

fn closed_sockets_mean_udp() -> Tested {
    for family in Family::ALL {
        let staged = closed(family)?;
        let said = run(&staged, "-w 1")?;
        let notices = said.notices.iter().filter(|notice| notice["code"] == "fallback").count();
        check(notices == 1 && said.summary["protocol"] == "udp", || format!("{said:#?}"))?;
        let problems = differences(&staged, &said, By::Udp);
        check(problems.is_empty(), || format!("{family}: {problems:?}"))?;
    }
    Ok(())
}

fn closed_sockets_refuse_icmp() -> Tested {
    let staged = closed(Family::V6)?;
    let output = trace(&staged.client, &["-I", &staged.target.to_string()]).unprivileged().output()?;
    let ways = ["sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"", "setcap cap_net_raw+p", "-U", "-T"];
    let is_so = output.code() == Some(2)
        && output.stdout.is_empty()
        && ways.iter().all(|way| output.stderr.contains(way));
    check(is_so, || format!("{output:?}"))
}

fn a_raw_socket_is_as_good() -> Tested {
    for family in Family::ALL {
        let staged = closed(family)?;
        let said = run_by_root(&staged, "-w 1 -I")?;
        let problems = differences(&staged, &said, By::Icmp);
        check(problems.is_empty() && said.notices.is_empty(), || {
            format!("{family}: {problems:?} {said:#?}")
        })?;
    }
    Ok(())
}

fn a_thousand_targets_keep_to_the_rate() -> Tested {
    const RATE: u32 = 3_000;
    for family in Family::ALL {
        let staged = staged("thousand-targets", family)?;
        let lines: Vec<String> = staged.targets.iter().map(|target| format!("{target}\n")).collect();
        let list = std::env::temp_dir().join(format!("netdiag-trace-{}-{family}", std::process::id()));
        std::fs::write(&list, lines.concat())?;
        let (rate, file) = (RATE.to_string(), format!("@{}", list.display()));
        let args = ["--json", "-n", "-q", "1", "-w", "1", "--rate", &rate, &file];
        let start = std::time::Instant::now();
        let output = trace(&staged.client, &args).unprivileged().output();
        let took = start.elapsed();
        // It is in the way of nobody if it stays.
        let _ = std::fs::remove_file(&list);
        let output = output?;
        let lines: Vec<Value> = output.stdout.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        let of_type = |kind: &'static str| lines.iter().filter(move |line| line["type"] == kind);
        let reached: BTreeSet<&str> = of_type("summary")
            .filter(|summary| summary["reached"] == true && summary["hops"] == 5)
            .filter_map(|summary| summary["address"].as_str())
            .collect();
        check(reached.len() == 1_000 && output.code() == Some(0), || {
            format!("{family}: {} reached, {:?}, {}", reached.len(), output.code(), output.stderr)
        })?;
        for hop in of_type("hop") {
            let ttl = hop["ttl"].as_u64().and_then(|ttl| u8::try_from(ttl).ok()).ok_or("no TTL")?;
            let may = if ttl < 5 {
                staged.truth.at(ttl)[0].to_string()
            } else {
                hop["address"].as_str().unwrap_or_default().into()
            };
            check(hop["replies"][0]["address"] == json!(may), || format!("{family}: {hop:#}"))?;
        }
        let sent: u64 = of_type("hop").filter_map(|hop| hop["sent"].as_u64()).sum();
        let least = Duration::from_secs(1) * u32::try_from(sent)? / RATE;
        check(took > least.mul_f64(0.98), || format!("{family}: {sent} probes in {took:?}"))?;
    }
    Ok(())
}

/// Two thirds of the path answer, and the rest is waited for when the signal comes.
fn a_signal_shows_what_is_known() -> Tested {
    let staged = staged("dropped-on-the-way", Family::V4)?;
    without_limits(&staged)?;
    let target = staged.target.to_string();
    let command = trace(&staged.client, &["-n", "-I", "-w", "60", &target]).unprivileged();
    let mut live = Live::start(command)?;
    live.until("the third hop", |line| line.trim_start().starts_with("3 "))?;
    live.running.signal(Signal::INT)?;
    let output = live.end()?;
    check(output.stdout.contains("Cut short") && output.code() == Some(1), || format!("{output:#?}"))?;
    let command = trace(&staged.client, &["--json", "-n", "-I", "-w", "60", "--deadline", "1", &target]);
    let output = command.unprivileged().output()?;
    let summary = valid(output.stdout.lines().last().ok_or("nothing")?)?;
    let is_so =
        summary["stop_reason"] == "interrupted" && summary["reached"] == false && output.code() == Some(1);
    check(is_so, || format!("{output:#?}"))
}
