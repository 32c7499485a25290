//! The least that a sweep with kernel stamps can take: one echo to each of 65 536 addresses, sent and received in
//! batches in one loop, with the stamps of both directions and nothing beside them.
//!
//! `bare-sweep FIRST`, where FIRST is the first address of a /16 in which all answer. Prints one JSON line: `replies`,
//! and `stamped`, how many of them have the kernel's stamps at both ends. Ends a second after the last that came.

#![allow(clippy::print_stdout, reason = "it is a program")]

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use netdiag_sys::address::Family;
use netdiag_sys::control::Control;
use netdiag_sys::mmsg::{BATCH, Queue, ReceiveBatch, SendBatch};
use netdiag_sys::setting::{Setting, Stamps};
use netdiag_sys::socket::{Kind, Socket};
use netdiag_wire::icmp::{self, Echo, Protocol};

const COUNT: usize = 65_536;
const IDENTIFIER: u16 = 0x5eed;
const IP_HEADER: usize = 20;
const PAYLOAD: [u8; 56] = [0xa5; 56];
const BUFFER: u32 = 64 << 20;
const SILENCE: Duration = Duration::from_secs(1);

/// What has come of each echo, by its sequence number.
struct Tally {
    departed: Vec<Option<i64>>,
    arrived: Vec<Option<i64>>,
    replies: usize,
    departures: usize,
}

fn main() -> Result<()> {
    let first: Ipv4Addr = std::env::args().nth(1).context("usage: bare-sweep FIRST")?.parse()?;
    let (socket, kind) = open()?;
    let (mut outgoing, mut messages) = (SendBatch::default(), ReceiveBatch::new(128));
    await_stamps(&socket, first, (&mut outgoing, &mut messages))?;
    let mut echoes = vec![Vec::new(); BATCH];
    let mut tally =
        Tally { departed: vec![None; COUNT], arrived: vec![None; COUNT], replies: 0, departures: 0 };
    for start in (0..COUNT).step_by(BATCH) {
        let mut batch = outgoing.start(Family::V4);
        for (offset, echo) in echoes.iter_mut().enumerate() {
            let seq = (start + offset) as u16;
            write(echo, seq)?;
            let to = Ipv4Addr::from_bits(first.to_bits() + u32::from(seq));
            batch.push(SocketAddr::from((to, 0)).into(), echo, []);
        }
        let mut sent = 0;
        while sent < BATCH {
            sent += batch.send(socket.as_fd(), sent)?;
        }
        take_in(&socket, kind, (&mut messages, &mut tally));
    }
    let mut last = Instant::now();
    while tally.replies.min(tally.departures) < COUNT && last.elapsed() < SILENCE {
        if take_in(&socket, kind, (&mut messages, &mut tally)) > 0 {
            last = Instant::now();
        }
    }
    let both =
        tally.departed.iter().zip(&tally.arrived).filter(|(out, back)| out.is_some() && back.is_some());
    println!("{}", serde_json::json!({"replies": tally.replies, "stamped": both.count()}));
    Ok(())
}

/// By the way that is open, with the less privileged one first.
fn open() -> io::Result<(Socket, Kind)> {
    let (socket, kind) = match Socket::open(Family::V4, Kind::IcmpDatagram) {
        Ok(socket) => (socket, Kind::IcmpDatagram),
        Err(_) => (Socket::open(Family::V4, Kind::IcmpRaw)?, Kind::IcmpRaw),
    };
    if kind == Kind::IcmpRaw {
        socket.filter_echo_replies(IDENTIFIER, 1)?;
    }
    socket.apply(Setting::ReceiveBuffer(BUFFER))?;
    // Beyond the system's limit where the right is held; otherwise what it gives has to do.
    let _ = socket.apply(Setting::ReceiveBufferForce(BUFFER));
    Ok((socket, kind))
}

/// Switches stamps on. The kernel begins to stamp arrivals a while after it is asked to; an echo tells whether it does.
fn await_stamps(
    socket: &Socket,
    to: Ipv4Addr,
    (outgoing, messages): (&mut SendBatch, &mut ReceiveBatch),
) -> Result<()> {
    socket.apply(Setting::Stamps(Stamps::Receive))?;
    let mut echo = Vec::new();
    write(&mut echo, 0)?;
    let mut is_stamped = false;
    while !is_stamped {
        let mut batch = outgoing.start(Family::V4);
        batch.push(SocketAddr::from((to, 0)).into(), &echo, []);
        batch.send(socket.as_fd(), 0)?;
        let start = Instant::now();
        while messages.receive(socket.as_fd(), Queue::Receive, 1).unwrap_or(0) == 0 {
            ensure!(start.elapsed() < SILENCE, "{to} does not answer");
        }
        is_stamped = messages.get(0).controls.any(|control| matches!(control, Control::Stamp(_)));
    }
    // From here on the kernel numbers sends from 0, so a number is a sequence number.
    Ok(socket.apply(Setting::Stamps(Stamps::Both))?)
}

fn write(echo: &mut Vec<u8>, seq: u16) -> Result<()> {
    echo.clear();
    icmp::emit_echo_request(Protocol::Icmp, &Echo { id: IDENTIFIER, seq, data: &PAYLOAD }, echo);
    Ok(icmp::seal_v4(echo, IDENTIFIER)?)
}

/// Takes all that waits on both queues; returns how much it was.
fn take_in(socket: &Socket, kind: Kind, (messages, tally): (&mut ReceiveBatch, &mut Tally)) -> usize {
    let header = if kind == Kind::IcmpRaw { IP_HEADER } else { 0 };
    let mut taken = 0;
    for queue in [Queue::Receive, Queue::Error] {
        loop {
            let got = messages.receive(socket.as_fd(), queue, BATCH).unwrap_or(0);
            for index in 0..got {
                let message = messages.get(index);
                let seq = message.bytes.get(header + 6..header + 8).map(|octets| [octets[0], octets[1]]);
                tally.note(queue, seq.map(u16::from_be_bytes), message.controls);
            }
            taken += got;
            if got < BATCH {
                break;
            }
        }
    }
    taken
}

impl Tally {
    fn note(&mut self, queue: Queue, seq: Option<u16>, controls: impl Iterator<Item = Control>) {
        let (mut stamp, mut number) = (None, None);
        for control in controls {
            match control {
                Control::Stamp(at) => stamp = Some(at),
                Control::Error(error) => number = Some(error.data as usize),
                _ => {}
            }
        }
        match (queue, seq, number) {
            (Queue::Receive, Some(seq), _) => {
                self.arrived[usize::from(seq)] = stamp;
                self.replies += 1;
            }
            (Queue::Error, _, Some(number)) if number < COUNT => {
                self.departed[number] = stamp;
                self.departures += 1;
            }
            _ => {}
        }
    }
}
