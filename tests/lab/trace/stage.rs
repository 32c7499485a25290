//! Running `netdiag trace` on a staged path, and reading its JSON Lines: each is held against the schema.

use std::net::IpAddr;
use std::sync::OnceLock;

use jsonschema::Validator;
use libtest_mimic::{Failed, Trial};
use netdiag_lab::path::{Family, Scene, Staged, scene};
use netdiag_lab::{Command, IcmpSockets, Node, Output};
use serde_json::Value;

use crate::harness::{NETDIAG, Tested, check, trial};

/// The path of this name, with ICMP sockets open at its client.
pub(super) fn staged(name: &str, family: Family) -> Result<Staged, Failed> {
    open(scene(name).ok_or_else(|| format!("there is no scene {name}"))?, family)
}

/// A path, with ICMP sockets open at its client.
pub(super) fn open(scene: &Scene, family: Family) -> Result<Staged, Failed> {
    let staged = (scene.stage)(family)?;
    staged.client.icmp_sockets(IcmpSockets::Open)?;
    Ok(staged)
}

/// From now on every node sends each ICMP error that is due.
pub(super) fn without_limits(staged: &Staged) -> Tested {
    let keys = ["net.ipv4.icmp_ratemask", "net.ipv6.icmp.ratemask"];
    staged.lab.nodes().iter().try_for_each(|node| keys.iter().try_for_each(|key| node.sysctl(key, "0")))?;
    Ok(())
}

/// A test of each of these scenes in each of its families.
pub(super) fn each<'a>(
    module: &str,
    scenes: impl Iterator<Item = &'static Scene> + 'a,
    run: fn(&'static Scene, Family) -> Tested,
) -> Vec<Trial> {
    let pairs = scenes.flat_map(|scene| scene.families.iter().map(move |family| (scene, *family)));
    let named = pairs.map(|(scene, family)| {
        let name = format!("trace::{module}::{}::{family}", scene.name);
        trial(&name, scene.needs, move || run(scene, family))
    });
    named.collect()
}

/// `netdiag trace` with these arguments, with all rights of the test.
pub(super) fn trace(node: &Node, args: &[&str]) -> Command {
    node.command(NETDIAG).args(["trace"]).args(args)
}

/// `netdiag trace --json -n` as an ordinary user, to its end.
pub(super) fn run(staged: &Staged, options: &str) -> Result<Run, Failed> {
    Run::of(&asked(staged, options).unprivileged().output()?)
}

/// The same with all rights.
pub(super) fn run_by_root(staged: &Staged, options: &str) -> Result<Run, Failed> {
    Run::of(&asked(staged, options).output()?)
}

fn asked(staged: &Staged, options: &str) -> Command {
    let target = staged.target.to_string();
    trace(&staged.client, &["--json", "-n"]).args(options.split_whitespace()).args([target])
}

/// What a run to one target said.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) hops: Vec<Hop>,
    pub(super) links: Vec<Value>,
    pub(super) notices: Vec<Value>,
    pub(super) summary: Value,
    pub(super) code: Option<i32>,
}

/// What it said of a TTL.
#[derive(Debug)]
pub(super) struct Hop {
    pub(super) ttl: u8,
    pub(super) sent: u64,
    pub(super) replies: Vec<Value>,
    pub(super) record: Value,
}

impl Run {
    /// A start first, one summary behind all hops, every line as the schema says.
    fn of(output: &Output) -> Result<Self, Failed> {
        let lines = output.stdout.lines().map(valid).collect::<Result<Vec<_>, _>>()?;
        let of_type = |kind: &'static str| lines.iter().filter(move |line| line["type"] == kind);
        let has_start = lines.first().is_some_and(|line| line["type"] == "start");
        let mut of_path = lines.iter().filter(|line| line["type"] != "notice");
        let summary = of_path.next_back().filter(|line| has_start && line["type"] == "summary");
        let summary = summary.ok_or_else(|| format!("{output:#?}"))?;
        Ok(Self {
            hops: of_type("hop").map(Hop::of).collect::<Result<_, _>>()?,
            links: of_type("link").cloned().collect(),
            notices: of_type("notice").cloned().collect(),
            summary: summary.clone(),
            code: output.code(),
        })
    }

    pub(super) fn at(&self, ttl: u8) -> Option<&Hop> {
        self.hops.iter().find(|hop| hop.ttl == ttl)
    }

    /// All answers of a TTL.
    pub(super) fn replies(&self, ttl: u8) -> &[Value] {
        self.at(ttl).map(|hop| &*hop.replies).unwrap_or_default()
    }
}

impl Hop {
    fn of(record: &Value) -> Result<Self, Failed> {
        let small = |field: &str| record[field].as_u64().ok_or_else(|| format!("no {field} in {record}"));
        Ok(Self {
            ttl: u8::try_from(small("ttl")?)?,
            sent: small("sent")?,
            replies: record["replies"].as_array().cloned().unwrap_or_default(),
            record: record.clone(),
        })
    }

    /// Who answered, each once.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        let mut all: Vec<IpAddr> =
            self.replies.iter().filter_map(|reply| address(&reply["address"])).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// An address, without its scope.
pub(super) fn address(value: &Value) -> Option<IpAddr> {
    value.as_str()?.split('%').next()?.parse().ok()
}

/// A line as JSON, valid by the schema.
pub(super) fn valid(line: &str) -> Result<Value, Failed> {
    static SCHEMA: OnceLock<Validator> = OnceLock::new();
    let value: Value = serde_json::from_str(line).map_err(|error| format!("{error}: {line:?}"))?;
    let schema = SCHEMA.get_or_init(|| {
        let schema = serde_json::from_str(&netdiag_trace::json::schema()).expect("the schema is JSON");
        jsonschema::validator_for(&schema).expect("the schema is a schema")
    });
    let errors: Vec<String> = schema.iter_errors(&value).map(|error| error.to_string()).collect();
    check(errors.is_empty(), || format!("{line} is not valid: {errors:?}"))?;
    Ok(value)
}
