//! Sending: addresses, buffers and control messages of up to 64 packets, filled in place and handed over in one call.

use std::io;
use std::marker::PhantomData;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use super::{BATCH, Room, empty_header};
use crate::address::{Family, SocketName};
use crate::control::{Encoder, ORDER_LEN, Order};
use crate::socket::checked;

/// Room for three orders: TTL, TOS and stamp number.
const CONTROL_LEN: usize = 3 * ORDER_LEN;

/// The memory for sending up to [`BATCH`] packets, used again and again. It is as large as the largest batch so far.
#[derive(Default)]
pub struct SendBatch {
    names: Vec<SocketName>,
    parts: Vec<libc::iovec>,
    controls: Vec<Room<CONTROL_LEN>>,
    control_lengths: Vec<usize>,
    headers: Vec<libc::mmsghdr>,
}

// SAFETY: the pointers in `parts` and `headers` lead into the memory of the other members, which moves with it, or to
// packets that are borrowed for as long as an `Outgoing` lives; nothing is tied to a thread.
unsafe impl Send for SendBatch {}

impl std::fmt::Debug for SendBatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendBatch").finish_non_exhaustive()
    }
}

impl SendBatch {
    /// Points the headers from `from` up to `to` at what was filled in.
    fn prepare(&mut self, from: usize, to: usize) -> &mut [libc::mmsghdr] {
        let (names, parts) = (self.names.as_mut_ptr(), self.parts.as_mut_ptr());
        let controls = self.controls.as_mut_ptr();
        for (index, header) in self.headers[..to].iter_mut().enumerate().skip(from) {
            let header = &mut header.msg_hdr;
            header.msg_name = names.wrapping_add(index).cast();
            header.msg_namelen = self.names[index].len() as libc::socklen_t;
            header.msg_iov = parts.wrapping_add(index);
            header.msg_iovlen = 1;
            header.msg_control = controls.wrapping_add(index).cast();
            header.msg_controllen = self.control_lengths[index] as _;
        }
        &mut self.headers[from..to]
    }

    /// Makes room for a packet with number `index`.
    fn grow(&mut self, index: usize) {
        if self.headers.len() <= index {
            let count = index + 1;
            self.names.resize(count, SocketName::EMPTY);
            self.parts.resize(count, libc::iovec { iov_base: ptr::null_mut(), iov_len: 0 });
            self.controls.resize(count, Room([0; CONTROL_LEN]));
            self.control_lengths.resize(count, 0);
            self.headers.resize(count, empty_header());
        }
    }

    /// Begins a new batch for a socket of `family`.
    pub fn start<'data>(&mut self, family: Family) -> Outgoing<'_, 'data> {
        Outgoing { batch: self, family, len: 0, data: PhantomData }
    }
}

/// A batch being filled and sent; it borrows the packets.
#[derive(Debug)]
pub struct Outgoing<'batch, 'data> {
    batch: &'batch mut SendBatch,
    family: Family,
    len: usize,
    data: PhantomData<&'data [u8]>,
}

impl<'data> Outgoing<'_, 'data> {
    /// How many packets are in it.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds a packet with its orders, of which there may be one of each sort.
    ///
    /// # Panics
    /// When there are [`BATCH`] packets already.
    pub fn push(&mut self, to: SocketName, bytes: &'data [u8], orders: impl IntoIterator<Item = Order>) {
        let (index, batch) = (self.len, &mut *self.batch);
        assert!(index < BATCH, "a batch has room for {BATCH} packets");
        batch.grow(index);
        batch.names[index] = to;
        // The kernel only reads what the part of a sent message points to.
        batch.parts[index] = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
        let mut encoder = Encoder::new(&mut batch.controls[index].0, self.family);
        for order in orders {
            encoder.push(order);
        }
        batch.control_lengths[index] = encoder.len();
        self.len += 1;
    }

    /// Sends the packets from index `from` on with one call. Returns how many left, which may be fewer than there are:
    /// the next call then tells why.
    ///
    /// # Errors
    /// Why the first of them could not be sent: EAGAIN, ENOBUFS, EPERM, …, or an ICMP error for an earlier packet.
    pub fn send(&mut self, fd: BorrowedFd<'_>, from: usize) -> io::Result<usize> {
        let headers = self.batch.prepare(from, self.len);
        // SAFETY: each header points to a name, a part and a control buffer inside the batch, with their true lengths;
        // the parts point to packets that are borrowed for as long as `self` lives. sendmmsg writes `msg_len` only.
        let sent = unsafe {
            libc::sendmmsg(
                fd.as_raw_fd(),
                headers.as_mut_ptr(),
                headers.len() as u32,
                libc::MSG_DONTWAIT as _,
            )
        };
        checked(sent).map(|sent| sent as usize)
    }
}
