//! The text: the route, how long it will take, a table of hops and of the links between them, and a sentence. Pure
//! functions from what is known to lines.

mod ending;
mod table;

use std::fmt::Write;

use netdiag_engine::prober::Method;
use netdiag_model::trail::Trail;
use netdiag_model::{Address, Family, Rtt};

pub(crate) use ending::ending;

use crate::meter;
use crate::page::Page;
use crate::plan::Plan;
use crate::report::Report;
use crate::route::Route;

/// A time with three decimals below ten milliseconds, fewer above.
fn time(rtt: Rtt) -> String {
    let millis = rtt.as_millis_f64();
    match millis {
        ..10.0 => format!("{millis:.3} ms"),
        ..100.0 => format!("{millis:.2} ms"),
        _ => format!("{millis:.1} ms"),
    }
}

/// The first line.
pub(crate) fn heading(name: &str, address: Address, page: &Page<'_>) -> String {
    let limits = &page.plan.limits;
    let plain = page.shown(address);
    let to = if name == plain { plain } else { format!("{name} ({plain})") };
    let [v4, v6] = limits.size;
    let size = if address.family() == Family::V4 { v4 } else { v6 };
    let by = match page.method {
        Method::Udp { .. } => format!("UDP to port {}", page.plan.port),
        Method::Icmp | Method::Tcp { .. } => "ICMP".to_owned(),
    };
    format!("pathping to {to}, at most {} hops, {size} octets by {by}\n", limits.max_ttl)
}

/// The hops as the search has found them, and where the path ends if not at the target.
pub(crate) fn route(route: &Route, trail: &Trail, page: &Page<'_>) -> String {
    let mut lines = String::new();
    for hop in &route.hops {
        let who = hop.address.map_or_else(|| "*".to_owned(), |address| page.who(address));
        let best = hop.best.map_or(String::new(), |best| format!("  {}", time(best)));
        // Writing to a string cannot fail.
        let _ = writeln!(lines, "{:>3}  {who}{best}", hop.ttl);
    }
    lines + &ending(trail, page)
}

/// What comes now, and how long it will take.
pub(crate) fn announcement(route: &Route, page: &Page<'_>) -> String {
    let Plan { rhythm, .. } = page.plan;
    let hops = match route.hops.len() {
        1 => "1 hop is".to_owned(),
        count => format!("{count} hops are"),
    };
    let span = meter::clock(meter::duration(page.plan).as_secs_f64().ceil() as u64);
    let slowly = match page.method {
        Method::Udp { .. } if rhythm.period.as_secs_f64() < 1.0 => {
            " Most systems answer UDP about once a second: -p 2 asks so slowly that more can be told."
        }
        _ => "",
    };
    format!("\n{hops} asked {} times, each time by TTL and directly: {span}.{slowly}\n\n", rhythm.rounds)
}

/// The table, if there is one, and what it amounts to.
pub(crate) fn result(report: &Report<'_>, page: &Page<'_>) -> String {
    let table = if report.fold.sent > 0 { table::table(report, page) + "\n" } else { String::new() };
    table + &changes(report) + &sentence(report, page)
}

/// A path that became another while it was asked.
fn changes(report: &Report<'_>) -> String {
    let first = report.fold.hops.iter().filter_map(|hop| hop.change).map(|change| change.round).min();
    first.map_or(String::new(), |round| {
        format!("The path changed in round {round}: what was lost by then and since is counted together.\n")
    })
}

/// What it amounts to.
pub(crate) fn sentence(report: &Report<'_>, page: &Page<'_>) -> String {
    let sentence = report.sentence(page);
    let painted = if report.has_loss() { page.paint.alarm(&sentence) } else { sentence };
    painted + "\n"
}
