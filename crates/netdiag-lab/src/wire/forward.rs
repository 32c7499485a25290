//! The agent behind a wire: takes frames from either veth and puts them out of the other when due.
//!
//! Due times count from the kernel's stamp of arrival, so the agent's own waking up adds nothing
//! to a delay, except to one shorter than that. One thread sleeps in `ppoll` until a frame, an
//! order or the next due time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io;
use std::num::NonZeroU64;
use std::os::fd::AsFd;
use std::time::{Duration, Instant, SystemTime};

use netdiag_sys::packet::{InterfaceIndex, PacketSocket};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::fate::{Decider, Verdict};
use super::log::{Fate, Mark, Passage, Way};
use super::spec::{Corruption, WireSpec};
use crate::agent::control::{Control, Order};
use crate::frame::{ETHERNET, Packet, kind_of, seal_icmp};

/// Room for the largest frame of any veth.
const LARGEST: usize = 1 << 16;
/// Receive buffer asked for, so that a burst at line rate survives a moment of no CPU.
const BUFFER: i32 = 8 << 20;
/// Index of the first echo payload byte within its message.
const PAYLOAD: usize = 8;

/// Forwards until the test ends.
pub(crate) fn run(spec: &WireSpec) -> io::Result<()> {
    // The default slack of 50 µs would be added to every delay.
    rustix::thread::set_current_timer_slack(NonZeroU64::new(1))?;
    let mut forwarder = Forwarder::open(spec)?;
    let mut control = Control::ready()?;
    let mut buffer = vec![0; LARGEST];
    loop {
        if forwarder.wait(&control)? {
            match control.order()? {
                Order::End => return Ok(()),
                Order::Log => {
                    // What the test has seen arrive was answered on the wire before it asked.
                    forwarder.take_in(&mut buffer)?;
                    Control::answer(forwarder.log.iter().chain(forwarder.waiting()))?;
                }
            }
        }
        forwarder.take_in(&mut buffer)?;
        forwarder.send_due();
    }
}

/// A frame with a time to leave.
#[derive(Debug)]
struct Scheduled {
    due: Instant,
    /// Breaks ties: first come, first served.
    number: u64,
    bytes: Vec<u8>,
    passage: Passage,
    /// Frames that have to leave before it; `due` is then the latest time.
    behind: u32,
}

/// One veth end and what befalls the frames that come in by it.
#[derive(Debug)]
struct Side {
    socket: PacketSocket,
    interface: InterfaceIndex,
    decider: Decider,
    /// No frame leaves before the one that came earlier.
    last_due: Option<Instant>,
    held: Vec<Scheduled>,
}

#[derive(Debug)]
struct Forwarder {
    sides: [Side; 2],
    queue: BinaryHeap<Reverse<Scheduled>>,
    log: Vec<Passage>,
    count: u64,
}

impl Forwarder {
    fn open(spec: &WireSpec) -> io::Result<Self> {
        // Two streams of chance from one seed.
        let forth = Side::open("wire-a", Decider::new(spec.forth.clone(), spec.seed.wrapping_mul(2)))?;
        let back = Side::open("wire-b", Decider::new(spec.back.clone(), spec.seed.wrapping_mul(2) + 1))?;
        Ok(Self { sides: [forth, back], queue: BinaryHeap::new(), log: Vec::new(), count: 0 })
    }

    /// Sleeps until something is to be done; says whether an order has come.
    fn wait(&self, control: &Control) -> io::Result<bool> {
        let next = self.queue.peek().map(|Reverse(frame)| frame.due);
        let held = self.sides.iter().flat_map(|side| side.held.iter().map(|frame| frame.due)).min();
        let due = next.into_iter().chain(held).min();
        let timeout = due
            .map(|due| due.saturating_duration_since(Instant::now()))
            .map(|time| Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() });
        let mut fds = [
            PollFd::new(control, PollFlags::IN),
            PollFd::from_borrowed_fd(self.sides[0].socket.as_fd(), PollFlags::IN),
            PollFd::from_borrowed_fd(self.sides[1].socket.as_fd(), PollFlags::IN),
        ];
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) => Ok(!fds[0].revents().is_empty()),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes what has arrived on both sides and decides about it.
    fn take_in(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        for way in Way::BOTH {
            loop {
                let side = &mut self.sides[way.index()];
                let info = match side.socket.receive(buffer) {
                    Ok(Some(info)) => info,
                    Ok(None) => break,
                    // An end was switched off, as tests do; it may come back.
                    Err(error) if error.kind() == io::ErrorKind::NetworkDown => continue,
                    Err(error) => return Err(error),
                };
                let bytes = buffer[..info.len].to_vec();
                let now = wall_clock_ns();
                let arrived_ns = info.stamp_ns.unwrap_or(now);
                let age = Duration::from_nanos(now.saturating_sub(arrived_ns));
                let arrived = Instant::now().checked_sub(age).unwrap_or_else(Instant::now);
                let frame = kind_of(&bytes);
                let verdict = side.decider.decide(&frame);
                let passage =
                    Passage { arrived_ns, left_ns: None, way, frame, fate: Fate::Waiting, marks: Vec::new() };
                self.schedule(arrived, bytes, passage, verdict);
            }
        }
        Ok(())
    }

    fn schedule(&mut self, arrived: Instant, mut bytes: Vec<u8>, mut passage: Passage, verdict: Verdict) {
        if verdict.is_dropped {
            passage.fate = Fate::Dropped;
            self.log.push(passage);
            return;
        }
        if verdict.corruption.is_some_and(|corruption| corrupt(&mut bytes, corruption)) {
            passage.marks.push(Mark::Corrupted);
        }
        let side = &mut self.sides[passage.way.index()];
        let mut due = arrived + verdict.delay;
        let is_free = verdict.behind > 0 || verdict.straggle > Duration::ZERO;
        if is_free {
            passage.marks.push(Mark::HeldBack);
            due += verdict.straggle;
        } else {
            due = side.last_due.map_or(due, |last| last.max(due));
            side.last_due = Some(due);
        }
        if verdict.behind > 0 {
            due += side.decider.hold_limit();
        }
        let copy = verdict.is_duplicated.then(|| {
            let mut copy = passage.clone();
            copy.marks.push(Mark::Duplicate);
            (bytes.clone(), copy)
        });
        for (bytes, passage) in std::iter::once((bytes, passage)).chain(copy) {
            let scheduled = Scheduled { due, number: self.count, bytes, passage, behind: verdict.behind };
            self.count += 1;
            if verdict.behind > 0 {
                self.sides[scheduled.passage.way.index()].held.push(scheduled);
            } else {
                self.queue.push(Reverse(scheduled));
            }
        }
    }

    /// Sends what is due, and behind each frame those that waited for it.
    fn send_due(&mut self) {
        let now = Instant::now();
        while self.queue.peek().is_some_and(|Reverse(frame)| frame.due <= now) {
            if let Some(Reverse(frame)) = self.queue.pop() {
                self.send(frame);
            }
        }
        for way in Way::BOTH {
            let held = &mut self.sides[way.index()].held;
            for frame in held.extract_if(.., |frame| frame.due <= now).collect::<Vec<_>>() {
                self.send(frame);
            }
        }
    }

    fn send(&mut self, mut frame: Scheduled) {
        let way = frame.passage.way;
        let out = &self.sides[1 - way.index()];
        frame.passage.left_ns = Some(wall_clock_ns());
        frame.passage.fate = match out.socket.send(out.interface, &frame.bytes) {
            Ok(()) => Fate::Sent,
            Err(_) => Fate::Refused,
        };
        let counts = frame.passage.frame != crate::frame::FrameKind::Link && frame.behind == 0;
        self.log.push(frame.passage);
        if !counts {
            return;
        }
        let held = &mut self.sides[way.index()].held;
        for frame in held.iter_mut() {
            frame.behind -= 1;
        }
        for frame in held.extract_if(.., |frame| frame.behind == 0).collect::<Vec<_>>() {
            // It must not count as overtaking others that still wait: `behind` is kept above zero.
            self.send(Scheduled { behind: 1, ..frame });
        }
    }

    fn waiting(&self) -> impl Iterator<Item = &Passage> {
        let held = self.sides.iter().flat_map(|side| side.held.iter().map(|frame| &frame.passage));
        self.queue.iter().map(|Reverse(frame)| &frame.passage).chain(held)
    }
}

impl Side {
    fn open(interface: &str, decider: Decider) -> io::Result<Self> {
        let interface = InterfaceIndex::of(interface)?;
        let socket = PacketSocket::open(interface)?;
        socket.ignore_outgoing()?;
        socket.set_receive_buffer(BUFFER)?;
        Ok(Self { socket, interface, decider, last_due: None, held: Vec::new() })
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.number).cmp(&(other.due, other.number))
    }
}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Scheduled {}

/// Flips the last payload byte of an echo; says whether there was one.
fn corrupt(frame: &mut [u8], corruption: Corruption) -> bool {
    let Some(packet) = Packet::in_frame(frame) else { return false };
    if packet.body().len() <= PAYLOAD {
        return false;
    }
    let (src, dst) = (packet.src, packet.dst);
    let (from, to) = (ETHERNET + packet.transport, ETHERNET + packet.bytes.len());
    let message = &mut frame[from..to];
    if let Some(last) = message.last_mut() {
        *last ^= 0xff;
    }
    if corruption == Corruption::ChecksumFixed {
        seal_icmp(src, dst, message);
    }
    true
}

fn wall_clock_ns() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64)
}
