//! What a puppet answers: one answer for all requests, and others for chosen ones.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// An answer to one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// As a kernel would.
    Echo,
    /// Not at all.
    Silent,
    /// With only this many bytes of the payload.
    Truncated(usize),
    /// With this many bytes appended to the payload.
    Overlong(usize),
    /// Two times.
    Twice,
    /// From another source address of the same family.
    FromAddress(IpAddr),
    /// With a checksum that is wrong.
    BadChecksum,
    /// With the payload byte at this offset inverted and a right checksum.
    WrongPayload {
        /// From the beginning of the payload.
        offset: usize,
    },
    /// With the right id and sequence number, and every payload byte inverted: what somebody
    /// sends who has guessed the numbers and not seen the request.
    ForgedToken,
    /// With an ICMP error.
    IcmpError(IcmpError),
    /// As a kernel would, later.
    Delayed(Duration),
    /// Two times, later.
    LateTwice(Duration),
    /// At once, and once more this much later.
    Again(Duration),
}

/// An ICMP error message of either family, with a quote of the request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IcmpError {
    pub(super) kind: u8,
    pub(super) code: u8,
    /// The second word of the header: mtu, pointer, gateway or nothing.
    pub(super) info: u32,
    pub(super) quote: usize,
    pub(super) from: Option<IpAddr>,
    pub(super) extensions: Vec<u8>,
    pub(super) flaw: Option<Flaw>,
}

/// What is wrong with an ICMP error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flaw {
    /// Its checksum.
    BadChecksum,
    /// The quote is of a packet between two other hosts.
    StrangersQuote,
    /// The quote has the right addresses, ports or id and sequence number, and all behind them inverted: what
    /// somebody sends who has guessed the numbers and not seen the packet.
    ForgedQuote,
    /// The quote's UDP or TCP checksum is that of the packet behind a NAT, which translates addresses in quotes back
    /// and leaves checksums in them alone.
    TranslatedChecksum,
    /// The checksum of its extensions.
    BadExtensionChecksum,
    /// The length of the quote is not told, as by routers from before RFC 4884.
    NoLength,
}

impl IcmpError {
    /// Any type and code. `info` is the second word of the ICMP header as a number.
    ///
    /// The quote is the request's IP header and 8 bytes (RFC 792) unless changed.
    pub fn new(kind: u8, code: u8, info: u32) -> Self {
        Self { kind, code, info, quote: 8, from: None, extensions: Vec::new(), flaw: None }
    }

    /// ICMP destination unreachable; any code.
    pub fn unreachable(code: u8) -> Self {
        Self::new(3, code, 0)
    }

    /// ICMP destination unreachable, fragmentation needed (RFC 1191).
    pub fn fragmentation_needed(mtu: u16) -> Self {
        Self::new(3, 4, mtu.into())
    }

    /// ICMP source quench, deprecated by RFC 6633.
    pub fn source_quench() -> Self {
        Self::new(4, 0, 0)
    }

    /// ICMP redirect; codes 0 to 3.
    pub fn redirect(code: u8, gateway: Ipv4Addr) -> Self {
        Self::new(5, code, gateway.to_bits())
    }

    /// ICMP time exceeded: code 0 in transit, 1 in reassembly.
    pub fn time_exceeded(code: u8) -> Self {
        Self::new(11, code, 0)
    }

    /// ICMP parameter problem at a byte.
    pub fn parameter_problem(code: u8, pointer: u8) -> Self {
        Self::new(12, code, u32::from(pointer) << 24)
    }

    /// `ICMPv6` destination unreachable; any code.
    pub fn unreachable_v6(code: u8) -> Self {
        Self::new(1, code, 0)
    }

    /// `ICMPv6` packet too big.
    pub fn packet_too_big(mtu: u32) -> Self {
        Self::new(2, 0, mtu)
    }

    /// `ICMPv6` time exceeded: code 0 in transit, 1 in reassembly.
    pub fn time_exceeded_v6(code: u8) -> Self {
        Self::new(3, code, 0)
    }

    /// `ICMPv6` parameter problem at a byte.
    pub fn parameter_problem_v6(code: u8, pointer: u32) -> Self {
        Self::new(4, code, pointer)
    }

    /// Quotes the request's IP header and this many bytes behind it, or all there are.
    #[must_use]
    pub fn quote(mut self, bytes: usize) -> Self {
        self.quote = bytes;
        self
    }

    /// Comes from this address instead of the one that was asked.
    #[must_use]
    pub fn from(mut self, address: IpAddr) -> Self {
        self.from = Some(address);
        self
    }

    /// Has something wrong with it.
    #[must_use]
    pub fn with_flaw(mut self, flaw: Flaw) -> Self {
        self.flaw = Some(flaw);
        self
    }

    /// Carries these extension objects (RFC 4884, without the extension header), behind a quote
    /// padded to 128 bytes. The length field is set, also for types that have none, unless [`Flaw::NoLength`] says
    /// otherwise.
    #[must_use]
    pub fn extensions(mut self, objects: Vec<u8>) -> Self {
        self.extensions = objects;
        self
    }
}

impl From<IcmpError> for Answer {
    fn from(error: IcmpError) -> Self {
        Self::IcmpError(error)
    }
}

/// Which answer goes to which request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    all: Answer,
    numbers: Vec<(u64, Answer)>,
    turns: Vec<Answer>,
    others: Option<Answer>,
    scope: Scope,
}

/// Which packets a puppet takes for requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Scope {
    /// Echo requests.
    #[default]
    Echo,
    /// Whatever arrives with a time to live of one.
    Expiring,
}

impl Script {
    /// The same answer to every echo request. In a node that forwards, that includes requests that
    /// only pass by.
    pub fn new(all: impl Into<Answer>) -> Self {
        Self { all: all.into(), numbers: Vec::new(), turns: Vec::new(), others: None, scope: Scope::Echo }
    }

    /// Another answer to the nth echo request, counted from 1 over both families.
    #[must_use]
    pub fn on(mut self, number: u64, answer: impl Into<Answer>) -> Self {
        self.numbers.push((number, answer.into()));
        self
    }

    /// These answers in turn, over and over, for all requests that have none by number.
    #[must_use]
    pub fn in_turn(mut self, answers: impl IntoIterator<Item = Answer>) -> Self {
        self.turns = answers.into_iter().collect();
        self
    }

    /// An ICMP error in answer to each UDP datagram and each TCP segment that arrives.
    ///
    /// The node's kernel goes on answering these too; keep it quiet with
    /// [`crate::Ruleset::drop`] on input, which the puppet does not feel.
    #[must_use]
    pub fn on_udp_and_tcp(mut self, error: IcmpError) -> Self {
        self.others = Some(error.into());
        self
    }

    /// A router's script: it answers whatever arrives with a time to live of one, of any protocol, and
    /// nothing else. Give errors an address with [`IcmpError::from`], as a router has.
    ///
    /// The node's kernel goes on answering these too; keep it quiet with [`crate::Ruleset::drop`] of
    /// [`crate::Traffic::TimeExceeded`] on output, which the puppet does not feel.
    #[must_use]
    pub fn to_expiring(mut self) -> Self {
        self.scope = Scope::Expiring;
        self
    }

    pub(super) fn scope(&self) -> Scope {
        self.scope
    }

    pub(super) fn answer(&self, number: u64) -> &Answer {
        let by_number = self.numbers.iter().find(|(nth, _)| *nth == number).map(|(_, answer)| answer);
        let by_turn = || {
            let turn = (number.saturating_sub(1)) as usize;
            self.turns.get(turn.checked_rem(self.turns.len())?)
        };
        by_number.or_else(by_turn).unwrap_or(&self.all)
    }

    pub(super) fn answer_to_others(&self) -> Option<&Answer> {
        self.others.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_goes_before_a_turn_before_the_rest() {
        let script =
            Script::new(Answer::Echo).in_turn([Answer::Silent, Answer::Twice]).on(3, Answer::BadChecksum);
        let expected = [Answer::Silent, Answer::Twice, Answer::BadChecksum, Answer::Twice, Answer::Silent];
        for (number, answer) in (1..).zip(expected) {
            assert_eq!(*script.answer(number), answer, "{number}");
        }
        assert_eq!(*Script::new(Answer::Echo).answer(1), Answer::Echo);
    }
}
