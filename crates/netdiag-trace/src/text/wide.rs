//! The table of `--wide`: a line for each router, with loss, times and the way back.

use std::fmt::Write;

use netdiag_model::path::way_back;
use netdiag_model::stats::{Spread, loss_percent};
use netdiag_model::trail::{Hop, HopReply, Trail};

use super::hops::{is_target, meanings, speakers};
use super::{Context, three_digits};

/// The table.
pub(super) fn table(trail: &Trail, context: &Context<'_>) -> String {
    let mut lines = String::from("Hop  Loss%  Sent      Best       Avg     Worst  TTL  Back  Router\n");
    for (ttl, hop) in trail.hops() {
        let addresses = speakers((ttl, hop), trail);
        if addresses.is_empty() {
            let _ = writeln!(lines, "{ttl:>3}  {}  {:>4}{:>42}  *", loss(hop, context), hop.sent, "");
        }
        for (number, &address) in addresses.iter().enumerate() {
            let replies: Vec<&HopReply> =
                hop.replies.iter().filter(|reply| reply.from == Some(address)).collect();
            let head = match number {
                0 => format!("{ttl:>3}  {}  {:>4}", loss(hop, context), hop.sent),
                _ => format!("{:>16}", ""),
            };
            let who = context.who(address);
            let said = meanings(&replies, is_target(address, trail));
            let _ = writeln!(lines, "{head}{}  {who}{said}", numbers(&hop.times(address), &replies, ttl));
        }
    }
    lines
}

/// The share of probes without an answer; five columns.
fn loss(hop: &Hop, context: &Context<'_>) -> String {
    // What is still awaited is not lost.
    let known = u64::from(hop.sent).saturating_sub(hop.open().into());
    let percent = loss_percent(known, hop.replies.len() as u64);
    let text = format!("{percent:>4.0}%");
    if percent > 0.0 { context.paint.alarm(&text) } else { text }
}

/// Best, mean and worst time, the TTL that answers arrive with, and the hops back.
fn numbers(times: &Spread, replies: &[&HopReply], ttl: u8) -> String {
    let columns = [times.min(), times.mean(), times.max()].map(|time| {
        let shown = time.map_or(String::new(), |time| three_digits(time.as_millis_f64()));
        format!("{shown:>10}")
    });
    let [best, mean, worst] = columns;
    let arrived = replies.iter().find_map(|reply| reply.ttl);
    let back = arrived.and_then(way_back).map(|back| match back.asymmetry(ttl) {
        0 => back.hops.to_string(),
        more => format!("{}{more:+}", back.hops),
    });
    let arrived = arrived.map_or(String::new(), |ttl| ttl.to_string());
    format!("{best}{mean}{worst}  {arrived:>3}  {:>4}", back.unwrap_or_default())
}
