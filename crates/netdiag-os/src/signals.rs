//! Signals that people send to a program, one after another, without a handler that interrupts anything.
//!
//! See signal(7) and signalfd(2).

use std::future::poll_fn;
use std::io;

use netdiag_sys::signal;

pub use netdiag_sys::signal::Signal;

use crate::readiness::Readiness;

/// The signals of this process.
#[derive(Debug)]
pub struct Signals(Readiness<signal::Signals>);

impl Signals {
    /// Holds them back from this thread and from all that it starts after. It may be made before there is a runtime.
    ///
    /// # Errors
    /// EMFILE, ENFILE, ENOMEM.
    pub fn hold() -> io::Result<Self> {
        Ok(Self(Readiness::new(signal::Signals::hold()?)))
    }

    /// The next one.
    pub async fn next(&mut self) -> Signal {
        poll_fn(|cx| self.0.poll_with(cx, |signals| signals.take().ok())).await
    }
}
