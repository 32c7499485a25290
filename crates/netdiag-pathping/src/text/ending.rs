//! Where a path ends, if not at its target.

use netdiag_model::knowledge::icmp::{Words, facts};
use netdiag_model::path::PathEnd;
use netdiag_model::trail::Trail;
use netdiag_model::{Address, Family, Icmp};

use crate::page::Page;

/// A line about the end of the path; nothing where the target simply answers.
pub(crate) fn ending(trail: &Trail, page: &Page<'_>) -> String {
    let target = page.who(trail.target());
    let line = match trail.end() {
        Some(PathEnd::Reached { .. }) => return String::new(),
        Some(PathEnd::Unreachable { ttl, from, icmp }) => refusal((ttl, from, icmp), trail, page),
        Some(PathEnd::Loop(circle)) => {
            let hops = match circle.len() {
                1 => format!("hop {} sends packets back to itself", circle.first),
                count => format!("packets go in a circle of {count} hops from hop {} on", circle.first),
            };
            format!("Not reached: a routing loop; {hops}.")
        }
        Some(PathEnd::GapLimit) => {
            let gap = page.plan.limits.gap;
            match trail.hops().filter(|(_, hop)| !hop.replies.is_empty()).last() {
                Some((ttl, _)) => format!(
                    "Not reached: behind hop {ttl} the next {gap} are silent. That is no proof that {target} is down: netdiag \
                     ping and netdiag connect ask it directly."
                ),
                None => format!(
                    "Not reached: none of the first {gap} hops answers. That is no proof that {target} is down: netdiag ping \
                     and netdiag connect ask it directly."
                ),
            }
        }
        Some(PathEnd::MaxTtl) => {
            let max = page.plan.limits.max_ttl;
            format!(
                "Not reached: {target} is farther than {max} hops, or does not answer. Look farther with -h."
            )
        }
        Some(PathEnd::NotSent) => {
            let errno = trail.hops().find_map(|(_, hop)| hop.refused.first());
            let why = errno.map_or(String::new(), |errno| format!(": {errno}"));
            format!("Not reached: no probe to {target} left this host{why}.")
        }
        None => "Cut short while the path was searched.".to_owned(),
    };
    line + "\n"
}

fn refusal((ttl, from, icmp): (u8, Option<Address>, Icmp), trail: &Trail, page: &Page<'_>) -> String {
    let words =
        facts::of(icmp).map_or_else(|| Words(icmp).to_string(), |facts| facts.lesson.title.to_owned());
    let protocol = match icmp.family {
        Family::V4 => "ICMP",
        Family::V6 => "ICMPv6",
    };
    let said = format!("{words} ({protocol} {}/{})", icmp.kind, icmp.code);
    match from {
        Some(from) if trail.target().matches(&from) => {
            format!("Reached {}, and it refuses: {said}.", page.who(from))
        }
        Some(from) => format!("Not reached: {}, hop {ttl}, says no: {said}.", page.who(from)),
        None => format!("Not reached: somebody at hop {ttl} says no: {said}."),
    }
}
