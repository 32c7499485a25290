//! What a run said, held against what is true of the path: who may answer where, who must, and how it ends.

use std::net::IpAddr;

use netdiag_lab::path::{End, Staged};
use serde_json::{Value, json};

use super::stage::{Run, address};

/// By what probes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    Icmp,
    Udp,
    Tcp,
}

/// The gap limit that netdiag has by itself.
const GAP: u8 = 5;

/// Everything in which a run differs from the truth.
pub(super) fn differences(staged: &Staged, run: &Run, by: By) -> Vec<String> {
    let mut problems = hops(staged, run);
    problems.extend(end(staged, run, by));
    problems
}

/// Whoever answers may, and whoever must does.
fn hops(staged: &Staged, run: &Run) -> Vec<String> {
    let mut problems = Vec::new();
    for (number, hop) in (1..).zip(&run.hops) {
        let (may, who) = (staged.truth.at(hop.ttl), hop.addresses());
        let received = hop.record["received"].as_u64();
        if hop.ttl != number {
            problems.push(format!("hop {} stands in the place of {number}", hop.ttl));
        }
        if received != Some(hop.replies.len() as u64) || received > Some(hop.sent) {
            problems.push(format!("hop {}: {received:?} of {} answered", hop.ttl, hop.sent));
        }
        for other in who.iter().filter(|address| !may.contains(address)) {
            problems.push(format!("{other} answers at {}, where {may:?} may", hop.ttl));
        }
        if who.is_empty() && !may.is_empty() {
            problems.push(format!("nobody answers at {}, where {may:?} may", hop.ttl));
        }
    }
    problems
}

/// How it ends, by summary and exit code.
fn end(staged: &Staged, run: &Run, by: By) -> Vec<String> {
    let truth = &staged.truth;
    let target = staged.target;
    // A closed port is what UDP hopes for.
    let is_answer = |from: IpAddr, icmp| by == By::Udp && from == target && matches!(icmp, (3, 3) | (1, 4));
    let (wanted, last) = match truth.end {
        End::Reached => (reached(truth.hops.len() as u8), truth.hops.len() as u8),
        End::Unreachable { ttl, from, icmp } if is_answer(from, icmp) => (reached(ttl), ttl),
        End::Unreachable { ttl, from, icmp } => (unreachable((ttl, from, icmp), target), ttl),
        End::Silence => (json!({"reached": false, "stop_reason": "gap-limit"}), gone(staged)),
        End::Loop { ttl, routers } => {
            // Over IPv6 the first router of it answers by another address when packets come back from behind.
            let first = if truth.at(ttl) == truth.at(ttl + routers) { ttl } else { ttl + 1 };
            let circle = json!({"first_ttl": first, "hops": routers});
            let wanted = json!({"reached": false, "stop_reason": "loop", "loop": circle});
            (wanted, first + 2 * routers - 1)
        }
    };
    let mut problems = fields(&run.summary, &wanted);
    let code = i32::from(wanted["reached"] != true);
    if run.code != Some(code) {
        problems.push(format!("exit code {:?}, not {code}", run.code));
    }
    // Of ways of unequal length one flow takes one.
    let shortest = truth.ttl_of(target).filter(|_| truth.end == End::Reached);
    let told = run.hops.last().map_or(0, |hop| hop.ttl);
    if told != last && Some(told) != shortest {
        problems.push(format!("{told} hops are told, not {last}"));
    }
    if shortest.is_some_and(|ttl| ttl < last) {
        problems.retain(|problem| !problem.starts_with("hops is"));
    }
    problems
}

/// The last hop that is asked where nobody answers any more.
fn gone(staged: &Staged) -> u8 {
    let answering = staged.truth.hops.iter().rposition(|hop| !hop.is_empty());
    answering.map_or(0, |last| last as u8 + 1) + GAP
}

fn reached(ttl: u8) -> Value {
    json!({"reached": true, "stop_reason": "reached", "hops": ttl})
}

/// A target that refuses has been reached.
fn unreachable((ttl, from, (kind, code)): (u8, IpAddr, (u8, u8)), target: IpAddr) -> Value {
    let mut wanted = json!({
        "reached": from == target,
        "stop_reason": "unreachable",
        "unreachable": {"from": from.to_string(), "icmp": {"type": kind, "code": code}},
    });
    if from == target {
        wanted["hops"] = ttl.into();
    }
    wanted
}

/// Fields of a record that are not as wanted; those that are not wanted at all may be anything.
fn fields(record: &Value, wanted: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, value) in wanted.as_object().into_iter().flatten() {
        let found = &record[name];
        if value.is_object() {
            problems.extend(fields(found, value).into_iter().map(|problem| format!("{name}: {problem}")));
        } else if name == "from" {
            let is_same = address(found) == address(value);
            problems.extend((!is_same).then(|| format!("from is {found}, not {value}")));
        } else if found != value {
            problems.push(format!("{name} is {found}, not {value}"));
        }
    }
    problems
}
