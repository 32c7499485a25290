//! The laboratory is tested against iputils, iproute2 and tcpdump, as root and as an ordinary user.
//!
//! Not the libtest harness: agents of laboratories are this binary, so `intercept` comes first.
//! Tests that need something this machine lacks are listed as ignored, with the reason in the name.

mod capture;
mod cleanup;
mod faults;
mod impairments;
mod links;
mod path_details;
mod paths;
mod puppet;
mod rights;
mod servers;
mod usage;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};
use netdiag_lab::support;

type Tested = Result<(), Failed>;

/// A test with its name and the programs it needs beside `ip`.
struct Case {
    name: &'static str,
    needs: &'static [&'static str],
    run: fn() -> Tested,
}

/// Lists cases of a module: `case!(function, "program", …)`.
macro_rules! case {
    ($function:ident $(, $need:literal)*) => {
        $crate::Case { name: concat!(module_path!(), "::", stringify!($function)), needs: &[$($need),*], run: $function }
    };
}
pub(crate) use case;

fn main() -> ExitCode {
    netdiag_lab::intercept();
    if let Some(code) = cleanup::play_victim() {
        return code;
    }
    let cases = [
        links::CASES,
        rights::CASES,
        impairments::CASES,
        puppet::CASES,
        servers::CASES,
        faults::CASES,
        paths::CASES,
        path_details::CASES,
        capture::CASES,
        usage::CASES,
        cleanup::CASES,
    ];
    let trials = cases.into_iter().flatten().map(trial).collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial(case: &Case) -> Trial {
    let mut needs = vec!["namespaces", "ip"];
    needs.extend(case.needs);
    let name = case.name.trim_start_matches("lab::");
    match support().lacks(&needs) {
        None => Trial::test(name, case.run),
        Some(missing) => {
            Trial::test(format!("{name} [left out: {}]", missing.why), case.run).with_ignored_flag(true)
        }
    }
}

/// Fails with a message unless the condition holds.
#[expect(clippy::fn_params_excessive_bools, reason = "an assertion is a question of yes or no")]
fn check(condition: bool, message: impl FnOnce() -> String) -> Tested {
    if condition { Ok(()) } else { Err(message().into()) }
}

/// The counts in the last lines of iputils ping.
#[derive(Debug, PartialEq, Eq)]
struct Summary {
    transmitted: usize,
    received: usize,
    duplicates: usize,
}

/// Reads `N packets transmitted, M received, [+K duplicates, …]`.
fn summary(output: &str) -> Result<Summary, Failed> {
    let line = output
        .lines()
        .find(|line| line.contains("packets transmitted"))
        .ok_or_else(|| format!("no summary in {output:?}"))?;
    let number = |word: &str| {
        line.split(", ")
            .find(|part| part.contains(word))
            .and_then(|part| part.trim_start_matches('+').split(' ').next()?.parse().ok())
    };
    Ok(Summary {
        transmitted: number("transmitted").ok_or("no count of transmitted packets")?,
        received: number("received").ok_or("no count of received packets")?,
        duplicates: number("duplicates").unwrap_or(0),
    })
}
