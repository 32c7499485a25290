//! Probe sockets: ICMP echo and UDP over one generic set of sockets that sends and receives in batches.
//!
//! A *lane* is one kernel socket. Datagram ICMP and UDP have a lane for each family and shard; raw ICMP has one for
//! each family, and its shards are identifiers. See icmp(7), raw(7), ip(7) on `IP_RECVERR`, and timestamping.rst.

use std::collections::HashMap;
use std::task::{Context, Poll, Waker};

use netdiag_engine::port::{DatagramBatch, OpenError, ProbeSocket, Sent, SocketOptions, TransmitBatch};
use netdiag_model::{Errno, Family};
use netdiag_sys::epoll::{Epoll, Events};
use netdiag_sys::mmsg::SendBatch;
use netdiag_sys::socket::{Kind, Socket};

use crate::opening::{self, done};
use crate::options;
use crate::readiness::Readiness;

mod departures;
mod extensions;
mod lane;
mod receive;
mod send;
mod warm_up;

use departures::Numbering;
use lane::Lane;
use receive::Reader;

/// How many shards there can be: sockets or, on a raw socket, identifiers.
const MAX_SHARDS: u16 = 256;

/// A set of sockets of one kind, for one family or both.
#[derive(Debug)]
pub(crate) struct ProbeSockets {
    kind: Kind,
    options: SocketOptions,
    numbering: Numbering,
    lanes: Vec<Lane>,
    /// Which lane a family and shard belong to.
    index: HashMap<(Family, u16), usize>,
    outgoing: SendBatch,
    reader: Reader,
    /// What came in while sending; the next receive delivers it.
    pending: DatagramBatch,
    readable: Readiness<Epoll>,
    events: Events,
    /// Lanes whose send buffer was full, by their number in `lanes`; there from the first time on that one was.
    writable: Option<Readiness<Epoll>>,
    full: Vec<usize>,
    /// Who waits for something to receive.
    waker: Option<Waker>,
}

impl ProbeSockets {
    /// Opens the first shard of each family that `options` ask for. A family that this host lacks is an error only
    /// where no other is left.
    pub(crate) fn open(kind: Kind, options: &SocketOptions) -> Result<Self, OpenError> {
        // A kind that is closed to this user shows here, before anything else is spent on it.
        let opened = opening::open_each_family(options, |family| options::open(family, kind, options))?;
        let mut sockets = Self {
            kind,
            options: options.clone(),
            numbering: warm_up::await_stamps(),
            lanes: Vec::new(),
            index: HashMap::new(),
            outgoing: SendBatch::default(),
            reader: Reader::new(options),
            pending: DatagramBatch::default(),
            readable: Readiness::new(done("create an epoll set", Epoll::new())?),
            events: Events::default(),
            writable: None,
            full: Vec::new(),
            waker: None,
        };
        for (family, socket) in opened {
            sockets.add_lane(socket, (family, 0))?;
        }
        Ok(sockets)
    }

    /// Whether one socket carries all shards of a family.
    fn is_raw(&self) -> bool {
        self.kind == Kind::IcmpRaw
    }

    fn add_lane(&mut self, socket: Socket, (family, shard): (Family, u16)) -> Result<usize, OpenError> {
        let lane = Lane::new(socket, (family, shard), (self.kind, self.numbering), &self.options)?;
        let number = self.lanes.len();
        self.lanes.push(lane);
        self.index.insert((family, shard), number);
        Ok(number)
    }

    /// The lane that a packet leaves by. Opens it where that has not been done yet, but never a first one: this host
    /// lacks that family, or it was not asked for.
    fn lane(&mut self, family: Family, shard: u16) -> Result<usize, Errno> {
        let shard = if self.is_raw() { 0 } else { shard };
        if let Some(&number) = self.index.get(&(family, shard)) {
            return Ok(number);
        }
        if shard >= MAX_SHARDS || !self.index.contains_key(&(family, 0)) {
            return Err(Errno::EAFNOSUPPORT);
        }
        options::open(family, self.kind, &self.options)
            .and_then(|socket| self.add_lane(socket, (family, shard)))
            .map_err(|error| opening::errno(&error))
    }
}

impl ProbeSocket for ProbeSockets {
    fn send(&mut self, batch: &mut TransmitBatch, first: usize) -> Sent {
        self.send_batch(batch, first)
    }

    fn poll_send_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_room(cx)
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>, batch: &mut DatagramBatch) -> Poll<()> {
        self.poll_batch(cx, batch)
    }

    fn max_shards(&self) -> u16 {
        MAX_SHARDS
    }

    fn number(&self, family: Family, shard: u16) -> Option<u16> {
        let carrier = if self.is_raw() { 0 } else { shard };
        let lane = self.index.get(&(family, carrier)).filter(|_| shard < MAX_SHARDS)?;
        self.lanes[*lane].number(shard)
    }
}

#[cfg(test)]
mod tests;
