//! Waiting for a descriptor that was opened before there was a runtime: it is registered with tokio on the first poll.
//!
//! Privileges are dropped between opening sockets and starting the runtime, hence the two steps.

use std::os::fd::AsRawFd;
use std::task::{Context, Poll, ready};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A descriptor and, from the first poll on, its registration.
#[derive(Debug)]
pub(crate) enum Readiness<T: AsRawFd> {
    /// Not polled yet.
    Plain(T),
    /// Known to the runtime.
    Registered(AsyncFd<T>),
    /// Only while it changes from one to the other.
    Changing,
}

impl<T: AsRawFd> Readiness<T> {
    /// A descriptor that is not registered yet.
    pub(crate) const fn new(inner: T) -> Self {
        Self::Plain(inner)
    }

    /// The descriptor.
    pub(crate) fn get(&self) -> Option<&T> {
        match self {
            Self::Plain(inner) => Some(inner),
            Self::Registered(registered) => Some(registered.get_ref()),
            Self::Changing => None,
        }
    }

    /// The descriptor, to be changed.
    pub(crate) fn get_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Plain(inner) => Some(inner),
            Self::Registered(registered) => Some(registered.get_mut()),
            Self::Changing => None,
        }
    }

    /// Calls `take` while the descriptor is readable, until it gives something; `None` means that there is nothing
    /// more. Pending, with the waker registered, when it is not readable.
    pub(crate) fn poll_with<R>(
        &mut self,
        cx: &mut Context<'_>,
        mut take: impl FnMut(&mut T) -> Option<R>,
    ) -> Poll<R> {
        self.register();
        let Self::Registered(registered) = self else {
            // The runtime has no room for another descriptor: ask again and again rather than never.
            cx.waker().wake_by_ref();
            let Self::Plain(inner) = self else { return Poll::Pending };
            return take(inner).map_or(Poll::Pending, Poll::Ready);
        };
        loop {
            // An error means that the runtime is shutting down: nothing will come any more.
            let Ok(mut guard) = ready!(registered.poll_read_ready_mut(cx)) else { return Poll::Pending };
            match take(guard.get_inner_mut()) {
                Some(found) => return Poll::Ready(found),
                None => guard.clear_ready(),
            }
        }
    }

    #[allow(
        deprecated,
        reason = "the replacement is unsafe for descriptors that may change or close under the registration; \
                  those here are owned and never given away"
    )]
    fn register(&mut self) {
        if !matches!(self, Self::Plain(_)) {
            return;
        }
        if let Self::Plain(inner) = std::mem::replace(self, Self::Changing) {
            *self = match AsyncFd::try_with_interest(inner, Interest::READABLE) {
                Ok(registered) => Self::Registered(registered),
                Err(refused) => Self::Plain(refused.into_parts().0),
            };
        }
    }
}
