//! Carries a handshake over a stream: what rustls wants to say goes out, what comes in is handed to it. Sans-IO on both
//! sides; it knows octets and records, nothing of certificates.

use std::future::poll_fn;
use std::task::Poll;

use netdiag_engine::port::Stream;
use netdiag_model::Errno;
use rustls::{ClientConnection, Error, PeerIncompatible};

use super::strange::{SHOWN, Strange};
use super::{Alert, Cause};

/// A stream, and what was heard on it first.
pub(super) struct Line<'a> {
    stream: &'a mut dyn Stream,
    /// The first octets, as many as are shown of an answer that is no TLS.
    first: Vec<u8>,
    /// How many octets came in all.
    heard: usize,
    buffer: Vec<u8>,
}

impl<'a> Line<'a> {
    pub(super) fn new(stream: &'a mut dyn Stream) -> Self {
        Self { stream, first: Vec::new(), heard: 0, buffer: vec![0; 16 * 1024] }
    }

    /// Shakes hands to the end; then hears what has already come after it, without waiting.
    pub(super) async fn shake(mut self, connection: &mut ClientConnection) -> Result<(), Cause> {
        self.say(connection).await?;
        while connection.is_handshaking() {
            match poll_fn(|cx| self.stream.poll_read(cx, &mut self.buffer)).await {
                Ok(0) => return Err(Cause::Closed { heard: self.heard }),
                Ok(count) => self.take(connection, count).await?,
                Err(errno) => return Err(Cause::Reset(errno)),
            }
            self.say(connection).await?;
        }
        match self.glance().await {
            // That the other end closes now is no matter of the handshake.
            None | Some(Ok(0)) => {}
            Some(Ok(count)) => self.take(connection, count).await?,
            Some(Err(errno)) => return Err(Cause::Reset(errno)),
        }
        connection.send_close_notify();
        self.say_last(connection).await;
        Ok(())
    }

    /// Sends what the connection has to say, all of it.
    async fn say(&mut self, connection: &mut ClientConnection) -> Result<(), Cause> {
        let words = words(connection);
        let mut rest = words.as_slice();
        while !rest.is_empty() {
            match poll_fn(|cx| self.stream.poll_write(cx, rest)).await {
                Ok(0) => return Err(Cause::Closed { heard: self.heard }),
                Ok(count) => rest = rest.get(count..).unwrap_or_default(),
                Err(errno) => return Err(self.why(connection, errno).await),
            }
        }
        Ok(())
    }

    /// Sends what the connection has to say, as far as it can be done at once: an alert, or a farewell.
    async fn say_last(&mut self, connection: &mut ClientConnection) {
        let words = words(connection);
        poll_fn(|cx| Poll::Ready(self.stream.poll_write(cx, &words).is_ready())).await;
    }

    /// Why writing failed: a server that refuses may have said so before it closed.
    async fn why(&mut self, connection: &mut ClientConnection, errno: Errno) -> Cause {
        match self.glance().await {
            Some(Ok(count @ 1..)) => self.take(connection, count).await.err(),
            _ => None,
        }
        .unwrap_or(Cause::Reset(errno))
    }

    /// Reads what has come, without waiting; `None` when nothing has.
    async fn glance(&mut self) -> Option<Result<usize, Errno>> {
        poll_fn(|cx| {
            Poll::Ready(match self.stream.poll_read(cx, &mut self.buffer) {
                Poll::Ready(read) => Some(read),
                Poll::Pending => None,
            })
        })
        .await
    }

    /// Hands the first `count` octets of the buffer to the connection.
    async fn take(&mut self, connection: &mut ClientConnection, count: usize) -> Result<(), Cause> {
        self.note(count);
        if Strange::is_strange(&self.first) {
            // The rest of a line may come in a second segment.
            if let Some(Ok(count)) = self.glance().await {
                self.note(count);
            }
            return Err(Cause::Strange(Strange { octets: std::mem::take(&mut self.first) }));
        }
        let heard = self.buffer.get(..count).unwrap_or(&self.buffer);
        match feed(connection, heard) {
            Ok(()) => Ok(()),
            Err(error) => {
                self.say_last(connection).await;
                Err(self.cause(&error))
            }
        }
    }

    /// Keeps the first octets.
    fn note(&mut self, count: usize) {
        self.heard += count;
        let room = SHOWN.saturating_sub(self.first.len());
        self.first.extend(self.buffer.iter().take(count.min(room)));
    }

    fn cause(&self, error: &Error) -> Cause {
        match error {
            Error::AlertReceived(alert) => Cause::Alert(Alert(u8::from(*alert))),
            Error::PeerIncompatible(
                PeerIncompatible::ServerDoesNotSupportTls12Or13
                | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
            ) => Cause::Old(chosen(&self.first)),
            other => Cause::Garbled(other.to_string()),
        }
    }
}

/// What the connection has to say.
fn words(connection: &mut ClientConnection) -> Vec<u8> {
    let mut words = Vec::new();
    while connection.wants_write() {
        // A vector takes everything.
        if connection.write_tls(&mut words).is_err() {
            break;
        }
    }
    words
}

/// Hands octets to the connection. After a `close_notify` it takes no more.
fn feed(connection: &mut ClientConnection, mut heard: &[u8]) -> Result<(), Error> {
    while !heard.is_empty() {
        let taken = connection.read_tls(&mut heard).map_err(|error| Error::General(error.to_string()))?;
        connection.process_new_packets()?;
        if taken == 0 {
            break;
        }
    }
    Ok(())
}

/// The version in a server's greeting: after the record's header of five octets and the message's of four (RFC 5246
/// §7.4.1.3).
fn chosen(first: &[u8]) -> &'static str {
    match first.get(9..11) {
        Some([3, 0]) => "SSL 3.0",
        Some([3, 1]) => "TLS 1.0",
        Some([3, 2]) => "TLS 1.1",
        _ => "an older version than TLS 1.2",
    }
}
