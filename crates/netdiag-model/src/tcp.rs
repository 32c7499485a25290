//! The states of a TCP connection as values: RFC 9293 names, and the numbers that Linux gives them.
//!
//! What each state means is `knowledge::state`'s matter.

use std::fmt;

/// A state of a TCP connection (RFC 9293, section 3.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TcpState {
    /// Both ends have agreed.
    Established,
    /// A SYN was sent, and nothing has come back.
    SynSent,
    /// A SYN came, and was answered.
    SynReceived,
    /// Closed by this end, not acknowledged yet.
    FinWait1,
    /// Closed by this end, the other end has not.
    FinWait2,
    /// Closed by both, waiting for segments that may still be under way.
    TimeWait,
    /// No connection.
    Closed,
    /// Closed by the other end.
    CloseWait,
    /// Closed by both, the last acknowledgement is awaited.
    LastAck,
    /// Waiting for connections.
    Listen,
    /// Closed by both at the same time.
    Closing,
    /// A number that RFC 9293 has no name for.
    Unknown(u8),
}

impl TcpState {
    /// The state by its number in `tcp_states.h`, which /proc/net/tcp and `tcp_info` use.
    pub const fn from_number(number: u8) -> Self {
        match number {
            1 => Self::Established,
            2 => Self::SynSent,
            // TCP_NEW_SYN_RECV (12) is a request that has no socket of its own yet.
            3 | 12 => Self::SynReceived,
            4 => Self::FinWait1,
            5 => Self::FinWait2,
            6 => Self::TimeWait,
            7 => Self::Closed,
            8 => Self::CloseWait,
            9 => Self::LastAck,
            10 => Self::Listen,
            11 => Self::Closing,
            other => Self::Unknown(other),
        }
    }

    /// RFC 9293's name; `UNKNOWN` for a number without one.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Established => "ESTABLISHED",
            Self::SynSent => "SYN-SENT",
            Self::SynReceived => "SYN-RECEIVED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::TimeWait => "TIME-WAIT",
            Self::Closed => "CLOSED",
            Self::CloseWait => "CLOSE-WAIT",
            Self::LastAck => "LAST-ACK",
            Self::Listen => "LISTEN",
            Self::Closing => "CLOSING",
            Self::Unknown(_) => "UNKNOWN",
        }
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::state;

    #[test]
    fn names_and_numbers_are_those_of_the_knowledge() {
        for facts in state::all() {
            assert_eq!(TcpState::from_number(facts.number).as_str(), facts.name);
        }
        assert_eq!(TcpState::from_number(99), TcpState::Unknown(99));
    }
}
