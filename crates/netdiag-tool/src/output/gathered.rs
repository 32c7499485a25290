//! What both streams gather before it is written: their octets in one buffer, in their common order, and the one line of
//! progress that may stand on the terminal.
//!
//! A piece costs a copy here; the system call, or the message to the writing thread, is paid once per batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::sync::Notify;

use super::OutputError;
use super::writer::Writer;

/// How many octets gather before they are handed over by themselves, and about how many go out in one system call.
pub(super) const CHUNK: usize = 1 << 16;

/// From how many waiting octets on whoever can wait for the reader should.
const BEHIND: usize = 1 << 20;

/// Takes the cursor to the left and erases its line (ECMA-48: CR, EL 2).
const WIPE: &[u8] = b"\r\x1b[2K";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Out,
    Err,
}

/// Octets of both streams, and how many in a row belong to which.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) bytes: Vec<u8>,
    pub(super) runs: Vec<(Which, usize)>,
}

impl Batch {
    fn push(&mut self, which: Which, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        self.extend_runs(which, bytes.len());
    }

    /// Puts `other` behind this batch.
    pub(super) fn append(&mut self, other: &Self) {
        self.bytes.extend_from_slice(&other.bytes);
        for &(which, len) in &other.runs {
            self.extend_runs(which, len);
        }
    }

    /// The next octets, of one stream and no more than `most`.
    pub(super) fn first(&self, most: usize) -> Option<(Which, &[u8])> {
        let &(which, len) = self.runs.first()?;
        self.bytes.get(..len.min(most)).map(|piece| (which, piece))
    }

    /// Takes off the first `count` octets, all of one stream.
    pub(super) fn advance(&mut self, count: usize) {
        self.bytes.drain(..count);
        match self.runs.first_mut() {
            Some((_, len)) if *len > count => *len -= count,
            _ => drop(self.runs.remove(0)),
        }
    }

    fn extend_runs(&mut self, which: Which, more: usize) {
        match self.runs.last_mut() {
            Some((last, len)) if *last == which => *len += more,
            _ => self.runs.push((which, more)),
        }
    }
}

/// What the two threads know of each other.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Octets handed over and not yet written out.
    waiting: AtomicUsize,
    has_failed: AtomicBool,
    /// Told whenever either changes.
    changed: Notify,
}

impl Ledger {
    pub(super) fn shared() -> Arc<Self> {
        Arc::default()
    }

    /// Notes that `count` octets wait for the thread.
    pub(super) fn handed_over(&self, count: usize) {
        self.waiting.fetch_add(count, Ordering::Relaxed);
    }

    /// Notes that `count` octets are written out.
    pub(super) fn written(&self, count: usize) {
        self.waiting.fetch_sub(count, Ordering::Relaxed);
        self.changed.notify_one();
    }

    /// Octets handed over and not yet written out.
    pub(super) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Ready with the next change after the last call.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Notes that nothing can be written any more.
    pub(super) fn fail(&self) {
        self.has_failed.store(true, Ordering::Relaxed);
        self.changed.notify_one();
    }
}

/// What has been said and not yet handed over.
#[derive(Debug)]
pub(crate) struct Gathered {
    batch: Batch,
    writer: Writer,
    ledger: Arc<Ledger>,
    limit: usize,
    dropped: u64,
    is_line_up: bool,
}

impl Gathered {
    pub(super) fn new(writer: Writer, ledger: Arc<Ledger>, limit: usize) -> Self {
        Self { batch: Batch::default(), writer, ledger, limit, dropped: 0, is_line_up: false }
    }

    pub(super) fn write(&mut self, which: Which, bytes: &[u8]) {
        if bytes.is_empty() || self.is_gone() {
            return;
        }
        self.wipe_line();
        self.push(which, bytes);
    }

    pub(super) fn offer(&mut self, which: Which, bytes: &[u8]) {
        if self.is_full() {
            self.dropped += 1;
        } else {
            self.write(which, bytes);
        }
    }

    /// Puts `line` on the terminal in place of the one that stands there. Left out where a reader has stopped.
    pub(crate) fn show_line(&mut self, line: &str) {
        if self.is_full() || self.is_gone() {
            return;
        }
        self.push(Which::Err, WIPE);
        self.push(Which::Err, line.as_bytes());
        self.is_line_up = true;
    }

    /// Takes the line off the terminal if one stands there.
    pub(crate) fn wipe_line(&mut self) {
        if std::mem::take(&mut self.is_line_up) {
            self.push(Which::Err, WIPE);
        }
    }

    pub(super) fn is_gone(&self) -> bool {
        self.writer.is_closed() || self.ledger.has_failed.load(Ordering::Relaxed)
    }

    /// Whether more waits for the reader than its next few reads take.
    pub(super) fn is_behind(&self) -> bool {
        !self.is_gone() && self.ledger.waiting() > BEHIND
    }

    pub(super) fn ledger(&self) -> Arc<Ledger> {
        self.ledger.clone()
    }

    pub(super) const fn dropped(&self) -> u64 {
        self.dropped
    }

    pub(crate) fn hand_over(&mut self) {
        self.writer.take(&mut self.batch);
    }

    /// Hands over all there is; nothing can be written after.
    pub(super) fn close(&mut self) {
        self.wipe_line();
        self.hand_over();
        self.writer.close();
    }

    /// Closes, waits until all is written out, and says what went wrong with standard output if something did.
    pub(super) fn finish(&mut self) -> Result<(), OutputError> {
        self.close();
        self.writer.finish()
    }

    fn is_full(&self) -> bool {
        self.ledger.waiting() > self.limit
    }

    fn push(&mut self, which: Which, bytes: &[u8]) {
        self.batch.push(which, bytes);
        if self.batch.bytes.len() >= CHUNK {
            self.hand_over();
        }
    }
}
