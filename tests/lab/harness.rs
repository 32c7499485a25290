//! What the real-kernel tests share: cases with what they need, and an assertion that is an error.
//!
//! Not the libtest harness: agents of laboratories are the test binary itself, so `intercept` comes first. A test that
//! needs something this machine lacks is listed as ignored, with the reason in its name.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use netdiag_lab::{Rights, support};

pub(crate) type Tested = Result<(), Failed>;

/// The front.
pub(crate) const NETDIAG: &str = env!("CARGO_BIN_EXE_netdiag");

/// A test with its name and what it needs beside `ip`: programs, or "root" for namespaces made without a user
/// namespace (a second user id, file capabilities, sysctls that such a namespace refuses).
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) needs: &'static [&'static str],
    pub(crate) run: fn() -> Tested,
}

/// Lists cases of a module: `case!(function, "need", …)`.
macro_rules! case {
    ($function:ident $(, $need:literal)*) => {
        $crate::harness::Case {
            name: concat!(module_path!(), "::", stringify!($function)),
            needs: &[$($need),*],
            run: $function,
        }
    };
}
pub(crate) use case;

/// Runs all cases, and trials made from tables, as the arguments say.
pub(crate) fn main(groups: &[&[Case]], tables: fn() -> Vec<Trial>) -> ExitCode {
    // First of all: agents of laboratories never get beyond it.
    netdiag_lab::intercept();
    let cases = groups.iter().flat_map(|group| group.iter()).map(|case| {
        // The crate's own name says nothing.
        let name = case.name.split_once("::").map_or(case.name, |(_, name)| name);
        trial(name, case.needs, case.run)
    });
    let trials = cases.chain(tables()).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A test of this name, left out where this machine lacks what it needs.
pub(crate) fn trial(name: &str, needs: &[&str], run: impl FnOnce() -> Tested + Send + 'static) -> Trial {
    match missing(needs) {
        None => Trial::test(name, run),
        Some(why) => Trial::test(format!("{name} [left out: {why}]"), run).with_ignored_flag(true),
    }
}

/// Why this machine cannot do it.
fn missing(needs: &[&str]) -> Option<String> {
    let support = support();
    let programs: Vec<&str> = ["namespaces", "ip", "ipv6"].iter().chain(needs).copied().collect();
    if let Some(missing) = support.lacks(&programs) {
        return Some(missing.why.clone());
    }
    if needs.contains(&"root") && support.rights() != Some(Rights::Root) {
        return Some(
            "it needs root: in a user namespace there is no user 0, no second user and no file capability"
                .into(),
        );
    }
    let setcap = ["/usr/sbin/setcap", "/sbin/setcap", "/usr/bin/setcap"];
    if needs.contains(&"setcap") && !setcap.iter().any(|path| std::path::Path::new(path).exists()) {
        return Some("setcap is not installed (apt-get install libcap2-bin)".into());
    }
    None
}

/// Fails with a message unless the condition holds.
#[expect(clippy::fn_params_excessive_bools, reason = "an assertion is a question of yes or no")]
pub(crate) fn check(condition: bool, message: impl FnOnce() -> String) -> Tested {
    if condition { Ok(()) } else { Err(message().into()) }
}
