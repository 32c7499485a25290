//! What a raw ICMP socket lets through: either echo replies to a block of identifiers, and over IPv4 advice about the way
//! (redirect, source quench), which the kernel keeps from the error queue of raw sockets; or errors, whatever they are
//! about.
//!
//! See raw(7) on ICMP_FILTER, RFC 3542 section 3.2 on ICMP6_FILTER, and socket(7) on SO_ATTACH_FILTER. A filter spares
//! the process the wake-ups for other programs' traffic; entries of the error queue do not pass through it.

use std::io;
use std::mem::size_of;
use std::os::fd::{AsFd, AsRawFd};

use crate::address::Family;
use crate::socket::{Socket, checked, set};

/// `ICMP_FILTER` of linux/icmp.h and `ICMPV6_FILTER` of linux/icmpv6.h.
const ICMP_FILTER: i32 = 1;
const ICMPV6_FILTER: i32 = 1;
const SOL_RAW: i32 = 255;

const ECHO_REPLY: u32 = 0;
/// Source quench and redirect.
const ADVICE: [u32; 2] = [4, 5];
const ECHO_REPLY_V6: u32 = 129;
/// Destination unreachable, source quench, redirect, time exceeded, parameter problem. Of ICMPv6 all types below 128.
const ERRORS: [u32; 5] = [3, 4, 5, 11, 12];

/// Offset of the identifier in an echo message.
const IDENTIFIER: u32 = 4;

impl Socket {
    /// Lets only advice and echo replies pass, whosever they are.
    ///
    /// # Errors
    /// Those of setsockopt(2); ENOPROTOOPT when this is no raw ICMP socket.
    pub fn filter_kinds(&self) -> io::Result<()> {
        match self.family() {
            Family::V4 => self.pass_v4(&[ECHO_REPLY, ADVICE[0], ADVICE[1]]),
            Family::V6 => {
                let mut blocked = [u32::MAX; 8];
                blocked[(ECHO_REPLY_V6 / 32) as usize] = !(1 << (ECHO_REPLY_V6 % 32));
                set(self.as_fd(), (libc::SOL_ICMPV6, ICMPV6_FILTER), &blocked)
            }
        }
    }

    /// Lets only errors pass, whatever they are about.
    ///
    /// # Errors
    /// As [`Socket::filter_kinds`].
    pub fn filter_errors(&self) -> io::Result<()> {
        match self.family() {
            Family::V4 => self.pass_v4(&ERRORS),
            Family::V6 => {
                let [none, all] = [0, u32::MAX];
                let blocked = [none, none, none, none, all, all, all, all];
                set(self.as_fd(), (libc::SOL_ICMPV6, ICMPV6_FILTER), &blocked)
            }
        }
    }

    fn pass_v4(&self, kinds: &[u32]) -> io::Result<()> {
        let passed = kinds.iter().fold(0u32, |passed, kind| passed | 1 << kind);
        // A bit that is set blocks a type.
        set(self.as_fd(), (SOL_RAW, ICMP_FILTER), &!passed)
    }

    /// Of these, lets only those echo replies pass whose identifier is one of the `count` from `first` on (wrapping
    /// around). The kernel compiles a program for it, which costs more than opening the socket.
    ///
    /// # Errors
    /// As [`Socket::filter_kinds`].
    pub fn filter_echo_replies(&self, first: u16, count: u16) -> io::Result<()> {
        self.filter_kinds()?;
        self.attach(&identifier_program(self.family(), first, count))
    }

    fn attach(&self, program: &[libc::sock_filter]) -> io::Result<()> {
        let record = libc::sock_fprog { len: program.len() as u16, filter: program.as_ptr().cast_mut() };
        // SAFETY: the record points to `len` instructions, which the kernel copies before the call returns.
        checked(unsafe {
            libc::setsockopt(
                self.as_fd().as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_ATTACH_FILTER,
                (&raw const record).cast(),
                size_of::<libc::sock_fprog>() as libc::socklen_t,
            )
        })?;
        Ok(())
    }
}

/// Passes what has an identifier `id` with `(id - first) mod 65536 < count`, and over IPv4 all advice: whose it is
/// stands in what it quotes, too deep for this. A raw IPv4 socket sees the IP header, a raw IPv6 socket does not.
fn identifier_program(family: Family, first: u16, count: u16) -> Vec<libc::sock_filter> {
    let statement = |code: u32, k: u32| libc::sock_filter { code: code as u16, jt: 0, jf: 0, k };
    // `passing` instructions lie between the one after this and the last, which lets the message pass.
    let is_kind = |kind: u32, passing: u8| libc::sock_filter {
        code: (libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K) as u16,
        jt: passing,
        jf: 0,
        k: kind,
    };
    let mut program = match family {
        Family::V4 => vec![
            statement(libc::BPF_LDX | libc::BPF_B | libc::BPF_MSH, 0),
            statement(libc::BPF_LD | libc::BPF_B | libc::BPF_IND, 0),
            is_kind(ADVICE[0], 6),
            is_kind(ADVICE[1], 5),
            statement(libc::BPF_LD | libc::BPF_H | libc::BPF_IND, IDENTIFIER),
        ],
        Family::V6 => vec![statement(libc::BPF_LD | libc::BPF_H | libc::BPF_ABS, IDENTIFIER)],
    };
    program.extend([
        statement(libc::BPF_ALU | libc::BPF_SUB | libc::BPF_K, first.into()),
        statement(libc::BPF_ALU | libc::BPF_AND | libc::BPF_K, 0xffff),
        libc::sock_filter {
            code: (libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K) as u16,
            jt: 0,
            jf: 1,
            k: count.into(),
        },
        statement(libc::BPF_RET | libc::BPF_K, 0),
        statement(libc::BPF_RET | libc::BPF_K, u32::MAX),
    ]);
    program
}
