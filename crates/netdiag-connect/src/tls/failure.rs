//! Why a handshake did not come to its end, each cause in one sentence.

use std::fmt;

use netdiag_model::Errno;

use super::{Alert, Report, Strange};

/// What ended a handshake.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// The server said so.
    #[error("the server refused with the alert {0}{meaning}", meaning = Meaning(*.0))]
    Alert(Alert),
    /// The other end closed the connection in the middle, or said that it would.
    #[error("{}", closed(*.heard))]
    Closed {
        /// How many octets had come until then.
        heard: usize,
    },
    /// The connection broke in the middle.
    #[error("the connection broke in the middle of the TLS handshake: {0}")]
    Reset(Errno),
    /// What came back is no TLS.
    #[error("{0}")]
    Strange(Strange),
    /// The server chose a version that programs no longer speak.
    #[error("the server only speaks {0}, and programs of today want TLS 1.2 or 1.3")]
    Old(&'static str),
    /// What came back looks like TLS and breaks its rules; what is wrong with it.
    #[error("what the server answered is not valid TLS: {0}")]
    Garbled(String),
    /// The host is neither a DNS name nor an address, so no server can be asked for it.
    #[error("{0} is neither a DNS name nor an IP address, so no server can be asked for its certificate")]
    Name(String),
    /// The handshake could not be begun on this side.
    #[error("TLS could not be started on this host: {0}")]
    Own(String),
}

/// What an alert means, after a colon.
struct Meaning(Alert);

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.meaning().map_or(Ok(()), |meaning| write!(f, ": {meaning}"))
    }
}

const fn closed(heard: usize) -> &'static str {
    match heard {
        0 => {
            "the other end closed the connection without an answer to the TLS greeting: it may not speak TLS here"
        }
        _ => "the other end closed the connection in the middle of the TLS handshake",
    }
}

/// Why a handshake failed, and what had been seen by then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What ended it.
    pub cause: Cause,
    /// Whether the server had asked for a certificate of the client. None was shown.
    pub asked_for_certificate: bool,
    /// What was agreed on and shown until then, where the server had got as far as its certificate.
    pub report: Option<Box<Report>>,
}

impl From<Cause> for Failure {
    fn from(cause: Cause) -> Self {
        Self { cause, asked_for_certificate: false, report: None }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ASKED: &str = "it had asked for a client certificate, and none was shown";
        match &self.cause {
            // What these usually mean is not what they mean here (RFC 5246 §7.4.6).
            Cause::Alert(alert @ Alert(40 | 42)) if self.asked_for_certificate => {
                write!(f, "the server refused with the alert {alert}: {ASKED}")
            }
            Cause::Alert(Alert(41 | 116)) => write!(f, "{}", self.cause),
            cause if self.asked_for_certificate => write!(f, "{cause}; {ASKED}"),
            cause => write!(f, "{cause}"),
        }
    }
}

impl std::error::Error for Failure {}
