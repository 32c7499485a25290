//! Who writes the streams out: the thread that speaks, as long as that cannot make it wait, and from then on a thread
//! of its own, which writes each run of one stream in one system call.
//!
//! A pipe that has room takes `PIPE_BUF` octets without waiting for its reader: pipe(7), poll(2).

use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::{Builder, JoinHandle};

use netdiag_engine::driver::Command;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::gathered::{Batch, CHUNK, Ledger, Which};
use super::{OutputError, StreamEnd};

/// How many octets an end that has room takes at once: `PIPE_BUF`.
const PIECE: usize = 4096;

/// Where standard output and standard error end.
pub(super) type Ends = (Box<dyn StreamEnd>, Box<dyn StreamEnd>);

/// Who writes at present.
enum Way {
    /// Whoever calls.
    Direct(Ends),
    /// The thread.
    Thread(Sender<Batch>),
    /// Nobody any more.
    Closed,
}

/// The writing side of both streams.
pub(super) struct Writer {
    way: Way,
    thread: Option<JoinHandle<Result<(), OutputError>>>,
    /// What went wrong outside the thread.
    failure: Option<OutputError>,
    ledger: Arc<Ledger>,
    quit: UnboundedSender<Command>,
    /// Dropped when all is written, or nothing can be written any more; by the thread once there is one.
    over: Option<oneshot::Sender<()>>,
}

impl Writer {
    pub(super) fn new(
        ends: Ends,
        ledger: Arc<Ledger>,
        (quit, over): (UnboundedSender<Command>, oneshot::Sender<()>),
    ) -> Self {
        Self { way: Way::Direct(ends), thread: None, failure: None, ledger, quit, over: Some(over) }
    }

    pub(super) const fn is_closed(&self) -> bool {
        matches!(self.way, Way::Closed)
    }

    /// Writes `batch` out, or leaves it to the thread from the octet on that would have to wait. Nothing is left in it.
    pub(super) fn take(&mut self, batch: &mut Batch) {
        if let Way::Direct(ends) = &mut self.way {
            // A whole buffer is a run that has much to say: the thread spares it the time.
            let result = if batch.bytes.len() < CHUNK { write_here(ends, batch) } else { Ok(()) };
            if let Err(error) = result.and_then(|()| self.start(batch)) {
                self.fail(error);
            }
        }
        if let Way::Thread(queue) = &self.way {
            let len = batch.bytes.len();
            if len > 0 {
                self.ledger.handed_over(len);
                let next = Batch { bytes: Vec::with_capacity(len), runs: Vec::new() };
                if queue.send(std::mem::replace(batch, next)).is_err() {
                    self.way = Way::Closed;
                }
            }
        }
    }

    /// Starts the thread if something is left for it.
    fn start(&mut self, batch: &Batch) -> Result<(), OutputError> {
        if batch.bytes.is_empty() {
            return Ok(());
        }
        let Way::Direct((out, err)) = std::mem::replace(&mut self.way, Way::Closed) else { return Ok(()) };
        let (batches, queue) = mpsc::channel();
        let (ledger, quit, over) = (self.ledger.clone(), self.quit.clone(), self.over.take());
        let thread = Builder::new().name("output".into()).spawn(move || {
            let result = write_out((out, err), (&queue, &ledger));
            if result.is_err() {
                ledger.fail();
            }
            // Before anyone hears of a failure: whoever waits for the end finds it.
            drop(over);
            if result.is_err() {
                // Nobody listens when the run is over already: then there is nothing to end.
                let _ = quit.send(Command::Quit);
            }
            result
        });
        self.thread = Some(thread.map_err(OutputError::Failed)?);
        self.way = Way::Thread(batches);
        Ok(())
    }

    fn fail(&mut self, error: OutputError) {
        self.failure = Some(error);
        self.ledger.fail();
        self.close();
        // As above.
        let _ = self.quit.send(Command::Quit);
    }

    /// Nothing is written after this but what the thread was given.
    pub(super) fn close(&mut self) {
        self.way = Way::Closed;
        self.over = None;
    }

    /// Waits for the thread if there is one; what went wrong with standard output.
    pub(super) fn finish(&mut self) -> Result<(), OutputError> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(OutputError::Failed(io::Error::other("the writing thread ended early"))),
            None => Ok(()),
        }
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("thread", &self.thread).finish_non_exhaustive()
    }
}

/// Writes as much of `batch` as there is room for now, and takes it off.
fn write_here((out, err): &mut Ends, batch: &mut Batch) -> Result<(), OutputError> {
    while let Some((which, piece)) = batch.first(PIECE) {
        let end = if which == Which::Out { &mut *out } else { &mut *err };
        if !end.has_room() {
            break;
        }
        let len = piece.len();
        match (end.write(piece).and_then(|count| end.flush().map(|()| count)), which) {
            (Ok(count), _) if count > 0 => batch.advance(count),
            (Err(error), _) if error.kind() == io::ErrorKind::Interrupted => {}
            (Err(error), _) if error.kind() == io::ErrorKind::WouldBlock => break,
            (Err(error), Which::Out) => return Err(what_failed(error)),
            (Ok(_), Which::Out) => return Err(what_failed(io::ErrorKind::WriteZero.into())),
            // Where errors cannot be shown there is nobody to tell.
            (_, Which::Err) => batch.advance(len),
        }
    }
    Ok(())
}

/// Writes until the queue is closed and empty, or until `out` fails.
fn write_out(
    (mut out, mut err): Ends,
    (queue, ledger): (&Receiver<Batch>, &Ledger),
) -> Result<(), OutputError> {
    while let Ok(mut batch) = queue.recv() {
        // Small batches that have gathered meanwhile go out together.
        while batch.bytes.len() < CHUNK
            && let Ok(more) = queue.try_recv()
        {
            batch.append(&more);
        }
        let mut rest = batch.bytes.as_slice();
        for &(which, len) in &batch.runs {
            let (run, behind) = rest.split_at(len);
            rest = behind;
            match which {
                Which::Out => write_all(out.as_mut(), run).map_err(what_failed)?,
                // As above.
                Which::Err => drop(write_all(err.as_mut(), run)),
            }
            ledger.written(len);
        }
    }
    Ok(())
}

/// Writes all of `bytes`, however often their reader makes that wait.
fn write_all(end: &mut dyn StreamEnd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match end.write(bytes) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // A pipe or socket that was set not to wait, by whoever else has it.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => end.wait_for_room()?,
            Err(error) => return Err(error),
        }
    }
    end.flush()
}

fn what_failed(error: io::Error) -> OutputError {
    if error.kind() == io::ErrorKind::BrokenPipe { OutputError::Closed } else { OutputError::Failed(error) }
}
