//! Every fault of the laboratory in each of its families: what netdiag says of it is what the table expects.

use std::net::IpAddr;

use libtest_mimic::Trial;
use netdiag_lab::fault::{Family, Fault, Protocol, Staged, faults};
use serde_json::Value;

use super::expected::{EXPECTED, Expected};
use super::stage::{Records, place, records, says, texts};
use crate::harness::{Tested, check, trial};

/// More than three would be no help.
const MOST_POSSIBLE: usize = 3;

/// One test for each row and family, and one that compares the tables.
pub(crate) fn trials() -> Vec<Trial> {
    let rows = EXPECTED.iter().flat_map(|expected| {
        let fault = faults().filter(|fault| fault.name == expected.fault);
        fault.flat_map(move |fault| fault.families.iter().map(move |family| row(fault, expected, *family)))
    });
    rows.chain([trial("connect::faults::each_has_a_row", &[], each_has_a_row)]).collect()
}

fn row(fault: &'static Fault, expected: &'static Expected, family: Family) -> Trial {
    let words = [&[fault.name][..], expected.options].concat().join(" ");
    let name = format!("connect::faults::{words}::{family}");
    trial(&name, fault.needs, move || hold(fault, expected, family))
}

fn each_has_a_row() -> Tested {
    let is_expected = |fault: &&Fault| EXPECTED.iter().any(|expected| expected.fault == fault.name);
    let bare: Vec<&str> = faults().filter(|fault| !is_expected(fault)).map(|fault| fault.name).collect();
    check(bare.is_empty(), || format!("nothing is expected of {bare:?}"))?;
    let is_fault = |expected: &&Expected| faults().any(|fault| fault.name == expected.fault);
    let unknown: Vec<&str> =
        EXPECTED.iter().filter(|expected| !is_fault(expected)).map(|expected| expected.fault).collect();
    check(unknown.is_empty(), || format!("there are no faults {unknown:?}"))
}

/// Stages the fault and holds what netdiag says against the row.
fn hold(fault: &Fault, expected: &Expected, family: Family) -> Tested {
    let staged = (fault.stage)(family)?;
    let mut target = place(staged.target, staged.port);
    if fault.protocol == Protocol::Udp {
        target.insert_str(0, "udp://");
    }
    let records = records(&staged.client, &[expected.options, &[&target]].concat())?;
    let attempt = records.attempt()?;
    let problems =
        [outcome(expected, &staged, attempt), words(expected, &staged, attempt), exit(&records, attempt)]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>();
    check(problems.is_empty(), || {
        format!(
            "{}\n{}:\n  {}\n{attempt:#}\n{}",
            fault.sentence,
            expected.outcome,
            problems.join("\n  "),
            records.stderr
        )
    })
}

/// Where verdict, side, phase, state or sender differ.
fn outcome(expected: &Expected, staged: &Staged, attempt: &Value) -> Vec<String> {
    let fields = ["verdict", "side", "phase", "state", "from"];
    let wanted = expected
        .outcome
        .split(' ')
        .map(|word| person(word, staged).map_or(word.to_owned(), |ip| ip.to_string()));
    fields
        .into_iter()
        .zip(wanted)
        .filter_map(|(field, wanted)| {
            let found = attempt[field].as_str().unwrap_or("-");
            (wanted != "*" && wanted != found).then(|| format!("{field} is {found}, not {wanted}"))
        })
        .collect()
}

/// Who a sign stands for.
fn person(sign: &str, staged: &Staged) -> Option<IpAddr> {
    match sign {
        "C" => Some(staged.source),
        "T" => Some(staged.target),
        "R" => staged.routers.first().copied(),
        "R2" => staged.routers.get(1).copied(),
        _ => None,
    }
}

/// What evidence and possible causes lack, or have too many of.
fn words(expected: &Expected, staged: &Staged, attempt: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let (evidence, possible) = (texts(attempt, "evidence"), texts(attempt, "possible"));
    for sign in expected.evidence {
        let words = meaning(sign, staged, attempt);
        if !says(&evidence, &words) {
            problems.push(format!("evidence does not say {words}"));
        }
    }
    if !expected.truth.is_empty() && !says(&possible, expected.truth) {
        problems.push(format!("possible does not say {}", expected.truth));
    }
    if possible.len() > MOST_POSSIBLE {
        problems.push(format!("{} causes are possible", possible.len()));
    }
    problems
}

/// What a sign in the evidence column stands for.
fn meaning(sign: &str, staged: &Staged, attempt: &Value) -> String {
    match sign {
        "$from" => attempt["from"].as_str().unwrap_or("a sender").to_owned(),
        "$target" => staged.target.to_string(),
        "$source-of-client" => {
            let own = staged
                .client
                .v4()
                .map(IpAddr::from)
                .ok()
                .into_iter()
                .chain(staged.client.v6().map(IpAddr::from).ok());
            own.map(|address| address.to_string()).collect::<Vec<_>>().join("|")
        }
        "$icmp" => {
            let icmp = &attempt["icmp"];
            let name = icmp["name"].as_str().unwrap_or("an ICMP message");
            format!("{name}|{}|{}/{}", name.replace('-', " "), icmp["type"], icmp["code"])
        }
        words => words.to_owned(),
    }
}

/// Whether the exit code is not that of the verdict.
fn exit(records: &Records, attempt: &Value) -> Vec<String> {
    let wanted = match attempt["verdict"].as_str().unwrap_or_default() {
        "open" => 0,
        "refused" => 3,
        "filtered" => 4,
        "unreachable" => 5,
        "rejected" => 6,
        "blocked-locally" => 7,
        "closed-early" => 8,
        "inconclusive" => 9,
        _ => 2,
    };
    let found = records.code;
    if found == Some(wanted) { Vec::new() } else { vec![format!("exit code {found:?}, not {wanted}")] }
}
