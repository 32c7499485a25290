//! Evidence in words: what was sent and when, what came back and from whom, how long the socket waited, what the errno
//! means. Pure functions from a case to lines.

mod nearby;
mod words;

use std::fmt::Write;
use std::time::Duration;

use netdiag_engine::port::Connection;
use netdiag_model::knowledge::cause::{self, Cause, Words};
use netdiag_model::knowledge::errno::{self, Phase as ErrnoPhase};
use netdiag_model::{Errno, Phase, TcpState};

use crate::case::{Case, Early, Origin, Place, Proof, Whose};
use crate::endpoint::Transport;
use crate::judge;
use nearby::{listener, listeners, neighbour};

pub use words::{Interfaces, message, quoted, shown, span};

/// One piece of evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// What it is about, in a word or two.
    pub label: &'static str,
    /// What is known.
    pub text: String,
}

/// What a case comes to, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The cause.
    pub cause: Cause,
    /// One sentence.
    pub sentence: String,
    /// The evidence.
    pub evidence: Vec<Piece>,
    /// What it could be where this end cannot know.
    pub possible: Vec<String>,
    /// What to run next: the command, and what it answers.
    pub next: Vec<(String, String)>,
}

impl Finding {
    /// What a case comes to.
    pub fn of(case: &Case, interfaces: &Interfaces) -> Self {
        let reason = judge::cause(case);
        let facts = cause::of(reason);
        let words = words(case, reason, interfaces);
        let fill = |text: &&str| words.fill(text);
        let mut possible: Vec<String> = facts.possible.iter().map(fill).collect();
        let mut next: Vec<(String, String)> =
            facts.next.iter().map(|step| (words.fill(step.run), words.fill(step.why))).collect();
        // What has been looked at, or is for TCP only.
        let is_udp = case.transport == Transport::Udp;
        next.retain(|(run, _)| !(run.contains("--who") && (is_udp || case.whose.is_some())));
        next.retain(|(run, _)| !(run.contains("--locate") && (is_udp || case.is_located)));
        if matches!(reason, Cause::ClosedPort | Cause::ResetAtOnce)
            && case.whose.is_some_and(|whose| whose.origin == Origin::Target)
        {
            possible.pop();
        }
        if reason == Cause::PolicyDenied && case.transport == Transport::Tcp {
            // The last one: a rule that drops a SYN does so in silence.
            possible.pop();
        }
        if let (Cause::Silence, Some(Proof::Suspected(_)), Some(entry)) =
            (reason, &case.proof, possible.get_mut(1))
        {
            *entry = format!("{entry}; what this host counts is consistent with a local firewall");
        }
        Self {
            cause: reason,
            sentence: words.fill(facts.sentence),
            evidence: evidence(case, interfaces),
            possible,
            next,
        }
    }
}

/// What stands for the capitals in sentences.
fn words(case: &Case, reason: Cause, interfaces: &Interfaces) -> Words {
    let icmp = case.icmp();
    let other = match case.place {
        _ if matches!(reason, Cause::BadSource) => case.source.0.map_or(String::new(), |ip| ip.to_string()),
        _ if matches!(reason, Cause::SourcePortTaken | Cause::SourcePortDenied) => {
            case.source.1.map_or(String::new(), |port| port.to_string())
        }
        Place::Behind { gateway, .. } => gateway.to_string(),
        _ => case.listeners.iter().flatten().map(listener).collect::<Vec<_>>().join(", "),
    };
    let interface = match case.place {
        Place::Link { interface } | Place::Behind { interface, .. } => interfaces.get(&interface),
        _ => None,
    };
    Words {
        address: shown(&case.address, interfaces),
        port: case.port.to_string(),
        from: icmp.and_then(|(_, from)| from).map_or("a router".to_owned(), |from| shown(&from, interfaces)),
        what: icmp.map_or("no ICMP message".to_owned(), |(icmp, _)| message(icmp)),
        interface: interface.cloned().unwrap_or_else(|| "eth0".to_owned()),
        other,
    }
}

fn evidence(case: &Case, interfaces: &Interfaces) -> Vec<Piece> {
    let mut pieces = vec![sent(case, interfaces)];
    pieces.extend(objections(case, interfaces));
    pieces.push(Piece { label: "came back", text: came_back(case, interfaces) });
    let rest = [
        ("repeated", repeated(case)),
        ("socket", socket(case)),
        ("errno", errno_words(case)),
        ("after", after(case)),
        (if case.transport == Transport::Tcp { "greeting" } else { "answer" }, greeting(case)),
        ("TTL", case.whose.map(|whose| whose_words(whose, case))),
        ("listeners", listeners(case)),
        ("neighbour", neighbour(case, interfaces)),
        ("counters", case.proof.as_ref().map(|proof| proof.words().to_owned())),
    ];
    pieces.extend(rest.into_iter().filter_map(|(label, text)| Some(Piece { label, text: text? })));
    pieces
}

fn sent(case: &Case, interfaces: &Interfaces) -> Piece {
    let what = match case.transport {
        Transport::Tcp => "SYN",
        Transport::Udp => "datagram",
    };
    let to = match case.address.ip {
        std::net::IpAddr::V4(_) => format!("{}:{}", case.address, case.port),
        std::net::IpAddr::V6(_) => format!("[{}]:{}", shown(&case.address, interfaces), case.port),
    };
    if judge::phase(case) == Phase::Route {
        let from = match case.source {
            (Some(ip), Some(port)) => format!(" from {ip} port {port}"),
            (Some(ip), None) => format!(" from {ip}"),
            (None, Some(port)) => format!(" from port {port}"),
            (None, None) => String::new(),
        };
        return Piece { label: "sent", text: format!("nothing: no {what} to {to}{from} left") };
    }
    let mut text = format!("{what} at {} to {to}", times(case));
    if let Some((local, port)) = case.sighting.local.filter(|(local, _)| !local.ip.is_unspecified()) {
        let _ = write!(text, ", from {} port {port}", shown(&local, interfaces));
    }
    if case.is_stuck() {
        text += "; this host could not send it: it waited for a neighbour";
    }
    Piece { label: "sent", text }
}

/// `0 (twice), 1.0, 2.0 s`, as far as it was watched when the SYN was repeated.
fn times(case: &Case) -> String {
    let mut times: Vec<(String, usize)> = Vec::new();
    for at in if case.sent.is_empty() { &[Duration::ZERO] } else { &case.sent[..] } {
        let text = seconds(*at);
        match times.last_mut() {
            Some((last, count)) if *last == text => *count += 1,
            _ => times.push((text, 1)),
        }
    }
    let shown = |(text, count): &(String, usize)| match count {
        1 => text.clone(),
        2 => format!("{text} (twice)"),
        count => format!("{text} ({count} times)"),
    };
    if let [(one, 2)] = &times[..] {
        return format!("{one} s (twice)");
    }
    let seen = times.iter().map(shown).collect::<Vec<_>>().join(", ");
    match (case.sighting.retransmits as usize + 1).saturating_sub(case.sent.len().max(1)) {
        0 => format!("{seen} s"),
        more => format!("{seen} s and {more} more"),
    }
}

fn seconds(at: Duration) -> String {
    let seconds = at.as_secs_f64();
    if seconds < 0.05 { "0".to_owned() } else { format!("{seconds:.1}") }
}

/// ICMP errors that were not final. That the second SYN was answered alike stands with the answer.
fn objections<'a>(case: &'a Case, interfaces: &'a Interfaces) -> impl Iterator<Item = Piece> + 'a {
    let is_confirmed = case.is_confirmed();
    let shown_ones = if is_confirmed { 1 } else { case.objections.len() };
    case.objections.iter().take(shown_ones).map(move |objection| {
        let what = objection.icmp.map_or_else(
            || format!("errno {}", objection.errno.0),
            |(icmp, from)| {
                let from = from.map_or(String::new(), |from| format!(" from {}", shown(&from, interfaces)));
                format!("{}{from}", message(icmp))
            },
        );
        let then = if is_confirmed && case.source.1.is_none() {
            "so a second SYN was sent at once"
        } else {
            "and the attempt went on"
        };
        let after = span(objection.after);
        Piece {
            label: "objection",
            text: format!("{what} after {after}; the kernel stayed in SYN-SENT, {then}"),
        }
    })
}

fn came_back(case: &Case, interfaces: &Interfaces) -> String {
    let elapsed = span(case.elapsed());
    match case.connection {
        Connection::Established { .. } if case.transport == Transport::Udp => {
            format!("a datagram of {} octets after {elapsed}", case.greeting.len())
        }
        Connection::Established { handshake } => {
            let took = handshake.map_or(elapsed, |rtt| span(rtt.into()));
            format!("SYN-ACK after {took}")
        }
        Connection::Failed { is_synchronous: true, .. } if case.transport == Transport::Udp => {
            "nothing: sending failed at once".to_owned()
        }
        Connection::Failed { is_synchronous: true, .. } => "nothing: connect(2) failed at once".to_owned(),
        Connection::Failed { icmp: Some((icmp, from)), .. } => {
            let from = from.map_or(String::new(), |from| {
                let here = if case.is_offender_here { ", this host itself," } else { "" };
                format!(" from {}{here}", shown(&from, interfaces))
            });
            let again = if case.is_confirmed() { "; two SYNs were answered alike" } else { "" };
            format!("{}{from} after {elapsed}{again}", message(icmp))
        }
        Connection::Failed { errno: Errno::ECONNREFUSED, .. } => {
            let whose = if case.place == Place::Here {
                format!("in the name of {}, this host itself,", shown(&case.address, interfaces))
            } else {
                format!("in the name of {}", shown(&case.address, interfaces))
            };
            format!("a RST {whose} after {elapsed}, and no ICMP message")
        }
        Connection::Failed { errno: Errno::ECONNRESET, .. } => {
            format!("SYN-ACK, and then a RST, within {elapsed}")
        }
        Connection::Failed { errno: Errno::EPIPE, .. } => {
            format!("SYN-ACK, and then a FIN and a RST, within {elapsed}")
        }
        Connection::Failed { .. } => format!("no ICMP message and no segment within {elapsed}"),
        Connection::Objection { .. } | Connection::Silent => {
            let what = if case.transport == Transport::Udp { "no datagram" } else { "no segment" };
            let other = if case.objections.is_empty() { "" } else { " other" };
            format!("nothing came back in {elapsed}: {what} and no{other} ICMP message")
        }
    }
}

/// A SYN that had to be repeated is a loss, not a slow server.
fn repeated(case: &Case) -> Option<String> {
    let again = case.sighting.retransmits;
    let is_answered = matches!(case.connection, Connection::Established { .. })
        || matches!(case.connection, Connection::Failed { icmp: None, is_synchronous: false, .. });
    (case.transport == Transport::Tcp && again > 0 && is_answered && case.errno() != Some(Errno::ETIMEDOUT)).then(|| {
        let plural = if again == 1 { "SYN was" } else { "SYNs were" };
        format!("{again} {plural} lost before one was answered: loss on the way, not a slow server; no round-trip time")
    })
}

fn socket(case: &Case) -> Option<String> {
    if case.transport == Transport::Udp || judge::phase(case) == Phase::Route {
        return None;
    }
    let elapsed = span(case.elapsed());
    let sighting = &case.sighting;
    let counts =
        format!("segments by the kernel's count: {} out, {} in", sighting.segments_out, sighting.segments_in);
    Some(match judge::state(case) {
        TcpState::SynSent => format!("SYN-SENT for {elapsed}, then given up; {counts}"),
        state => {
            let opened = case.handshake().map_or(elapsed, |rtt| span(rtt.into()));
            format!("SYN-SENT for {opened}, then {state}")
        }
    })
}

fn errno_words(case: &Case) -> Option<String> {
    let errno = case.errno()?;
    let phase = match judge::phase(case) {
        _ if case.transport == Transport::Udp => ErrnoPhase::InUse,
        Phase::Route => ErrnoPhase::AtOnce,
        Phase::Established | Phase::Tls => ErrnoPhase::InUse,
        _ => ErrnoPhase::Later,
    };
    let name = errno.name().unwrap_or("no name");
    let mut text = format!("{} {name}, \"{errno}\"", errno.0);
    // What they mean is explained for connections.
    if let Some(meaning) = errno::meaning(errno, phase).filter(|_| case.transport == Transport::Tcp) {
        let _ = write!(text, ": {}", lower_first(meaning));
    }
    Some(text)
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    let is_word = text.chars().nth(1).is_some_and(|second| second.is_lowercase() || second == ' ');
    match characters.next() {
        Some(first) if is_word => first.to_lowercase().chain(characters).collect(),
        _ => text.to_owned(),
    }
}

fn after(case: &Case) -> Option<String> {
    Some(match case.early? {
        Early::Closed { after } => {
            format!("the other end closed the connection {} after it had opened", span(after))
        }
        Early::Failed { after, errno } => {
            format!("the connection was reset {} after it had opened (errno {})", span(after), errno.0)
        }
    })
}

fn greeting(case: &Case) -> Option<String> {
    (!case.greeting.is_empty()).then(|| quoted(&case.greeting))
}

fn whose_words(whose: Whose, case: &Case) -> String {
    let limit = if case.address.ip.is_ipv4() { "TTL" } else { "hop limit" };
    let others = if judge::is_reset_at_once(case) { "the SYN-ACK" } else { "the target's own packets" };
    let own = whose.own.map_or(String::new(), |own| format!(", {others} with {own}"));
    let so = match whose.origin {
        Origin::Target => ": as far away as the target",
        Origin::Nearer => ": from nearer than the target",
        Origin::Here => ": it comes from this host",
        Origin::Unknown => ": that does not tell whose it is",
    };
    let is_open = matches!(case.connection, Connection::Established { .. }) && case.early.is_none();
    if is_open {
        return format!("the SYN-ACK arrives with {limit} {}{own}", whose.ttl);
    }
    format!("the RST arrives with {limit} {}{own}{so}", whose.ttl)
}

#[cfg(test)]
mod tests;
