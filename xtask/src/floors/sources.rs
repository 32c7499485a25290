//! Source files against the rules a manifest cannot show: unsafe code, length, and who looks at the world.
//!
//! `unsafe` is forbidden by lint as well; the checks here see that no crate steps out of the shared lints.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use cargo_metadata::Package;

use super::scan;
use super::table::{LONG_BECAUSE, LONGEST_FILE, UNSAFE_HOME, WORLDLY, WORLDLY_CALLS, WORLDLY_FILE};

/// One file of a crate's `src`.
#[derive(Debug)]
pub(super) struct Source {
    /// From the crate's folder, `src/…`.
    pub(super) path: String,
    /// The module it holds; empty for a crate's root.
    pub(super) module: Vec<String>,
    /// As written.
    text: String,
    /// Without comments and literals.
    pub(super) code: String,
    /// Without test items either; blank in a file that is compiled for tests only.
    pub(super) production: String,
    /// How many lines are production code, comments included.
    lines: usize,
}

impl Source {
    pub(super) fn new(path: &str, text: String) -> Self {
        let code = scan::blank(&text);
        let (production, test_lines) = scan::without_tests(&code);
        let lines = text.lines().count().saturating_sub(test_lines);
        Self { path: path.to_owned(), module: module_of(path), text, code, production, lines }
    }
}

/// Reads a package's `src`, in the order of paths.
pub(super) fn read(package: &Package) -> Result<Vec<Source>> {
    let folder = package.manifest_path.parent().context("a manifest lies in a folder")?.as_std_path();
    let mut paths = Vec::new();
    walk(&folder.join("src"), &mut paths)?;
    paths.sort();
    let mut sources = Vec::new();
    for path in paths {
        let within = path.strip_prefix(folder)?.to_string_lossy().into_owned();
        sources.push(Source::new(&within, read_text(&path)?));
    }
    set_tests_apart(&mut sources);
    Ok(sources)
}

/// A breach if the package does not take over the workspace's lints.
pub(super) fn check_lints(package: &Package) -> Result<Option<String>> {
    let manifest = read_text(package.manifest_path.as_std_path())?;
    let inherits = manifest.contains("[lints]\nworkspace = true");
    let name = package.name.as_str();
    Ok((!inherits && name != UNSAFE_HOME).then(|| {
        format!("{name}/Cargo.toml: take over the lints of the workspace ([lints] workspace = true)")
    }))
}

/// Every breach in the files of a crate, one sentence each.
pub(super) fn check(krate: &str, sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources {
        let place = |at| format!("{krate}/{}:{}", source.path, scan::line(&source.code, at));
        if krate != UNSAFE_HOME {
            breaches.extend(
                scan::words(&source.code, "unsafe")
                    .map(|at| format!("{}: unsafe code lives in {UNSAFE_HOME} only", place(at))),
            );
        }
        if source.lines > LONGEST_FILE && !has_reason(&source.text) {
            breaches.push(format!(
                "{krate}/{}: {} production lines; part it, or say why in a line `{LONG_BECAUSE} …`",
                source.path, source.lines
            ));
        }
        breaches.extend(worldly_calls(krate, source).into_iter().map(|(at, call)| {
            format!("{}: {call} belongs in {}/{} or netdiag-os", place(at), WORLDLY_FILE.0, WORLDLY_FILE.1)
        }));
    }
    breaches
}

/// Where a file looks at the world though it must not: at most one finding per line.
fn worldly_calls<'a>(krate: &str, source: &'a Source) -> Vec<(usize, &'a str)> {
    if WORLDLY.contains(&krate) || (krate, source.path.as_str()) == WORLDLY_FILE {
        return Vec::new();
    }
    let mut found: Vec<(usize, &str)> = WORLDLY_CALLS
        .iter()
        .flat_map(|call| scan::words(&source.production, call).map(move |at| (at, *call)))
        .collect();
    found.sort_unstable();
    found.dedup_by_key(|(at, _)| scan::line(&source.production, *at));
    found
}

fn has_reason(text: &str) -> bool {
    text.lines().filter_map(|line| line.strip_prefix(LONG_BECAUSE)).any(|reason| !reason.trim().is_empty())
}

/// Blanks the production side of files that only tests compile: `tests.rs`, and what a `#[cfg(test)] mod` names.
fn set_tests_apart(sources: &mut [Source]) {
    let declared: Vec<Vec<String>> = sources
        .iter()
        .flat_map(|source| {
            scan::test_modules(&source.code)
                .into_iter()
                .map(|name| source.module.iter().cloned().chain([name.to_owned()]).collect::<Vec<_>>())
        })
        .collect();
    for source in sources {
        let named_so = source.module.iter().any(|part| part == "tests");
        if named_so || declared.iter().any(|module| source.module.starts_with(module)) {
            source.production.clear();
            source.lines = 0;
        }
    }
}

/// The module a file holds, by its path: `src/a/b.rs` and `src/a/b/mod.rs` hold `a::b`.
fn module_of(path: &str) -> Vec<String> {
    let within = path.strip_prefix("src/").unwrap_or(path);
    let stem = within.strip_suffix(".rs").unwrap_or(within);
    let mut module: Vec<String> = stem.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| last == "mod") || matches!(stem, "lib" | "main") {
        module.pop();
    }
    module
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    Ok(())
}

fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))
}

#[cfg(test)]
mod tests;
