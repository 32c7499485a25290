//! The lines of hops.

use std::fmt::Write;

use netdiag_model::Address;
use netdiag_model::extension::{Extension, InterfaceInfo, Label, Role};
use netdiag_model::path::{PathEnd, Place};
use netdiag_model::trail::{Hop, HopReply, Trail};
use netdiag_tool::Escaped;

use super::{Context, wide};
use crate::marks::{self, IsTarget};
use crate::plan::Form;

/// How far the lines of one path have been written.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// The last TTL that has its line.
    written: u8,
}

impl Lines {
    /// Whether any have been written.
    pub(crate) const fn has_some(&self) -> bool {
        self.written > 0
    }

    /// The lines of hops of which everything is known, names included, as far as all before them have theirs.
    pub(crate) fn more(&mut self, trail: &Trail, context: &Context<'_>) -> String {
        let mut lines = String::new();
        let first = context.plan.limits.first_ttl;
        loop {
            let ttl = self.written.max(first - 1).saturating_add(1);
            let Some(hop) = trail.at(ttl).filter(|_| ttl <= trail.last_ttl()) else { return lines };
            let is_asked = hop.sent >= u32::from(context.plan.limits.queries) && hop.settled >= hop.sent;
            let is_named = hop.addresses().iter().all(|address| context.labels.is_settled(address.ip));
            if !is_asked || !is_named {
                return lines;
            }
            lines += &line((ttl, hop), trail, context);
            self.written = ttl;
        }
    }

    /// The lines of all hops that have not been written.
    pub(crate) fn rest(&mut self, trail: &Trail, context: &Context<'_>) -> String {
        if context.plan.form == Form::Wide {
            return wide::table(trail, context);
        }
        if trail.end() == Some(PathEnd::NotSent) {
            // The last line says why.
            return String::new();
        }
        let written = self.written;
        trail.hops().filter(|(ttl, _)| *ttl > written).map(|hop| line(hop, trail, context)).collect()
    }
}

/// The line of a hop; more where several routers answer, or have more to say.
fn line((ttl, hop): (u8, &Hop), trail: &Trail, context: &Context<'_>) -> String {
    let mut lines = String::new();
    let mut head = format!("{ttl:>2}");
    let silence = silence(hop, trail, context);
    let addresses = speakers((ttl, hop), trail);
    if addresses.is_empty() {
        let silence = silence.unwrap_or_else(|| context.paint.alarm("*"));
        let _ = writeln!(lines, "{head}  {silence}{}", refusals(hop));
        return lines;
    }
    for (number, &address) in addresses.iter().enumerate() {
        let of = |reply: &&HopReply| reply.from == Some(address);
        let replies: Vec<&HopReply> = hop.replies.iter().filter(of).collect();
        let _ = write!(lines, "{head}  {}", context.who(address));
        lines += &answers(&replies, address, trail, context);
        if let Some(silence) = silence.as_ref().filter(|_| number == 0) {
            let _ = write!(lines, "  {silence}");
        }
        lines += &meanings(&replies, is_target(address, trail));
        lines += &branches(Place { ttl, who: Some(address) }, trail, context);
        lines.push('\n');
        lines += &extended(&replies, context);
        if context.plan.look.is_verbose {
            lines += &way_back(&replies, ttl);
            lines += &quoted((ttl, hop), address);
        }
        "  ".clone_into(&mut head);
    }
    lines
}

/// Who answers there; not the target, where all flows that it answers had reached it nearer.
pub(super) fn speakers((ttl, hop): (u8, &Hop), trail: &Trail) -> Vec<Address> {
    let mut addresses = hop.addresses();
    if !trail.has_arrival(ttl) {
        addresses.retain(|&address| is_target(address, trail) == IsTarget::No);
    }
    addresses
}

/// A mark for each probe without an answer; another where a run that was cut short did not wait for it.
fn silence(hop: &Hop, trail: &Trail, context: &Context<'_>) -> Option<String> {
    if context.plan.mda.is_some() {
        // So many flows are asked that marks would only tell how many.
        return None;
    }
    let open = if trail.end().is_none() { hop.open() as usize } else { 0 };
    let lost = (hop.sent as usize).saturating_sub(hop.replies.len() + open);
    let marks = [vec!["*"; lost], vec!["?"; open]].concat();
    (!marks.is_empty()).then(|| context.paint.alarm(&marks.join(" ")))
}

pub(super) fn is_target(address: Address, trail: &Trail) -> IsTarget {
    if trail.target().matches(&address) { IsTarget::Yes } else { IsTarget::No }
}

/// Times with their marks. With many flows there are many: then only the best and the worst.
fn answers(replies: &[&HopReply], address: Address, trail: &Trail, context: &Context<'_>) -> String {
    if context.plan.mda.is_some() {
        let best = replies.iter().map(|reply| reply.rtt).min().unwrap_or(netdiag_model::Rtt::from_nanos(0));
        let mark = replies.first().map(|reply| marks::behind(reply, is_target(address, trail)));
        return format!("  {}{}", context.paint.time(best), mark.unwrap_or_default());
    }
    replies.iter().fold(String::new(), |mut text, reply| {
        let late = if reply.is_late { " (late)" } else { "" };
        let mark = marks::behind(reply, is_target(address, trail));
        let _ = write!(text, "  {}{mark}{late}", context.paint.time(reply.rtt));
        text
    })
}

/// The words for marks, once each.
pub(super) fn meanings(replies: &[&HopReply], is_target: IsTarget) -> String {
    let mut said: Vec<String> = Vec::new();
    for reply in replies.iter().filter(|reply| !marks::behind(reply, is_target).is_empty()) {
        if let Some(icmp) = reply.icmp() {
            let words = marks::words(icmp);
            if !said.contains(&words) {
                said.push(words);
            }
        }
    }
    if said.is_empty() { String::new() } else { format!("  ({})", said.join("; ")) }
}

/// Why probes did not leave this host.
fn refusals(hop: &Hop) -> String {
    hop.refused.first().map_or(String::new(), |errno| format!("  (this host: {errno})"))
}

/// Where the flows of a place go on to, where all paths are wanted.
fn branches(place: Place, trail: &Trail, context: &Context<'_>) -> String {
    let graph = trail.graph();
    let links = graph.links_from(place);
    if context.plan.mda.is_none() || links.is_empty() || place.ttl >= trail.explored() {
        return String::new();
    }
    let to: Vec<String> = links
        .iter()
        .map(|link| {
            let who = link
                .to
                .who
                .map_or_else(|| "*".to_owned(), |who| netdiag_tool::targets::shown(&who, context.interfaces));
            format!("{who} ({})", link.flows.len())
        })
        .collect();
    let how = match graph.balance(place) {
        netdiag_model::path::Balance::None => "",
        netdiag_model::path::Balance::ByFlow => "  [by flow]",
        netdiag_model::path::Balance::ByPacket => "  [packet by packet]",
    };
    format!("  -> {}{how}", to.join(", "))
}

/// What a router says beside its answers, each thing once.
fn extended(replies: &[&HopReply], context: &Context<'_>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for extension in replies.iter().flat_map(|reply| &reply.extensions) {
        let line = match extension {
            Extension::Mpls(labels) => mpls(labels),
            Extension::Interface(interface) => interface_words(interface),
            Extension::Unknown { .. }
                if !(context.plan.look.has_extensions || context.plan.look.is_verbose) =>
            {
                continue;
            }
            Extension::Unknown { class, kind, bytes } => {
                let hex: String = bytes.iter().fold(String::new(), |mut hex, octet| {
                    let _ = write!(hex, "{octet:02x}");
                    hex
                });
                format!("      extension {class}/{kind}: {hex}\n")
            }
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines.concat()
}

fn mpls(labels: &[Label]) -> String {
    let labels: Vec<String> = labels
        .iter()
        .map(|entry| {
            let bottom = if entry.is_bottom { ", bottom" } else { "" };
            format!("label {} (TC {}, TTL {}{bottom})", entry.label, entry.tc, entry.ttl)
        })
        .collect();
    format!("      MPLS {}\n", labels.join(", "))
}

fn interface_words(interface: &InterfaceInfo) -> String {
    let role = match interface.role {
        Role::Incoming => "came in by",
        Role::SubIp => "came in by link",
        Role::Outgoing => "would have left by",
        Role::NextHop => "would have gone on to",
    };
    let name = interface.name.as_ref().map(|name| Escaped(name).to_string());
    let index = interface.index.map(|index| format!("index {index}"));
    let address = interface.address.map(|address| address.to_string());
    let mtu = interface.mtu.map(|mtu| format!("MTU {mtu}"));
    let parts: Vec<String> = [name, address, index, mtu].into_iter().flatten().collect();
    format!("      {role} {}\n", parts.join(", "))
}

/// What the router saw of probes, where a raw socket heard it.
fn quoted((ttl, hop): (u8, &Hop), address: Address) -> String {
    let of = hop.quotes.iter().find(|(_, from, _)| *from == address);
    let Some((.., quote)) = of else { return String::new() };
    let hidden = match quote.ttl {
        0 | 1 => String::new(),
        2 => format!(" instead of 1: a hop before hop {ttl} does not count it down"),
        more => format!(" instead of 1: {} hops before hop {ttl} do not count it down", more - 1),
    };
    format!("      probes arrive with TTL {}{hidden}, TOS {:#04x}\n", quote.ttl, quote.tos)
}

/// How long the way back was, as it seems.
fn way_back(replies: &[&HopReply], ttl: u8) -> String {
    let back = replies.iter().find_map(|reply| netdiag_model::path::way_back(reply.ttl?).zip(reply.ttl));
    let Some((back, arrived)) = back else { return String::new() };
    let longer = match back.asymmetry(ttl) {
        0 => String::new(),
        more @ 1.. => format!(", {more} more than there"),
        fewer => format!(", {} fewer than there", -fewer),
    };
    format!("      answers arrive with TTL {arrived}: {} back{longer}\n", super::hop_count(back.hops))
}

#[cfg(test)]
mod tests {
    use netdiag_model::ProbeId;
    use netdiag_model::event::Quote;

    use super::*;

    fn hop(ttl: u8) -> Hop {
        let [source, destination] = [[192, 0, 2, 1].into(), [203, 0, 113, 7].into()];
        let quote = Quote { ttl, tos: 0xb8, source, destination, ports: None, is_checksum_wrong: false };
        Hop { quotes: vec![(ProbeId::new(1, 0, 1), Address::new(source), quote)], ..Hop::default() }
    }

    #[test]
    fn a_ttl_that_is_left_over_tells_of_hops_that_do_not_count_down() {
        let words = |left: u8| quoted((4, &hop(left)), Address::new([192, 0, 2, 1].into()));
        assert_eq!(words(1), "      probes arrive with TTL 1, TOS 0xb8\n");
        assert_eq!(
            words(2),
            "      probes arrive with TTL 2 instead of 1: a hop before hop 4 does not count it down, TOS 0xb8\n"
        );
        assert!(words(3).contains("2 hops before hop 4 do not count it down"), "{}", words(3));
        assert_eq!(quoted((4, &hop(1)), Address::new([192, 0, 2, 2].into())), "", "somebody else");
    }

    #[test]
    fn each_interface_says_what_it_is_to_the_probe() {
        let said = |role| {
            let address = Some([192, 0, 2, 9].into());
            interface_words(&InterfaceInfo { role, index: None, address, name: None, mtu: None })
        };
        assert_eq!(said(Role::Incoming), "      came in by 192.0.2.9\n");
        assert_eq!(said(Role::SubIp), "      came in by link 192.0.2.9\n");
        assert_eq!(said(Role::Outgoing), "      would have left by 192.0.2.9\n");
        assert_eq!(said(Role::NextHop), "      would have gone on to 192.0.2.9\n");
    }
}
