//! A capture that keeps only echoes and their kernel stamps: the truth about round-trip times.
//!
//! Stamps are those that tcpdump shows: for frames that go out, when they are handed to the device;
//! for frames that come in, when the device hands them over. `CLOCK_REALTIME`, in nanoseconds.

use std::io;

use netdiag_sys::packet::{Addressed, InterfaceIndex, PacketSocket};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use serde::{Deserialize, Serialize};

use crate::agent::Job;
use crate::agent::control::{Control, Order};
use crate::error::{Error, Result};
use crate::frame::{Echo, Packet};
use crate::remote::Agent;
use crate::site::Site;

/// The role of the agent behind a capture.
pub(crate) const ROLE: &str = "capture";

const LARGEST: usize = 1 << 16;
const BUFFER: i32 = 64 << 20;
/// How often the buffer is emptied: it holds some 80 000 small frames.
const ROUND: Timespec = Timespec { tv_sec: 0, tv_nsec: 20_000_000 };

/// Which way a frame went, as seen from the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// It arrived.
    In,
    /// It was sent.
    Out,
}

/// One echo message on an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Captured {
    /// The kernel's stamp in nanoseconds since 1970.
    pub time_ns: u64,
    /// Which way it went.
    pub direction: Direction,
    /// What it was.
    pub echo: Echo,
}

/// A running capture; see [`crate::Node::capture`].
#[derive(Debug)]
pub struct Capture {
    agent: Agent,
    site: Site,
}

/// What the agent hands over: the records, and last whether any were lost.
#[derive(Debug, Serialize, Deserialize)]
enum Line {
    Echo(Captured),
    Lost(u32),
}

impl Capture {
    pub(crate) fn start(site: Site, interface: &str) -> Result<Self> {
        let name = format!("the capture on {} {interface}", site.name());
        let agent = Agent::start(name, Job::new(ROLE, interface), site.place())?;
        Ok(Self { agent, site })
    }

    /// Ends the capture. Everything that passed before this call is in it, in order of capture.
    ///
    /// # Errors
    /// [`Error::Refused`] when the kernel dropped frames, as then it is not the truth.
    pub fn stop(mut self) -> Result<Vec<Captured>> {
        let mut echoes = Vec::new();
        for line in self.agent.log()? {
            match line {
                Line::Echo(captured) => echoes.push(captured),
                Line::Lost(frames) => {
                    return Err(Error::Refused {
                        operation: format!("capturing in {}", self.site.name()),
                        reason: format!(
                            "{frames} frames did not fit into the buffer; raise net.core.rmem_max"
                        ),
                    });
                }
            }
        }
        Ok(echoes)
    }
}

/// Captures until the test ends.
pub(crate) fn run(interface: &str) -> io::Result<()> {
    let socket = PacketSocket::open(InterfaceIndex::of(interface)?)?;
    socket.set_receive_buffer(BUFFER)?;
    let mut control = Control::ready()?;
    let mut buffer = vec![0; LARGEST];
    let mut echoes = Vec::new();
    let mut missed = 0;
    loop {
        let is_ordered = wait(&control)?;
        take_in(&socket, &mut buffer, &mut echoes)?;
        if !is_ordered {
            continue;
        }
        match control.order()? {
            Order::End => return Ok(()),
            Order::Log => {
                missed += socket.counts()?.dropped;
                let last = (missed > 0).then_some(Line::Lost(missed));
                Control::answer(echoes.iter().copied().map(Line::Echo).chain(last))?;
            }
        }
    }
}

/// Waits for an order, at most [`ROUND`]; whether there is one. It does not wait for frames: a reader that is woken by
/// each of them makes the kernel slower between a frame's capture and its departure, by more than is to be measured.
fn wait(control: &Control) -> io::Result<bool> {
    match poll(&mut [PollFd::new(control, PollFlags::IN)], Some(&ROUND)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn take_in(socket: &PacketSocket, buffer: &mut [u8], echoes: &mut Vec<Captured>) -> io::Result<()> {
    loop {
        let info = match socket.receive(buffer) {
            Ok(Some(info)) => info,
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NetworkDown => continue,
            Err(error) => return Err(error),
        };
        let direction = if info.addressed == Addressed::Outgoing { Direction::Out } else { Direction::In };
        let echo = Packet::in_frame(&buffer[..info.len]).and_then(|packet| packet.echo());
        if let (Some(echo), Some(time_ns)) = (echo, info.stamp_ns) {
            echoes.push(Captured { time_ns, direction, echo });
        }
    }
}
