//! The agent behind a puppet: hears requests on all interfaces and sends what the script says.

use std::io;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use netdiag_sys::packet::{Addressed, InterfaceIndex, PacketSocket};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Seen;
use super::craft::frames;
use super::script::{Answer, Scope, Script};
use crate::agent::control::{Control, Order};
use crate::frame::{EchoKind, FrameKind, Packet, TCP, UDP, kind_of};

const LARGEST: usize = 1 << 16;
const BUFFER: i32 = 4 << 20;

/// Answers until the test ends.
pub(crate) fn run(script: Script) -> io::Result<()> {
    let socket = PacketSocket::open(InterfaceIndex::ANY)?;
    socket.ignore_outgoing()?;
    socket.set_receive_buffer(BUFFER)?;
    let mut puppet = Puppet { socket, script, requests: 0, later: Vec::new(), log: Vec::new() };
    let mut control = Control::ready()?;
    let mut buffer = vec![0; LARGEST];
    loop {
        if puppet.wait(&control)? {
            match control.order()? {
                Order::End => return Ok(()),
                Order::Log => {
                    puppet.take_in(&mut buffer)?;
                    Control::answer(&puppet.log)?;
                }
            }
        }
        puppet.take_in(&mut buffer)?;
        puppet.send_due();
    }
}

struct Puppet {
    socket: PacketSocket,
    script: Script,
    requests: u64,
    later: Vec<(Instant, InterfaceIndex, Vec<u8>)>,
    log: Vec<Seen>,
}

impl Puppet {
    /// Sleeps until something is to be done; says whether an order has come.
    fn wait(&self, control: &Control) -> io::Result<bool> {
        let due = self.later.iter().map(|(due, ..)| *due).min();
        let timeout = due
            .map(|due| due.saturating_duration_since(Instant::now()))
            .map(|time| Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() });
        let mut fds = [
            PollFd::new(control, PollFlags::IN),
            PollFd::from_borrowed_fd(self.socket.as_fd(), PollFlags::IN),
        ];
        match poll(&mut fds, timeout.as_ref()) {
            Ok(_) => Ok(!fds[0].revents().is_empty()),
            Err(rustix::io::Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    fn take_in(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        loop {
            match self.socket.receive(buffer) {
                Ok(Some(info)) if info.addressed == Addressed::Host => {
                    self.hear(&buffer[..info.len], info.interface, info.stamp_ns.unwrap_or(0));
                }
                Ok(Some(_)) => {}
                Ok(None) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::NetworkDown => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn hear(&mut self, frame: &[u8], interface: InterfaceIndex, arrived_ns: u64) {
        let Some(packet) = Packet::in_frame(frame) else { return };
        let echo = packet.echo().filter(|echo| echo.kind == EchoKind::Request);
        let ttl = packet.bytes[if packet.src.is_ipv4() { 8 } else { 7 }];
        let is_request = match self.script.scope() {
            Scope::Echo => echo.is_some(),
            Scope::Expiring => ttl <= 1 && kind_of(frame) != FrameKind::Link,
        };
        let answer = if is_request {
            self.requests += 1;
            self.script.answer(self.requests)
        } else if matches!(packet.protocol, UDP | TCP)
            && let Some(answer) = self.script.answer_to_others()
        {
            answer
        } else {
            return;
        };
        let frames = frames(frame, &packet, answer);
        self.log.push(Seen { arrived_ns, echo, ttl, answers: frames.len() });
        let delays = match answer {
            Answer::Delayed(time) | Answer::LateTwice(time) => [*time; 2],
            Answer::Again(time) => [Duration::ZERO, *time],
            _ => [Duration::ZERO; 2],
        };
        for (delay, frame) in delays.into_iter().zip(frames) {
            if delay.is_zero() {
                self.send(interface, &frame);
            } else {
                self.later.push((Instant::now() + delay, interface, frame));
            }
        }
    }

    fn send_due(&mut self) {
        let now = Instant::now();
        for (_, interface, frame) in self.later.extract_if(.., |(due, ..)| *due <= now).collect::<Vec<_>>() {
            self.send(interface, &frame);
        }
    }

    fn send(&self, interface: InterfaceIndex, frame: &[u8]) {
        // A link that is down, or a reply above the MTU, is silence like on a real network.
        let _ = self.socket.send(interface, frame);
    }
}
