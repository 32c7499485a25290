//! The clock port: the monotonic and the wall clock, and a timer that is exact to the nanosecond (`timerfd_create(2)`).
//!
//! The runtime's own timers have a grain of a millisecond, which is too coarse to pace probes by.

use std::io;
use std::task::{Context, Poll};

use netdiag_engine::port::Clock;
use netdiag_model::{Mono, Reading, Wall};
use netdiag_sys::clock;
use netdiag_sys::timer::Timer;

use crate::readiness::Readiness;

/// Both clocks now.
pub(crate) fn now() -> Reading {
    let reading = clock::read();
    Reading { mono: Mono::from_nanos(reading.monotonic), wall: Wall::from_nanos(reading.realtime) }
}

/// The system's clocks, and a timer of its own.
#[derive(Debug)]
pub struct SystemClock {
    timer: Readiness<Timer>,
    /// What the timer is set to; `None` when its expiry has been taken.
    set: Option<Mono>,
}

impl SystemClock {
    /// A clock. It may be made before there is a runtime.
    ///
    /// # Errors
    /// EMFILE, ENFILE or ENOMEM: no timer can be had.
    pub fn new() -> io::Result<Self> {
        Ok(Self { timer: Readiness::new(Timer::new()?), set: None })
    }

    fn set(&mut self, deadline: Mono) {
        let taken = self.timer.get().is_some_and(|timer| timer.set(deadline.as_nanos()).is_ok());
        self.set = taken.then_some(deadline);
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Reading {
        now()
    }

    fn poll_until(&mut self, cx: &mut Context<'_>, deadline: Mono) -> Poll<()> {
        loop {
            if clock::monotonic() >= deadline.as_nanos() {
                return Poll::Ready(());
            }
            if self.set != Some(deadline) {
                self.set(deadline);
            }
            match self.timer.poll_with(cx, |timer| timer.take().ok()) {
                Poll::Ready(()) => self.set = None,
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn it_is_never_early_and_a_new_deadline_replaces_the_old() {
        let mut clock = SystemClock::new().expect("clock");
        let far = clock.now().mono + Duration::from_secs(3600);
        let waiting = poll_fn(|cx| Poll::Ready(clock.poll_until(cx, far))).await;
        assert!(waiting.is_pending());
        for step in [0, 1, 700, 50_000, 2_000_000] {
            let deadline = clock.now().mono + Duration::from_nanos(step);
            poll_fn(|cx| clock.poll_until(cx, deadline)).await;
            assert!(clock.now().mono >= deadline);
        }
    }
}
