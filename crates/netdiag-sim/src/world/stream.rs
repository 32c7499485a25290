//! An open connection of this host, as far as anything is simulated of it: nothing ever comes.

use std::task::{Context, Poll};

use netdiag_engine::port::{Keepalive, Sighting, Stream};
use netdiag_model::Errno;

/// A connection to a service that accepts and never says a word.
#[derive(Debug)]
pub(super) struct SilentStream(Sighting);

impl SilentStream {
    pub(super) fn boxed(sighting: Sighting) -> Box<dyn Stream> {
        Box::new(Self(sighting))
    }
}

impl Stream for SilentStream {
    fn poll_read(&mut self, _cx: &mut Context<'_>, _buffer: &mut [u8]) -> Poll<Result<usize, Errno>> {
        Poll::Pending
    }

    fn poll_write(&mut self, _cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Errno>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn look(&self) -> Sighting {
        self.0
    }

    fn set_keepalive(&mut self, _keepalive: Keepalive) -> Result<(), Errno> {
        Ok(())
    }
}
