//! A bad manifest graph is caught, a good one is not.

use cargo_metadata::{Metadata, MetadataCommand};
use serde_json::{Value, json};

use super::check;

/// A crate with its needs, each as name and kind (`normal`, `dev`, `build`).
type Crate<'a> = (&'a str, &'a [(&'a str, &'a str)]);

fn dependency((name, kind): (&str, &str)) -> Value {
    let kind = if kind == "normal" { Value::Null } else { json!(kind) };
    json!({"name": name, "source": null, "req": "*", "kind": kind, "rename": null, "optional": false,
           "uses_default_features": true, "features": [], "target": null, "registry": null})
}

fn workspace(crates: &[Crate<'_>]) -> Metadata {
    let packages: Vec<Value> = crates
        .iter()
        .map(|(name, needs)| {
            json!({"name": name, "version": "0.1.0", "id": format!("{name} 0.1.0"), "license": null,
                   "license_file": null, "description": null, "source": null, "targets": [], "features": {},
                   "manifest_path": format!("/house/{name}/Cargo.toml"), "edition": "2024", "links": null,
                   "dependencies": needs.iter().copied().map(dependency).collect::<Vec<_>>()})
        })
        .collect();
    let ids: Vec<String> = crates.iter().map(|(name, _)| format!("{name} 0.1.0")).collect();
    let whole = json!({"packages": packages, "workspace_members": ids, "workspace_default_members": ids,
                       "resolve": null, "target_directory": "/house/target", "version": 1,
                       "workspace_root": "/house", "metadata": null});
    MetadataCommand::parse(whole.to_string()).expect("synthetic metadata")
}

const MODEL: Crate<'_> =
    ("netdiag-model", &[("serde", "normal"), ("thiserror", "normal"), ("proptest", "dev")]);
const WIRE: Crate<'_> = ("netdiag-wire", &[]);
const SYS: Crate<'_> = ("netdiag-sys", &[("libc", "normal")]);
const ENGINE: Crate<'_> = ("netdiag-engine", &[("netdiag-model", "normal"), ("netdiag-wire", "normal")]);

/// The breaches of a house of four sound crates and `last`.
fn with(last: Crate<'_>) -> Vec<String> {
    check(&workspace(&[MODEL, WIRE, SYS, ENGINE, ("netdiag-os", &[]), ("netdiag", &[]), last]))
}

#[test]
fn a_sound_house_has_no_breach() {
    let ping =
        ("netdiag-ping", &[("netdiag-engine", "normal"), ("clap", "normal"), ("netdiag-os", "dev")][..]);
    assert_eq!(with(ping), Vec::<String>::new());
}

#[test]
fn an_arrow_up_is_caught() {
    let breaches = with(("netdiag-sim", &[("netdiag", "normal")]));
    assert_eq!(breaches, ["netdiag-sim → netdiag: an arrow goes down only, and this one goes up to floor 7"]);
}

#[test]
fn an_arrow_within_a_floor_is_caught_in_build_dependencies_too() {
    let breaches = with(("netdiag-resolve", &[("netdiag-os", "build")]));
    assert_eq!(
        breaches,
        ["netdiag-resolve → netdiag-os: an arrow goes down only, and this one stays on floor 3"]
    );
}

#[test]
fn a_tool_does_not_reach_the_kernel() {
    let breaches = with(("netdiag-trace", &[("netdiag-os", "normal"), ("netdiag-sys", "normal")]));
    assert_eq!(breaches.len(), 2, "{breaches:?}");
    assert!(breaches.iter().all(|breach| breach.ends_with("only through the ports they are handed")));
}

#[test]
fn the_engine_stays_off_system_calls_and_outside_crates() {
    let engine =
        ("netdiag-engine", &[("netdiag-sys", "normal"), ("clap", "normal"), ("serde_json", "normal")][..]);
    let breaches = check(&workspace(&[MODEL, WIRE, SYS, engine]));
    assert_eq!(
        breaches,
        [
            "netdiag-engine → clap: the list of outside crates is closed there: tokio, thiserror",
            "netdiag-engine → netdiag-sys: the engine does no system call",
            "netdiag-engine → serde_json: the list of outside crates is closed there: tokio, thiserror",
        ]
    );
}

#[test]
fn nothing_but_xtask_uses_the_front_and_nothing_uses_xtask() {
    assert_eq!(with(("xtask", &[("netdiag", "normal"), ("netdiag-os", "normal")])), Vec::<String>::new());
    let breaches = with(("netdiag-lab", &[("netdiag", "normal"), ("netdiag-sys", "normal")]));
    assert_eq!(breaches, ["netdiag-lab → netdiag: of the workspace it may use only netdiag-sys"]);
    let lab_in_product = [SYS, ("netdiag-lab", &[][..]), ("netdiag", &[("netdiag-lab", "normal")][..])];
    assert_eq!(check(&workspace(&lab_in_product)), ["netdiag → netdiag-lab: it is not part of the product"]);
}

#[test]
fn a_crate_without_a_floor_is_caught() {
    let breaches = with(("netdiag-whois", &[]));
    assert_eq!(breaches, ["netdiag-whois has no floor: give it one in xtask/src/floors/table.rs"]);
}
