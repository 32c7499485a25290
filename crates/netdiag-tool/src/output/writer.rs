//! The writing thread: takes batches and writes them out, each run of one stream in one system call.

use std::io::{self, Write};
use std::sync::mpsc::Receiver;

use super::OutputError;
use super::gathered::{Batch, CHUNK, Ledger, Which};

/// Writes until the queue is closed and empty, or until `out` fails.
pub(super) fn write_out(
    mut out: impl Write,
    mut err: impl Write,
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
                Which::Out => out.write_all(run).and_then(|()| out.flush()).map_err(what_failed)?,
                // Where errors cannot be shown there is nobody to tell.
                Which::Err => drop(err.write_all(run).and_then(|()| err.flush())),
            }
            ledger.written(len);
        }
    }
    Ok(())
}

fn what_failed(error: io::Error) -> OutputError {
    if error.kind() == io::ErrorKind::BrokenPipe { OutputError::Closed } else { OutputError::Failed(error) }
}
