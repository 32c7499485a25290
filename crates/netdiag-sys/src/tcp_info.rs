//! What the kernel knows of a TCP connection: `struct tcp_info` (tcp(7)), as far as an attempt to connect needs it.

use std::io;
use std::mem::offset_of;
use std::os::fd::AsFd;

use crate::address::array;
use crate::socket::{Socket, get};

/// A few fields of `struct tcp_info`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpInfo {
    /// Its state, as the kernel numbers them.
    pub state: u8,
    /// Smoothed round-trip time in microseconds; of one sample right after the handshake, 0 before.
    pub rtt_us: u32,
    /// How many segments have been sent again.
    pub total_retransmits: u32,
}

impl TcpInfo {
    /// The state in which a SYN has been sent and not answered (`TCP_SYN_SENT`).
    pub const SYN_SENT: u8 = 2;
}

impl Socket {
    /// What the kernel knows of this TCP socket.
    ///
    /// # Errors
    /// ENOPROTOOPT when it is no TCP socket.
    pub fn tcp_info(&self) -> io::Result<TcpInfo> {
        let mut record = [0u8; 256];
        let len = get(self.as_fd(), (libc::SOL_TCP, libc::TCP_INFO), &mut record)?;
        let number = |at| array(&record[..len.min(256)], at).map_or(0, u32::from_ne_bytes);
        Ok(TcpInfo {
            state: record[offset_of!(libc::tcp_info, tcpi_state)],
            rtt_us: number(offset_of!(libc::tcp_info, tcpi_rtt)),
            total_retransmits: number(offset_of!(libc::tcp_info, tcpi_total_retrans)),
        })
    }
}
