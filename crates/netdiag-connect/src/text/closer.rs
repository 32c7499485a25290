//! The text of closer looks: TLS, keepalive, heartbeats.

use std::fmt::Write;
use std::time::Duration;

use netdiag_engine::port::Keepalive;
use netdiag_tool::Escaped;

use crate::evidence::{quoted, span};
use crate::idle::{Beat, Ending, Idled, SYSTEM_DEFAULT};
use crate::tls::TlsRecord;

/// A connection is idle from now on; these settings notice a peer that vanishes after `expected`.
pub(crate) fn idling(expected: Duration) -> String {
    format!(
        "  idle from now on; a peer that vanishes is noticed after {} (with the system's defaults after {})\n",
        span(expected),
        long(SYSTEM_DEFAULT)
    )
}

/// One heartbeat.
pub(crate) fn beat(seq: u64, beat: &Beat) -> String {
    let heard = if beat.heard.is_empty() { String::new() } else { format!(" {}", quoted(&beat.heard)) };
    let took = span(beat.took);
    match beat.ending.map(Ending::words) {
        None => format!("  heartbeat seq={seq} time={took}{heard}\n"),
        Some(problem) => format!("  heartbeat seq={seq}: {problem}, after {took}{heard}\n"),
    }
}

/// What a program needs that wants to notice as fast.
pub(crate) fn heartbeat_settings(timeout: Duration) -> String {
    let millis = timeout.as_millis();
    format!(
        "  a program needs a question like this one at every interval, a timeout on its answer, and for what nobody \
         acknowledges:\n    setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, {millis})\n  \
         the system's own patience with that is 15 minutes or more: sysctl net.ipv4.tcp_retries2\n"
    )
}

/// A time without what is below a second.
fn day(time: &str) -> String {
    time.split_once('.').map_or_else(|| time.to_owned(), |(seconds, _)| format!("{seconds}Z"))
}

/// `2 h 11 min 15 s`.
fn long(span: Duration) -> String {
    let seconds = span.as_secs();
    format!("{} h {} min {} s", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// What sets the same for the whole system, and what for one socket.
pub(crate) fn keepalive_settings(keepalive: Keepalive) -> Vec<String> {
    let Keepalive { idle, interval, count } = keepalive;
    let (idle, interval) = (idle.as_secs(), interval.as_secs());
    vec![
        format!("sysctl -w net.ipv4.tcp_keepalive_time={idle}"),
        format!("sysctl -w net.ipv4.tcp_keepalive_intvl={interval}"),
        format!("sysctl -w net.ipv4.tcp_keepalive_probes={count}"),
        "setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)".to_owned(),
        format!("setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, {idle})"),
        format!("setsockopt(IPPROTO_TCP, TCP_KEEPINTVL, {interval})"),
        format!("setsockopt(IPPROTO_TCP, TCP_KEEPCNT, {count})"),
    ]
}

/// What came of an idle connection.
pub(crate) fn idled(idled: &Idled, settings: &[String]) -> String {
    let mut text = match idled.ending {
        Some(ending) => format!("  noticed after {} of idleness: {}\n", span(idled.idle), ending.words()),
        None => format!("  nothing was noticed in {} of idleness: the connection stands\n", span(idled.idle)),
    };
    text.push_str("  what sets this for every socket (that asks for keepalive), and what for one:\n");
    for line in settings {
        let _ = writeln!(text, "    {line}");
    }
    text
}

/// What a TLS handshake showed, or why there was none.
pub(crate) fn tls(record: Option<&TlsRecord>, failure: Option<&str>) -> String {
    let mut text = String::new();
    if let Some(failure) = failure {
        let _ = writeln!(text, "  TLS         failed: {}", Escaped(failure));
    }
    let Some(record) = record else { return text };
    let alpn = record.alpn.as_ref().map_or("no ALPN".to_owned(), |alpn| format!("ALPN {}", Escaped(alpn)));
    let _ = writeln!(
        text,
        "  TLS         {}, {}, {alpn}, handshake {:.3} ms",
        record.version, record.cipher, record.handshake_ms
    );
    if let Some(certificate) = &record.certificate {
        let _ = writeln!(text, "  certificate {}", Escaped(&certificate.subject));
        let _ = writeln!(text, "  for         {}", Escaped(&certificate.names.join(", ")));
        let _ = writeln!(text, "  signed by   {}", Escaped(&certificate.issuer));
        let _ = writeln!(
            text,
            "  valid       from {} to {}",
            day(&certificate.not_before),
            day(&certificate.not_after)
        );
    }
    for (index, link) in record.chain.iter().enumerate().skip(1) {
        let head = if index == 1 { "chain" } else { "" };
        let _ = writeln!(text, "  {head:<11} {} until {}", Escaped(&link.subject), day(&link.not_after));
    }
    for (index, statement) in record.statements.iter().enumerate() {
        let head = if index == 0 { "says" } else { "" };
        let _ = writeln!(text, "  {head:<11} - {}", Escaped(statement));
    }
    if record.certificate.as_ref().is_some_and(|certificate| certificate.valid) {
        let _ = writeln!(
            text,
            "  {:<11} the certificate is valid for this host, and this system trusts its issuer",
            ""
        );
    }
    text
}
