//! The streams against pipes and failing writers.

use std::io::{self, Write};
use std::pin::pin;
use std::sync::mpsc;
use std::task::{Context, Poll, Waker};

use netdiag_engine::driver::Command;
use tokio::sync::mpsc::unbounded_channel;

use super::*;

struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_and_a_full_disk_end_the_run_and_are_told_apart() {
    for (kind, is_closed) in [(io::ErrorKind::BrokenPipe, true), (io::ErrorKind::StorageFull, false)] {
        let (quit, mut commands) = unbounded_channel();
        let mut streams = Streams::new(Failing(kind), io::sink(), quit);
        streams.out.write(b"line\n");
        streams.flush();
        assert_eq!(commands.blocking_recv(), Some(Command::Quit));
        assert_eq!(matches!(streams.finish(), Err(OutputError::Closed)), is_closed);
    }
}

#[test]
fn errors_that_cannot_be_shown_end_nothing() {
    let (reader, writer) = io::pipe().expect("pipe");
    let (quit, _commands) = unbounded_channel();
    let mut streams = Streams::new(writer, Failing(io::ErrorKind::BrokenPipe), quit);
    streams.err.write(b"lost\n");
    streams.out.write(b"kept\n");
    streams.finish().expect("written");
    assert_eq!(io::read_to_string(reader).expect("read"), "kept\n");
}

#[test]
fn both_streams_keep_their_common_order() {
    let (reader, writer) = io::pipe().expect("pipe");
    let (quit, _commands) = unbounded_channel();
    let mut streams = Streams::new(writer.try_clone().expect("clone"), writer, quit);
    for i in 0..1000 {
        let stream = if i % 3 == 0 { &mut streams.err } else { &mut streams.out };
        stream.write(format!("{i}\n").as_bytes());
    }
    streams.finish().expect("written");
    let text = io::read_to_string(reader).expect("read");
    let numbers: Vec<usize> = text.lines().map(|line| line.parse().expect("a number")).collect();
    assert_eq!(numbers, (0..1000).collect::<Vec<usize>>());
}

#[test]
fn a_reader_that_has_stopped_puts_the_end_off_until_it_goes_on() {
    let (reader, writer) = io::pipe().expect("pipe");
    let (quit, _commands) = unbounded_channel();
    let mut streams = Streams::new(writer, io::sink(), quit);
    // More than any pipe holds.
    streams.out.write(&vec![b'x'; 4 << 20]);
    {
        let mut drained = pin!(streams.drained());
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(drained.as_mut().poll(&mut context), Poll::Pending);
    }
    assert_eq!(io::read_to_string(reader).expect("read").len(), 4 << 20);
    streams.finish().expect("written");
}

/// A writer that lets the test see each call, and go on only when it says so.
struct Gated {
    calls: mpsc::Sender<Vec<u8>>,
    gate: mpsc::Receiver<()>,
}

impl Write for Gated {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = self.calls.send(bytes.to_vec());
        // A gate that has gone stands open.
        let _ = self.gate.recv();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn gated() -> (Gated, mpsc::Receiver<Vec<u8>>, mpsc::Sender<()>) {
    let (calls, seen) = mpsc::channel();
    let (open, gate) = mpsc::channel();
    (Gated { calls, gate }, seen, open)
}

#[test]
fn pieces_gather_until_a_flush_or_a_full_buffer() {
    let (writer, calls, open) = gated();
    drop(open);
    let (quit, _commands) = unbounded_channel();
    let mut streams = Streams::new(writer, io::sink(), quit);
    streams.out.write(b"one ");
    streams.out.write(b"two ");
    streams.flush();
    assert_eq!(calls.recv().expect("a call"), b"one two ");
    streams.flush();
    let piece = vec![b'x'; 1 << 15];
    streams.out.write(&piece);
    streams.out.offer(&piece);
    // No flush: enough has gathered.
    assert_eq!(calls.recv().expect("a call").len(), 1 << 16);
    streams.out.write(b"rest");
    streams.finish().expect("written");
    assert_eq!(calls.recv().expect("a call"), b"rest");
    assert!(calls.recv().is_err(), "nothing is written twice, and nothing where there is nothing");
}

#[test]
fn what_is_offered_to_a_reader_that_has_stopped_is_left_out_and_counted() {
    let (writer, calls, open) = gated();
    let (quit, _commands) = unbounded_channel();
    let limit = 1 << 20;
    let mut streams = Streams::with_limit(writer, io::sink(), quit, limit);
    let mut offered = 0_u64;
    for i in 0..200_000_u64 {
        streams.out.offer(format!("o{i:014}\n").as_bytes());
        offered += 1;
        if i % 1000 == 0 {
            streams.out.write(format!("w{i:014}\n").as_bytes());
            streams.flush();
        }
    }
    let dropped = streams.dropped();
    assert!(dropped > 0 && dropped < offered);
    drop(open);
    streams.finish().expect("written");
    assert_eq!(streams.dropped(), dropped, "the end leaves nothing out");
    let all: Vec<u8> = calls.try_iter().flatten().collect();
    let text = String::from_utf8(all).expect("text");
    let (written, rest): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('w'));
    let wanted: Vec<String> = (0..200_000).step_by(1000).map(|i| format!("w{i:014}")).collect();
    assert_eq!(written, wanted, "what is written comes out, in order");
    assert_eq!(rest.len() as u64, offered - dropped);
    assert!(rest.is_sorted());
    // The limit, one batch beyond it, and what must not be left out.
    assert!(text.len() <= limit + (1 << 16) + 16 + wanted.len() * 16, "{} octets were kept", text.len());
}

#[test]
fn a_reader_that_goes_on_gets_offers_again() {
    let (writer, calls, open) = gated();
    let (quit, _commands) = unbounded_channel();
    let mut streams = Streams::with_limit(writer, io::sink(), quit, 10);
    streams.out.offer(b"more than ten octets");
    streams.flush();
    assert_eq!(calls.recv().expect("a call"), b"more than ten octets");
    streams.out.offer(b"left out");
    assert_eq!(streams.dropped(), 1);
    streams.out.write(b"kept");
    streams.flush();
    open.send(()).expect("a writer");
    // The writer is at the second piece: the first has been counted as written.
    assert_eq!(calls.recv().expect("a call"), b"kept");
    streams.out.offer(b"again");
    drop(open);
    streams.finish().expect("written");
    assert_eq!(calls.recv().expect("a call"), b"again");
    assert_eq!(streams.dropped(), 1);
}

#[test]
fn nothing_gathers_once_the_reader_has_gone() {
    let (quit, mut commands) = unbounded_channel();
    let mut streams = Streams::new(Failing(io::ErrorKind::BrokenPipe), io::sink(), quit);
    assert!(!streams.out.is_gone());
    streams.out.write(b"line\n");
    streams.flush();
    assert_eq!(commands.blocking_recv(), Some(Command::Quit));
    assert!(streams.out.is_gone() && streams.err.is_gone());
}
