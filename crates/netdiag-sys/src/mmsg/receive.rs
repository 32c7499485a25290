//! Receiving: up to 64 messages of the receive queue or the error queue with one call, each with its own buffer.
//!
//! What is longer than its buffer runs over into one that all messages share and nobody reads, so that the true length
//! is known for every sort of socket (datagram ICMP does not honour MSG_TRUNC).

use std::cell::UnsafeCell;
use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use super::{BATCH, Room, empty_header};
use crate::address::SocketName;
use crate::control::Controls;
use crate::socket::checked;

/// Room for all control messages that a message can bring.
const CONTROL_LEN: usize = 256;

/// The longest IP packet.
const OVERFLOW_LEN: usize = 65_536;

/// Where all that does not fit runs over to, from every batch of the process.
static OVERFLOW: Overflow = Overflow(UnsafeCell::new([0; OVERFLOW_LEN]));

struct Overflow(UnsafeCell<[u8; OVERFLOW_LEN]>);

// SAFETY: nobody reads it, and only the kernel writes to it, which may do so from several threads at once.
unsafe impl Sync for Overflow {}

/// Which of a socket's two queues to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Messages to the socket.
    Receive,
    /// ICMP errors, local errors and departure stamps.
    Error,
}

/// The memory for receiving up to [`BATCH`] messages, used again and again. It is as large as the largest call so far
/// asked for: most runs hear of one or two messages at a time.
pub struct ReceiveBatch {
    names: Vec<SocketName>,
    parts: Vec<[libc::iovec; 2]>,
    controls: Vec<Room<CONTROL_LEN>>,
    headers: Vec<libc::mmsghdr>,
    buffer: Vec<u8>,
    keep: usize,
}

// SAFETY: the pointers in `parts` and `headers` lead into the memory of the other members, which moves with it, and to a static.
unsafe impl Send for ReceiveBatch {}

impl std::fmt::Debug for ReceiveBatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReceiveBatch").field("keep", &self.keep).finish_non_exhaustive()
    }
}

/// A message that came in.
#[derive(Debug, Clone)]
pub struct Received<'a> {
    /// The sender; on the error queue the destination of the packet that it is about.
    pub name: Option<SocketAddr>,
    /// As many of its octets as the buffer keeps.
    pub bytes: &'a [u8],
    /// How many octets it had; on the error queue, where long messages are cut, how many of them are kept.
    pub len: usize,
    /// What the kernel says of it.
    pub controls: Controls<'a>,
}

impl ReceiveBatch {
    /// Memory that keeps the first `keep` octets of every message.
    pub fn new(keep: usize) -> Self {
        Self {
            names: Vec::new(),
            parts: Vec::new(),
            controls: Vec::new(),
            headers: Vec::new(),
            buffer: Vec::new(),
            keep,
        }
    }

    /// Makes room for `count` messages.
    fn grow(&mut self, count: usize) {
        if self.headers.len() < count {
            let nowhere = libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 };
            self.names.resize(count, SocketName::EMPTY);
            self.parts.resize(count, [nowhere; 2]);
            self.controls.resize(count, Room([0; CONTROL_LEN]));
            self.headers.resize(count, empty_header());
            self.buffer.resize(self.keep * count, 0);
        }
    }

    /// Points the first `count` headers at their buffers, and at what their messages run over to where `queue` has long
    /// ones. The kernel changes the lengths, so this is done before every call.
    fn prepare(&mut self, count: usize, queue: Queue) {
        let (buffer, overflow) = (self.buffer.as_mut_ptr(), OVERFLOW.0.get());
        for (index, parts) in self.parts[..count].iter_mut().enumerate() {
            parts[0] =
                libc::iovec { iov_base: buffer.wrapping_add(index * self.keep).cast(), iov_len: self.keep };
            parts[1] = libc::iovec { iov_base: overflow.cast(), iov_len: OVERFLOW_LEN };
        }
        let (names, parts) = (self.names.as_mut_ptr(), self.parts.as_mut_ptr());
        let controls = self.controls.as_mut_ptr();
        for (index, header) in self.headers[..count].iter_mut().enumerate() {
            header.msg_len = 0;
            let header = &mut header.msg_hdr;
            header.msg_name = names.wrapping_add(index).cast();
            header.msg_namelen = SocketName::SIZE as libc::socklen_t;
            header.msg_iov = parts.wrapping_add(index).cast();
            header.msg_iovlen = match queue {
                Queue::Receive => 2,
                // One part alone is read without a copy of the list of parts.
                Queue::Error => 1,
            };
            header.msg_control = controls.wrapping_add(index).cast();
            header.msg_controllen = CONTROL_LEN as _;
        }
    }

    /// Takes up to `count` messages (at most [`BATCH`]) of a queue. Those of the call before are forgotten. Fewer than
    /// `count` means that the queue was empty then.
    ///
    /// # Errors
    /// EAGAIN when the queue is empty; for [`Queue::Receive`] also an ICMP error for an earlier packet, which is
    /// thereby taken: call again.
    pub fn receive(&mut self, fd: BorrowedFd<'_>, queue: Queue, count: usize) -> io::Result<usize> {
        let count = count.min(BATCH);
        self.grow(count);
        self.prepare(count, queue);
        let flags = match queue {
            Queue::Receive => libc::MSG_DONTWAIT,
            Queue::Error => libc::MSG_DONTWAIT | libc::MSG_ERRQUEUE,
        };
        // SAFETY: each of the `count` headers points to a name, its parts and a control buffer inside `self`, with
        // their true lengths. The parts lead into `buffer`, to a range of its own for each message, and to `OVERFLOW`,
        // which is written but never read. No timeout is given.
        let got = unsafe {
            libc::recvmmsg(
                fd.as_raw_fd(),
                self.headers.as_mut_ptr(),
                count as u32,
                flags as _,
                ptr::null_mut(),
            )
        };
        checked(got).map(|got| got as usize)
    }

    /// The message with number `index` of the last call.
    ///
    /// # Panics
    /// When no call has asked for more than `index` messages. Numbers that the last call did not reach give some
    /// earlier message or an empty one.
    pub fn get(&self, index: usize) -> Received<'_> {
        let header = &self.headers[index];
        let len = header.msg_len as usize;
        let start = index * self.keep;
        let controls = usize::min(header.msg_hdr.msg_controllen as _, CONTROL_LEN);
        let name = (header.msg_hdr.msg_namelen > 0).then(|| self.names[index].address()).flatten();
        Received {
            name,
            bytes: &self.buffer[start..start + len.min(self.keep)],
            len,
            controls: Controls::new(&self.controls[index].0[..controls]),
        }
    }
}
