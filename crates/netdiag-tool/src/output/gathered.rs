//! What both streams gather before it goes to the writing thread: their octets in one buffer, in their common order,
//! and the one line of progress that may stand on the terminal.
//!
//! A piece costs a copy here; the allocation, the message and the wake of the other thread are paid once per batch.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::Sender;

use tokio::sync::Notify;

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

/// What has been written and not yet handed over.
#[derive(Debug)]
pub(crate) struct Gathered {
    batch: Batch,
    /// The way to the writing thread; absent once the streams are closed, or where it could not be started.
    queue: Option<Sender<Batch>>,
    ledger: Arc<Ledger>,
    limit: usize,
    dropped: u64,
    is_line_up: bool,
}

impl Gathered {
    pub(super) fn new(queue: Option<Sender<Batch>>, ledger: Arc<Ledger>, limit: usize) -> Self {
        Self { batch: Batch::default(), queue, ledger, limit, dropped: 0, is_line_up: false }
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
        self.queue.is_none() || self.ledger.has_failed.load(Ordering::Relaxed)
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

    pub(super) fn hand_over(&mut self) {
        let Some(queue) = self.queue.as_ref().filter(|_| !self.batch.bytes.is_empty()) else { return };
        let len = self.batch.bytes.len();
        let next = Batch { bytes: Vec::with_capacity(len), runs: Vec::new() };
        self.ledger.waiting.fetch_add(len, Ordering::Relaxed);
        if queue.send(std::mem::replace(&mut self.batch, next)).is_err() {
            self.queue = None;
        }
    }

    /// Hands over all there is; nothing can be written after.
    pub(super) fn close(&mut self) {
        self.wipe_line();
        self.hand_over();
        self.queue = None;
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
