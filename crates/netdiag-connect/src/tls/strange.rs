//! What the other end said when it was no TLS, and what it probably speaks instead.

use std::fmt;

/// How many octets are shown.
pub(super) const SHOWN: usize = 60;

/// The first octets of an answer that is no TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Strange {
    /// The octets, at most 60.
    pub octets: Vec<u8>,
}

/// How servers begin that speak plain text, and what they are.
const GREETINGS: &[(&[u8], &str)] = &[
    (b"HTTP/", "it speaks HTTP without TLS"),
    (b"<", "it speaks HTTP without TLS"),
    (b"SSH-", "it is an SSH server"),
    (b"220", "a mail or FTP server greets like this: TLS begins only after STARTTLS or AUTH TLS"),
    (b"* OK", "an IMAP server greets like this: TLS begins only after STARTTLS"),
    (b"+OK", "a POP3 server greets like this: TLS begins only after STLS"),
    (b"RFB ", "it is a VNC server"),
    (b"-ERR", "a Redis or POP3 server answers like this when it does not understand"),
];

impl Strange {
    /// Whether octets that came in first cannot be the begin of a TLS record: a content type from 20 to 24 and the major
    /// version 3 (RFC 8446 §5.1).
    pub(super) fn is_strange(first: &[u8]) -> bool {
        !matches!(first, [] | [20..=24] | [20..=24, 3, ..])
    }

    /// What the other end probably is.
    pub fn guess(&self) -> Option<&'static str> {
        GREETINGS.iter().find(|(begin, _)| self.octets.starts_with(begin)).map(|(_, guess)| *guess)
    }
}

/// Safe for a terminal: everything but printable ASCII is escaped.
impl fmt::Display for Strange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the other end does not speak TLS (it said: {})", self.octets.escape_ascii())?;
        match self.guess() {
            Some(guess) => write!(f, ": {guess}"),
            None => Ok(()),
        }
    }
}
