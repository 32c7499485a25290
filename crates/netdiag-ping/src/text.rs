//! The text: iputils' ping to the letter for the header, answers, ICMP errors and the first two summary lines; more
//! statistics after them. Pure functions from events and sums to lines.

use std::fmt::Write;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use netdiag_model::event::{Damage, Reply};
use netdiag_model::knowledge::icmp::Words;
use netdiag_model::knowledge::silence::Silence;
use netdiag_model::{Errno, Family, Icmp, Reading, Rtt, Wall};
use unicode_width::UnicodeWidthStr;

use crate::fold::fleet::Fleet;
use crate::fold::{Course, Report};
use crate::plan::Look;

/// Whom the run is about, as the text names it.
#[derive(Debug, Clone)]
pub(crate) struct Heading {
    /// The host as typed, or its canonical name.
    pub(crate) host: String,
    /// Its address as shown: with the interface's name where it has a scope.
    pub(crate) address: String,
    /// Its family.
    pub(crate) family: Family,
    /// Source address and interface, if one of them was asked for.
    pub(crate) from: Option<(String, String)>,
    /// What is sent.
    pub(crate) content: Content,
    /// The flow label that was asked for.
    pub(crate) flow_label: Option<u32>,
}

/// What probes are, as the header says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Packets with so many octets of data.
    Data(u32),
    /// TCP connections to this port.
    Connections(u16),
}

impl Heading {
    pub(crate) fn line(&self) -> String {
        let Self { host, address, .. } = self;
        let from = self
            .from
            .as_ref()
            .map_or(String::new(), |(source, interface)| format!("from {source} {interface}: "));
        match (self.content, self.family) {
            (Content::Data(size), Family::V4) => {
                format!("PING {host} ({address}) {from}{size}({}) bytes of data.\n", size + 28)
            }
            (Content::Data(size), Family::V6) => {
                let flow = self.flow_label.map_or(String::new(), |label| format!(", flow 0x{label:05x}, "));
                format!("PING {host}({address}) {flow}{from}{size} data bytes\n")
            }
            (Content::Connections(port), _) => format!("PING {host} ({address}) {from}TCP port {port}.\n"),
        }
    }
}

/// `PATTERN: 0x…`, before the header.
pub(crate) fn pattern(octets: &[u8]) -> String {
    let hex = octets.iter().fold(String::new(), |mut hex, octet| {
        let _ = write!(hex, "{octet:02x}");
        hex
    });
    format!("PATTERN: 0x{hex}\n")
}

/// `[seconds.micros] `, where lines begin with the time.
pub(crate) fn timestamp(look: &Look, now: Wall) -> String {
    if !look.has_timestamps {
        return String::new();
    }
    let (seconds, micros) = now.as_secs_micros();
    format!("[{seconds}.{micros:06}] ")
}

/// A round-trip time as iputils writes it: the larger, the fewer decimals.
pub(crate) fn round_trip(rtt: Rtt, look: &Look) -> String {
    let micros = rtt.as_nanos() / 1_000;
    let (whole, rest) = (micros / 1_000, micros % 1_000);
    match micros {
        _ if look.has_three_decimals => format!("{whole}.{rest:03}"),
        99_950.. => format!("{}", (micros + 500) / 1_000),
        9_995.. => format!("{}.{}", (micros + 50) / 1_000, (micros + 50) % 1_000 / 100),
        1_000.. => format!("{}.{:02}", (micros + 5) / 1_000, (micros + 5) % 1_000 / 10),
        _ => format!("{whole}.{rest:03}"),
    }
}

/// Whether to use colour. iputils' lines never have any: programs read them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    /// None.
    Plain,
    /// For people at a terminal.
    Colour,
}

impl Paint {
    /// The look of a command that the reader may run.
    const fn command(self) -> Style {
        match self {
            Self::Plain => Style::new(),
            Self::Colour => AnsiColor::Cyan.on_default(),
        }
    }
}

/// How an answer stands to the others, where the text says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remark {
    /// Nothing to say.
    None,
    /// The probe had been answered.
    Duplicate,
    /// It came from another address than the target's.
    OtherAddress,
}

/// The line of an answer. `from` is the sender as shown.
pub(crate) fn reply(reply: &Reply, from: &str, remark: Remark, look: &Look) -> String {
    let mut line = format!("{} bytes from {from}: icmp_seq={}", reply.len, reply.subject.seq & 0xffff);
    if let Some(ttl) = reply.ttl {
        let _ = write!(line, " ttl={ttl}");
    }
    if reply.damage == Some(Damage::Truncated) {
        line.push_str(" (truncated)\n");
        return line;
    }
    let _ = write!(line, " time={} ms", round_trip(reply.rtt, look));
    match remark {
        Remark::None => {}
        Remark::Duplicate => line.push_str(" (DUP!)"),
        Remark::OtherAddress => line.push_str(" (DIFFERENT ADDRESS!)"),
    }
    match &reply.damage {
        Some(Damage::Checksum) => line.push_str(" (BAD CHECKSUM!)"),
        Some(Damage::Data { offset, expected, found, data }) => {
            let _ = write!(line, "\nwrong data byte #{offset} should be 0x{expected:x} but was 0x{found:x}");
            dump(&mut line, data);
        }
        Some(Damage::Truncated) | None => {}
    }
    if look.is_audible {
        line.push('\x07');
    }
    line.push('\n');
    line
}

/// The data after the first 16 octets (which iputils' ping uses for itself), 32 to a line.
fn dump(line: &mut String, data: &[u8]) {
    for (index, octet) in data.iter().enumerate().skip(16) {
        if index % 32 == 16 {
            let _ = write!(line, "\n#{index}\t");
        }
        let _ = write!(line, "{octet:x} ");
    }
}

/// The line of an ICMP error.
pub(crate) fn icmp_error(from: &str, seq: u64, icmp: Icmp) -> String {
    // What iputils reads from a raw socket itself, rather than from the error queue, has a colon.
    let colon = if icmp.is_advice() { ":" } else { "" };
    format!("From {from}{colon} icmp_seq={} {}\n", seq & 0xffff, Words(icmp))
}

/// What standard error gets when this host does not let a probe out.
pub(crate) fn send_error(errno: Errno, mtu: Option<u32>) -> String {
    match (errno, mtu) {
        (Errno::EMSGSIZE, Some(mtu)) => format!("local error: message too long, mtu={mtu}"),
        (Errno::EPERM, _) => {
            format!("sendmsg: {errno} (a firewall of this host drops it on its way out)")
        }
        _ => format!("sendmsg: {errno}"),
    }
}

/// "No answer yet", as the next probe goes.
pub(crate) fn outstanding(seq: u64) -> String {
    format!("no answer yet for icmp_seq={}\n", seq & 0xffff)
}

/// The interim line, on SIGQUIT.
pub(crate) fn interim(report: &Report, course: &Course) -> String {
    let loss = (report.lost() * 100).checked_div(report.sent).unwrap_or(0);
    let mut line = format!("\r{}/{} packets, {loss}% loss", report.received, report.sent);
    let spread = &report.spread;
    if let (Some(min), Some(mean), Some(max)) = (spread.min(), spread.mean(), spread.max()) {
        let smoothed = Rtt::from_nanos(course.smoothed.unwrap_or_default() as u64);
        let _ = write!(
            line,
            ", min/avg/ewma/max = {}/{}/{}/{} ms",
            millis(min),
            millis(mean),
            millis(smoothed),
            millis(max)
        );
    }
    line.push('\n');
    line
}

/// Three decimals, cut off and not rounded, as iputils does.
pub(crate) fn millis(rtt: Rtt) -> String {
    let micros = rtt.as_nanos() / 1_000;
    format!("{}.{:03}", micros / 1_000, micros % 1_000)
}

/// The summary: iputils' lines, then netdiag's.
pub(crate) fn summary(host: &str, (report, course): (&Report, &Course), look: &Look) -> String {
    let mut text = format!("\n--- {host} ping statistics ---\n");
    text.push_str(&counts(report));
    if report.sent > 0 {
        let loss = general(report.loss_percent());
        let _ = write!(text, ", {loss}% packet loss, time {}ms", rounded_millis(course.sending_span()));
    }
    text.push('\n');
    text.push_str(&times(report, course, look));
    text.push('\n');
    text.push_str(&more(report));
    text
}

/// The summary of a period that ended before the run.
pub(crate) fn period(host: &str, (from, to): (Reading, Option<Reading>), report: &Report) -> String {
    let span = to.map_or(Duration::ZERO, |to| to.mono.since(from.mono));
    let seconds = span.as_secs_f64();
    let mut text = format!("\n--- {host} ping statistics, {seconds:.1} s from {} ---\n", from.wall);
    text.push_str(&counts(report));
    if report.sent > 0 {
        let _ = write!(text, ", {}% packet loss", general(report.loss_percent()));
    }
    text.push('\n');
    if let Some(spread) = spread(report) {
        let _ = writeln!(text, "{spread}");
    }
    text.push_str(&more(report));
    text
}

/// How many targets were asked, how many answer, and what became of the probes: one line without its end.
pub(crate) fn fleet(fleet: &Fleet) -> String {
    let (asked, answering) = (fleet.asked, fleet.answering);
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let mut text = format!("{asked} target{}: {answering} {}", plural(asked), answers(answering));
    let silent = asked.saturating_sub(answering);
    if silent > 0 {
        let _ = write!(text, ", {silent} {} not", if silent == 1 { "does" } else { "do" });
    }
    // How many more there are is not known: targets are named as they are needed.
    if fleet.is_cut || asked < fleet.members().len() as u64 {
        text.push_str(", others were not asked");
    }
    if fleet.failed > 0 {
        let _ = write!(text, ", {} more could not be asked", fleet.failed);
    }
    let loss = general(fleet.loss_percent());
    let (sent, received) = (fleet.sent, fleet.received);
    let _ = write!(text, "; {sent} probe{} sent, {received} answered, {loss}% loss", plural(sent));
    text
}

/// What so many targets do.
pub(crate) const fn answers(count: u64) -> &'static str {
    if count == 1 { "answers" } else { "answer" }
}

/// How many columns a text takes on a terminal.
pub(crate) fn columns(text: &str) -> usize {
    text.width()
}

/// A text with blanks after it, so that it takes `columns`.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{:1$}", "", columns.saturating_sub(text.width()))
}

/// What was sent and what came back.
fn counts(report: &Report) -> String {
    let mut text = String::new();
    let _ = write!(text, "{} packets transmitted, {} received", report.sent, report.received);
    for (count, what) in
        [(report.duplicates, "duplicates"), (report.bad_checksums, "corrupted"), (report.errors, "errors")]
    {
        if count > 0 {
            let _ = write!(text, ", +{count} {what}");
        }
    }
    text
}

fn rounded_millis(span: Duration) -> u128 {
    (span.as_nanos() + 500_000) / 1_000_000
}

/// iputils' second line, without its end.
fn times(report: &Report, course: &Course, look: &Look) -> String {
    let mut parts: Vec<String> = spread(report).into_iter().collect();
    if course.pipe > 1 {
        parts.push(format!("pipe {}", course.pipe));
    }
    if let (true, Some(smoothed), Some(gap)) = (look.has_gap, course.smoothed, course.mean_gap()) {
        parts.push(format!("ipg/ewma {}/{} ms", millis(gap), millis(Rtt::from_nanos(smoothed as u64))));
    }
    parts.join(", ")
}

/// The spread of the round-trip times, if any came.
fn spread(report: &Report) -> Option<String> {
    let spread = Some(&report.spread).filter(|_| report.received > 0)?;
    let [min, mean, max, mdev] = [spread.min()?, spread.mean()?, spread.max()?, spread.mdev()?].map(millis);
    Some(format!("rtt min/avg/max/mdev = {min}/{mean}/{max}/{mdev} ms"))
}

/// What iputils does not say.
fn more(report: &Report) -> String {
    let mut text = String::new();
    let (jitter, bursts) = report.ordered();
    if let (Some(percentiles), Some(mean)) = (report.percentiles.at([50.0, 90.0, 95.0, 99.0]), jitter.mean())
    {
        let [p50, p90, p95, p99] = percentiles.map(millis);
        let _ = writeln!(text, "rtt p50/p90/p95/p99 = {p50}/{p90}/{p95}/{p99} ms");
        let [mean, max, rfc3550] =
            [mean, jitter.max as f64, jitter.rfc3550].map(|nanos| millis(Rtt::from_nanos(nanos as u64)));
        let _ = writeln!(text, "jitter mean/max/rfc3550 = {mean}/{max}/{rfc3550} ms");
    }
    if report.received > 0 && bursts.count > 0 {
        let runs = if bursts.count == 1 { "run" } else { "runs" };
        let _ = writeln!(
            text,
            "lost {} in {} {runs}, the longest of {}",
            report.lost(),
            bursts.count,
            bursts.longest
        );
    }
    let counts: Vec<String> = [
        (report.order.reordered(), "out of order"),
        (report.late, "late"),
        (report.damaged, "with wrong data"),
        (report.strays, "from another address (not counted)"),
    ]
    .into_iter()
    .filter(|&(count, _)| count > 0)
    .map(|(count, what)| format!("{count} {what}"))
    .collect();
    if !counts.is_empty() {
        let _ = writeln!(text, "answers: {}", counts.join(", "));
    }
    text
}

/// C's `%g`: six significant digits, no zeros at the end.
pub(crate) fn general(value: f64) -> String {
    let digits = (5 - value.abs().max(1e-4).log10().floor() as i32).clamp(0, 10) as usize;
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// After 100 % loss: what that means, and what to run next.
pub(crate) fn silence(silence: &Silence, paint: Paint) -> String {
    let mut text = silence.meaning().join("\n");
    text.push('\n');
    let style = paint.command();
    for command in silence.advice() {
        let _ = writeln!(text, "  next: {style}{command}{style:#}");
    }
    text
}

#[cfg(test)]
mod tests;
