//! A list: its octets become lines, and its lines entries, as they come in.
//!
//! One target a line; `#` at the beginning or after white space begins a comment; blank lines count and mean nothing;
//! CR LF ends a line as LF does; a byte order mark is let be. What is kept of a line that goes on and on is bounded.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::sync::mpsc::Receiver;

use super::word::{Word, WordError, literal};
use super::{Block, Failure, FailureKind, Place};
use crate::error::ToolError;
use crate::lists::{Chunk, List, Lists};

/// The longest line, in octets.
const LONGEST_LINE: usize = 1024;
/// How much of a line that is too long is shown, in characters.
const SHOWN: usize = 40;

/// What a word or a line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Address(IpAddr),
    Name(String),
    Block(Block),
}

/// What a line of a list may name.
pub trait Listable: Sized {
    /// What a whole line names, where that is seen at a glance: most lines of a long list are alike.
    fn at_a_glance(_line: &str) -> Option<Self> {
        None
    }

    /// What a line without its remark names.
    ///
    /// # Errors
    /// What is wrong with it.
    fn understand(text: &str) -> Result<Self, LineError>;
}

/// Why a line names nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LineError {
    /// This is wrong with the line, which is to be named before it.
    Line(&'static str),
    /// One line that names the word.
    Word(String),
}

impl Entry {
    /// What a host as typed asks for.
    pub(super) fn host(text: String) -> Self {
        literal(&text).map_or(Self::Name(text), Self::Address)
    }
}

impl Listable for Entry {
    fn at_a_glance(line: &str) -> Option<Self> {
        literal(line).map(Self::Address)
    }

    fn understand(text: &str) -> Result<Self, LineError> {
        match Word::parse(text) {
            Ok(Word::Host(name)) => Ok(Self::host(name)),
            Ok(Word::Block(block)) => Ok(Self::Block(block)),
            Ok(Word::File(_) | Word::Stdin) => {
                Err(LineError::Line("a list cannot name another list: give it on the command line"))
            }
            Err(WordError::Character { character, .. }) if character.is_whitespace() => {
                Err(LineError::Line("one target a line; a remark begins with #"))
            }
            Err(error) => Err(LineError::Word(error.to_string())),
        }
    }
}

/// A list that is being read.
#[derive(Debug)]
pub struct Listed<T> {
    source: Rc<str>,
    chunks: Receiver<Chunk>,
    chunk: Vec<u8>,
    /// Where in the chunk the next line begins.
    at: usize,
    /// The beginning of a line that the chunks before ended in, as much as [`keep`] keeps.
    begun: Vec<u8>,
    /// The line that was read last, from 1.
    line: u64,
    is_over: bool,
    entry: PhantomData<fn() -> T>,
}

impl<T: Listable> Listed<T> {
    /// Begins to read it.
    pub fn open(list: &List, lists: &dyn Lists) -> Self {
        Self {
            source: list.to_string().into(),
            chunks: lists.open(list),
            chunk: Vec::new(),
            at: 0,
            begun: Vec::new(),
            line: 0,
            is_over: false,
            entry: PhantomData,
        }
    }

    /// Where the entry given last stands.
    pub(super) fn place(&self) -> Place {
        Place { source: self.source.clone(), line: self.line }
    }

    /// What the next line with anything on it asks for, or why it asks for nothing; `None` at the end.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, Box<Failure>>>> {
        loop {
            if let Some(entry) = self.next_entry() {
                return Poll::Ready(Some(entry.map_err(|malformed| Box::new(self.malformed(*malformed)))));
            }
            if self.is_over {
                return Poll::Ready(None);
            }
            match ready!(self.chunks.poll_recv(cx)) {
                Some(Ok(chunk)) => (self.chunk, self.at) = (chunk, 0),
                // The last line may lack its end.
                None => {
                    self.is_over = true;
                    (self.chunk, self.at) = (vec![b'\n'], usize::from(self.begun.is_empty()));
                }
                Some(Err(error)) => {
                    self.is_over = true;
                    let error = ToolError::new(format!("cannot read {}: {error}", self.source));
                    let failure = Failure::new(FailureKind::Unreadable, &self.source, None, error);
                    return Poll::Ready(Some(Err(Box::new(failure))));
                }
            }
        }
    }

    /// What the next line in the chunk with anything on it asks for; `None` where the chunk holds no further end of a
    /// line.
    fn next_entry(&mut self) -> Option<Result<T, Box<Malformed>>> {
        loop {
            let rest = &self.chunk[self.at..];
            let Some(len) = rest.iter().position(|&octet| octet == b'\n') else {
                keep(&mut self.begun, rest);
                self.at = self.chunk.len();
                return None;
            };
            self.at += len + 1;
            self.line += 1;
            let entry = if self.begun.is_empty() {
                understand(&rest[..len], self.line)
            } else {
                keep(&mut self.begun, &rest[..len]);
                let entry = understand(&self.begun, self.line);
                self.begun.clear();
                entry
            };
            if entry.is_some() {
                return entry;
            }
        }
    }

    #[cold]
    fn malformed(&self, malformed: Malformed) -> Failure {
        let error = ToolError::new(malformed.message);
        Failure::new(FailureKind::Malformed, &malformed.label, Some(self.place()), error)
    }
}

/// Keeps as much of a line as is needed to tell that it is too long: a byte order mark may stand before the longest and
/// a CR behind it.
fn keep(begun: &mut Vec<u8>, more: &[u8]) {
    let room = (LONGEST_LINE + 5).saturating_sub(begun.len());
    begun.extend_from_slice(&more[..more.len().min(room)]);
}

/// A line that names no target. Boxed, as [`Failure`] is here: lines are moved a few times and are mostly well.
struct Malformed {
    label: String,
    message: String,
}

impl Malformed {
    fn boxed(line: &[u8], what: &str) -> Box<Self> {
        let label: String = String::from_utf8_lossy(line).chars().take(SHOWN).collect();
        Box::new(Self { message: format!("{label:?}: {what}"), label })
    }
}

/// What a line without its end asks for; `None` where it is blank or a comment.
fn understand<T: Listable>(line: &[u8], number: u64) -> Option<Result<T, Box<Malformed>>> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = if number == 1 { line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line) } else { line };
    if line.len() > LONGEST_LINE {
        return Some(Err(Malformed::boxed(
            line,
            "the line is longer than 1024 octets: write one target a line",
        )));
    }
    let Ok(text) = std::str::from_utf8(line) else {
        return Some(Err(Malformed::boxed(line, "the line is no UTF-8 text: save the list as UTF-8")));
    };
    if let Some(entry) = T::at_a_glance(text) {
        return Some(Ok(entry));
    }
    let text = without_comment(text).trim();
    if text.is_empty() {
        return None;
    }
    Some(T::understand(text).map_err(|error| match error {
        LineError::Line(what) => Malformed::boxed(line, what),
        LineError::Word(message) => Box::new(Malformed { label: text.to_owned(), message }),
    }))
}

/// The text before the first `#` that stands at the beginning or behind white space.
fn without_comment(text: &str) -> &str {
    let mut signs = text.match_indices('#').map(|(at, _)| &text[..at]);
    signs.find(|before| before.chars().next_back().is_none_or(char::is_whitespace)).unwrap_or(text)
}
