//! The two records that cross the seam, and the batches that carry them.
//!
//! A batch owns one buffer; its records hold ranges of it. Clearing a batch keeps its memory.

use std::ops::Range;

use netdiag_model::{Address, Family, Icmp, Moment, ProbeId};

/// One packet to send, without its IP header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// The probe it carries. Its shard names the socket to send from.
    pub probe: ProbeId,
    /// Where to.
    pub to: Address,
    /// Destination port for UDP; 0 for ICMP.
    pub port: u16,
    /// TTL or hop limit of this packet; `None` for the socket's own.
    pub ttl: Option<u8>,
    /// TOS or traffic class of this packet; `None` for the socket's own.
    pub tos: Option<u8>,
    bytes: Range<usize>,
}

/// Packets to send, in order.
#[derive(Debug, Default)]
pub struct TransmitBatch {
    items: Vec<Transmit>,
    buffer: Vec<u8>,
}

impl TransmitBatch {
    /// Forgets all packets, keeps the memory.
    pub fn clear(&mut self) {
        self.items.clear();
        self.buffer.clear();
    }

    /// Adds a packet to `to`; `write` appends its bytes to the buffer it is given and must not shorten it.
    pub fn push(&mut self, probe: ProbeId, to: Address, write: impl FnOnce(&mut Vec<u8>)) -> &mut Transmit {
        let start = self.buffer.len();
        write(&mut self.buffer);
        let bytes = start..self.buffer.len();
        self.items.push(Transmit { probe, to, port: 0, ttl: None, tos: None, bytes });
        let last = self.items.len() - 1;
        &mut self.items[last]
    }

    /// The packets, in the order in which they are to be sent.
    pub fn items(&self) -> &[Transmit] {
        &self.items
    }

    /// The bytes of one of this batch's packets, from the ICMP header or the UDP payload on.
    pub fn bytes(&self, item: &Transmit) -> &[u8] {
        &self.buffer[item.bytes.clone()]
    }

    /// The same, to be changed in place (an identifier, a checksum) by the port that owns the socket.
    pub fn bytes_mut(&mut self, index: usize) -> &mut [u8] {
        let range = self.items[index].bytes.clone();
        &mut self.buffer[range]
    }

    /// How many packets there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// By which way something came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Via {
    /// A message to the socket: the bytes are the ICMP message (from its header on) or the UDP payload.
    Direct {
        /// Source port for UDP; 0 for ICMP.
        port: u16,
    },
    /// An ICMP error, from the socket's error queue. The bytes are what the kernel returns of the quoted packet: from
    /// the ICMP header on for ICMP sockets, what follows the UDP header for UDP sockets. [`Incoming::from`] is the
    /// destination of the quoted packet.
    ErrorQueue {
        /// The error.
        icmp: Icmp,
        /// Who sent it, where the kernel tells.
        offender: Option<Address>,
        /// Destination port of the quoted UDP packet; 0 for ICMP.
        port: u16,
        /// Where in the bytes the extension structure of the error (RFC 4884) begins, which goes on to their end. `None`
        /// where there is none or it is not sound, and where [`super::SocketOptions::has_extensions`] does not ask for
        /// it. What stands before it may be padded with zeros; how far the quote itself goes is not told.
        extensions: Option<usize>,
    },
    /// An ICMP error that a [`super::Witness`] has heard. The bytes are the quoted packet from its IP header on;
    /// [`Incoming::from`] is the sender of the error, TTL and TOS are the error's own.
    Witnessed {
        /// The error.
        icmp: Icmp,
        /// Where in the bytes the extension structure of the error begins, which goes on to their end; `None` where there
        /// is none or it is not sound. The quoted packet ends where its own header says, or where what was kept ends.
        extensions: Option<usize>,
    },
    /// The kernel's stamp of a packet that has left: [`Incoming::at`] holds it; there are no bytes.
    Departure {
        /// The probe that the packet carried.
        probe: ProbeId,
    },
}

/// One record that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// The shard (socket) it came in by; 0 for what a witness has heard.
    pub shard: u16,
    /// The family of the socket.
    pub family: Family,
    /// The sender; for an error the destination of the packet that it is about; for a departure unspecified.
    pub from: Address,
    /// By which way.
    pub via: Via,
    /// TTL or hop limit it arrived with, where the kernel tells.
    pub ttl: Option<u8>,
    /// TOS or traffic class it arrived with, where the kernel tells.
    pub tos: Option<u8>,
    /// Its true length in octets, which may be more than the bytes that were kept.
    pub len: usize,
    /// When: read after the system call, and the kernel's stamp where there is one.
    pub at: Moment,
}

/// A record together with its bytes.
#[derive(Debug, Clone, Copy)]
pub struct Datagram<'a> {
    /// The record.
    pub incoming: &'a Incoming,
    /// Its bytes, as many as were kept.
    pub bytes: &'a [u8],
}

/// Records that came in, in the order in which they are to be handled.
#[derive(Debug, Default)]
pub struct DatagramBatch {
    items: Vec<(Incoming, Range<usize>)>,
    buffer: Vec<u8>,
    dropped: u64,
}

impl DatagramBatch {
    /// Forgets all records, keeps the memory.
    pub fn clear(&mut self) {
        self.items.clear();
        self.buffer.clear();
        self.dropped = 0;
    }

    /// Adds a record with a copy of its bytes.
    pub fn push(&mut self, incoming: Incoming, bytes: &[u8]) {
        let start = self.buffer.len();
        self.buffer.extend_from_slice(bytes);
        self.items.push((incoming, start..self.buffer.len()));
    }

    /// Says that the kernel dropped `count` messages for want of room in the receive buffer (`SO_RXQ_OVFL`).
    pub fn add_dropped(&mut self, count: u64) {
        self.dropped += count;
    }

    /// How many messages the kernel dropped for want of room since the last clear.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The records.
    pub fn iter(&self) -> impl Iterator<Item = Datagram<'_>> {
        self.items.iter().map(|(incoming, range)| Datagram { incoming, bytes: &self.buffer[range.clone()] })
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}
