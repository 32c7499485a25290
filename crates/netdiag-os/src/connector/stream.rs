//! An open connection: read, write, watch. Closing it resets it, so that nothing is left in TIME-WAIT.
//!
//! On an open connection an ICMP error is advice that the kernel acts on by itself; it is not asked for any more
//! (ip(7), `IP_RECVERR`), so that a router's word does not look like the end.

use std::io;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use netdiag_engine::port::{Keepalive, Sighting, Stream};
use netdiag_model::Errno;
use netdiag_sys::setting::Setting;
use netdiag_sys::socket::Socket;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::ending;
use crate::convert;

/// An open TCP connection.
#[derive(Debug)]
pub(super) struct LinuxStream {
    fd: Registered,
}

/// A socket and, from the first use on, its registration with the runtime.
#[derive(Debug)]
enum Registered {
    Not(Owned),
    Yes(AsyncFd<Owned>),
    Changing,
}

#[derive(Debug)]
struct Owned(Socket);

impl AsRawFd for Owned {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_fd().as_raw_fd()
    }
}

impl LinuxStream {
    pub(super) fn new(socket: Socket) -> Self {
        // Both can only fail on a socket that is none.
        let _ = socket.apply(Setting::IgnoreErrors);
        let _ = socket.reset_on_close();
        Self { fd: Registered::Not(Owned(socket)) }
    }

    fn socket(&self) -> Option<&Socket> {
        match &self.fd {
            Registered::Not(owned) => Some(&owned.0),
            Registered::Yes(registered) => Some(&registered.get_ref().0),
            Registered::Changing => None,
        }
    }

    /// The registration; an error where the runtime has no room for it.
    #[allow(
        deprecated,
        reason = "the replacement is unsafe for descriptors that may change or close under the registration; \
                  this one is owned and never given away"
    )]
    fn registered(&mut self) -> Result<&mut AsyncFd<Owned>, Errno> {
        if let Registered::Not(_) = self.fd
            && let Registered::Not(owned) = std::mem::replace(&mut self.fd, Registered::Changing)
        {
            self.fd = match AsyncFd::try_with_interest(owned, Interest::READABLE | Interest::WRITABLE) {
                Ok(registered) => Registered::Yes(registered),
                Err(refused) => Registered::Not(refused.into_parts().0),
            };
        }
        match &mut self.fd {
            Registered::Yes(registered) => Ok(registered),
            _ => Err(Errno::ENOMEM),
        }
    }
}

fn result(answer: io::Result<usize>) -> Result<usize, Errno> {
    answer.map_err(|error| convert::errno(&error))
}

impl Stream for LinuxStream {
    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Result<usize, Errno>> {
        let registered = self.registered()?;
        loop {
            // An error means that the runtime is shutting down: nothing will come any more.
            let Ok(mut guard) = ready!(registered.poll_read_ready(cx)) else { return Poll::Pending };
            if let Ok(read) = guard.try_io(|fd| fd.get_ref().0.read(buffer)) {
                return Poll::Ready(result(read));
            }
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Errno>> {
        let registered = self.registered()?;
        loop {
            let Ok(mut guard) = ready!(registered.poll_write_ready(cx)) else { return Poll::Pending };
            if let Ok(written) = guard.try_io(|fd| fd.get_ref().0.write(bytes)) {
                return Poll::Ready(result(written));
            }
        }
    }

    fn look(&self) -> Sighting {
        self.socket().map_or(Sighting::NONE, ending::sighting)
    }

    fn set_keepalive(&mut self, keepalive: Keepalive) -> Result<(), Errno> {
        let socket = self.socket().ok_or(Errno::EBADF)?;
        let seconds = |span: Duration| u32::try_from(span.as_secs()).unwrap_or(u32::MAX).max(1);
        for setting in [
            Setting::KeepaliveIdle(seconds(keepalive.idle)),
            Setting::KeepaliveInterval(seconds(keepalive.interval)),
            Setting::KeepaliveCount(keepalive.count),
            Setting::Keepalive,
        ] {
            socket.apply(setting).map_err(|error| convert::errno(&error))?;
        }
        Ok(())
    }
}
