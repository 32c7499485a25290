//! Manifests against the floor table: arrows between our crates, and the closed lists of outside crates.
//!
//! Normal and build dependencies count, optional and platform ones too. Development dependencies are free:
//! they are not in the product.

use cargo_metadata::{DependencyKind, Metadata};

use super::table::{EVERYWHERE, HOMES, Home, NEVER, Outside, Place};

/// Every breach in the manifests of the workspace, one sentence each.
pub(super) fn check(workspace: &Metadata) -> Vec<String> {
    let names: Vec<&str> =
        workspace.workspace_packages().iter().map(|package| package.name.as_str()).collect();
    let mut breaches = Vec::new();
    for package in workspace.workspace_packages() {
        let name = package.name.as_str();
        let Some(home) = home_of(name) else {
            breaches.push(format!("{name} has no floor: give it one in xtask/src/floors/table.rs"));
            continue;
        };
        for need in package.dependencies.iter().filter(|need| need.kind != DependencyKind::Development) {
            let breach = if names.contains(&need.name.as_str()) {
                arrow(home, &need.name)
            } else {
                outsider(home, &need.name)
            };
            breaches.extend(breach.map(|why| format!("{name} → {}: {why}", need.name)));
        }
    }
    breaches.sort();
    breaches
}

fn home_of(name: &str) -> Option<&'static Home> {
    HOMES.iter().find(|home| home.name == name)
}

/// Why our crate at `from` must not use our crate `to`, if so.
fn arrow(from: &Home, to: &str) -> Option<String> {
    // A crate without a home is reported once, for itself.
    let target = home_of(to)?.place;
    match (from.place, target) {
        (Place::Yard, _) => None,
        (Place::Beside(allowed), _) if allowed.contains(&to) => None,
        (Place::Beside(allowed), _) => {
            Some(format!("of the workspace it may use only {}", allowed.join(", ")))
        }
        (Place::Floor(_), Place::Beside(_) | Place::Yard) => Some("it is not part of the product".to_owned()),
        (Place::Floor(own), Place::Floor(other)) if other >= own => {
            let direction = if other == own { "stays on" } else { "goes up to" };
            Some(format!("an arrow goes down only, and this one {direction} floor {other}"))
        }
        (Place::Floor(own), Place::Floor(_)) => NEVER
            .iter()
            .find(|never| never.from.contains(&own) && never.to.contains(&to))
            .map(|never| never.why.to_owned()),
    }
}

/// Why `home` must not use the outside crate `name`, if so.
fn outsider(home: &Home, name: &str) -> Option<String> {
    match home.outside {
        Outside::Open => None,
        Outside::Closed(list) if list.contains(&name) || EVERYWHERE.contains(&name) => None,
        Outside::Closed(list) => Some(format!(
            "the list of outside crates is closed there: {}",
            [list, EVERYWHERE].concat().join(", ")
        )),
    }
}

#[cfg(test)]
mod tests;
