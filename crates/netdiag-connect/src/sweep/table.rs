//! The table of a sweep: grouped by verdict, the open ones first.

use std::fmt::Write;

use netdiag_model::Verdict;
use netdiag_model::knowledge::service;
use netdiag_tool::Escaped;

use super::fleet::{Fleet, Member};
use crate::endpoint::Transport;
use crate::evidence::{Interfaces, shown, span};
use crate::plan::Plan;
use crate::ports::compressed;
use crate::text::{self, Paint};

/// How many pieces of a list of ports are shown.
const PIECES: usize = 24;
/// How many services of a verdict are named.
const NAMED: usize = 64;

/// The table.
pub(super) fn table(fleet: &Fleet, plan: &Plan, (interfaces, paint): (&Interfaces, Paint)) -> String {
    let is_wanted = |verdict: Verdict| plan.only.is_empty() || plan.only.contains(&verdict);
    let is_flat = fleet.members.len() > 1 && fleet.members.iter().all(|member| member.single_port.is_some());
    if is_flat {
        return by_verdict(fleet, is_wanted, (interfaces, paint));
    }
    let mut table = String::new();
    let has_any = |member: &&Member| member.ports.keys().any(|verdict| is_wanted(*verdict));
    for (index, member) in fleet.members.iter().filter(has_any).enumerate() {
        if index > 0 {
            table.push('\n');
        }
        by_port(&mut table, (member, interfaces, paint), is_wanted);
    }
    table
}

fn name(member: &Member, interfaces: &Interfaces) -> String {
    let address = shown(&member.address, interfaces);
    let typed = member.label.split('%').next().unwrap_or_default();
    let is_address = typed.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok();
    let is_block = member.label.contains('/')
        || netdiag_tool::targets::Word::parse(&member.label)
            .is_ok_and(|word| matches!(word, netdiag_tool::targets::Word::Block(_)));
    if is_address || is_block { address } else { format!("{} ({address})", Escaped(&member.label)) }
}

/// The ports of one host.
fn by_port(
    table: &mut String,
    (member, interfaces, paint): (&Member, &Interfaces, Paint),
    is_wanted: impl Fn(Verdict) -> bool,
) {
    let count = member.report.sent;
    let plural = if count == 1 { "" } else { "s" };
    let protocol = if member.transport == Transport::Udp { "UDP " } else { "" };
    let _ = writeln!(
        table,
        "{}: {count} {protocol}port{plural} in {}",
        name(member, interfaces),
        span(member.report.elapsed())
    );
    for (verdict, ports) in member.ports.iter().filter(|(verdict, _)| is_wanted(**verdict)) {
        let mut ports = ports.clone();
        ports.sort_unstable();
        let style = paint.verdict(*verdict);
        let _ = writeln!(
            table,
            "  {style}{:<15}{style:#} {:>5}  {}",
            verdict.as_str(),
            ports.len(),
            compressed(&ports, PIECES)
        );
        if *verdict == Verdict::Open {
            let named: Vec<String> = ports
                .iter()
                .filter_map(|port| service::name(*port).map(|name| format!("{port} {name}")))
                .take(PIECES)
                .collect();
            if !named.is_empty() {
                let _ = writeln!(table, "  {:<15} {:>5}  by custom: {}", "", "", named.join(", "));
            }
        }
        for ((_, said), ports) in member.said.iter().filter(|((of, _), _)| of == verdict) {
            let mut ports = ports.clone();
            ports.sort_unstable();
            let _ = writeln!(table, "  {:<15} {:>5}  {said}: {}", "", "", compressed(&ports, PIECES));
        }
    }
}

/// One port each of many hosts.
fn by_verdict(
    fleet: &Fleet,
    is_wanted: impl Fn(Verdict) -> bool,
    (interfaces, paint): (&Interfaces, Paint),
) -> String {
    let mut table = String::new();
    for verdict in Verdict::ALL.into_iter().filter(|verdict| is_wanted(*verdict)) {
        let of: Vec<&Member> =
            fleet.members.iter().filter(|member| member.ports.contains_key(&verdict)).collect();
        if of.is_empty() {
            continue;
        }
        let style = paint.verdict(verdict);
        let _ = writeln!(table, "{style}{}{style:#} {}", verdict.as_str(), of.len());
        for member in of.iter().take(NAMED) {
            let address = shown(&member.address, interfaces);
            let port = member.single_port.unwrap_or_default();
            let said: Vec<&str> = member.said.keys().map(|(_, said)| said.as_str()).collect();
            let label = name(member, interfaces);
            let behind = if label == address { String::new() } else { format!("  {label}") };
            let said = if said.is_empty() { String::new() } else { format!("  {}", said.join(", ")) };
            let _ = writeln!(table, "  {}{behind}{said}", text::asked(&address, (port, member.transport)));
        }
        if of.len() > NAMED {
            let _ = writeln!(table, "  and {} more (--json has all)", of.len() - NAMED);
        }
    }
    table
}
