//! The rate, held against a capture: what is sent when, whatever stands in its way.

use std::collections::BTreeSet;
use std::io::Read;

use libtest_mimic::Failed;
use netdiag_lab::{Output, Signal};

use crate::farm::{Farm, departures, wait_for_count};
use crate::harness::{Case, NETDIAG, Tested, case, check};
use crate::stage::{Live, Records, ping};

pub(crate) const CASES: &[Case] = &[
    case!(a_rate_is_held),
    case!(a_slow_reader_holds_no_probe_up),
    case!(what_does_not_fit_is_left_out_and_counted),
    case!(a_deadline_in_mid_burst, "nft"),
    case!(interrupted_in_mid_sweep),
    case!(head_takes_one_of_many),
    case!(more_than_there_are_numbers, "nft"),
    case!(a_long_run_does_not_grow),
];

/// So many nanoseconds of the schedule may be caught up with (the engine's `CATCH_UP`).
const CATCH_UP: u64 = 50_000_000;
/// The window in which departures are counted.
const WINDOW: u64 = 100_000_000;

/// The most departures in any window that begins with one of them.
fn densest(times: &[u64]) -> usize {
    let within = |&first: &u64| times.iter().filter(|&&time| (first..first + WINDOW).contains(&time)).count();
    times.iter().map(within).max().unwrap_or(0)
}

/// 200 probes to 50 targets, at 200 a second.
fn a_rate_is_held() -> Tested {
    const RATE: u64 = 200;
    let farm = Farm::new()?;
    let capture = farm.client.capture("to-server")?;
    let records = farm.records(&["--rate", "200", "-c", "4", "-i", "0.002", "10.99.0.1-50"])?;
    let departures = departures(&capture.stop()?);
    check(records.code == Some(0) && records.sum("sent") == 200 && departures.len() == 200, || {
        format!("{} departures, {} sent", departures.len(), records.sum("sent"))
    })?;
    let times: Vec<u64> = departures.iter().map(|(time, _)| *time).collect();
    // A departure may be late and the next in time, so that each window holds what was caught up with besides.
    let most = (WINDOW + CATCH_UP) * RATE / 1_000_000_000 + 1;
    check(densest(&times) as u64 <= most, || format!("{} in 0.1 s", densest(&times)))?;
    let beginning = times.iter().filter(|&&time| time < times[0] + 20_000_000).count();
    check(beginning <= 5 + (CATCH_UP * RATE / 1_000_000_000) as usize, || {
        format!("{beginning} at the start")
    })?;
    // 199 gaps of 5 ms; what was late at the beginning may be caught up with.
    let span = times[199] - times[0];
    check(span >= 199 * 1_000_000_000 / RATE - CATCH_UP, || format!("{span} ns"))?;
    for round in departures.chunks(50) {
        let asked: BTreeSet<_> = round.iter().map(|(_, target)| target).collect();
        check(asked.len() == 50, || format!("{} targets in a round", asked.len()))?;
    }
    Ok(())
}

/// Resident memory of a process, in octets.
fn resident(pid: u32) -> Result<u64, Failed> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

/// Nobody reads while 20 000 probes go out, whose lines are some megabytes: they leave at their rate, and everything is
/// there when it is read.
fn a_slow_reader_holds_no_probe_up() -> Tested {
    const RATE: u64 = 10_000;
    let farm = Farm::new()?;
    let capture = farm.client.capture("to-server")?;
    let args = ["--json", "--rate", "10000", "-c", "200", "-i", "0.01", "10.99.0.1-100"];
    let mut running = ping(&farm.client, &args).unprivileged().spawn()?;
    let pid = running.pid();
    let mut reader = running.stdout().ok_or("no standard output")?;
    wait_for_count(&farm.client, "OutEchos", 20_000)?;
    let memory = resident(pid)?;
    check(memory < 32 << 20, || format!("{memory} octets"))?;
    let mut stdout = String::new();
    reader.read_to_string(&mut stdout)?;
    let output = Output { stdout, ..running.wait_with_output()? };
    let records = Records::of(&output)?;
    let departures = departures(&capture.stop()?);
    check(records.summaries().len() == 100 && records.sum("sent") == 20_000, || {
        format!("{} summaries, {} sent", records.summaries().len(), records.sum("sent"))
    })?;
    check(records.code == Some(0) && records.of_type("reply").len() == 20_000, || {
        format!("{:?} {} replies", records.code, records.of_type("reply").len())
    })?;
    let times: Vec<u64> = departures.iter().map(|(time, _)| *time).collect();
    let most = (WINDOW + CATCH_UP) * RATE / 1_000_000_000 + 1;
    let chosen: Vec<u64> = times.iter().step_by(10).copied().collect();
    check(times.len() == 20_000 && densest(&chosen) as u64 <= most / 10 + 1, || {
        format!("{} departures, {} in 0.1 s", times.len(), densest(&chosen) * 10)
    })
}

/// Nobody reads while lines of more octets than are kept (64 MiB) gather: probes go out, what does not fit is left out
/// and counted, and the sums are complete.
fn what_does_not_fit_is_left_out_and_counted() -> Tested {
    const PROBES: u64 = 200_000;
    const KEPT: u64 = 64 << 20;
    let farm = Farm::new()?;
    farm.lab.nsswitch_conf("hosts: files\n")?;
    let label = "a-long-name-that-makes-long-lines-of-each-answer-to-a-probe";
    let names: Vec<String> =
        (1..=10).map(|number| format!("{label}.{label}.{label}.{label}.n{number}")).collect();
    let hosts = (1..).zip(&names).map(|(number, name)| format!("10.99.0.{number} {name}\n"));
    farm.lab.hosts_file(&hosts.collect::<String>())?;
    let args = ["--json", "--rate", "40000", "-i", "0", "-c", "20000"];
    let mut running = ping(&farm.client, &args).args(&names).spawn()?;
    let (pid, mut reader) = (running.pid(), running.stdout().ok_or("no standard output")?);
    wait_for_count(&farm.client, "OutEchos", PROBES)?;
    let memory = resident(pid)?;
    check(memory < KEPT + (32 << 20), || format!("{memory} octets"))?;
    let mut text = String::new();
    reader.read_to_string(&mut text)?;
    let output = running.wait_with_output()?;
    let lines = |kind: &str| {
        let mark = format!("\"type\":\"{kind}\"");
        text.lines().filter(move |line| line.contains(&mark))
    };
    let replies = lines("reply").count() as u64;
    let sums = lines("summary").filter(|line| line.contains("\"sent\":20000,\"received\":20000,")).count();
    let left_out = lines("notice").find(|line| line.contains("output-dropped"));
    let number = left_out.and_then(|line| line.split([' ', '"']).find_map(|word| word.parse::<u64>().ok()));
    check(sums == 10 && number.is_some_and(|number| number > 0 && replies + number == PROBES), || {
        format!("{replies} replies, {sums} sums, {left_out:?}, {} octets", text.len())
    })?;
    check(output.code() == Some(0), || format!("{output:?}"))
}

fn a_deadline_in_mid_burst() -> Tested {
    let farm = Farm::new()?;
    farm.silence("10.99.128.0/17")?;
    let capture = farm.client.capture("to-server")?;
    let records =
        farm.records(&["-q", "--rate", "2000", "-c", "5", "-w", "0.7", "10.99.100.0-10.99.155.255"])?;
    let departed = departures(&capture.stop()?).len() as u64;
    let is_so = records.sum("sent") == departed && (1..14_336).contains(&departed);
    check(is_so && records.code == Some(1), || format!("{departed} of {} sent", records.sum("sent")))
}

fn interrupted_in_mid_sweep() -> Tested {
    for signal in [Signal::INT, Signal::TERM] {
        let farm = Farm::new()?;
        let capture = farm.client.capture("to-server")?;
        let args = ["--json", "--rate", "2000", "-c", "1", "10.99.0.0/16"];
        let mut live = Live::start(ping(&farm.client, &args).unprivileged())?;
        live.until_record("reply", "target", "10.99.1.0")?;
        live.running.signal(signal)?;
        let records = Records::of(&live.end()?)?;
        let departed = departures(&capture.stop()?).len() as u64;
        let is_so = records.sum("sent") == departed && (256..65_536).contains(&departed);
        check(is_so && matches!(records.code, Some(0 | 1)), || {
            format!("{departed} of {} sent, {:?}", records.sum("sent"), records.code)
        })?;
        let told = records.of_type("reply").len() as u64;
        check(records.sum("received") == told, || format!("{told} replies, {}", records.sum("received")))?;
    }
    Ok(())
}

fn head_takes_one_of_many() -> Tested {
    let farm = Farm::new()?;
    for form in ["--json", "--csv", "--alive", "--format fping"] {
        let script = format!("{NETDIAG} ping {form} -c 50 -i 0.02 10.99.0.1-50 | head -n 1");
        let output = farm.client.command("sh").args(["-c", &script]).output()?;
        // fping's sums stand on standard error.
        let is_quiet = output.stderr.is_empty() || form.ends_with("fping");
        check(output.stdout.lines().count() == 1 && is_quiet, || format!("{form}: {output:?}"))?;
    }
    Ok(())
}

/// All numbers of a socket and more are under way: 10.96.0.0/14 is a quarter of a million addresses of which one
/// network of 65 536 answers.
fn more_than_there_are_numbers() -> Tested {
    const ALL: u64 = 1 << 18;
    let farm = Farm::new()?;
    farm.client.ip(&[format!("route add 10.96.0.0/14 via {}", farm.server.v4()?)])?;
    farm.silence("10.96.0.0-10.98.255.255")?;
    farm.server.ip(&["route add local 10.96.0.0/14 dev lo".into()])?;
    let records = farm.records(&["-q", "-c", "1", "-W", "4", "--rate", "max", "10.96.0.0/14"])?;
    let (sent, received) = (records.sum("sent"), records.sum("received"));
    let overflowed: u64 = (records.said("receive-overflow").last())
        .and_then(|said| said.split_whitespace().find_map(|word| word.parse::<u64>().ok()))
        .unwrap_or(0);
    check(sent == ALL && received + overflowed == 1 << 16, || {
        format!("{sent} sent, {received} answered, {overflowed} dropped")
    })?;
    let is_live = |target: &str| target.starts_with("10.99.");
    let wrong: Vec<_> = records
        .summaries()
        .into_iter()
        .filter(|(target, summary)| {
            summary["sent"] != 1 || (!is_live(target) && summary["received"] != 0) || summary["errors"] != 0
        })
        .take(3)
        .collect();
    check(wrong.is_empty() && records.code == Some(1), || format!("{wrong:#?}"))
}

/// How long the run is: twenty seconds, or as many as `NETDIAG_LAB_SOAK` says (600 for a thorough look).
fn soak() -> u64 {
    std::env::var("NETDIAG_LAB_SOAK").ok().and_then(|text| text.parse().ok()).unwrap_or(20)
}

/// What may have been added between two times of a run, in seconds: answered probes are kept for two minutes at most, of
/// 16 octets each, in room that doubles as it grows; and a mebibyte.
fn may_grow(from: u64, to: u64, rate: u64) -> u64 {
    let kept = |at: u64| at.min(120) * rate * 32;
    (1 << 20) + kept(to) - kept(from)
}

fn descriptors(pid: u32) -> Result<usize, Failed> {
    Ok(std::fs::read_dir(format!("/proc/{pid}/fd"))?.count())
}

/// Neither memory nor descriptors grow, of a run to 200 targets with 10 000 probes a second.
fn a_long_run_does_not_grow() -> Tested {
    const RATE: u64 = 10_000;
    let farm = Farm::new()?;
    let deadline = soak().to_string();
    let args = ["--csv", "--rate", "10000", "-i", "0.02", "-w", &deadline, "10.99.0.1-200"];
    let running = ping(&farm.client, &args).unprivileged().spawn()?;
    let pid = running.pid();
    let measured = |second: u64| -> Result<(u64, usize), Failed> {
        wait_for_count(&farm.client, "OutEchos", RATE * second)?;
        Ok((resident(pid)?, descriptors(pid)?))
    };
    let (third, late) = (soak() / 3, soak() * 5 / 6);
    let (before, after) = (measured(third)?, measured(late)?);
    let growth = after.0.saturating_sub(before.0);
    check(after.1 == before.1 && growth < may_grow(third, late, RATE), || {
        format!("from {before:?} to {after:?}")
    })?;
    let output = running.wait_with_output()?;
    check(output.stdout.lines().count() == 201 && matches!(output.code(), Some(0 | 1)), || {
        format!("{output:?}")
    })
}
