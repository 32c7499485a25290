//! What each program saw, from its output. Times are left out: they differ from run to run.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use netdiag_lab::Output;
use serde_json::Value;

/// What a program saw of a path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) hops: BTreeMap<u8, Hop>,
    /// The TTL of the nearer end, and both ends; nothing where it does not look for links.
    pub(super) links: Option<BTreeSet<(u8, IpAddr, IpAddr)>>,
    /// Why it stopped, in its own words.
    pub(super) end: String,
}

/// Who answered at a TTL.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Hop {
    pub(super) addresses: Vec<IpAddr>,
    /// Refusals, as traceroute marks them, and smaller MTUs.
    pub(super) signs: Vec<String>,
}

impl Seen {
    /// A TTL was probed, whoever answered.
    fn at(&mut self, ttl: u8) -> &mut Hop {
        self.hops.entry(ttl).or_default()
    }
}

impl Hop {
    fn answer(&mut self, address: Option<IpAddr>) {
        self.addresses.extend(address);
        self.addresses.sort_unstable();
        self.addresses.dedup();
    }

    fn sign(&mut self, sign: impl Into<String>) {
        let sign = sign.into();
        if !self.signs.contains(&sign) {
            self.signs.push(sign);
        }
    }
}

/// An address, without its scope.
fn address(word: &str) -> Option<IpAddr> {
    word.split('%').next()?.parse().ok()
}

/// How traceroute marks an ICMP message that is no answer to a probe that came through.
fn mark(from: Option<IpAddr>, kind: u64, code: u64) -> Option<String> {
    let is_v4 = from.is_some_and(|from| from.is_ipv4());
    match (is_v4, kind, code) {
        (true, 3, 3) | (false, 1, 4) => None,
        (true, 3, 0) | (false, 1, 0) => Some("!N".into()),
        (true, 3, 1) | (false, 1, 2 | 3) => Some("!H".into()),
        (true, 3, 2) => Some("!P".into()),
        (true, 3, 9 | 10 | 13) | (false, 1, 1) => Some("!X".into()),
        (true, 3, code) | (false, 1, code) => Some(format!("!<{code}>")),
        _ => None,
    }
}

/// netdiag: its hop records. Nothing where it knows no such tool.
pub(super) fn netdiag(output: &Output) -> Option<Seen> {
    let records: Vec<Value> =
        output.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    records.iter().find(|record| record["type"] == "start")?;
    let mut seen = Seen::default();
    for record in records {
        match record["type"].as_str() {
            Some("hop") => {
                let hop = seen.at(small(&record["ttl"])?);
                for reply in record["replies"].as_array().into_iter().flatten() {
                    reply_of(hop, reply);
                }
            }
            Some("link") => seen.links.get_or_insert_default().extend(link_of(&record)),
            Some("summary") => {
                let mtu = record["path_mtu"].as_u64().map(|mtu| format!(", path MTU {mtu}"));
                let reason = record["stop_reason"].as_str().unwrap_or_default();
                seen.end = reason.to_owned() + &mtu.unwrap_or_default();
            }
            Some("error") => record["message"].as_str().unwrap_or_default().clone_into(&mut seen.end),
            _ => {}
        }
    }
    Some(seen)
}

/// A link between two who answered.
fn link_of(record: &Value) -> Option<(u8, IpAddr, IpAddr)> {
    let who = |field: &str| record[field].as_str().and_then(address);
    Some((small(&record["ttl"])?, who("from")?, who("to")?))
}

fn reply_of(hop: &mut Hop, reply: &Value) {
    let from = reply["address"].as_str().and_then(address);
    hop.answer(from);
    let icmp = &reply["icmp"];
    if let Some(sign) = icmp["type"].as_u64().zip(icmp["code"].as_u64()).and_then(|(t, c)| mark(from, t, c)) {
        hop.sign(sign);
    }
}

/// traceroute: a line for each TTL, of addresses, times, stars and marks. Nothing where it did not come to its heading.
pub(super) fn traceroute(output: &Output) -> Option<Seen> {
    let mut seen = Seen::default();
    let mut lines = output.stdout.lines();
    lines.next()?;
    for line in lines {
        let mut words = line.split_whitespace();
        let Some(ttl) = words.next().and_then(|word| word.parse().ok()) else { continue };
        let hop = seen.at(ttl);
        for word in words {
            hop.answer(address(word));
            if word.starts_with('!') {
                hop.sign(word);
            }
        }
    }
    seen.end = ended(output);
    Some(seen)
}

/// tracepath: a line for each answer; the first tells of this host. A smaller MTU is told by the router before, in the line of the next TTL.
pub(super) fn tracepath(output: &Output) -> Option<Seen> {
    let mut seen = Seen::default();
    let mut lines = output.stdout.lines();
    lines.next()?;
    for line in lines {
        let Some((ttl, rest)) = line.split_once(':') else { continue };
        let Ok(ttl) = ttl.trim().parse::<u8>() else { continue };
        let words: Vec<&str> = rest.split_whitespace().collect();
        if let Some(at) = words.iter().position(|word| *word == "pmtu") {
            let mtu = words.get(at + 1).copied().unwrap_or_default();
            seen.at(ttl.saturating_sub(1).max(1)).sign(format!("F={mtu}"));
            continue;
        }
        let hop = seen.at(ttl);
        hop.answer(words.first().and_then(|word| address(word)));
        words.iter().filter(|word| word.starts_with('!')).for_each(|word| hop.sign(*word));
        if words.contains(&"reached") {
            seen.end = "reached".into();
        }
    }
    if seen.end.is_empty() {
        seen.end = ended(output);
    }
    Some(seen)
}

/// scamper trace: its hops, each with the TTL of its probe.
pub(super) fn scamper_trace(output: &Output) -> Option<Seen> {
    let trace = record(output, "trace")?;
    let mut seen = Seen::default();
    let last = trace["hop_count"].as_u64().and_then(|count| u8::try_from(count).ok()).unwrap_or_default();
    for ttl in 1..=last {
        seen.at(ttl);
    }
    for reply in trace["hops"].as_array().into_iter().flatten() {
        let from = reply["addr"].as_str().and_then(address);
        let hop = seen.at(small(&reply["probe_ttl"])?);
        hop.answer(from);
        let icmp = reply["icmp_type"].as_u64().zip(reply["icmp_code"].as_u64());
        if let Some(sign) = icmp.and_then(|(kind, code)| mark(from, kind, code)) {
            hop.sign(sign);
        }
    }
    seen.end = trace["stop_reason"].as_str().unwrap_or_default().to_lowercase();
    Some(seen)
}

/// scamper tracelb: whoever answered any probe, by the probe's TTL.
pub(super) fn scamper_tracelb(output: &Output) -> Option<Seen> {
    let trace = record(output, "tracelb")?;
    let mut seen = Seen::default();
    if let (Some(first), Some(ttl)) = (trace["nodes"][0]["addr"].as_str(), small(&trace["firsthop"])) {
        seen.at(ttl).answer(address(first));
    }
    let mut answers = BTreeMap::new();
    gather(&trace, &mut answers);
    for ((ttl, _), from) in &answers {
        seen.at(*ttl).answer(Some(*from));
    }
    let target = trace["dst"].as_str().and_then(address);
    let nodes = trace["nodes"].as_array().into_iter().flatten();
    let links = nodes.flat_map(links_of).chain(links_by_flow(&answers));
    seen.links = Some(links.filter(|(_, from, _)| Some(*from) != target).collect());
    Some(seen)
}

/// Who answered a flow at a TTL.
type Answers = BTreeMap<(u8, u64), IpAddr>;

fn gather(value: &Value, answers: &mut Answers) {
    let from = value["addr"].as_str().and_then(address);
    for probe in value["probes"].as_array().into_iter().flatten() {
        if let (Some(from), Some(ttl), Some(flow)) = (from, small(&probe["ttl"]), probe["flowid"].as_u64()) {
            answers.insert((ttl, flow), from);
        }
    }
    let parts = value.as_object().into_iter().flat_map(|object| object.values());
    parts.chain(value.as_array().into_iter().flatten()).for_each(|part| gather(part, answers));
}

/// The links of a node to those whose probes had one TTL more than its own.
fn links_of(node: &Value) -> Vec<(u8, IpAddr, IpAddr)> {
    let who = |value: &Value| value["addr"].as_str().and_then(address);
    let Some(from) = who(node) else { return Vec::new() };
    let next = node["links"][0].as_array().into_iter().flatten();
    let link = |to: &Value| Some((small(&to["probes"][0]["ttl"])?.checked_sub(1)?, from, who(to)?));
    next.filter_map(link).collect()
}

/// The links behind the first of a node, which are told by flow only.
fn links_by_flow(answers: &Answers) -> impl Iterator<Item = (u8, IpAddr, IpAddr)> {
    answers.iter().filter_map(|((ttl, flow), from)| Some((*ttl, *from, *answers.get(&(ttl + 1, *flow))?)))
}

/// The record of a type among scamper's.
fn record(output: &Output, kind: &str) -> Option<Value> {
    let records = output.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    records.into_iter().find(|record| record["type"] == kind)
}

fn small(value: &Value) -> Option<u8> {
    value.as_u64()?.try_into().ok()
}

/// What it said last when it failed.
fn ended(output: &Output) -> String {
    let failed = (!output.status.success()).then(|| output.stderr.lines().last()).flatten();
    failed.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
