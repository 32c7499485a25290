//! The branches of a path as a graph for other programs: Graphviz' DOT, and Mermaid for Markdown.

use std::fmt::Write;

use netdiag_model::path::{Balance, Place};
use netdiag_model::trail::Trail;
use netdiag_tool::Escaped;

use crate::text::Context;

/// A place with what it is called in a drawing.
struct Node {
    place: Place,
    id: String,
    words: String,
}

/// The places of a path, from this host on.
fn nodes(trail: &Trail, context: &Context<'_>) -> Vec<Node> {
    let mut nodes = Vec::new();
    for ttl in 0..=trail.last_ttl() {
        // Where flows go on asking for it that have reached the target nearer, no link leads there.
        let is_on_path = |place: &Place| !trail.graph().is_target(*place) || trail.has_arrival(ttl);
        for (number, place) in trail.graph().places(ttl).into_iter().filter(is_on_path).enumerate() {
            let words = match (ttl, place.who) {
                (0, _) => "this host".to_owned(),
                (_, Some(who)) => format!("{ttl}: {}", context.who(who)),
                (_, None) => format!("{ttl}: *"),
            };
            nodes.push(Node { place, id: format!("h{ttl}_{number}"), words });
        }
    }
    nodes
}

fn id(nodes: &[Node], place: Place) -> Option<&str> {
    nodes.iter().find(|node| node.place == place).map(|node| node.id.as_str())
}

/// In a quoted string of either language nothing but quotes and backslashes is special; names from the network may hold
/// anything.
fn quoted(text: &str) -> String {
    Escaped(text).to_string().replace('\\', "/").replace('"', "'")
}

const fn how(balance: Balance) -> Option<&'static str> {
    match balance {
        Balance::None => None,
        Balance::ByFlow => Some("by flow"),
        Balance::ByPacket => Some("packet by packet"),
    }
}

/// DOT.
pub(crate) fn dot(trail: &Trail, name: &str, context: &Context<'_>) -> String {
    let nodes = nodes(trail, context);
    let mut text = format!("digraph \"{}\" {{\n  rankdir=LR;\n  node [shape=box];\n", quoted(name));
    for Node { place, id, words } in &nodes {
        let shape = match place.who {
            Some(_) if trail.graph().is_target(*place) => ", shape=doubleoctagon",
            None if place.ttl > 0 => ", style=dashed",
            _ => "",
        };
        let _ = writeln!(text, "  {id} [label=\"{}\"{shape}];", quoted(words));
    }
    for link in trail.graph().links() {
        let (Some(from), Some(to)) = (id(&nodes, link.from), id(&nodes, link.to)) else { continue };
        let balance = how(trail.graph().balance(link.from));
        let label = balance.map_or(String::new(), |how| format!("{how}, "));
        let flows = link.flows.len();
        let _ = writeln!(text, "  {from} -> {to} [label=\"{label}{flows} flow{}\"];", plural(flows));
    }
    text + "}\n"
}

/// Mermaid.
pub(crate) fn mermaid(trail: &Trail, context: &Context<'_>) -> String {
    let nodes = nodes(trail, context);
    let mut text = String::from("flowchart LR\n");
    for Node { place, id, words } in &nodes {
        let words = quoted(words);
        let _ = if trail.graph().is_target(*place) {
            writeln!(text, "  {id}([\"{words}\"])")
        } else {
            writeln!(text, "  {id}[\"{words}\"]")
        };
    }
    for link in trail.graph().links() {
        let (Some(from), Some(to)) = (id(&nodes, link.from), id(&nodes, link.to)) else { continue };
        let flows = link.flows.len();
        let _ = writeln!(text, "  {from} -- \"{flows} flow{}\" --> {to}", plural(flows));
    }
    text
}

const fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}
