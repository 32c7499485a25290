//! What the kernel knows of a TCP connection: `struct tcp_info` (tcp(7)), as far as an attempt to connect needs it.
//!
//! The record has grown over the years; what an older kernel does not write reads as 0.

use std::io;
use std::os::fd::AsFd;

use crate::address::array;
use crate::socket::{Socket, get};

/// A few fields of `struct tcp_info`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TcpInfo {
    /// Its state, as the kernel numbers them.
    pub state: u8,
    /// How often the segment under way has been due for retransmission.
    pub retransmits: u8,
    /// Smoothed round-trip time in microseconds; of one sample right after the handshake, 0 before.
    pub rtt_us: u32,
    /// How many segments have been sent again.
    pub total_retransmits: u32,
    /// How many segments have been sent (Linux 4.2).
    pub segments_out: u32,
    /// How many segments have come in (Linux 4.2).
    pub segments_in: u32,
}

/// Offsets in `struct tcp_info` of linux/tcp.h, which is part of the kernel's interface and only grows at its end.
const STATE: usize = 0;
const RETRANSMITS: usize = 2;
const RTT: usize = 68;
const TOTAL_RETRANS: usize = 100;
const SEGS_OUT: usize = 136;
const SEGS_IN: usize = 140;
/// Octets up to the last field that is read.
const LEN: usize = 144;

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
        let mut record = [0u8; LEN];
        let len = get(self.as_fd(), (libc::SOL_TCP, libc::TCP_INFO), &mut record)?;
        let number = |at| array(&record[..len.min(LEN)], at).map_or(0, u32::from_ne_bytes);
        Ok(TcpInfo {
            state: record[STATE],
            retransmits: record[RETRANSMITS],
            rtt_us: number(RTT),
            total_retransmits: number(TOTAL_RETRANS),
            segments_out: number(SEGS_OUT),
            segments_in: number(SEGS_IN),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::mem::offset_of;

    use super::*;

    #[test]
    fn the_offsets_are_those_of_the_c_record() {
        assert_eq!(STATE, offset_of!(libc::tcp_info, tcpi_state));
        assert_eq!(RETRANSMITS, offset_of!(libc::tcp_info, tcpi_retransmits));
        assert_eq!(RTT, offset_of!(libc::tcp_info, tcpi_rtt));
        assert_eq!(TOTAL_RETRANS, offset_of!(libc::tcp_info, tcpi_total_retrans));
        // Beyond it stand four numbers of 64 bits: the two pacing rates, octets acknowledged and received.
        assert_eq!(SEGS_OUT, TOTAL_RETRANS + 4 + 4 * 8);
    }
}
