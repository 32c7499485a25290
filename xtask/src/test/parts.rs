//! The parts of the test suite: what each runs, and what can be in its way on this machine.
//!
//! Parts are found in the workspace's targets, so a new test target is run without being named here. Targets
//! called `lab` and `compat` need kernels of their own (network namespaces); all others run anywhere.

use std::fmt;
use std::process::{Command, Stdio};

use cargo_metadata::{Metadata, TargetKind};

/// The names of the parts, in the order they run.
pub(super) const NAMES: [&str; 4] = ["unit", "lab", "compat", "doc"];

/// One part of the suite.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    pub(super) work: Work,
    needs_lab: Need,
}

/// What a part does.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// A cargo call with these arguments.
    Run(Vec<String>),
    /// The workspace has no such target.
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    Nothing,
    NetworkNamespace,
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(args) => write!(f, "cargo {}", args.join(" ")),
            Self::Nothing => f.write_str("(no such target yet)"),
        }
    }
}

impl Part {
    /// Why this part cannot run here, if so.
    pub(super) fn obstacle(&self) -> Option<String> {
        let possible = self.needs_lab == Need::Nothing
            || unshares(&["--net"])
            || unshares(&["--user", "--map-root-user", "--net"]);
        (!possible).then(|| {
            "no network namespace can be made: run as root, or allow user namespaces \
             (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)"
                .to_owned()
        })
    }
}

/// Every part of this workspace, in the order they run.
pub(super) fn all(workspace: &Metadata) -> Vec<Part> {
    let tests = test_targets(workspace);
    let of_its_own = |name: &str| matches!(name, "lab" | "compat");
    let mut plain = vec!["--workspace".to_owned(), "--lib".to_owned(), "--bins".to_owned()];
    for (_, target) in tests.iter().filter(|(_, target)| !of_its_own(target)) {
        plain.extend(["--test".to_owned(), target.clone()]);
    }
    let [unit, lab, compat, doc] = NAMES;
    vec![
        part(
            unit,
            "unit, property and simulator tests; the programs' faces",
            Need::Nothing,
            Work::Run(test(plain)),
        ),
        part(lab, "real kernels in network namespaces", Need::NetworkNamespace, named(&tests, lab)),
        part(compat, "side by side with the classic tools", Need::NetworkNamespace, named(&tests, compat)),
        part(doc, "examples in the documentation", Need::Nothing, {
            Work::Run(test(vec!["--workspace".to_owned(), "--doc".to_owned()]))
        }),
    ]
}

fn part(name: &'static str, what: &'static str, needs_lab: Need, work: Work) -> Part {
    Part { name, what, work, needs_lab }
}

/// The arguments of a test call: the lock file as committed, and no stop at the first failure.
fn test(which: Vec<String>) -> Vec<String> {
    ["test", "--locked", "--no-fail-fast"].into_iter().map(str::to_owned).chain(which).collect()
}

/// Every integration test target, as package and name.
fn test_targets(workspace: &Metadata) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = workspace
        .workspace_packages()
        .iter()
        .flat_map(|package| package.targets.iter().map(move |target| (package, target)))
        .filter(|(_, target)| target.kind.contains(&TargetKind::Test) && target.test)
        .map(|(package, target)| (package.name.to_string(), target.name.clone()))
        .collect();
    found.sort();
    found
}

/// The call for all targets called `name`.
fn named(tests: &[(String, String)], name: &str) -> Work {
    let mut args = Vec::new();
    for (package, _) in tests.iter().filter(|(_, target)| target == name) {
        args.extend(["--package".to_owned(), package.clone()]);
    }
    if args.is_empty() {
        return Work::Nothing;
    }
    args.extend(["--test".to_owned(), name.to_owned()]);
    Work::Run(test(args))
}

/// Whether `unshare` with these options works for this user here.
fn unshares(options: &[&str]) -> bool {
    Command::new("unshare")
        .args(options)
        .arg("true")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::{Work, named};

    #[test]
    fn a_target_in_two_packages_is_one_call() {
        let tests = [("netdiag", "cli"), ("netdiag", "lab"), ("netdiag-lab", "lab")];
        let tests: Vec<_> = tests.map(|(package, name)| (package.to_owned(), name.to_owned())).into();
        let Work::Run(args) = named(&tests, "lab") else { panic!("there are two") };
        assert_eq!(args[3..], ["--package", "netdiag", "--package", "netdiag-lab", "--test", "lab"]);
        assert_eq!(named(&tests, "compat"), Work::Nothing);
    }
}
