//! Who announces an address, from a file of this host: nobody is asked, and nothing is waited for.

use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use netdiag_model::Origin;

/// Why a table could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginTableError {
    /// The file, as typed.
    pub file: PathBuf,
    /// The line that is wrong, counted from one, in a file that has lines.
    pub line: Option<u32>,
    /// What is wrong.
    pub text: String,
    /// The way out: what the file should be, or what to do with it.
    pub hint: String,
}

/// `FILE, line N: TEXT`; the way out is apart.
impl fmt::Display for OriginTableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.text)
    }
}

impl std::error::Error for OriginTableError {}

/// A table of who announces what.
pub trait OriginTable {
    /// Who announces an address; `None` when the table does not know. Takes microseconds.
    fn origin(&self, address: IpAddr) -> Option<Origin>;
}

/// Opens tables.
pub trait OriginTables {
    /// Reads the table in the file. It takes a part of a second where the table is large.
    fn open(&self, path: &Path) -> Result<Box<dyn OriginTable>, OriginTableError>;
}
