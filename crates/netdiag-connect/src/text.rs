//! The text: one sentence first, then what it stands on. Pure functions from findings and sums to lines.

mod closer;
mod fold;

use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use netdiag_model::knowledge::cause;
use netdiag_model::path::Circle;
use netdiag_model::{Rtt, Side, Verdict};
use netdiag_tool::Escaped;

use crate::case::Case;
use crate::endpoint::Transport;
use crate::evidence::{Finding, Interfaces, message, shown, span};
use crate::fold::Report;
use crate::locate::Path;
use crate::plan::Detail;

pub(crate) use fold::fold;

pub(crate) use closer::{beat, heartbeat_settings, idled, idling, keepalive_settings, tls};

/// Columns of labels.
const LABEL: usize = 11;

/// Whether colour is used. Nothing is said by it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// Plain characters.
    Plain,
    /// Colour.
    Color,
}

impl Paint {
    /// The colour of a verdict.
    pub(crate) fn verdict(self, verdict: Verdict) -> Style {
        let color = match verdict {
            Verdict::Open => AnsiColor::Green,
            Verdict::Inconclusive | Verdict::Filtered => AnsiColor::Yellow,
            _ => AnsiColor::Red,
        };
        self.style(Style::new().fg_color(Some(color.into())).bold())
    }

    const fn label(self) -> Style {
        self.style(Style::new().dimmed())
    }

    const fn command(self) -> Style {
        self.style(Style::new().bold())
    }

    const fn style(self, style: Style) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Color => style,
        }
    }
}

/// Who has to act, in words.
pub(crate) const fn side(side: Side) -> &'static str {
    match side {
        Side::ThisHost => "this host",
        Side::LocalNetwork => "the local network",
        Side::Path => "somebody on the path",
        Side::RemoteFirewall => "the target's firewall",
        Side::RemoteHost => "the target",
        Side::Service => "the service",
        Side::Unknown => "nobody knows",
    }
}

/// `host:port`, with brackets where they are needed.
pub(crate) fn service(host: &str, port: u16) -> String {
    if host.contains(':') {
        format!("[{}]:{port}", Escaped(host))
    } else {
        format!("{}:{port}", Escaped(host))
    }
}

/// The same as it would be typed, where both protocols may stand beside each other.
pub(crate) fn asked(host: &str, (port, transport): (u16, Transport)) -> String {
    let scheme = if transport == Transport::Udp { "udp://" } else { "" };
    scheme.to_owned() + &service(host, port)
}

/// A name with its addresses and how long that took.
pub(crate) fn resolved(name: &str, addresses: &[String], took: Duration) -> String {
    format!("{} is {} (looked up in {})\n", Escaped(name), addresses.join(", "), span(took))
}

/// One line: verdict and sentence.
fn headline(finding: &Finding, case: &Case, paint: Paint) -> String {
    let facts = cause::of(finding.cause);
    let style = paint.verdict(facts.verdict);
    let mut line = format!("{style}{}{style:#}: {}", facts.verdict.as_str(), finding.sentence);
    if let Some(rtt) = case.handshake() {
        let _ = write!(line, " Handshake {}.", span(rtt.into()));
    }
    if facts.verdict != Verdict::Open {
        let _ = match facts.side {
            Side::Unknown => write!(line, " Who has to act cannot be known from here."),
            known => write!(line, " To act: {}.", side(known)),
        };
    }
    line.push('\n');
    line
}

/// An attempt: its sentence, and as much of the rest as is of interest.
pub(crate) fn attempt(case: &Case, interfaces: &Interfaces, (paint, detail): (Paint, Detail)) -> String {
    let finding = Finding::of(case, interfaces);
    let mut text = headline(&finding, case, paint);
    let is_open = cause::of(finding.cause).verdict == Verdict::Open;
    if detail == Detail::Quiet {
        return text;
    }
    let label = paint.label();
    for piece in &finding.evidence {
        // Of an open port only what is out of the ordinary is of interest.
        let is_ordinary = matches!(piece.label, "sent" | "came back" | "socket");
        if is_open && is_ordinary && detail != Detail::Verbose {
            continue;
        }
        let _ = writeln!(text, "  {label}{:<LABEL$}{label:#} {}", piece.label, piece.text);
    }
    for (index, possible) in finding.possible.iter().enumerate() {
        let head = if index == 0 { "could be" } else { "" };
        let _ = writeln!(text, "  {label}{head:<LABEL$}{label:#} - {possible}");
    }
    let command = paint.command();
    for (index, (run, why)) in finding.next.iter().enumerate() {
        let head = if index == 0 { "next" } else { "" };
        let _ = writeln!(text, "  {label}{head:<LABEL$}{label:#} {command}{run}{command:#}");
        let _ = writeln!(text, "  {:<LABEL$}   {why}", "");
    }
    text
}

/// One try of several, in a line.
pub(crate) fn line(name: &str, seq: u64, (case, interfaces): (&Case, &Interfaces), paint: Paint) -> String {
    let finding = Finding::of(case, interfaces);
    let verdict = cause::of(finding.cause).verdict;
    let style = paint.verdict(verdict);
    let address = shown(&case.address, interfaces);
    let mut line = format!("{} ", service(&address, case.port));
    if name != address {
        line = format!("{} ({}) ", service(name, case.port), Escaped(&address));
    }
    let _ = write!(line, "seq={seq} {style}{}{style:#}", verdict.as_str());
    if let Some((icmp, from)) = case.icmp() {
        let _ = write!(line, " {}", message(icmp));
        if let Some(from) = from {
            let _ = write!(line, " from {}", shown(&from, interfaces));
        }
    }
    let _ = match case.handshake() {
        Some(rtt) => write!(line, " time={}", span(rtt.into())),
        None => write!(line, " after {}", span(case.elapsed())),
    };
    let again = case.sighting.retransmits;
    if verdict == Verdict::Open && again > 0 {
        let _ = write!(line, " ({again} SYN lost)");
    }
    line.push('\n');
    line
}

/// Three decimals, cut off, as ping's summaries have them.
fn millis(rtt: Rtt) -> String {
    let micros = rtt.as_nanos() / 1_000;
    format!("{}.{:03}", micros / 1_000, micros % 1_000)
}

/// What several tries amount to.
pub(crate) fn summary(name: &str, port: u16, report: &Report) -> String {
    let mut text = format!("\n--- {} connect statistics ---\n", service(name, port));
    let counts: Vec<String> = Verdict::ALL
        .into_iter()
        .filter(|verdict| report.count(*verdict) > 0)
        .map(|verdict| format!("{} {}", report.count(verdict), verdict.as_str()))
        .collect();
    let plural = if report.sent == 1 { "y" } else { "ies" };
    let _ = writeln!(text, "{} tr{plural} in {}: {}", report.sent, span(report.elapsed()), counts.join(", "));
    let spread = &report.spread;
    if let (Some(min), Some(mean), Some(max), Some(mdev)) =
        (spread.min(), spread.mean(), spread.max(), spread.mdev())
    {
        let [min, mean, max, mdev] = [min, mean, max, mdev].map(millis);
        let _ = writeln!(text, "handshake min/avg/max/mdev = {min}/{mean}/{max}/{mdev} ms");
    }
    if let Some([p50, p90, p95, p99]) =
        report.percentiles.at([50.0, 90.0, 95.0, 99.0]).filter(|_| spread.count() > 1)
    {
        let [p50, p90, p95, p99] = [p50, p90, p95, p99].map(millis);
        let _ = writeln!(text, "handshake p50/p90/p95/p99 = {p50}/{p90}/{p95}/{p99} ms");
    }
    let jitter = report.jitter();
    if let Some(mean) = jitter.mean() {
        let [mean, max, smoothed] =
            [mean, jitter.max as f64, jitter.rfc3550].map(|nanos| millis(Rtt::from_nanos(nanos as u64)));
        let _ = writeln!(text, "jitter mean/max/rfc3550 = {mean}/{max}/{smoothed} ms");
    }
    if report.lost_syns > 0 {
        let _ = writeln!(text, "{} SYN lost before one was answered", report.lost_syns);
    }
    streaks(&mut text, report);
    text
}

fn streaks(text: &mut String, report: &Report) {
    let streaks = &report.streaks;
    if streaks.changes == 0
        || (streaks.longest_up.unwrap_or_default() + streaks.longest_down.unwrap_or_default()).is_zero()
    {
        return;
    }
    let longest = [("up", streaks.longest_up), ("down", streaks.longest_down)];
    let longest: Vec<String> = longest
        .into_iter()
        .filter_map(|(what, long)| {
            long.filter(|long| !long.is_zero()).map(|long| format!("longest {what} {}", span(long)))
        })
        .collect();
    text.push_str(&longest.join(", "));
    if let Some(at) = streaks.last_change {
        let _ = write!(text, ", last change at {}", at.wall);
    }
    text.push('\n');
}

/// The path as SYNs see it, with the break marked.
pub(crate) fn path(
    (address, port): (&str, u16),
    path: &Path,
    (interfaces, paint): (&Interfaces, Paint),
) -> String {
    let label = paint.label();
    let mut text = format!("  {label}{:<LABEL$}{label:#} of SYNs to {}\n", "path", service(address, port));
    let _ = writeln!(text, "  {:<LABEL$}   0  this host", "");
    for hop in &path.hops {
        let _ = write!(text, "  {:<LABEL$} {:>3}  ", "", hop.ttl);
        match hop.answer {
            None if Some(hop.ttl) == path.silent_from() => {
                let style = paint.verdict(Verdict::Filtered);
                let _ = writeln!(
                    text,
                    "{style}X  silent from here on: the SYNs or their answers stop here{style:#}"
                );
            }
            None => text.push_str("*  does not answer\n"),
            Some(from) => {
                let took = hop.rtt.map_or_else(|| "not the first time".to_owned(), span);
                let _ = write!(text, "{}  {took}", shown(&from, interfaces));
                match hop.icmp {
                    Some(icmp) if icmp.is_time_exceeded() => {}
                    Some(icmp) => {
                        let style = paint.verdict(Verdict::Rejected);
                        let _ = write!(text, "  {style}X  {}{style:#}", message(icmp));
                    }
                    None => text.push_str("  answers in the target's name"),
                }
                text.push('\n');
            }
        }
    }
    if let Some(Circle { first, again }) = path.circle {
        let style = paint.verdict(Verdict::Unreachable);
        let _ = writeln!(
            text,
            "  {:<LABEL$}      {style}X  hop {again} is hop {first} again: the packets go in circles{style:#}",
            ""
        );
    }
    text
}

/// The first that is open, in their order.
pub(crate) fn first_open<'a>(cases: &[(&'a Case, Verdict)]) -> Option<&'a Case> {
    cases.iter().find(|(_, verdict)| *verdict == Verdict::Open).map(|(case, _)| *case)
}

/// Which address a program ends up with, where there are several.
pub(crate) fn choice(cases: &[(&Case, Verdict)], raced: Option<&Case>, interfaces: &Interfaces) -> String {
    let first_open = cases.iter().position(|(_, verdict)| *verdict == Verdict::Open);
    let Some(first_open) = first_open else {
        return "A program would not have got through by any of these addresses.\n".to_owned();
    };
    let (case, _) = cases[first_open];
    let before: Duration = cases[..first_open].iter().map(|(case, _)| case.elapsed()).sum();
    let mut text =
        format!("A program that tries them in order ends up with {}", shown(&case.address, interfaces));
    if first_open > 0 {
        let _ = write!(text, ", after {} on what comes before", span(before));
    }
    if let Some(raced) = raced.filter(|raced| raced.address != case.address) {
        let _ = write!(text, "; one that races them (RFC 8305) with {}", shown(&raced.address, interfaces));
    }
    text.push_str(".\n");
    let is_family_dead = |is_v4: bool| {
        let mut of = cases.iter().filter(|(case, _)| case.address.ip.is_ipv4() == is_v4).peekable();
        of.peek().is_some() && of.all(|(_, verdict)| *verdict != Verdict::Open)
    };
    for (is_v4, dead, alive) in [(false, "IPv6", "IPv4"), (true, "IPv4", "IPv6")] {
        if is_family_dead(is_v4) {
            let _ = writeln!(
                text,
                "{dead} is broken to this service while {alive} works: programs that prefer {dead} are slow or fail."
            );
        }
    }
    text
}
