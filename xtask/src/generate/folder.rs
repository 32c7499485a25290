//! Wanted files against the files that are there.
//!
//! It knows nothing of what the files mean; it compares, and writes one.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Text by path from the workspace's root.
pub(super) type Files = BTreeMap<PathBuf, String>;

/// How a file on disk is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Missing,
    Differs,
    LeftOver,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Differs => "differs",
            Self::LeftOver => "left over",
        })
    }
}

/// What has to change below `root` so that `folders` hold exactly what is wanted.
pub(super) fn changes(root: &Path, folders: &[&str], wanted: &Files) -> Result<BTreeMap<PathBuf, Change>> {
    let mut changes = BTreeMap::new();
    for (path, text) in wanted {
        match fs::read(root.join(path)) {
            Ok(bytes) if bytes == text.as_bytes() => {}
            Ok(_) => drop(changes.insert(path.clone(), Change::Differs)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                changes.insert(path.clone(), Change::Missing);
            }
            Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
        }
    }
    for folder in folders {
        let Ok(entries) = fs::read_dir(root.join(folder)) else { continue };
        for entry in entries {
            let path = Path::new(folder).join(entry?.file_name());
            if !wanted.contains_key(&path) {
                changes.insert(path, Change::LeftOver);
            }
        }
    }
    Ok(changes)
}

/// Writes a file, and its folder where that is missing.
pub(super) fn write(place: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(place, text)
}

#[cfg(test)]
mod tests {
    use super::{Change, Files, changes, write};

    #[test]
    fn missing_differing_and_left_over_files_are_named() {
        let root = std::env::temp_dir().join(format!("xtask-folder-{}", std::process::id()));
        let texts = [("man/same.1", "a"), ("man/other.1", "b"), ("man/old.1", "c")];
        for (path, text) in texts {
            write(&root.join(path), text).expect("written");
        }
        let wanted: Files = [("man/same.1", "a"), ("man/other.1", "x"), ("completions/new", "n")]
            .map(|(path, text)| (path.into(), text.to_owned()))
            .into();
        let found = changes(&root, &["man", "completions"], &wanted);
        std::fs::remove_dir_all(&root).expect("removed");
        let found: Vec<_> = found
            .expect("read")
            .into_iter()
            .map(|(path, change)| (path.display().to_string(), change))
            .collect();
        let expected = [
            ("completions/new", Change::Missing),
            ("man/old.1", Change::LeftOver),
            ("man/other.1", Change::Differs),
        ];
        assert_eq!(found, expected.map(|(path, change)| (path.to_owned(), change)));
    }
}
