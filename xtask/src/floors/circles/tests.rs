//! Circles are found through every way of writing a path, and only there.

use super::super::sources::Source;
use super::{check, heads, used_from_root};

fn circles(files: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<Source> =
        files.iter().map(|(path, text)| Source::new(path, (*text).to_owned())).collect();
    check("netdiag-model", &sources)
}

#[test]
fn a_circle_is_named_with_its_places() {
    let files = [
        ("src/lib.rs", "pub mod hop;\npub mod loss;\npub mod rtt;\n"),
        ("src/hop.rs", "//! `crate::rtt` is a comment.\nuse crate::loss::{Burst, Loss};\n"),
        ("src/loss.rs", "fn f() {\n    crate::rtt::g();\n}\n"),
        ("src/rtt.rs", "use super::hop::Hop;\n"),
    ];
    assert_eq!(
        circles(&files),
        [
            "netdiag-model: modules in a circle: hop → loss → rtt → hop (src/hop.rs:2, src/loss.rs:2, src/rtt.rs:1)"
        ]
    );
}

#[test]
fn a_re_export_of_the_root_counts_as_its_module() {
    let files = [
        ("src/lib.rs", "mod hop;\nmod loss;\npub use hop::{Hop, inner::Ttl as HopLimit};\n"),
        ("src/hop.rs", "use crate::loss::Loss;\n"),
        ("src/loss.rs", "use crate::HopLimit;\n"),
    ];
    assert_eq!(circles(&files).len(), 1);
}

#[test]
fn arrows_one_way_within_a_module_and_in_tests_are_no_circle() {
    let files = [
        ("src/lib.rs", "mod hop;\nmod loss;\nuse crate::hop::Hop;\n"),
        ("src/hop.rs", "use crate::loss::Loss;\nuse self::inner::A;\n"),
        ("src/hop/inner.rs", "use super::Hop;\nuse super::super::loss::Loss;\n"),
        ("src/loss.rs", "#[cfg(test)]\nmod tests {\n    use crate::hop::Hop;\n}\n"),
    ];
    assert_eq!(circles(&files), Vec::<String>::new());
}

#[test]
fn the_heads_of_a_group_are_read() {
    assert_eq!(heads("{a::{b, c}, d, e::F};"), ["a", "d", "e"]);
    assert_eq!(heads("hop::Hop;"), ["hop"]);
}

#[test]
fn super_reaches_the_root_by_depth() {
    let code = "use super::super::loss::Loss; use super::near::B; use crate::{rtt, hop::Hop}; $crate::x!()";
    let names = |depth| used_from_root(code, depth).into_iter().map(|(_, name)| name).collect::<Vec<_>>();
    assert_eq!(names(2), ["loss", "rtt", "hop"]);
    assert_eq!(names(1), ["super", "near", "rtt", "hop"]);
}
