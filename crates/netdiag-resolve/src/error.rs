//! What is wrong with a name before anyone is asked about it.
//!
//! The texts hold nothing unprintable: parts of what was typed are escaped in them. See RFC 1035 section 2.3.4 for the
//! lengths, UTS 46 for international names and RFC 4007 section 11 for zones.

use std::io;
use std::net::Ipv6Addr;

use netdiag_engine::port::{LookupError, LookupFailure};

/// Why a look-up was not even begun.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum NameError {
    /// Nothing was typed.
    #[error("the name is empty")]
    Empty,
    /// Longer than a name can be in DNS.
    #[error("a name has at most 253 octets, this one has {0}")]
    TooLong(usize),
    /// Two dots in a row, or one in front.
    #[error("the name has an empty label (two dots in a row, or one in front)")]
    EmptyLabel,
    /// A part between dots that is longer than DNS allows.
    #[error("the label `{}` is longer than 63 octets", .0.escape_debug())]
    LongLabel(String),
    /// A character that no name holds.
    #[error("no host name holds the character `{}`", .0.escape_debug())]
    Character(char),
    /// A label that has no ASCII form.
    #[error("the label `{}` is no valid international name", .0.escape_debug())]
    International(String),
    /// Brackets around something else than an IPv6 address.
    #[error("`{}` in brackets is no IPv6 address", .0.escape_debug())]
    NotIpv6(String),
    /// The zone of an address names no interface.
    #[error("there is no interface `{}` (`ip link` lists those there are)", .0.escape_debug())]
    Interface(String),
    /// A zone on an address that is the same on every interface.
    #[error("{0} is not link-local, so it takes no interface")]
    NoZone(Ipv6Addr),
    /// An address of one family where the other was asked for; the text is that of getaddrinfo(3).
    #[error("Address family for hostname not supported")]
    Family,
    /// The system gave no thread to wait in.
    #[error("no thread to look the name up in: {0}")]
    Thread(#[from] io::Error),
}

impl NameError {
    /// The kind of failure that it is to a caller.
    const fn failure(&self) -> LookupFailure {
        match self {
            Self::Family => LookupFailure::NoAddress,
            Self::Thread(_) => LookupFailure::Other,
            _ => LookupFailure::NoName,
        }
    }

    /// The same as the port tells it: of `name`, and with nobody asked.
    pub(crate) fn of(&self, name: &str) -> LookupError {
        LookupError {
            name: name.to_owned(),
            failure: self.failure(),
            text: self.to_string(),
            asked: Vec::new(),
        }
    }
}
