//! The text: classic traceroute's lines with words where it has letters, and a sentence that says how the path ends. Pure
//! functions from what is known to lines.

mod hops;
mod wide;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use netdiag_engine::prober::Method;
use netdiag_model::event::{Notice, NoticeCode};
use netdiag_model::path::{Circle, MtuSource, MtuStage, PathEnd};
use netdiag_model::trail::{Hop, Trail};
use netdiag_model::{Address, Family, Icmp, Rtt};
use netdiag_tool::targets::shown;
use netdiag_tool::{Escaped, Labels};

use crate::fold::{Departed, Field, Rewrite, rewrites};
use crate::marks;
use crate::plan::{Form, Plan};

pub(crate) use hops::Lines;

/// What all lines need to know beside the path.
pub(crate) struct Context<'a> {
    pub(crate) labels: &'a Labels,
    pub(crate) interfaces: &'a BTreeMap<u32, String>,
    pub(crate) plan: &'a Plan,
    pub(crate) paint: Paint,
    pub(crate) departed: &'a Departed,
}

/// Whose path is written.
pub(crate) struct Subject<'a> {
    pub(crate) target: &'a str,
    pub(crate) address: Address,
    pub(crate) method: Method,
}

/// Whether to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// None.
    Plain,
    /// For people at a terminal.
    Colour,
}

impl Paint {
    fn styled(self, style: Style, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Colour => format!("{style}{text}{style:#}"),
        }
    }

    /// A time: the longer, the warmer.
    fn time(self, rtt: Rtt) -> String {
        let millis = rtt.as_millis_f64();
        let colour = match millis {
            ..50.0 => AnsiColor::Green,
            ..150.0 => AnsiColor::Yellow,
            _ => AnsiColor::Red,
        };
        self.styled(colour.on_default(), &format!("{} ms", three_digits(millis)))
    }

    /// What did not come, or says no.
    fn alarm(self, text: &str) -> String {
        self.styled(AnsiColor::Red.on_default(), text)
    }
}

/// A number of milliseconds with three decimals below ten, fewer above.
fn three_digits(millis: f64) -> String {
    match millis {
        ..10.0 => format!("{millis:.3}"),
        ..100.0 => format!("{millis:.2}"),
        _ => format!("{millis:.1}"),
    }
}

impl Context<'_> {
    /// `name (address)`, or the address where there is no name.
    pub(crate) fn who(&self, address: Address) -> String {
        let plain = shown(&address, self.interfaces);
        let named = match self.labels.name(address.ip) {
            Some(name) if *name != plain => format!("{} ({plain})", Escaped(name)),
            _ => plain,
        };
        match self.labels.origin(address.ip) {
            Some(origin) => format!("{named} [{origin}]"),
            None => named,
        }
    }
}

/// The first line.
pub(crate) fn heading(name: &str, subject: &Subject<'_>, context: &Context<'_>) -> String {
    let (plan, address) = (context.plan, subject.address);
    let number = shown(&address, context.interfaces);
    let to = if name == number { number } else { format!("{name} ({number})") };
    let [v4, v6] = plan.limits.size;
    let size = if address.family() == Family::V4 { v4 } else { v6 };
    let by = match subject.method {
        Method::Icmp => format!("{size} octets by ICMP"),
        Method::Udp { .. } => format!("{size} octets by UDP to port {}", plan.udp_port()),
        Method::Tcp { port } => format!("SYN by TCP to port {port}"),
    };
    format!("trace to {to}, at most {}, {by}\n", hop_count(plan.limits.max_ttl))
}

/// So many hops.
fn hop_count(count: u8) -> String {
    if count == 1 { "1 hop".to_owned() } else { format!("{count} hops") }
}

/// The last lines: how the path ends, and what else is to be said of it.
pub(crate) fn ending(trail: &Trail, context: &Context<'_>, elapsed: Duration) -> String {
    let mut lines = end(trail, context, elapsed);
    lines.push('\n');
    lines += &changes(trail, context);
    lines += &rewritten(trail, context);
    if context.plan.mda.is_some() {
        lines += &paths(trail);
    }
    if !trail.mtu_stages().is_empty() {
        lines += &mtu(trail, context);
    }
    if trail.end().is_some() && !trail.is_complete() {
        let _ = writeln!(lines, "Cut short after {}: there may be more to it.", duration(elapsed));
    }
    lines
}

fn end(trail: &Trail, context: &Context<'_>, elapsed: Duration) -> String {
    let target = context.who(trail.target());
    match trail.end() {
        Some(PathEnd::Reached { ttl }) => {
            let (near, far) = (trail.reached_at().unwrap_or(ttl), trail.last_ttl());
            let best = trail.at(near).and_then(best);
            let time = best.map_or(String::new(), |rtt| format!(", {} away", context.paint.time(rtt)));
            let branches = if near < far { format!("{near} to ") } else { String::new() };
            format!("Reached {target} after {branches}{}{time}.", hop_count(far))
        }
        Some(PathEnd::Unreachable { ttl, from, icmp }) => unreachable((ttl, from, icmp), trail, context),
        Some(PathEnd::Loop(circle)) => going_round(circle, trail, context),
        Some(PathEnd::GapLimit) => silence(trail, context),
        Some(PathEnd::MaxTtl) => {
            let max = hop_count(context.plan.limits.max_ttl);
            format!("Not reached: {target} is farther than {max}, or does not answer. Look farther with -m.")
        }
        Some(PathEnd::NotSent) => {
            let errno = trail.hops().find_map(|(_, hop)| hop.refused.first());
            let why = errno.map_or(String::new(), |errno| format!(": {errno}"));
            format!("Not reached: no probe to {target} left this host{why}.")
        }
        None => cut_short(&target, trail, context, elapsed),
    }
}

/// The run was over before the path was.
fn cut_short(target: &str, trail: &Trail, context: &Context<'_>, elapsed: Duration) -> String {
    let after = duration(elapsed);
    if let Some(ttl) = trail.reached_at() {
        return format!("Reached {target} after {}; the rest was cut short after {after}.", hop_count(ttl));
    }
    let is_marked = context.plan.form == Form::Text && !context.plan.look.is_quiet;
    let marked = if is_marked { " A question mark stands for an answer that was still awaited." } else { "" };
    format!("Cut short after {after}, before it was known how the path to {target} ends.{marked}")
}

fn duration(elapsed: Duration) -> String {
    let seconds = elapsed.as_secs_f64();
    if seconds < 1.0 { format!("{:.0} ms", seconds * 1e3) } else { format!("{seconds:.1} s") }
}

fn best(hop: &Hop) -> Option<Rtt> {
    hop.replies.iter().map(|reply| reply.rtt).min()
}

fn unreachable(
    (ttl, from, icmp): (u8, Option<Address>, Icmp),
    trail: &Trail,
    context: &Context<'_>,
) -> String {
    let (words, number) = (marks::words(icmp), marks::number(icmp));
    match from {
        Some(from) if trail.target().matches(&from) => {
            let target = context.who(from);
            format!("Reached {target} after {}, and it refuses: {words} ({number}).", hop_count(ttl))
        }
        Some(from) => {
            let who = context.who(from);
            format!("Not reached: {who}, hop {ttl}, says no: {words} ({number}).")
        }
        None => format!("Not reached: somebody at hop {ttl} says no: {words} ({number})."),
    }
}

fn going_round(circle: Circle, trail: &Trail, context: &Context<'_>) -> String {
    let at = |ttl: u8| {
        let who = trail.at(ttl).and_then(|hop| hop.addresses().first().copied());
        who.map_or_else(|| format!("hop {ttl}"), |who| context.who(who))
    };
    let around: Vec<String> = (circle.first..circle.again).map(at).collect();
    let last = circle.again - 1;
    let name = match &around[..] {
        [one] => format!("{one} sends packets back to itself"),
        all => format!("packets go in a circle of {} hops: {}", all.len(), all.join(", ")),
    };
    format!("Not reached: a routing loop at hops {} to {last}; {name}.", circle.first)
}

fn silence(trail: &Trail, context: &Context<'_>) -> String {
    let target = context.who(trail.target());
    let answering = trail.hops().filter(|(_, hop)| !hop.replies.is_empty()).last();
    let gap = context.plan.limits.gap;
    let Some((ttl, hop)) = answering else {
        return format!(
            "Not reached: none of the first {gap} hops answers. That is no proof that {target} is down: \
             netdiag ping and netdiag connect ask it directly."
        );
    };
    let who = hop.addresses().first().map_or_else(|| "nobody".to_owned(), |who| context.who(*who));
    format!(
        "Not reached: the last that answers is {who}, hop {ttl}; the next {gap} hops are silent. That is no proof \
         that {target} is down: netdiag ping and netdiag connect ask it directly."
    )
}

/// A path that became another while it was asked for.
fn changes(trail: &Trail, context: &Context<'_>) -> String {
    let mut lines = String::new();
    for (ttl, hop) in trail.hops() {
        let flow = hop.replies.first().map(|reply| reply.flow).unwrap_or_default();
        if let Some((before, after)) = hop.change(flow)
            && context.plan.mda.is_none()
        {
            let (before, after) = (context.who(before), context.who(after));
            let _ = writeln!(
                lines,
                "Hop {ttl} answered from {before} first and from {after} later, to one flow: the path changed, or is \
                 shared out packet by packet (--mda tells)."
            );
        } else if let Some(all) = hop.alternation(flow)
            && context.plan.mda.is_none()
        {
            let mut all: Vec<String> = all.into_iter().map(|who| context.who(who)).collect();
            let last = all.pop().unwrap_or_default();
            let _ = writeln!(
                lines,
                "Hop {ttl} answered to and fro from {} and {last}, to one flow: packets are shared out one by one \
                 before it (--mda tells).",
                all.join(", ")
            );
        }
    }
    lines
}

/// What was rewritten on the way, and where that first shows.
fn rewritten(trail: &Trail, context: &Context<'_>) -> String {
    let mut lines = String::new();
    for Rewrite { ttl, from, field } in rewrites(trail, context.departed) {
        let who = context.who(from);
        let _ = match field {
            Field::Tos { before, after } => {
                writeln!(lines, "From hop {ttl} ({who}) on {}.", tos_change(before, after))
            }
            Field::Source(seen) => writeln!(
                lines,
                "Hop {ttl} ({who}) sees probes come from {seen}: their source address is translated before it (NAT)."
            ),
            Field::Destination(seen) => writeln!(
                lines,
                "Hop {ttl} ({who}) sees probes go to {seen}: their destination is translated before it (NAT)."
            ),
            Field::Port(seen) => writeln!(
                lines,
                "Hop {ttl} ({who}) sees probes go to port {seen}: it is translated before it (NAT)."
            ),
            Field::Checksum => writeln!(
                lines,
                "Hop {ttl} ({who}) sees probes with a checksum that is not theirs: addresses or ports are translated \
                 before it (NAT)."
            ),
        };
    }
    lines
}

/// What became of a TOS: DSCP and ECN apart, as they are meant apart.
fn tos_change(before: u8, after: u8) -> String {
    let dscp =
        (before >> 2 != after >> 2).then(|| format!("DSCP is {} instead of {}", after >> 2, before >> 2));
    let ecn = (before & 3 != after & 3).then(|| format!("ECN is {} instead of {}", after & 3, before & 3));
    let what: Vec<String> = dscp.into_iter().chain(ecn).collect();
    format!("{} (TOS {after:#04x}, not {before:#04x})", what.join(" and "))
}

/// How many paths there are, and how sure that is.
fn paths(trail: &Trail) -> String {
    let count = trail.graph().paths();
    let noun = if count == 1 { "path" } else { "paths" };
    let sure = (1.0 - trail.graph().miss_probability(trail.explored())) * 100.0;
    format!("{count} {noun}; {sure:.1} % sure that none is missing, where routers share out evenly.\n")
}

/// What fits the path.
fn mtu(trail: &Trail, context: &Context<'_>) -> String {
    let stages = trail.mtu_stages();
    let least = stages.iter().map(|stage| stage.mtu).min().unwrap_or_default();
    let mut lines = format!("Path MTU: {least} octets.\n");
    for stage in stages {
        let _ = writeln!(lines, "  {}", stage_words(stage, trail, context));
    }
    lines
}

fn stage_words(stage: &MtuStage, trail: &Trail, context: &Context<'_>) -> String {
    let MtuStage { ttl, mtu, source } = *stage;
    let who = |ttl: u8| {
        let address = trail.at(ttl).and_then(|hop| hop.addresses().first().copied());
        address
            .map_or_else(|| format!("hop {ttl}"), |address| format!("hop {ttl} ({})", context.who(address)))
    };
    match source {
        MtuSource::Own => format!("{mtu} by this host's own link"),
        MtuSource::Told(from) => format!("{mtu} behind hop {ttl}, as {} says", context.who(from)),
        MtuSource::Silence if ttl == 0 => {
            format!("{mtu} behind this host: larger packets vanish, and nobody says so (a black hole)")
        }
        MtuSource::Silence => {
            format!(
                "{mtu} behind {}: larger packets vanish there, and nobody says so (a black hole)",
                who(ttl)
            )
        }
    }
}

/// Probes go one at a time from now on.
pub(crate) fn one_at_a_time(target: &str) -> Notice {
    let message = format!(
        "{}: a router on the way quotes too little of a probe to tell one from another; asking again, one probe at a \
         time, by another flow",
        Escaped(target)
    );
    Notice { code: NoticeCode::OneAtATime, message }
}

/// Somebody else answers what the target was asked.
pub(crate) fn stray(target: &str, from: &str) -> Notice {
    let message =
        format!("{}: answers come from {from}, which was not asked; they are not counted", Escaped(target));
    Notice { code: NoticeCode::DifferentAddress, message }
}

#[cfg(test)]
mod tests;
