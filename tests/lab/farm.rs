//! A farm: one server that answers for 10.99.0.0/16 and `fd99::/64`, of which a firewall may keep some silent or refuse
//! them; and what a run to many of them amounts to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use libtest_mimic::Failed;
use netdiag_lab::{
    Captured, Direction, EchoKind, Hook, IcmpSockets, Lab, Node, Output, Reject, Ruleset, Traffic, Wire,
    WireSpec,
};
use serde_json::Value;

use crate::harness::{Tested, check};
use crate::stage::{Records, ping};

/// The laboratory with its two ends.
pub(crate) struct Farm {
    pub(crate) lab: Lab,
    pub(crate) client: Node,
    pub(crate) server: Node,
}

impl Farm {
    /// On a cable; ICMP sockets are open to everybody.
    pub(crate) fn new() -> Result<Self, Failed> {
        Self::of(Lab::pair()?)
    }

    /// On a wire.
    pub(crate) fn wired(spec: WireSpec) -> Result<(Self, Wire), Failed> {
        let lab = Lab::new("farm")?;
        let wire = lab.wire(&lab.node("client")?, &lab.node("server")?, spec)?;
        Ok((Self::of(lab)?, wire))
    }

    fn of(lab: Lab) -> Result<Self, Failed> {
        let (client, server) = (lab.node("client")?, lab.node("server")?);
        server.answers_for("10.99.0.0/16")?;
        server.answers_for("fd99::/64")?;
        // Each refusal is sent, however many there are.
        server.sysctl("net.ipv4.icmp_ratelimit", "0")?;
        lab.routes()?;
        client.icmp_sockets(IcmpSockets::Open)?;
        Ok(Self { lab, client, server })
    }

    /// These addresses (one, a prefix or a range) answer nothing.
    pub(crate) fn silence(&self, addresses: &str) -> Tested {
        let traffic = Traffic::Matching(format!("ip daddr {addresses} icmp type echo-request"));
        Ok(self.server.filter(&Ruleset::drop(Hook::Input, &traffic))?)
    }

    /// These answer that they are forbidden.
    pub(crate) fn refuse(&self, addresses: &str) -> Tested {
        let traffic = Traffic::Matching(format!("ip daddr {addresses} icmp type echo-request"));
        Ok(self.server.filter(&Ruleset::reject(Hook::Input, &traffic, Reject::AdminProhibited))?)
    }

    /// Runs it as an ordinary user, to its end.
    pub(crate) fn run(&self, args: &[&str]) -> Result<Output, Failed> {
        Ok(ping(&self.client, args).unprivileged().output()?)
    }

    /// The same with `--json`.
    pub(crate) fn records(&self, args: &[&str]) -> Result<Records, Failed> {
        Records::of(&self.run(&[&["--json"], args].concat())?)
    }
}

impl Records {
    /// The summary of each target, by its name as typed.
    pub(crate) fn summaries(&self) -> BTreeMap<&str, &Value> {
        let summaries = self.of_type("summary").into_iter();
        summaries.filter_map(|summary| Some((summary["target"].as_str()?, summary))).collect()
    }

    /// A number of all summaries, added up.
    pub(crate) fn sum(&self, field: &str) -> u64 {
        self.of_type("summary").iter().filter_map(|summary| summary[field].as_u64()).sum()
    }

    /// The messages of the notices of a code.
    pub(crate) fn said(&self, code: &str) -> Vec<&str> {
        let notices = self.of_type("notice").into_iter().filter(|notice| notice["code"] == code);
        notices.filter_map(|notice| notice["message"].as_str()).collect()
    }

    /// Sums and single records agree: what was sent was answered, lost or not let out, each of which is told.
    pub(crate) fn agree(&self) -> Tested {
        for (target, summary) in self.summaries() {
            let told = |kind: &str| {
                let records = self.of_type(kind).into_iter();
                records.filter(|record| record["target"] == target).count() as u64
            };
            let of = |field: &str| summary[field].as_u64().unwrap_or(u64::MAX);
            let answers = told("reply") == of("received") + of("duplicates");
            let misses = told("timeout") + told("icmp_error") + told("send_error");
            check(
                answers && misses == of("lost") + of("late") && of("sent") == of("received") + of("lost"),
                || format!("{misses} misses and {} replies told, but {summary}", told("reply")),
            )?;
        }
        Ok(())
    }
}

/// When the echo requests left, in nanoseconds, with whom they went to, in this order.
pub(crate) fn departures(captured: &[Captured]) -> Vec<(u64, std::net::IpAddr)> {
    let requests = captured
        .iter()
        .filter(|captured| captured.direction == Direction::Out && captured.echo.kind == EchoKind::Request);
    requests.map(|captured| (captured.time_ns, captured.echo.dst)).collect()
}

/// Waits until a counter of `/proc/net/snmp` (`Icmp: NAME`) of the node has reached `least`.
pub(crate) fn wait_for_count(node: &Node, name: &str, least: u64) -> Result<u64, Failed> {
    loop {
        let text = node.command("cat").args(["/proc/net/snmp"]).output()?.stdout;
        let mut lines = text.lines().filter(|line| line.starts_with("Icmp: ")).map(str::split_whitespace);
        let (names, values) = (lines.next().ok_or("no names")?, lines.next().ok_or("no counts")?);
        let mut counts = names.zip(values);
        let (_, count) = counts.find(|(of, _)| *of == name).ok_or("no such count")?;
        let count = count.parse()?;
        if count >= least {
            return Ok(count);
        }
        // Each look is a process of its own: what is looked at needs the processor too.
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A list of targets in a file that goes with this.
pub(crate) struct ListFile(PathBuf);

impl ListFile {
    pub(crate) fn new(name: &str, text: &str) -> Result<Self, Failed> {
        let path = std::env::temp_dir().join(format!("netdiag-{name}-{}.txt", std::process::id()));
        std::fs::write(&path, text)?;
        Ok(Self(path))
    }

    /// As it is typed.
    pub(crate) fn word(&self) -> String {
        format!("@{}", self.0.display())
    }
}

impl Drop for ListFile {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever cleans the folder of temporary files.
        let _ = std::fs::remove_file(&self.0);
    }
}
