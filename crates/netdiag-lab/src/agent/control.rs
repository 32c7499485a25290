//! The line between an agent and the test: requests on standard input, answers on standard output.
//!
//! An agent says `ready` once. From then on a request is one line, and its answer is any number of
//! lines and a line with a single dot. The end of standard input is the order to end.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

use serde::Serialize;

/// Said once an agent has everything open that it needs.
pub(crate) const READY: &str = "ready";
/// Ends an answer.
pub(crate) const END: &str = ".";
/// Asks for the log of what happened so far.
pub(crate) const LOG: &str = "log";

/// What came in on the control line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Somebody wants the log.
    Log,
    /// The test has ended or dropped its handle.
    End,
}

/// The agent's end of the control line.
#[derive(Debug)]
pub(crate) struct Control {
    input: io::Stdin,
}

impl Control {
    /// Says that the agent is ready.
    pub(crate) fn ready() -> io::Result<Self> {
        let mut output = io::stdout().lock();
        writeln!(output, "{READY}")?;
        output.flush()?;
        Ok(Self { input: io::stdin() })
    }

    /// Waits for the next order. Call when [`Self::as_fd`] is readable to not wait.
    pub(crate) fn order(&mut self) -> io::Result<Order> {
        // Byte by byte, so that no order hides in a buffer from poll; orders are four bytes long.
        let mut line = Vec::new();
        let mut byte = [0];
        loop {
            match rustix::io::read(self.input.as_fd(), &mut byte) {
                Ok(0) => return Ok(Order::End),
                Ok(_) if byte[0] == b'\n' => break,
                Ok(_) => line.push(byte[0]),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if line == LOG.as_bytes() { Ok(Order::Log) } else { Err(io::Error::other("an order nobody knows")) }
    }

    /// Answers an order with one line of JSON for each record.
    pub(crate) fn answer<T: Serialize>(records: impl IntoIterator<Item = T>) -> io::Result<()> {
        let mut output = io::BufWriter::new(io::stdout().lock());
        for record in records {
            serde_json::to_writer(&mut output, &record)?;
            output.write_all(b"\n")?;
        }
        writeln!(output, "{END}")?;
        output.flush()
    }
}

impl AsFd for Control {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.input.as_fd()
    }
}

/// Reads everything that is left of a stream; for programs run on behalf of the test.
pub(super) fn all_of(mut stream: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
