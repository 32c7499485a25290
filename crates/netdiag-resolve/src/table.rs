//! Tables of who announces what, from files: MMDB (`mmdb`) and tab-separated text (`text`), told apart by content.
//!
//! A file is read once, from front to back, so it may be a pipe. Addresses are looked up as the DNS zones would be
//! asked, but for private ones: a table may know those.

mod error;
mod mmdb;
mod text;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::net::IpAddr;
use std::path::Path;

use netdiag_engine::port::{OriginTable, OriginTableError, OriginTables};
use netdiag_model::Origin;
use netdiag_model::origin::bearer;

use error::TableError;
use mmdb::Mmdb;
use text::Text;

/// How much of a file is looked at to tell what it is.
const GLANCE: usize = 1 << 16;
/// The largest MMDB file that is read, in octets; the largest that are published have a tenth of it.
const LARGEST: u64 = 1 << 29;

/// The tables in the files of this system.
#[derive(Debug, Clone, Copy, Default)]
pub struct OriginFiles;

impl OriginTables for OriginFiles {
    fn open(&self, path: &Path) -> Result<Box<dyn OriginTable>, OriginTableError> {
        File::open(path).map_err(TableError::Read).and_then(read).map_err(|error| error.of(path))
    }
}

/// Reads a table of either kind.
fn read(source: impl Read) -> Result<Box<dyn OriginTable>, TableError> {
    let mut source = BufReader::with_capacity(GLANCE, source);
    let glance = source.fill_buf().map_err(TableError::Read)?;
    if glance.starts_with(&[0x1f, 0x8b]) {
        return Err(TableError::Compressed);
    }
    if !glance.contains(&0) {
        return Ok(Box::new(Text::read(source)?));
    }
    let mut octets = Vec::new();
    source.take(LARGEST + 1).read_to_end(&mut octets).map_err(TableError::Read)?;
    if octets.len() as u64 > LARGEST {
        return Err(TableError::Read(io::ErrorKind::FileTooLarge.into()));
    }
    Ok(Box::new(Mmdb::new(octets)?))
}

impl OriginTable for Text {
    fn origin(&self, address: IpAddr) -> Option<Origin> {
        self.find(bearer(address))
    }
}

impl OriginTable for Mmdb {
    fn origin(&self, address: IpAddr) -> Option<Origin> {
        self.find(bearer(address))
    }
}

/// A name that is shown: not empty, and of a length that leaves room for others.
fn name(text: &str) -> Option<String> {
    /// In characters.
    const LONGEST: usize = 128;
    let name: String = text.trim().chars().take(LONGEST).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
