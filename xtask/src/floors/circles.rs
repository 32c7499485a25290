//! Circles among the top-level modules of a crate: modules are floors of their own, an arrow back is a knot.
//!
//! Arrows are read from paths (`crate::a`, `super::a`, groups included). A name that the crate's root
//! re-exports counts as its home module. The root itself is no module here, and tests are let be.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::scan;
use super::sources::Source;

/// Module → the modules it uses, each with the first place that does so.
type Graph = BTreeMap<String, BTreeMap<String, String>>;

/// Every circle, one sentence each; modules that lie in several circles are named once.
pub(super) fn check(krate: &str, sources: &[Source]) -> Vec<String> {
    let graph = graph(sources);
    let mut named = BTreeSet::new();
    let mut breaches = Vec::new();
    for start in graph.keys() {
        let Some(circle) = shortest_circle(&graph, start) else { continue };
        if circle.iter().any(|module| named.contains(module)) {
            continue;
        }
        let places: Vec<&str> = circle
            .iter()
            .zip(circle.iter().cycle().skip(1))
            .filter_map(|(from, to)| graph.get(from)?.get(to).map(String::as_str))
            .collect();
        breaches.push(format!(
            "{krate}: modules in a circle: {} → {start} ({})",
            circle.join(" → "),
            places.join(", ")
        ));
        named.extend(circle);
    }
    breaches
}

fn graph(sources: &[Source]) -> Graph {
    let modules: BTreeSet<&str> =
        sources.iter().filter_map(|source| source.module.first()).map(String::as_str).collect();
    let exports = root_exports(sources, &modules);
    let mut graph = Graph::new();
    for source in sources {
        // Programs under `src/bin` are crates of their own.
        let Some(own) = source.module.first().filter(|own| *own != "bin") else { continue };
        for (at, name) in used_from_root(&source.production, source.module.len()) {
            let module = exports.get(name).copied().unwrap_or(name);
            if module != own && modules.contains(module) {
                let place = format!("{}:{}", source.path, scan::line(&source.production, at));
                graph.entry(own.clone()).or_default().entry(module.to_owned()).or_insert(place);
            }
        }
    }
    graph
}

/// What the root re-exports by name, each with the module it comes from.
fn root_exports<'a>(sources: &'a [Source], modules: &BTreeSet<&str>) -> BTreeMap<&'a str, &'a str> {
    let mut exports = BTreeMap::new();
    for root in sources.iter().filter(|source| source.module.is_empty()) {
        for statement in statements(&root.production) {
            let path = statement.trim_start_matches("crate::").trim_start_matches("self::");
            let module = first_name(path);
            if modules.contains(module) {
                // Each name that ends a branch of the tree is an export; the inner ones do no harm.
                exports.extend(
                    names(&path[module.len()..])
                        .filter(|name| !modules.contains(name))
                        .map(|name| (name, module)),
                );
            }
        }
    }
    exports
}

/// The trees of the `pub use` statements in `code`.
fn statements(code: &str) -> impl Iterator<Item = &str> {
    scan::words(code, "use").filter_map(|at| code[at + "use".len()..].split(';').next()).map(str::trim)
}

fn names(tree: &str) -> impl Iterator<Item = &str> {
    tree.split(|letter: char| !letter.is_alphanumeric() && letter != '_').filter(|name| !name.is_empty())
}

fn first_name(path: &str) -> &str {
    path.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default()
}

/// The first names of all paths that start at the crate's root, for a file `depth` modules below it.
fn used_from_root(code: &str, depth: usize) -> Vec<(usize, &str)> {
    let ups = std::iter::repeat_n("super::", depth).collect::<String>();
    let absolute = scan::words(code, "crate::").filter(|&at| !code[..at].ends_with('$')).map(|at| (at, 7));
    let relative = code.match_indices(&ups).map(|(at, _)| (at, ups.len()));
    // Without `filter`, `super::a` inside of `super::super::a` would count as well.
    let relative = relative.filter(|(at, _)| !code[..*at].ends_with("::") || code[..*at].ends_with("self::"));
    let mut used: Vec<(usize, &str)> = absolute
        .chain(relative)
        .flat_map(|(at, length)| heads(&code[at + length..]).into_iter().map(move |name| (at, name)))
        .collect();
    used.sort_by_key(|(at, _)| *at);
    used
}

/// The first name of a path, or of each path in a group.
fn heads(rest: &str) -> Vec<&str> {
    let Some(group) = rest.strip_prefix('{') else { return vec![first_name(rest)] };
    let (mut depth, mut start, mut heads) = (0_usize, 0, Vec::new());
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                heads.push(first_name(group[start..at].trim_start()));
                start = at + 1;
                if letter == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    heads
}

/// The shortest way from `start` back to itself, without its end.
fn shortest_circle(graph: &Graph, start: &str) -> Option<Vec<String>> {
    let mut came_from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(module) = queue.pop_front() {
        for next in graph.get(module).into_iter().flat_map(BTreeMap::keys) {
            if next == start {
                let back = std::iter::successors(Some(module), |at| came_from.get(at).copied());
                let mut circle: Vec<String> = back.map(str::to_owned).collect();
                circle.reverse();
                return Some(circle);
            }
            if !came_from.contains_key(next.as_str()) {
                came_from.insert(next, module);
                queue.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
