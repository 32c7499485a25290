//! A stream that never makes a probe wait: what is written goes to a thread of its own, which writes it out.
//!
//! A reader that is slow, or has stopped, holds up only that thread. A reader that has gone (a closed pipe) ends the
//! program quietly; any other failure is kept for the end.

use std::io::{self, Write};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;

use netdiag_engine::driver::Command;
use tokio::sync::mpsc::UnboundedSender;

/// What went wrong with a stream.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The reader has gone. Not worth a word.
    #[error("the reader of the output has gone")]
    Closed,
    /// It cannot be written, for example because the disk is full.
    #[error("cannot write the output: {0}")]
    Failed(#[source] io::Error),
}

/// The writing end of a stream.
pub struct Output {
    lines: Option<Sender<Vec<u8>>>,
    writer: Option<JoinHandle<Result<(), OutputError>>>,
    is_gone: bool,
}

impl Output {
    /// A stream that ends in `sink`. When it cannot be written any more, the run is told to quit.
    pub fn new(sink: impl Write + Send + 'static, quit: UnboundedSender<Command>) -> Self {
        let (lines, queue) = mpsc::channel();
        let writer = std::thread::Builder::new().name("output".into()).spawn(move || {
            let result = write_out(sink, &queue);
            if result.is_err() {
                // Nobody listens when the run is over already: then there is nothing to end.
                let _ = quit.send(Command::Quit);
            }
            result
        });
        match writer {
            Ok(writer) => Self { lines: Some(lines), writer: Some(writer), is_gone: false },
            Err(_) => Self { lines: None, writer: None, is_gone: true },
        }
    }

    /// Writes `bytes`. Never waits.
    pub fn write(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        let is_sent = self.lines.as_ref().is_some_and(|lines| lines.send(bytes.to_vec()).is_ok());
        self.is_gone |= !is_sent;
    }

    /// Whether the stream cannot be written any more.
    pub const fn is_gone(&self) -> bool {
        self.is_gone
    }

    /// Waits until all is written out, and says what went wrong if something did.
    pub fn finish(&mut self) -> Result<(), OutputError> {
        self.lines = None;
        match self.writer.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(OutputError::Failed(io::Error::other("the writing thread ended early"))),
            None => Ok(()),
        }
    }
}

fn write_out(mut sink: impl Write, queue: &Receiver<Vec<u8>>) -> Result<(), OutputError> {
    while let Ok(first) = queue.recv() {
        let mut bytes = first;
        // Whatever has gathered meanwhile goes out in one system call.
        while let Ok(more) = queue.try_recv() {
            bytes.extend_from_slice(&more);
            if bytes.len() >= 1 << 16 {
                break;
            }
        }
        sink.write_all(&bytes).and_then(|()| sink.flush()).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => OutputError::Closed,
            _ => OutputError::Failed(error),
        })?;
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
            let mut output = Output::new(Failing(kind), quit);
            output.write(b"line\n");
            assert_eq!(commands.blocking_recv(), Some(Command::Quit));
            assert_eq!(matches!(output.finish(), Err(OutputError::Closed)), is_closed);
        }
    }

    #[test]
    fn everything_written_is_written_out_in_order() {
        let (reader, writer) = io::pipe().expect("pipe");
        let (quit, _commands) = unbounded_channel();
        let mut output = Output::new(writer, quit);
        (0..1000).for_each(|i| output.write(format!("{i}\n").as_bytes()));
        output.finish().expect("written");
        let text = io::read_to_string(reader).expect("read");
        assert_eq!(text, (0..1000).map(|i| format!("{i}\n")).collect::<String>());
    }
}
