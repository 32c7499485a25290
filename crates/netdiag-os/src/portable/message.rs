//! What a socket reads: which messages are replies to its own echoes or errors about them. All others are left out.
//!
//! Where the kernel does not give out identifiers, a socket hears what the whole host hears, over IPv4 from the IP
//! header on (raw(7)).

use netdiag_engine::port::{DatagramBatch, Incoming, Via};
use netdiag_model::{Address, Family, Icmp, Moment};
use netdiag_wire::icmp::{self, Message, Protocol};
use netdiag_wire::ip;

use crate::convert;

/// How a socket's messages look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Format {
    pub(super) family: Family,
    /// The identifier that names this socket's echoes; `None` where the kernel gives it out and delivers by it.
    pub(super) identifier: Option<u16>,
}

impl Format {
    const fn protocol(self) -> Protocol {
        convert::protocol(self.family)
    }

    fn is_own(self, identifier: u16) -> bool {
        self.identifier.is_none_or(|own| own == identifier)
    }
}

/// Appends what the message that came in `from` there means, if it is this socket's.
pub(super) fn read(format: Format, from: Address, bytes: &[u8], at: Moment, batch: &mut DatagramBatch) {
    let (mut message, mut ttl, mut tos) = (bytes, None, None);
    if format.family == Family::V4 && format.identifier.is_some() {
        let Ok(header) = ip::parse(bytes) else { return };
        message = bytes.get(header.payload..).unwrap_or_default();
        (ttl, tos) = (Some(header.ttl), Some(header.tos));
    }
    let (from, via, kept) = match icmp::parse(format.protocol(), message) {
        Ok(Message::EchoReply(echo)) if format.is_own(echo.id) => (from, Via::Direct { port: 0 }, message),
        Ok(Message::Error(error)) => {
            let Some((to, quoted)) = quoted_echo(format, error.quote) else { return };
            let (kind, code) = (error.kind, error.code);
            let info = format.protocol().number((kind, code), error.rest);
            let icmp = Icmp { family: format.family, kind, code, info };
            let via = Via::ErrorQueue { icmp, offender: Some(from), port: 0, extensions: None };
            (Address::scoped(to.ip, from.scope), via, quoted)
        }
        _ => return,
    };
    let (family, len) = (format.family, kept.len());
    batch.push(Incoming { shard: 0, family, from, via, ttl, tos, len, at }, kept);
}

/// The echo that an error quotes, if it is this socket's, and whom it was sent to.
fn quoted_echo(format: Format, quote: &[u8]) -> Option<(Address, &[u8])> {
    let header = ip::parse(quote).ok()?;
    let quoted = header.payload_of(quote);
    match icmp::parse(format.protocol(), quoted) {
        Ok(Message::EchoRequest(echo)) if format.is_own(echo.id) => Some((header.destination.into(), quoted)),
        _ => None,
    }
}
