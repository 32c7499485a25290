//! Many messages with one system call: sendmmsg(2) and recvmmsg(2), with everything they need allocated once.

mod receive;
mod send;

pub use receive::{Queue, ReceiveBatch, Received};
pub use send::{Outgoing, SendBatch};

/// How many messages one call takes or gives.
pub const BATCH: usize = 64;

/// Room for the control messages of one message, aligned as the kernel's `cmsghdr` asks.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
struct Room<const N: usize>([u8; N]);

/// A message header with nothing in it.
fn empty_header() -> libc::mmsghdr {
    // SAFETY: mmsghdr is a plain C record of numbers and pointers, for which all zeroes is a valid value.
    unsafe { std::mem::MaybeUninit::zeroed().assume_init() }
}

#[cfg(test)]
mod tests;
