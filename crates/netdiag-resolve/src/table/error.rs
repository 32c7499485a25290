//! What can be wrong with a table, and the way out.

use std::io;
use std::path::Path;

use netdiag_engine::port::OriginTableError;

/// What both kinds of tables are.
const KINDS: &str = "give an MMDB file with AS numbers (GeoLite2-ASN and its like), or a text with a line for each range: \
                     first address, last address, AS number, country and name, with tabs between (ip2asn-combined.tsv \
                     of iptoasn.com)";

/// Why a table could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(super) enum TableError {
    /// The file cannot be opened or read.
    #[error("{}", reason(.0))]
    Read(#[source] io::Error),
    /// It is packed by gzip(1).
    #[error("the file is compressed")]
    Compressed,
    /// It is no text, and no MMDB file.
    #[error("this is no table of AS numbers: {0}")]
    NoTable(String),
    /// An MMDB file of something else.
    #[error("no AS numbers in it, it is a table of the kind `{}`", .0.escape_debug())]
    OtherKind(String),
    /// A text without a line that counts.
    #[error("no range of addresses in it that is announced by an AS")]
    Empty,
    /// A line of a text that does not read.
    #[error("{what}")]
    Line {
        /// Counted from one.
        line: u32,
        /// What is wrong with it.
        what: LineFault,
    },
}

/// What can be wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(super) enum LineFault {
    /// It has no end for a long time.
    #[error("the line is too long")]
    Long,
    /// There are fewer than three fields.
    #[error("fewer than three fields with tabs between them")]
    Fields,
    /// The first two are no addresses.
    #[error("the first two fields are no addresses of one family")]
    Addresses,
    /// The second address comes before the first.
    #[error("the range ends before it begins")]
    Backwards,
    /// The third is no AS number.
    #[error("the third field is no AS number")]
    Number,
    /// Another line has some of the same addresses.
    #[error("the range overlaps that of line {0}")]
    Overlap(u32),
}

impl LineFault {
    pub(super) const fn at(self, line: u32) -> TableError {
        TableError::Line { line, what: self }
    }
}

impl TableError {
    /// The same as the port tells it: of the file at `path`, with the way out.
    pub(super) fn of(&self, path: &Path) -> OriginTableError {
        let hint = match self {
            Self::Read(_) => "name a file that is there and may be read".to_owned(),
            Self::Compressed => "unpack it first (gunzip FILE)".to_owned(),
            Self::Line { what: LineFault::Overlap(_), .. } => "leave one of the two lines out".to_owned(),
            _ => KINDS.to_owned(),
        };
        let line = match self {
            Self::Line { line, .. } => Some(*line),
            _ => None,
        };
        OriginTableError { file: path.to_owned(), line, text: self.to_string(), hint }
    }
}

/// The system's words.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    // The number that the standard library puts behind the system's words is of no use here.
    text.split(" (os error").next().unwrap_or_default().to_owned()
}
