//! One kernel socket of a set: how it is opened, and what is known of it while it is used.

use std::cell::Cell;

use netdiag_engine::port::{OpenError, SocketOptions, Transmit, TransmitBatch};
use netdiag_model::{Family, Mono};
use netdiag_sys::random;
use netdiag_sys::setting::Setting;
use netdiag_sys::socket::{Kind, Socket};

use super::MAX_SHARDS;
use super::departures::{Departures, Numbering};
use crate::opening::done;
use crate::{echo, options};

/// A socket.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) socket: Socket,
    pub(super) kind: Kind,
    pub(super) family: Family,
    /// The shard whose packets it carries; the first one on a raw socket.
    shard: u16,
    /// Raw sockets: the identifier of shard 0; the others follow.
    identifier: u16,
    /// The identifier or local port that the kernel has given it, once that is known.
    number: Cell<Option<u16>>,
    /// Whether extensions of ICMP errors are told of.
    pub(super) has_extensions: bool,
    /// What the destination's flow information carries.
    pub(super) flow: u32,
    pub(super) departures: Departures,
    /// The kernel's count of dropped messages when it was last seen.
    dropped: u32,
    /// How it is found out that there is something to read.
    pub(super) attention: Attention,
    /// How many messages may be on their way: packets sent without an answer so far. Some are never answered, and some
    /// are answered twice.
    pub(super) awaited: usize,
    /// Raw sockets: whether other programs' messages are kept from it, which is not worth its price before one came.
    is_filtered: bool,
}

/// How it is found out that there is something to read from a socket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Attention {
    /// Not at all: nothing has been sent by it, so nothing is for this process.
    Idle,
    /// The epoll set tells.
    Watched,
    /// It is read without asking: under load there always is something, and telling so would cost a wake-up for every
    /// packet.
    Read,
}

impl Lane {
    /// Prepares a new socket of this kind for a family and shard.
    pub(super) fn new(
        socket: Socket,
        (family, shard): (Family, u16),
        (kind, numbering): (Kind, Numbering),
        options: &SocketOptions,
    ) -> Result<Self, OpenError> {
        let identifier = options.identifier.unwrap_or_else(random::bits16);
        let asked = options.identifier.map_or(0, |first| first.wrapping_add(shard));
        if kind == Kind::Udp && asked != 0 && family == Family::V6 {
            done("leave the port to IPv4 as well", socket.apply(Setting::V6Only))?;
        }
        options::bind(&socket, options.source, if kind == Kind::IcmpRaw { 0 } else { asked })?;
        if kind == Kind::IcmpRaw {
            done("let through echo replies only", socket.filter_kinds())?;
        }
        let flow = lease_flow_label(&socket, family, options)?;
        hear(&socket, options)?;
        size_buffers(&socket, options)?;
        let departures = Departures::new(&socket, numbering, options.in_flight);
        let attention = Attention::Idle;
        Ok(Self {
            socket,
            kind,
            family,
            shard,
            identifier,
            number: Cell::new(None),
            has_extensions: options.has_extensions,
            flow,
            departures,
            dropped: 0,
            attention,
            awaited: 0,
            is_filtered: false,
        })
    }

    /// The shard that a message with this identifier belongs to; `None` for another program's. Sockets other than raw
    /// ones hear only what is theirs.
    pub(super) fn shard_of(&self, identifier: Option<u16>) -> Option<u16> {
        if self.kind != Kind::IcmpRaw {
            return Some(self.shard);
        }
        let shard = identifier?.wrapping_sub(self.identifier);
        (shard < MAX_SHARDS).then_some(shard)
    }

    /// The identifier or local port that packets of this shard bear; `None` before the kernel has given it out, which it
    /// does with the first packet.
    pub(super) fn number(&self, shard: u16) -> Option<u16> {
        if self.kind == Kind::IcmpRaw {
            return Some(self.identifier.wrapping_add(shard));
        }
        if self.number.get().is_none() {
            let local = self.socket.local_address().ok();
            self.number.set(local.map(|local| local.port()).filter(|port| *port != 0));
        }
        self.number.get()
    }

    /// Notes that it is about to send; whether nobody looked at it so far.
    pub(super) fn awake(&mut self) -> bool {
        let was_idle = self.attention == Attention::Idle;
        if was_idle {
            self.attention = Attention::Read;
        }
        was_idle
    }

    /// Notes that it has heard another program's message: the kernel is to keep the next ones away.
    pub(super) fn heard_others(&mut self) {
        if self.kind == Kind::IcmpRaw && !self.is_filtered {
            // Where it cannot, they are left out one by one.
            let _ = self.socket.filter_echo_replies(self.identifier, MAX_SHARDS);
            self.is_filtered = true;
        }
    }

    /// Writes what the kernel leaves to the owner of a raw socket: the identifier and, for IPv4, the checksum.
    pub(super) fn seal(&self, batch: &mut TransmitBatch, index: usize) {
        if self.kind != Kind::IcmpRaw {
            return;
        }
        let identifier = self.identifier.wrapping_add(batch.items()[index].probe.shard());
        echo::seal(batch.bytes_mut(index), self.family, identifier);
    }

    /// Notes that these packets have left.
    pub(super) fn sent(&mut self, items: &[Transmit]) {
        self.departures.sent(items.iter().map(|item| item.probe));
        self.awaited += items.len();
    }

    /// How many messages the kernel has dropped for want of room since this was last asked.
    pub(super) fn newly_dropped(&mut self) -> u64 {
        let count = self.socket.dropped().unwrap_or(self.dropped);
        let more = count.wrapping_sub(self.dropped);
        self.dropped = count;
        more.into()
    }

    /// Prepares for a send.
    pub(super) fn prepare(&mut self, now: Mono) {
        self.departures.prepare(&self.socket, now);
    }
}

fn lease_flow_label(socket: &Socket, family: Family, options: &SocketOptions) -> Result<u32, OpenError> {
    let (Family::V6, Some(label)) = (family, options.flow_label) else { return Ok(0) };
    let leased = done(format_args!("lease flow label {label:#07x}"), socket.lease_flow_label(label))?;
    done("send a flow label", socket.apply(Setting::SendFlowInfo))?;
    Ok(leased)
}

/// Errors, TTL and TOS are told with what comes in, and extensions of errors where they are asked for.
fn hear(socket: &Socket, options: &SocketOptions) -> Result<(), OpenError> {
    done("receive ICMP errors", socket.apply(Setting::ReceiveErrors))?;
    if options.has_extensions {
        // Before Linux 5.9 only what can be found without it is told.
        let _ = socket.apply(Setting::ReceiveExtensions);
    }
    for setting in [Setting::ReceiveTtl, Setting::ReceiveTos] {
        // Good to have; an old kernel or an emulated one may lack one of them.
        let _ = socket.apply(setting);
    }
    Ok(())
}

/// Sizes the buffers: what comes in for all packets under way fits, with the stamps of their departures.
fn size_buffers(socket: &Socket, options: &SocketOptions) -> Result<(), OpenError> {
    options::size_receive_buffer(socket, options.in_flight, options.payload_len)?;
    match options.send_buffer {
        Some(octets) => done("size the send buffer", socket.apply(Setting::SendBuffer(octets))),
        None => Ok(()),
    }
}
