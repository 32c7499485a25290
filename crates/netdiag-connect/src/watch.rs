//! A fresh connection that is watched for a while: does it stay open, and does the service say something by itself?

use std::task::{Context, Poll};

use netdiag_engine::port::Stream;
use netdiag_model::{Mono, TcpState};

use crate::case::Early;

/// How much of what a service says is kept, in octets.
const KEPT: usize = 4096;

/// What ends the watch before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// Only the end of the connection.
    Stay,
    /// That the service says something.
    Greeting,
}

/// A connection that is watched.
#[derive(Debug)]
pub(crate) struct Watch {
    pub(crate) stream: Box<dyn Stream>,
    since: Mono,
    until: Mono,
    aim: Aim,
    pub(crate) greeting: Vec<u8>,
    pub(crate) early: Option<Early>,
}

impl Watch {
    /// Watches from `since` to `until`.
    pub(crate) fn new(stream: Box<dyn Stream>, (since, until): (Mono, Mono), aim: Aim) -> Self {
        Self { stream, since, until, aim, greeting: Vec::new(), early: None }
    }

    /// When it has been watched for long enough.
    pub(crate) const fn until(&self) -> Mono {
        self.until
    }

    /// Takes in what has come; ready when there is nothing more to watch.
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>, now: Mono) -> Poll<()> {
        let mut buffer = [0; 1024];
        loop {
            if self.early.is_some() || (self.aim == Aim::Greeting && !self.greeting.is_empty()) {
                return Poll::Ready(());
            }
            let after = now.since(self.since);
            match self.stream.poll_read(cx, &mut buffer) {
                Poll::Ready(Ok(0)) => self.early = Some(Early::Closed { after }),
                Poll::Ready(Ok(len)) => {
                    let room = KEPT.saturating_sub(self.greeting.len());
                    self.greeting.extend_from_slice(&buffer[..len.min(room)]);
                }
                Poll::Ready(Err(errno)) => self.early = Some(Early::Failed { after, errno }),
                Poll::Pending if self.until <= now => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    /// The state that it is in.
    pub(crate) fn state(&self) -> TcpState {
        self.stream.look().state
    }
}
