//! How single things are written: an address, an ICMP message, a span of time, octets of a service.

use std::time::Duration;

use netdiag_model::{Family, Icmp};

pub use netdiag_tool::targets::{Interfaces, shown};

/// `ICMP 3/13 (admin-prohibited)`.
pub fn message(icmp: Icmp) -> String {
    let protocol = match icmp.family {
        Family::V4 => "ICMP",
        Family::V6 => "ICMPv6",
    };
    let name = icmp.name().map(|name| format!(" ({name})")).unwrap_or_default();
    format!("{protocol} {}/{}{name}", icmp.kind, icmp.code)
}

/// A span as people read it: three digits or so.
pub fn span(span: Duration) -> String {
    let millis = span.as_secs_f64() * 1e3;
    if millis < 10.0 {
        format!("{millis:.3} ms")
    } else if millis < 1000.0 {
        format!("{millis:.1} ms")
    } else {
        format!("{:.2} s", millis / 1e3)
    }
}

/// Octets as text, made safe to show; at most a line.
pub fn quoted(octets: &[u8]) -> String {
    const SHOWN: usize = 120;
    let text = String::from_utf8_lossy(&octets[..octets.len().min(SHOWN)]).into_owned();
    let more = if octets.len() > SHOWN { "…" } else { "" };
    format!("\"{}{more}\"", netdiag_tool::Escaped(text.trim_end_matches(['\r', '\n'])))
}
