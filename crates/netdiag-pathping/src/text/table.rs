//! The table: a line for each hop, and between hops that answer one for the link.

use std::fmt::Write;

use netdiag_model::stats::attribution::{Finding, HopLoss, LinkLoss, LossCause, Outcomes};
use netdiag_model::stats::{Interval, loss_percent};

use super::time;
use crate::fold::{SurveyedHop, Times};
use crate::page::Page;
use crate::report::Report;

/// The table.
pub(crate) fn table(report: &Report<'_>, page: &Page<'_>) -> String {
    let mut lines = columns(["", "", "by TTL", "", "directly", "", ""], "");
    lines += &columns(["Hop", "RTT", "lost/sent", "%", "lost/sent", "%", "node %"], "who");
    lines += &columns(["0", "", "", "", "", "", ""], "this host");
    for (link, hop, loss) in report.rows() {
        lines += &link.map_or_else(String::new, |link| link_line(link, report, page));
        lines += &hop_line(hop, loss, page);
        if page.plan.look.is_verbose {
            lines += &detail(hop, loss);
        }
    }
    lines
}

fn columns([hop, rtt, lost, percent, direct, direct_percent, node]: [&str; 7], who: &str) -> String {
    let line = format!(
        "{hop:>3} {rtt:>9}  {lost:>9} {percent:>5}  {direct:>9} {direct_percent:>5}  {node:>6}  {who}"
    );
    line.trim_end().to_owned() + "\n"
}

fn hop_line(hop: &SurveyedHop, loss: &HopLoss, page: &Page<'_>) -> String {
    let times = [&hop.times.through, &hop.times.direct];
    let rtt = times.into_iter().find_map(|times| times.spread.mean()).map_or_else(|| "-".to_owned(), time);
    let [through, through_percent] = counts(&hop.outcomes.through);
    let [direct, direct_percent] = counts(&hop.outcomes.direct);
    let node = match loss.cause {
        LossCause::Silent => "-".to_owned(),
        _ if hop.outcomes.through.sent() > 0 => share(loss.node_percent.through),
        _ => share(loss.node_percent.direct),
    };
    let mut who = hop.address.map_or_else(|| "*".to_owned(), |address| page.who(address));
    if let Some(change) = &hop.change {
        // Writing to a string cannot fail.
        let _ = write!(who, "  (since round {}; {} before)", change.round, page.shown(change.before));
    }
    if let Some(words) = words(hop, loss) {
        who += "  ";
        who += &page.paint.hush(&format!("({words})"));
    }
    let ttl = hop.ttl.to_string();
    columns([&ttl, &rtt, &through, &through_percent, &direct, &direct_percent, &node], &who)
}

/// What is to be known of a hop that misses answers.
fn words(hop: &SurveyedHop, loss: &HopLoss) -> Option<&'static str> {
    let is_deaf = hop.outcomes.direct.sent() > 0 && hop.outcomes.direct.received() == 0;
    match loss.cause {
        LossCause::RateLimited => Some("limits its answers: harmless"),
        LossCause::Silent => Some("silent: harmless"),
        LossCause::Unknown if loss.node_percent.through > 0.0 => Some("does not answer every probe"),
        LossCause::None | LossCause::Path if is_deaf => Some("answers no echoes: harmless"),
        LossCause::None | LossCause::Path if loss.node_percent.direct > 0.0 => {
            Some("limits its echoes: harmless")
        }
        LossCause::None | LossCause::Path | LossCause::Unknown => None,
    }
}

fn counts(outcomes: &Outcomes) -> [String; 2] {
    let (sent, received) = (outcomes.sent(), outcomes.received());
    match sent {
        0 => ["-".to_owned(), String::new()],
        _ => [format!("{}/{sent}", sent - received), share(loss_percent(sent, received))],
    }
}

fn share(percent: f64) -> String {
    format!("{percent:.1}")
}

fn link_line(link: &LinkLoss, report: &Report<'_>, page: &Page<'_>) -> String {
    let LinkLoss { stretch, loss_percent: Interval { estimate, low, high }, certainty } = *link;
    let between = if stretch.is_link() {
        String::new()
    } else {
        format!("hops {} to {}: ", stretch.from_ttl, stretch.to_ttl)
    };
    let sure = if page.plan.look.is_verbose {
        format!(", loses with a probability of {certainty:.3}")
    } else {
        String::new()
    };
    let text = format!("| {between}{estimate:.1} % ({low:.1} to {high:.1} %){sure}");
    let is_named = match report.attribution.finding {
        Finding::Loses { stretch: named, .. } => {
            named.from_ttl <= stretch.from_ttl && stretch.to_ttl <= named.to_ttl
        }
        _ => false,
    };
    let text = if is_named { page.paint.alarm(&text) } else { text };
    columns(["", "", "", "", "", "", ""], &format!("  {text}"))
}

/// The times of both ways, and the node's own share of the echoes.
fn detail(hop: &SurveyedHop, loss: &HopLoss) -> String {
    let mut lines = String::new();
    for (way, Times { spread, percentiles }) in
        [("by TTL", &hop.times.through), ("directly", &hop.times.direct)]
    {
        let (Some(min), Some(mean), Some(max)) = (spread.min(), spread.mean(), spread.max()) else {
            continue;
        };
        let _ = write!(lines, "       {way:<8}  {} / {} / {}", time(min), time(mean), time(max));
        if let (Some([half, most]), 2..) = (percentiles.at([50.0, 99.0]), spread.count()) {
            let _ = write!(lines, ", median {}, 99 % below {}", time(half), time(most));
        }
        lines.push('\n');
    }
    if loss.node_percent.direct > 0.0 {
        let _ = writeln!(
            lines,
            "       {} % of the probes to it are not answered by the node itself",
            share(loss.node_percent.direct)
        );
    }
    lines
}
