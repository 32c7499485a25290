//! Streams that never make a probe wait: what is written gathers in one buffer and goes out many pieces at a time, at
//! once where that cannot block, else by a thread of its own, which is started only then.
//!
//! Both streams share the buffer and the thread, so that what is said about a run stands where it belongs among the
//! data. A reader that is slow, or has stopped, holds up only that thread. A reader that has gone ends the program quietly;
//! any other failure is kept for the end.

#[cfg(test)]
mod direct_tests;
mod gathered;
#[cfg(test)]
mod tests;
mod writer;

use std::cell::RefCell;
use std::io::{self, Write};
use std::rc::Rc;

use netdiag_engine::driver::Command;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

pub(crate) use gathered::Gathered;
use gathered::{Ledger, Which};
use writer::Writer;

/// What went wrong with standard output.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The reader has gone. Not worth a word.
    #[error("the reader of the output has gone")]
    Closed,
    /// It cannot be written, for example because the disk is full.
    #[error("cannot write to standard output: {0}")]
    Failed(#[source] io::Error),
}

/// How many octets may wait for a reader before what may be left out is left out.
const LIMIT: usize = 64 << 20;

/// Where a stream ends that can tell whether it would make its writer wait.
pub trait StreamEnd: Write + Send + 'static {
    /// Whether it takes 4096 octets now (`PIPE_BUF`) without waiting for a reader. When in doubt it has no room.
    fn has_room(&self) -> bool;

    /// Waits until a write that would have had to wait does so no more; asked only after one has said so
    /// ([`io::ErrorKind::WouldBlock`]).
    fn wait_for_room(&self) -> io::Result<()>;
}

/// An end that cannot tell.
struct Slow<W>(W);

impl<W: Write + Send + 'static> StreamEnd for Slow<W> {
    fn has_room(&self) -> bool {
        false
    }

    fn wait_for_room(&self) -> io::Result<()> {
        Err(io::ErrorKind::WouldBlock.into())
    }
}

impl<W: Write> Write for Slow<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The writing end of a stream.
#[derive(Debug)]
pub struct Output {
    which: Which,
    gathered: Rc<RefCell<Gathered>>,
}

impl Output {
    /// Writes `bytes`. Never waits, and nothing of it is ever left out. It is on its way once enough has gathered, or
    /// with [`Streams::flush`].
    pub fn write(&mut self, bytes: &[u8]) {
        self.gathered.borrow_mut().write(self.which, bytes);
    }

    /// The same for what may be left out, such as a record about a single probe: it is dropped, and counted, while more
    /// waits for the reader than may.
    pub fn offer(&mut self, bytes: &[u8]) {
        self.gathered.borrow_mut().offer(self.which, bytes);
    }

    /// Whether the streams cannot be written any more.
    pub fn is_gone(&self) -> bool {
        self.gathered.borrow().is_gone()
    }
}

/// Where a tool writes: data to `out`, everything said about the run to `err`.
#[derive(Debug)]
pub struct Streams {
    /// Standard output.
    pub out: Output,
    /// Standard error.
    pub err: Output,
    gathered: Rc<RefCell<Gathered>>,
    /// Closed when all is written, or nothing can be written any more.
    is_over: oneshot::Receiver<()>,
}

impl Streams {
    /// Streams that end in `out` and `err`, which are left to a thread of their own. When `out` cannot be written any
    /// more, the run is told to quit.
    pub fn new(
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
        quit: UnboundedSender<Command>,
    ) -> Self {
        Self::with_limit(out, err, quit, LIMIT)
    }

    /// The same with another limit: how many octets may wait for the reader before [`Output::offer`] leaves out.
    pub fn with_limit(
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
        quit: UnboundedSender<Command>,
        limit: usize,
    ) -> Self {
        Self::at(Slow(out), Slow(err), quit, limit)
    }

    /// The same for ends that are written directly while they have room.
    pub fn direct(out: impl StreamEnd, err: impl StreamEnd, quit: UnboundedSender<Command>) -> Self {
        Self::at(out, err, quit, LIMIT)
    }

    fn at(out: impl StreamEnd, err: impl StreamEnd, quit: UnboundedSender<Command>, limit: usize) -> Self {
        let (over, is_over) = oneshot::channel();
        let ledger = Ledger::shared();
        let writer = Writer::new((Box::new(out), Box::new(err)), ledger.clone(), (quit, over));
        let gathered = Rc::new(RefCell::new(Gathered::new(writer, ledger, limit)));
        let output = |which| Output { which, gathered: gathered.clone() };
        let (out, err) = (output(Which::Out), output(Which::Err));
        Self { out, err, gathered, is_over }
    }

    /// Writes what has gathered out, or hands it to the thread that does. Never waits.
    pub fn flush(&mut self) {
        self.gathered.borrow_mut().hand_over();
    }

    /// Whether so much waits for the reader that whoever can wait for it should: see [`Streams::room`].
    pub fn is_behind(&self) -> bool {
        self.gathered.borrow().is_behind()
    }

    /// Ready when the reader has caught up or has gone; one that has stopped can put it off for ever.
    pub async fn room(&mut self) {
        self.flush();
        let ledger = self.gathered.borrow().ledger();
        while self.is_behind() {
            ledger.changed().await;
        }
    }

    /// How many pieces that were offered have been left out so far.
    pub fn dropped(&self) -> u64 {
        self.gathered.borrow().dropped()
    }

    /// Ready when all is written out, which a reader that has stopped can put off for ever. Nothing can be written after.
    pub async fn drained(&mut self) {
        self.gathered.borrow_mut().close();
        // It is never sent to, only closed.
        let _ = (&mut self.is_over).await;
    }

    /// Waits until all is written out, and says what went wrong with standard output if something did.
    pub fn finish(&mut self) -> Result<(), OutputError> {
        self.gathered.borrow_mut().finish()
    }

    /// What both streams gather in, for the line that shows how far a run is.
    pub(crate) fn gathered(&self) -> Rc<RefCell<Gathered>> {
        self.gathered.clone()
    }
}
