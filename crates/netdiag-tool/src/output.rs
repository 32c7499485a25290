//! Streams that never make a probe wait: what is written goes to a thread of its own, which writes it out.
//!
//! One thread serves both streams, so that what is said about a run stands where it belongs among the data. A reader
//! that is slow, or has stopped, holds up only that thread. A reader that has gone (a closed pipe) ends the program
//! quietly; any other failure is kept for the end.

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use netdiag_engine::driver::Command;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

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

/// How many octets are gathered for one system call at most.
const CHUNK: usize = 1 << 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Which {
    Out,
    Err,
}

/// The writing end of a stream.
#[derive(Debug)]
pub struct Output {
    which: Which,
    pieces: Option<Sender<(Which, Vec<u8>)>>,
    is_gone: bool,
}

impl Output {
    /// Writes `bytes`. Never waits.
    pub fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let is_sent =
            self.pieces.as_ref().is_some_and(|pieces| pieces.send((self.which, bytes.to_vec())).is_ok());
        self.is_gone |= !is_sent;
    }

    /// Whether the streams cannot be written any more.
    pub const fn is_gone(&self) -> bool {
        self.is_gone
    }
}

/// Where a tool writes: data to `out`, everything said about the run to `err`.
#[derive(Debug)]
pub struct Streams {
    /// Standard output.
    pub out: Output,
    /// Standard error.
    pub err: Output,
    writer: Option<JoinHandle<Result<(), OutputError>>>,
    /// Closed by the writer when it has written all, or cannot write any more.
    is_over: oneshot::Receiver<()>,
}

impl Streams {
    /// Streams that end in `out` and `err`. When `out` cannot be written any more, the run is told to quit.
    pub fn new(
        out: impl Write + Send + 'static,
        err: impl Write + Send + 'static,
        quit: UnboundedSender<Command>,
    ) -> Self {
        let (pieces, queue) = mpsc::channel();
        let (over, is_over) = oneshot::channel();
        let writer = std::thread::Builder::new().name("output".into()).spawn(move || {
            let result = write_out(out, err, &queue);
            // Before anyone hears of a failure: whoever waits for the end finds it.
            drop::<oneshot::Sender<()>>(over);
            if result.is_err() {
                // Nobody listens when the run is over already: then there is nothing to end.
                let _ = quit.send(Command::Quit);
            }
            result
        });
        let pieces = writer.is_ok().then_some(pieces);
        let output = |which| Output { which, pieces: pieces.clone(), is_gone: false };
        Self { out: output(Which::Out), err: output(Which::Err), writer: writer.ok(), is_over }
    }

    /// Ready when all is written out, which a reader that has stopped can put off for ever. Nothing can be written after.
    pub async fn drained(&mut self) {
        self.out.pieces = None;
        self.err.pieces = None;
        // It is never sent to, only closed.
        let _ = (&mut self.is_over).await;
    }

    /// Waits until all is written out, and says what went wrong with standard output if something did.
    pub fn finish(&mut self) -> Result<(), OutputError> {
        self.out.pieces = None;
        self.err.pieces = None;
        match self.writer.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(OutputError::Failed(io::Error::other("the writing thread ended early"))),
            None => Ok(()),
        }
    }
}

fn write_out(
    mut out: impl Write,
    mut err: impl Write,
    queue: &Receiver<(Which, Vec<u8>)>,
) -> Result<(), OutputError> {
    let mut next = queue.recv().ok();
    while let Some((which, mut bytes)) = next {
        // Whatever has gathered for the same stream goes out in one system call.
        next = queue.try_recv().ok();
        while let Some((_, more)) = next.take_if(|(other, _)| *other == which && bytes.len() < CHUNK) {
            bytes.extend_from_slice(&more);
            next = queue.try_recv().ok();
        }
        let written = match which {
            Which::Out => out.write_all(&bytes).and_then(|()| out.flush()),
            Which::Err => err.write_all(&bytes).and_then(|()| err.flush()),
        };
        match (which, written) {
            (Which::Out, Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                return Err(OutputError::Closed);
            }
            (Which::Out, Err(error)) => return Err(OutputError::Failed(error)),
            // Where errors cannot be shown there is nobody to tell.
            (Which::Err, _) | (_, Ok(())) => {}
        }
        if next.is_none() {
            next = queue.recv().ok();
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::mpsc::unbounded_channel;

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_and_a_full_disk_end_the_run_and_are_told_apart() {
        for (kind, is_closed) in [(io::ErrorKind::BrokenPipe, true), (io::ErrorKind::StorageFull, false)] {
            let (quit, mut commands) = unbounded_channel();
            let mut streams = Streams::new(Failing(kind), io::sink(), quit);
            streams.out.write(b"line\n");
            assert_eq!(commands.blocking_recv(), Some(Command::Quit));
            assert_eq!(matches!(streams.finish(), Err(OutputError::Closed)), is_closed);
        }
    }

    #[test]
    fn errors_that_cannot_be_shown_end_nothing() {
        let (reader, writer) = io::pipe().expect("pipe");
        let (quit, _commands) = unbounded_channel();
        let mut streams = Streams::new(writer, Failing(io::ErrorKind::BrokenPipe), quit);
        streams.err.write(b"lost\n");
        streams.out.write(b"kept\n");
        streams.finish().expect("written");
        assert_eq!(io::read_to_string(reader).expect("read"), "kept\n");
    }

    #[test]
    fn both_streams_keep_their_common_order() {
        let (reader, writer) = io::pipe().expect("pipe");
        let (quit, _commands) = unbounded_channel();
        let mut streams = Streams::new(writer.try_clone().expect("clone"), writer, quit);
        for i in 0..1000 {
            let stream = if i % 3 == 0 { &mut streams.err } else { &mut streams.out };
            stream.write(format!("{i}\n").as_bytes());
        }
        streams.finish().expect("written");
        let text = io::read_to_string(reader).expect("read");
        let numbers: Vec<usize> = text.lines().map(|line| line.parse().expect("a number")).collect();
        assert_eq!(numbers, (0..1000).collect::<Vec<usize>>());
    }

    #[test]
    fn a_reader_that_has_stopped_puts_the_end_off_until_it_goes_on() {
        use std::pin::pin;
        use std::task::{Context, Poll, Waker};

        let (reader, writer) = io::pipe().expect("pipe");
        let (quit, _commands) = unbounded_channel();
        let mut streams = Streams::new(writer, io::sink(), quit);
        // More than any pipe holds.
        streams.out.write(&vec![b'x'; 4 << 20]);
        {
            let mut drained = pin!(streams.drained());
            let mut context = Context::from_waker(Waker::noop());
            assert_eq!(drained.as_mut().poll(&mut context), Poll::Pending);
        }
        assert_eq!(io::read_to_string(reader).expect("read").len(), 4 << 20);
        streams.finish().expect("written");
    }
}
