//! Virtual time that stands still, so that a real answer over loopback is never too late in a test.
//!
//! tokio's paused clock jumps to the next deadline as soon as all tasks wait, but not while blocking work goes on.

use std::sync::mpsc::{Sender, channel};

/// While this lives, the paused clock of the runtime stands still.
pub(crate) struct Frozen(#[expect(dead_code, reason = "its end is the signal")] Sender<()>);

impl Frozen {
    pub(crate) fn new() -> Self {
        let (end, ended) = channel();
        tokio::task::spawn_blocking(move || ended.recv());
        Self(end)
    }
}
