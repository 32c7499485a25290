//! Each rule on sources catches its breach, and tests are let be.

use super::{Source, check, module_of, set_tests_apart};

fn breaches(krate: &str, path: &str, text: &str) -> Vec<String> {
    let mut sources = [Source::new(path, text.to_owned())];
    set_tests_apart(&mut sources);
    check(krate, &sources)
}

#[test]
fn unsafe_code_is_caught_outside_its_home() {
    let text = "//! No unsafe here.\nfn f() {\n    unsafe { g() }\n}\n";
    assert_eq!(
        breaches("netdiag-wire", "src/lib.rs", text),
        ["netdiag-wire/src/lib.rs:3: unsafe code lives in netdiag-sys only"]
    );
    assert_eq!(breaches("netdiag-sys", "src/lib.rs", text), Vec::<String>::new());
}

#[test]
fn a_clock_is_caught_outside_app_and_os() {
    let text = "use std::env;\nfn f() -> Instant {\n    env::var(\"X\");\n    std::time::Instant::now()\n}\n\
                #[cfg(test)]\nmod tests {\n    fn g() { Instant::now(); }\n}\n";
    assert_eq!(
        breaches("netdiag", "src/dispatch.rs", text),
        [
            "netdiag/src/dispatch.rs:3: env::var belongs in netdiag/src/app.rs or netdiag-os",
            "netdiag/src/dispatch.rs:4: Instant::now belongs in netdiag/src/app.rs or netdiag-os",
        ]
    );
    assert_eq!(breaches("netdiag", "src/app.rs", text), Vec::<String>::new());
    assert_eq!(breaches("netdiag-os", "src/clock.rs", text), Vec::<String>::new());
    assert_eq!(breaches("netdiag-ping", "src/fold/tests.rs", text), Vec::<String>::new());
}

#[test]
fn a_long_file_wants_a_reason_and_tests_do_not_count() {
    let long = "fn f() {}\n".repeat(401);
    assert_eq!(
        breaches("netdiag-wire", "src/a.rs", &long),
        ["netdiag-wire/src/a.rs: 401 production lines; part it, or say why in a line `//! Long because: …`"]
    );
    let reasoned = format!("//! Long because: one table.\n{long}");
    assert_eq!(breaches("netdiag-wire", "src/a.rs", &reasoned), Vec::<String>::new());
    let tested = format!("fn f() {{}}\n#[cfg(test)]\nmod tests {{\n{long}}}\n");
    assert_eq!(breaches("netdiag-wire", "src/a.rs", &tested), Vec::<String>::new());
}

#[test]
fn a_file_that_only_tests_declare_is_a_test() {
    let mut sources = [
        Source::new("src/a.rs", "#[cfg(test)]\nmod bench_data;\n".to_owned()),
        Source::new("src/a/bench_data.rs", "fn f() { SystemTime::now(); }\n".to_owned()),
    ];
    set_tests_apart(&mut sources);
    assert_eq!(check("netdiag-model", &sources), Vec::<String>::new());
}

#[test]
fn a_path_names_its_module() {
    assert_eq!(module_of("src/lib.rs"), Vec::<String>::new());
    assert_eq!(module_of("src/a.rs"), ["a"]);
    assert_eq!(module_of("src/a/mod.rs"), ["a"]);
    assert_eq!(module_of("src/a/b.rs"), ["a", "b"]);
}
