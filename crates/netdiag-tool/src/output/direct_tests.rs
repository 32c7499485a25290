//! Streams whose ends have room are written by the thread that speaks, and only as long as they have.

use std::io::{self, Write};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread::{self, ThreadId};

use netdiag_engine::driver::Command;
use tokio::sync::mpsc::unbounded_channel;

use super::*;

/// Who wrote what, in order.
type Calls = Arc<Mutex<Vec<(ThreadId, Vec<u8>)>>>;

/// An end that has room so many times and takes so many octets at once.
struct Roomy {
    calls: Calls,
    rooms: AtomicUsize,
    most: usize,
}

impl Roomy {
    fn new(calls: &Calls, rooms: usize) -> Self {
        Self { calls: calls.clone(), rooms: rooms.into(), most: usize::MAX }
    }
}

impl Write for Roomy {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = &bytes[..bytes.len().min(self.most)];
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push((thread::current().id(), taken.to_vec()));
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl StreamEnd for Roomy {
    fn has_room(&self) -> bool {
        self.rooms.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
    }

    fn wait_for_room(&self) -> io::Result<()> {
        Ok(())
    }
}

/// An end that has room for nothing but its error.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl StreamEnd for Failing {
    fn has_room(&self) -> bool {
        true
    }

    fn wait_for_room(&self) -> io::Result<()> {
        Ok(())
    }
}

fn all(calls: &Calls) -> Vec<(ThreadId, Vec<u8>)> {
    calls.lock().expect("calls").clone()
}

fn octets(calls: &[(ThreadId, Vec<u8>)]) -> Vec<u8> {
    calls.iter().flat_map(|(_, bytes)| bytes.clone()).collect()
}

#[test]
fn where_there_is_room_the_caller_writes_and_all_is_written_when_it_goes_on() {
    let (calls, (quit, _commands)) = (Calls::default(), unbounded_channel());
    let mut streams = Streams::direct(Roomy::new(&calls, 100), Roomy::new(&calls, 100), quit);
    let text: Vec<u8> = (0..=255).cycle().take(10_000).collect();
    streams.out.write(&text);
    assert!(all(&calls).is_empty(), "it gathers first");
    streams.flush();
    let written = all(&calls);
    assert_eq!(octets(&written), text);
    assert!(written.iter().all(|(who, bytes)| *who == thread::current().id() && bytes.len() <= 4096));
    {
        let mut drained = pin!(streams.drained());
        let mut context = Context::from_waker(Waker::noop());
        assert_eq!(drained.as_mut().poll(&mut context), Poll::Ready(()));
    }
    streams.finish().expect("written");
}

#[test]
fn from_the_first_octet_without_room_on_the_thread_writes_in_the_same_order() {
    for rooms in 0..8 {
        let (calls, (quit, _commands)) = (Calls::default(), unbounded_channel());
        let mut streams = Streams::direct(Roomy::new(&calls, rooms), Roomy::new(&calls, rooms), quit);
        for i in 0..100 {
            let stream = if i % 3 == 0 { &mut streams.err } else { &mut streams.out };
            stream.write(format!("{i}\n").as_bytes());
            if i % 5 == 0 {
                streams.flush();
            }
        }
        streams.finish().expect("written");
        let written = all(&calls);
        let text = String::from_utf8(octets(&written)).expect("text");
        let numbers: Vec<usize> = text.lines().map(|line| line.parse().expect("a number")).collect();
        assert_eq!(numbers, (0..100).collect::<Vec<usize>>());
        let here = thread::current().id();
        let direct = written.iter().take_while(|(who, _)| *who == here).count();
        assert!((rooms..=2 * rooms).contains(&direct), "{direct} of {rooms}");
        assert!(written[direct..].iter().all(|(who, _)| *who != here));
    }
}

#[test]
fn an_end_that_takes_a_part_gets_the_rest() {
    let (calls, (quit, _commands)) = (Calls::default(), unbounded_channel());
    let out = Roomy { most: 100, ..Roomy::new(&calls, 3) };
    let mut streams = Streams::direct(out, sink(), quit);
    let text: Vec<u8> = (0..=255).cycle().take(1000).collect();
    streams.out.write(&text);
    streams.finish().expect("written");
    assert_eq!(octets(&all(&calls)), text);
}

#[test]
fn a_full_buffer_is_left_to_the_thread() {
    let (calls, (quit, _commands)) = (Calls::default(), unbounded_channel());
    let mut streams = Streams::direct(Roomy::new(&calls, 1000), sink(), quit);
    streams.out.write(&vec![b'x'; 1 << 16]);
    streams.finish().expect("written");
    let written = all(&calls);
    assert!(written.len() == 1 && written[0].0 != thread::current().id(), "{} calls", written.len());
}

#[test]
fn a_closed_pipe_and_a_full_disk_are_told_apart_here_too() {
    for (kind, is_closed) in [(io::ErrorKind::BrokenPipe, true), (io::ErrorKind::StorageFull, false)] {
        let (quit, mut commands) = unbounded_channel();
        let mut streams = Streams::direct(Failing(kind), sink(), quit);
        streams.out.write(b"line\n");
        streams.flush();
        assert_eq!(commands.blocking_recv(), Some(Command::Quit));
        assert!(streams.out.is_gone() && streams.err.is_gone());
        assert_eq!(matches!(streams.finish(), Err(OutputError::Closed)), is_closed);
    }
}

#[test]
fn errors_that_cannot_be_shown_end_nothing_here_either() {
    let (calls, (quit, _commands)) = (Calls::default(), unbounded_channel());
    let mut streams = Streams::direct(Roomy::new(&calls, 9), Failing(io::ErrorKind::BrokenPipe), quit);
    streams.err.write(b"lost\n");
    streams.out.write(b"kept\n");
    streams.finish().expect("written");
    assert_eq!(octets(&all(&calls)), b"kept\n");
}

fn sink() -> Roomy {
    Roomy::new(&Calls::default(), usize::MAX)
}

/// An end that takes a few octets every other time, as a pipe does that was set not to wait and has a slow reader.
struct Hesitant {
    calls: Calls,
    is_full: bool,
    waits: Arc<AtomicUsize>,
}

impl Write for Hesitant {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_full = !self.is_full;
        if self.is_full {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        let taken = &bytes[..bytes.len().min(7)];
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push((thread::current().id(), taken.to_vec()));
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl StreamEnd for Hesitant {
    fn has_room(&self) -> bool {
        true
    }

    fn wait_for_room(&self) -> io::Result<()> {
        self.waits.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

#[test]
fn an_end_that_does_not_wait_by_itself_is_waited_for() {
    let (calls, waits, (quit, _commands)) =
        (Calls::default(), Arc::new(AtomicUsize::new(0)), unbounded_channel());
    let hesitant = || Hesitant { calls: calls.clone(), is_full: false, waits: waits.clone() };
    let mut streams = Streams::direct(hesitant(), hesitant(), quit);
    let text: Vec<u8> = (0..=255).cycle().take(5_000).collect();
    streams.out.write(&text);
    streams.flush();
    streams.err.write(&text);
    streams.finish().expect("written");
    assert_eq!(octets(&all(&calls)), [text.clone(), text].concat());
    assert!(waits.load(Ordering::Relaxed) > 1_000);
}
