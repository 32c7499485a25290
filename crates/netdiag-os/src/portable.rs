//! ICMP echo by surge-ping's sockets: what a system other than Linux would get. Nothing here uses `netdiag-sys`.
//!
//! Of surge-ping its [`surge_ping::AsyncSocket`] is used, not its client: the client keeps no data of a reply, so that no
//! token could be verified; it drops what comes twice, late or from elsewhere; and its watch starts after the send has
//! returned, so that a quick reply measures too short. Here the clock is read right before a send and right after a
//! receive, each time in this process: a round-trip time is never too short, and its clock is `user`.

use std::hash::{BuildHasher, RandomState};
use std::task::{Context, Poll, Waker};

use netdiag_engine::port::{
    DatagramBatch, OpenError, ProbeSocket, Sent, SocketOptions, Stop, Transmit, TransmitBatch,
};
use netdiag_model::{Errno, Family, Moment, Reading};

use crate::opening::{self, done};

mod lane;
mod message;
mod setup;

use lane::Lane;

/// A socket for each family, opened when the first packet asks for it: surge-ping opens sockets within the runtime only.
/// A raw one needs its right at that time.
pub(crate) struct PortableSockets {
    options: SocketOptions,
    /// The families that a socket can be had of.
    families: Vec<Family>,
    /// The identifier of echoes where the kernel gives none.
    identifier: u16,
    now: fn() -> Reading,
    lanes: Vec<Lane>,
    /// Departures that the next receive delivers.
    departed: DatagramBatch,
    /// Who waits for something to receive.
    waker: Option<Waker>,
}

impl PortableSockets {
    /// Tries whether sockets can be had with these options, and closes them again. `now` reads the clock that the run
    /// goes by.
    pub(crate) fn open(options: &SocketOptions, now: fn() -> Reading) -> Result<Self, OpenError> {
        setup::check(options)?;
        Ok(Self {
            options: options.clone(),
            families: usable_families(options)?,
            identifier: options.identifier.unwrap_or_else(|| RandomState::new().hash_one(0) as u16),
            now,
            lanes: Vec::new(),
            departed: DatagramBatch::default(),
            waker: None,
        })
    }

    /// The socket of a family, opened where that has not been done yet.
    fn lane(&mut self, family: Family) -> Result<&mut Lane, Errno> {
        if !self.families.contains(&family) {
            return Err(Errno::EAFNOSUPPORT);
        }
        if !self.lanes.iter().any(|lane| lane.family() == family) {
            let socket = setup::socket(family, &self.options).map_err(|error| opening::errno(&error))?;
            self.lanes.push(Lane::new(socket, family, self.identifier));
        }
        self.lanes.iter_mut().find(|lane| lane.family() == family).ok_or(Errno::EAFNOSUPPORT)
    }

    fn send_one(&mut self, item: &Transmit, bytes: &[u8]) -> Result<(), Stop> {
        let failed = |errno| Stop::Failed { errno, mtu: None };
        if item.ttl.is_some() || item.tos.is_some() {
            return Err(failed(Errno::EOPNOTSUPP));
        }
        self.lane(item.to.family()).map_err(failed)?.send(item.probe, &item.to, bytes.to_vec())
    }
}

/// The families that sockets can be had of. A family that this host lacks is an error only where no other is left.
fn usable_families(options: &SocketOptions) -> Result<Vec<Family>, OpenError> {
    let families = opening::families(options)?;
    // The runtime of the run does not exist yet.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build();
    let runtime = done("start a runtime to try a socket in", runtime)?;
    let inside = runtime.enter();
    let mut tried: Vec<_> =
        families.into_iter().map(|family| setup::socket(family, options).map(|_| family)).collect();
    drop(inside);
    runtime.shutdown_background();
    if tried.iter().any(Result::is_ok) {
        tried.retain(|result| !matches!(result, Err(OpenError::NoFamily(_))));
    }
    tried.into_iter().collect()
}

impl ProbeSocket for PortableSockets {
    fn send(&mut self, batch: &mut TransmitBatch, first: usize) -> Sent {
        let at = Moment::user((self.now)());
        let (mut count, mut stop) = (0, None);
        for item in &batch.items()[first..] {
            stop = self.send_one(item, batch.bytes(item)).err();
            if stop.is_some() {
                break;
            }
            count += 1;
        }
        if self.lanes.iter().any(Lane::has_queue)
            && let Some(waker) = self.waker.take()
        {
            waker.wake();
        }
        Sent { count, at, stop }
    }

    fn poll_send_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        for lane in &mut self.lanes {
            lane.poll_queue(cx, self.now, &mut self.departed);
        }
        if self.lanes.iter().all(Lane::has_room) { Poll::Ready(()) } else { Poll::Pending }
    }

    fn poll_recv(&mut self, cx: &mut Context<'_>, batch: &mut DatagramBatch) -> Poll<()> {
        for lane in &mut self.lanes {
            lane.poll_queue(cx, self.now, &mut self.departed);
        }
        for departure in self.departed.iter() {
            batch.push(departure.incoming.clone(), departure.bytes);
        }
        self.departed.clear();
        for lane in &mut self.lanes {
            lane.poll_receive(cx, self.now, batch);
        }
        if !batch.is_empty() {
            return Poll::Ready(());
        }
        self.waker = Some(cx.waker().clone());
        Poll::Pending
    }

    fn max_shards(&self) -> u16 {
        1
    }

    fn number(&self, family: Family, shard: u16) -> Option<u16> {
        let lane = self.lanes.iter().find(|lane| lane.family() == family && shard == 0)?;
        lane.identifier()
    }
}

#[cfg(test)]
mod tests;
