//! Raw sockets that hear the ICMP errors to this host, for what only the quoted IP header shows.
//!
//! raw(7): over IPv4 they see the IP header and messages with a wrong checksum too, which are left out here as the
//! kernel leaves them out; over IPv6 they see neither. A message that answers nobody's packet is heard as well.

use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::task::{Context, Poll};

use netdiag_engine::port::{DatagramBatch, Incoming, OpenError, SocketOptions, Via, Witness};
use netdiag_model::{Family, Icmp, Moment, Reading};
use netdiag_sys::mmsg::{Queue, ReceiveBatch, Received};
use netdiag_sys::setting::{Setting, Stamps};
use netdiag_sys::socket::{Kind, Socket};
use netdiag_wire::{icmp, ip};

use crate::notes::Notes;
use crate::opening::{self, done};
use crate::readiness::Readiness;
use crate::{clock, convert, options};

/// Octets that are kept of a message with its IP header: a whole frame of Ethernet. RFC 1812 and RFC 4443 want errors to
/// be shorter, 576 and 1280.
const KEPT: usize = 1500;

/// How many messages one system call asks for, and how many records one poll hands over before it lets others have their
/// turn.
const AT_ONCE: usize = 16;
const ENOUGH: usize = 1024;

/// A socket for each family.
#[derive(Debug)]
pub(crate) struct RawWitness {
    ears: Vec<Readiness<Ear>>,
}

impl RawWitness {
    /// Opens a socket for each family that `options` ask for. A family that this host lacks is an error only where no
    /// other is left.
    pub(crate) fn open(options: &SocketOptions) -> Result<Self, OpenError> {
        let opened = opening::open_each_family(options, |family| Ear::open(family, options))?;
        Ok(Self { ears: opened.into_iter().map(|(_, ear)| Readiness::new(ear)).collect() })
    }
}

impl Witness for RawWitness {
    fn poll_recv(&mut self, cx: &mut Context<'_>, batch: &mut DatagramBatch) -> Poll<()> {
        let mut polled = Poll::Pending;
        // All of them, so that each knows whom to wake.
        for ear in &mut self.ears {
            // The runtime does not know yet of what has come in since it last looked.
            let has_heard = ear.get_mut().is_some_and(|ear| ear.read(batch).is_some());
            if has_heard || ear.poll_with(cx, |ear| ear.read(batch)).is_ready() {
                polled = Poll::Ready(());
            }
        }
        polled
    }
}

/// A socket.
#[derive(Debug)]
struct Ear {
    socket: Socket,
    family: Family,
    messages: ReceiveBatch,
    /// The kernel's count of dropped messages when it was last seen.
    dropped: u32,
}

impl AsRawFd for Ear {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_fd().as_raw_fd()
    }
}

impl Ear {
    fn open(family: Family, options: &SocketOptions) -> Result<Self, OpenError> {
        let socket = options::open_unset(family, Kind::IcmpRaw)?;
        // First, so that nothing else has come in by then.
        done("let through ICMP errors only", socket.filter_errors())?;
        if let Some(name) = &options.interface {
            options::set_interface(&socket, name)?;
        }
        options::bind(&socket, options.source, 0)?;
        options::size_receive_buffer(&socket, options.in_flight, KEPT)?;
        for setting in [Setting::ReceiveTtl, Setting::ReceiveTos, Setting::Stamps(Stamps::Receive)] {
            // Good to have; an old kernel or an emulated one may lack one of them.
            let _ = socket.apply(setting);
        }
        Ok(Self { socket, family, messages: ReceiveBatch::new(KEPT), dropped: 0 })
    }

    /// Reads until there is nothing more or enough has come in; `None` where nothing has.
    fn read(&mut self, batch: &mut DatagramBatch) -> Option<()> {
        let (before, mut has_more) = (batch.len(), true);
        while has_more && batch.len() < ENOUGH {
            let got = self.messages.receive(self.socket.as_fd(), Queue::Receive, AT_ONCE).unwrap_or(0);
            let read = clock::now();
            for index in 0..got {
                push(self.family, &self.messages.get(index), read, batch);
            }
            has_more = got == AT_ONCE;
        }
        if has_more || batch.len() > before {
            return Some(());
        }
        let dropped = self.socket.dropped().unwrap_or(self.dropped);
        let more = dropped.wrapping_sub(std::mem::replace(&mut self.dropped, dropped));
        batch.add_dropped(more.into());
        (more > 0).then_some(())
    }
}

/// Hands over an error.
fn push(family: Family, received: &Received<'_>, read: Reading, batch: &mut DatagramBatch) {
    let notes = Notes::of(received);
    let Some((from, _)) = received.name.map(convert::address) else { return };
    let (mut message, mut len) = (received.bytes, received.len);
    let (mut ttl, mut tos) = (notes.ttl, notes.tos);
    if family == Family::V4 {
        let Ok(header) = ip::parse(message) else { return };
        message = header.payload_of(message);
        (ttl, tos) = (Some(header.ttl), Some(header.tos));
        len = len.saturating_sub(header.payload);
        if len == message.len() && !icmp::is_checksum_right_v4(message) {
            return;
        }
    }
    let protocol = convert::protocol(family);
    let Ok(icmp::Message::Error(error)) = icmp::parse(protocol, message) else { return };
    let (kind, code) = (error.kind, error.code);
    let icmp = Icmp { family, kind, code, info: protocol.number((kind, code), error.rest) };
    let bytes = &message[icmp::HEADER_LEN..];
    let extensions = (!error.extensions.is_empty()).then(|| bytes.len() - error.extensions.len());
    let via = Via::Witnessed { icmp, extensions };
    let at = Moment { read, stamp: notes.stamp };
    let len = len.saturating_sub(icmp::HEADER_LEN);
    batch.push(Incoming { shard: 0, family, from, via, ttl, tos, len, at }, bytes);
}

#[cfg(test)]
mod tests;
