//! Lists of targets as octets: whom a list comes from, and the port that reads it piece by piece.
//!
//! What the lines mean is known elsewhere ([`crate::targets`]); a list may have no end.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::PathBuf;

use tokio::sync::mpsc::{self, Receiver};

/// Where a list comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// The file's name, or `standard input`.
impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Stdin => f.write_str("standard input"),
        }
    }
}

/// The longest piece of a list, in octets.
pub const CHUNK: usize = 1 << 16;

/// A piece of a list, at most [`CHUNK`] octets; or why there is no more of it, and then it is the last.
pub type Chunk = io::Result<Vec<u8>>;

/// Reads lists.
pub trait Lists {
    /// Begins to read `list`. Pieces come in order as the reader makes room for them; the channel is closed at the end.
    fn open(&self, list: &List) -> Receiver<Chunk>;
}

/// Lists in memory, for tests and examples.
#[derive(Debug, Clone, Default)]
pub struct MemoryLists {
    /// The octets of each list. What is not here cannot be opened.
    pub lists: BTreeMap<List, Vec<u8>>,
}

impl Lists for MemoryLists {
    fn open(&self, list: &List) -> Receiver<Chunk> {
        let chunks: Vec<Chunk> = match self.lists.get(list) {
            Some(bytes) => bytes.chunks(CHUNK).map(|chunk| Ok(chunk.to_vec())).collect(),
            None => vec![Err(io::ErrorKind::NotFound.into())],
        };
        let (sender, receiver) = mpsc::channel(chunks.len().max(1));
        for chunk in chunks {
            // There is room for all of them, and the receiver is at hand.
            let _ = sender.try_send(chunk);
        }
        receiver
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_memory_comes_in_pieces_and_ends() {
        let bytes: Vec<u8> = (0..CHUNK + 10).map(|i| i as u8).collect();
        let lists = MemoryLists { lists: BTreeMap::from([(List::Stdin, bytes.clone())]) };
        let mut chunks = lists.open(&List::Stdin);
        let mut read = Vec::new();
        while let Some(chunk) = chunks.blocking_recv() {
            read.push(chunk.expect("a piece"));
        }
        assert_eq!(read.iter().map(Vec::len).collect::<Vec<usize>>(), [CHUNK, 10]);
        assert_eq!(read.concat(), bytes);
        let mut chunks = lists.open(&List::File("none".into()));
        let error = chunks.blocking_recv().expect("an answer").expect_err("no such list");
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(chunks.blocking_recv().is_none());
    }
}
