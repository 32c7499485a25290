//! netdiag pathping on real kernels, as an ordinary user: it names the link that loses among routers that limit their
//! answers, and none where none loses; and it says so when the path becomes another.

use std::fmt::Write;
use std::io::{BufRead, BufReader, Read};
use std::sync::OnceLock;

use jsonschema::Validator;
use libtest_mimic::Failed;
use netdiag_lab::path::{Family, Staged, lossless, lossy, scene};
use netdiag_lab::{Command, IcmpSockets};
use serde_json::Value;

use crate::harness::{Case, NETDIAG, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(the_lossy_link_is_named_in_each_of_twenty_paths_that_has_one, "nft"),
    case!(the_path_becomes_another),
    case!(where_icmp_is_closed_it_asks_by_udp),
    case!(next_hops_may_be_link_local, "ping"),
    case!(packets_that_go_in_a_circle_are_asked_for_one_round),
];

/// Many rounds, since packets are lost on the way there only: 5 % in all.
const LONG: &[&str] = &["--json", "-n", "-q", "400", "-p", "20ms", "-w", "1"];
/// How many paths are asked at once.
const AT_ONCE: usize = 5;

fn pathping(staged: &Staged, args: &[&str]) -> Command {
    let target = staged.target.to_string();
    staged.client.command(NETDIAG).unprivileged().args(["pathping"]).args(args).args([&target])
}

/// All lines of a run with `--json`, each as the schema says; and its exit code.
fn records(staged: &Staged, args: &[&str]) -> Result<(Vec<Value>, Option<i32>), Failed> {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let schema = SCHEMA.get_or_init(|| {
        let schema = serde_json::from_str(&netdiag_pathping::json::schema()).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    });
    let output = pathping(staged, args).output()?;
    let mut records = Vec::new();
    for line in output.stdout.lines() {
        let record: Value = serde_json::from_str(line).map_err(|error| format!("{error}: {line}"))?;
        check(schema.is_valid(&record), || format!("{line} is not valid"))?;
        records.push(record);
    }
    check(!records.is_empty(), || format!("{output:?}"))?;
    Ok((records, output.code()))
}

fn summary(records: &[Value]) -> Result<&Value, Failed> {
    records.last().filter(|record| record["type"] == "summary").ok_or_else(|| format!("{records:#?}").into())
}

fn the_lossy_link_is_named_in_each_of_twenty_paths_that_has_one() -> Tested {
    let numbers: Vec<u8> = (0..20).collect();
    let mut wrong = String::new();
    for some in numbers.chunks(AT_ONCE) {
        let threads: Vec<_> =
            some.iter().map(|&number| (number, std::thread::spawn(move || replay(number)))).collect();
        for (number, thread) in threads {
            let told = thread.join().map_err(|_| format!("path {number} broke off"))?;
            if let Err(error) = told {
                // Writing to a string cannot fail.
                let _ = writeln!(wrong, "path {number}: {}", error.message().unwrap_or_default());
            }
        }
    }
    check(wrong.is_empty(), || wrong)
}

/// Every third path loses nothing; the families take turns.
fn replay(number: u8) -> Tested {
    let family = if number.is_multiple_of(2) { Family::V4 } else { Family::V6 };
    let staged = if number % 3 == 2 { lossless(family, number)? } else { lossy(family, number)? };
    staged.client.icmp_sockets(IcmpSockets::Open)?;
    let (records, code) = records(&staged, LONG)?;
    let summary = summary(&records)?;
    let ttl = |end: &str| summary["worst_link"][end].as_u64();
    let named = ttl("from_ttl").zip(ttl("to_ttl"));
    let lossy = staged.truth.lossy.map(|lossy| (u64::from(lossy.from_ttl), u64::from(lossy.to_ttl)));
    let expected = Some(i32::from(lossy.is_some()));
    check(named == lossy && code == expected, || {
        format!("{named:?} and {code:?} for {lossy:?}: {summary}\n{records:#?}")
    })
}

fn staged(name: &str, family: Family) -> Result<Staged, Failed> {
    let scene = scene(name).ok_or_else(|| format!("there is no scene {name}"))?;
    Ok((scene.stage)(family)?)
}

fn the_path_becomes_another() -> Tested {
    let staged = staged("route-changes", Family::V4)?;
    staged.client.icmp_sockets(IcmpSockets::Open)?;
    let mut running = pathping(&staged, &["-n", "-q", "60", "-p", "50ms", "-w", "1"]).spawn()?;
    let mut stdout = BufReader::new(running.stdout().ok_or("no standard output")?);
    let mut line = String::new();
    while !line.contains("hops are asked") {
        line.clear();
        check(stdout.read_line(&mut line)? > 0, || "it ended during the search".to_owned())?;
    }
    staged.change()?;
    let mut rest = String::new();
    stdout.read_to_string(&mut rest)?;
    let output = running.wait_with_output()?;
    let after = staged.afterwards.as_ref().ok_or("nothing changes")?;
    let third = after.at(3).first().ok_or("no third hop")?;
    let notice = format!("answers from {third} instead of");
    check(output.stderr.contains(&notice), || format!("{notice}: {rest}\n{output:?}"))?;
    check(rest.contains("The path changed in round "), || rest.clone())
}

fn where_icmp_is_closed_it_asks_by_udp() -> Tested {
    let staged = staged("nobody-limits", Family::V4)?;
    staged.client.icmp_sockets(IcmpSockets::Closed)?;
    let (records, code) = records(&staged, &["--json", "-n", "-q", "40", "-p", "20ms", "-w", "1"])?;
    let summary = summary(&records)?;
    let notices = records.iter().filter(|record| record["code"] == "fallback").count();
    check(summary["protocol"] == "udp" && summary["reached"] == true && notices == 1, || {
        format!("{records:#?}")
    })?;
    // The target limits its answers; the routers do not.
    check(code == Some(0) && summary.get("worst_link").is_none(), || format!("{summary}"))
}

fn next_hops_may_be_link_local() -> Tested {
    let staged = staged("link-local-next-hops", Family::V6)?;
    staged.client.icmp_sockets(IcmpSockets::Open)?;
    let (records, code) = records(&staged, &["--json", "-n", "-q", "30", "-p", "50ms", "-w", "1"])?;
    check(code == Some(0) && summary(&records)?["reached"] == true, || format!("{records:#?}"))
}

fn packets_that_go_in_a_circle_are_asked_for_one_round() -> Tested {
    let staged = staged("loop-of-two", Family::V4)?;
    staged.client.icmp_sockets(IcmpSockets::Open)?;
    let (records, code) = records(&staged, &["--json", "-n", "-q", "20", "-p", "50ms", "-w", "1"])?;
    let summary = summary(&records)?;
    check(code == Some(1) && summary["stop_reason"] == "loop", || format!("{summary}"))
}
