//! Lists of targets from files and standard input, read by a thread of their own: a list that comes slowly, or never
//! ends, holds up nothing.
//!
//! The thread is left to itself: it ends with its list, when nobody reads on, or with the program.

use std::fs::File;
use std::io::{self, Read};
use std::thread;

use netdiag_tool::lists::{CHUNK, Chunk, List, Lists};
use tokio::sync::mpsc::{self, Receiver, Sender};

/// How many pieces may wait to be taken.
const AHEAD: usize = 2;

/// The lists of this system. Asked only once rights are dropped: what the caller may not read is not read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemLists;

impl Lists for SystemLists {
    fn open(&self, list: &List) -> Receiver<Chunk> {
        let (chunks, receiver) = mpsc::channel(AHEAD);
        let (wanted, kept) = (list.clone(), chunks.clone());
        if let Err(error) = thread::Builder::new().name("list".into()).spawn(move || send(&wanted, &kept)) {
            // The channel is new and has room.
            let _ = chunks.try_send(Err(error));
        }
        receiver
    }
}

/// Sends a list piece by piece, and what went wrong at the end of it.
fn send(list: &List, chunks: &Sender<Chunk>) {
    let read = match list {
        List::File(path) => File::open(path).and_then(|file| pieces(file, chunks)),
        List::Stdin => pieces(io::stdin().lock(), chunks),
    };
    if let Err(error) = read {
        // Where nobody reads on there is nobody to tell.
        let _ = chunks.blocking_send(Err(error));
    }
}

fn pieces(mut source: impl Read, chunks: &Sender<Chunk>) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    loop {
        let len = match source.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if chunks.blocking_send(Ok(buffer[..len].to_vec())).is_err() {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(list: &List) -> Vec<Chunk> {
        let mut chunks = SystemLists.open(list);
        std::iter::from_fn(|| chunks.blocking_recv()).collect()
    }

    #[test]
    fn a_file_comes_whole_and_in_order() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/lists.rs");
        let chunks = read(&List::File(path.into()));
        let octets: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.expect("a piece")).collect();
        assert_eq!(octets, std::fs::read(path).expect("this file"));
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        let said = |path: &str| match &read(&List::File(path.into()))[..] {
            [Err(error)] => error.kind(),
            other => panic!("{path}: {other:?}"),
        };
        assert_eq!(said(concat!(env!("CARGO_MANIFEST_DIR"), "/no-such-file")), io::ErrorKind::NotFound);
        assert_eq!(said(env!("CARGO_MANIFEST_DIR")), io::ErrorKind::IsADirectory);
    }

    #[test]
    fn a_list_without_end_is_read_as_far_as_it_is_wanted() {
        struct Endless;
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                buffer.fill(b'\n');
                Ok(buffer.len())
            }
        }
        let (chunks, mut receiver) = mpsc::channel(AHEAD);
        let reader = thread::spawn(move || pieces(Endless, &chunks));
        assert_eq!(receiver.blocking_recv().expect("a piece").expect("read").len(), CHUNK);
        drop(receiver);
        reader.join().expect("a thread").expect("it ends when nobody reads on");
    }
}
