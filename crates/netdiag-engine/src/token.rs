//! The unguessable token that each probe carries, and the data that follows it.
//!
//! Data layout: the first eight octets are the token (as many of them as there is room for), the rest the pattern,
//! which by default counts 8, 9, 10, … modulo 256 as iputils' does. Over UDP four octets with shard and sequence
//! number come before the token, since nothing else in a quoted UDP packet names the probe.

use std::hash::BuildHasher;
use std::rc::Rc;

use netdiag_model::ProbeId;
use netdiag_model::event::Damage;

/// Length of the token in octets.
pub const TOKEN_LEN: usize = 8;

/// Where in the data the octets stand that keep the checksum constant.
const WEIGHT: std::ops::Range<usize> = TOKEN_LEN..TOKEN_LEN + 2;

/// The secret from which tokens are made: a keyed hash whose key nobody outside the process knows.
#[derive(Clone)]
pub struct Secret(Rc<dyn Fn(u64) -> u64>);

impl Secret {
    /// A secret with the key of `hasher`. [`std::hash::RandomState`] is keyed `SipHash` with a key from the system's
    /// random source; tests bring a fixed one.
    pub fn new(hasher: impl BuildHasher + 'static) -> Self {
        Self(Rc::new(move |probe| hasher.hash_one(probe)))
    }

    /// A number that is another in each run.
    pub fn number(&self) -> u16 {
        (self.0)(u64::MAX) as u16
    }

    pub(crate) fn token(&self, probe: ProbeId) -> u64 {
        (self.0)(probe.as_u64())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The data of a run's probes: its length, and what fills it after the token.
#[derive(Debug, Clone)]
pub struct Payload {
    fill: Vec<u8>,
    /// How much of the filling a probe has unless it says otherwise.
    len: usize,
    balance: Balance,
}

/// Whether two octets of the data make up for all that differs from probe to probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Balance {
    /// No.
    Off,
    /// Yes: the two after the token are chosen so that the checksum of an echo is the same for all probes of a socket.
    On,
}

/// What tells one probe's data from another's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Mark {
    /// The token.
    pub(crate) token: u64,
    /// The sequence number in the header before the data.
    pub(crate) seq: u16,
    /// The length of the data, where it is special.
    pub(crate) len: Option<u16>,
}

/// What a received piece of data is, held against what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Proof {
    /// It carries the token; it may be damaged after it.
    Genuine(Option<Damage>),
    /// It does not carry the token.
    Foreign,
}

impl Payload {
    /// `len` octets filled with the counting pattern.
    pub fn counting(len: usize) -> Self {
        Self { fill: (0..len).map(|i| i as u8).collect(), len, balance: Balance::Off }
    }

    /// The same, with the checksum of an echo (the sequence number included) held constant by two octets after the token:
    /// routers that balance by the octets where ports would stand see one flow. It takes ten octets of data.
    #[must_use]
    pub fn balanced(self) -> Self {
        Self { balance: Balance::On, ..self }
    }

    /// The same, with enough filling for single probes of up to `longest` octets.
    #[must_use]
    pub fn up_to(mut self, longest: usize) -> Self {
        let known = self.fill.len();
        self.fill.extend((known..longest).map(|i| i as u8));
        self
    }

    /// `len` octets filled with `pattern` over and over; the counting pattern if it is empty.
    pub fn repeating(pattern: &[u8], len: usize) -> Self {
        if pattern.is_empty() {
            return Self::counting(len);
        }
        let fill = pattern.iter().copied().cycle().take(len).collect();
        Self { fill, len, balance: Balance::Off }
    }

    /// Its length in octets.
    pub fn len(&self) -> usize {
        self.len
    }

    /// The length of the data of a probe for which this one is asked.
    fn len_of(&self, asked: Option<u16>) -> usize {
        asked.map_or(self.len, |len| usize::from(len).min(self.fill.len()))
    }

    /// Whether it has no octets: such a probe carries no token.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Appends the data of a probe with this mark.
    pub(crate) fn encode(&self, mark: &Mark, out: &mut Vec<u8>) {
        let len = self.len_of(mark.len);
        let token = mark.token.to_be_bytes();
        let room = TOKEN_LEN.min(len);
        out.extend_from_slice(&token[..room]);
        out.extend_from_slice(&self.fill[room..len]);
        if let Some(weight) = self.weight(mark) {
            let end = out.len() - (len - WEIGHT.end);
            out[end - weight.len()..end].copy_from_slice(&weight);
        }
    }

    /// The octets that make up for what differs from probe to probe, where there are such.
    fn weight(&self, mark: &Mark) -> Option<[u8; 2]> {
        let has_room = self.len_of(mark.len) >= WEIGHT.end;
        let words = [0, 16, 32, 48].map(|shift| (mark.token >> shift) as u16);
        let sum = words.into_iter().fold(mark.seq, |sum, word| {
            let (sum, carry) = sum.overflowing_add(word);
            sum + u16::from(carry)
        });
        (self.balance == Balance::On && has_room).then(|| (!sum).to_be_bytes())
    }

    /// Holds data of which `bytes` were kept and which was `len` octets long against a probe with this mark.
    pub(crate) fn verify(&self, mark: &Mark, bytes: &[u8], len: usize) -> Proof {
        let sent_len = self.len_of(mark.len);
        let room = TOKEN_LEN.min(sent_len);
        if bytes.get(..room) != Some(&mark.token.to_be_bytes()[..room]) {
            return Proof::Foreign;
        }
        let weight = self.weight(mark);
        let expected = |at: usize| match weight {
            Some(weight) if WEIGHT.contains(&at) => weight[at - WEIGHT.start],
            _ => self.fill[at],
        };
        let mut rest = bytes.iter().enumerate().take(sent_len).skip(room);
        let wrong = rest.find(|&(at, &found)| found != expected(at));
        Proof::Genuine(match wrong {
            Some((offset, &found)) => {
                Some(Damage::Data { offset, expected: expected(offset), found, data: bytes.into() })
            }
            None if len < sent_len => Some(Damage::Truncated),
            None => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mark(token: u64) -> Mark {
        Mark { token, seq: 0, len: None }
    }

    proptest! {
        #[test]
        fn what_was_encoded_is_genuine_and_anything_else_is_not(len in 0usize..200, token: u64, other: u64) {
            let payload = Payload::counting(len);
            let mut bytes = Vec::new();
            payload.encode(&mark(token), &mut bytes);
            prop_assert_eq!(bytes.len(), len);
            prop_assert_eq!(payload.verify(&mark(token), &bytes, len), Proof::Genuine(None));
            if len >= TOKEN_LEN && other != token {
                prop_assert_eq!(payload.verify(&mark(other), &bytes, len), Proof::Foreign);
            }
        }

        #[test]
        fn one_flipped_bit_is_found(len in 1usize..200, token: u64, at: prop::sample::Index, bit in 0u8..8) {
            let payload = Payload::counting(len);
            let mut bytes = Vec::new();
            payload.encode(&mark(token), &mut bytes);
            let offset = at.index(len);
            bytes[offset] ^= 1 << bit;
            match payload.verify(&mark(token), &bytes, len) {
                Proof::Foreign => prop_assert!(offset < TOKEN_LEN),
                Proof::Genuine(Some(Damage::Data { offset: found, .. })) => prop_assert_eq!(found, offset),
                Proof::Genuine(other) => prop_assert!(false, "{other:?}"),
            }
        }
    }

    #[test]
    fn truncated_data_is_genuine_as_long_as_the_token_is_whole() {
        let payload = Payload::repeating(&[0xab, 0xcd], 56);
        let mut bytes = Vec::new();
        payload.encode(&mark(7), &mut bytes);
        assert_eq!(bytes[8..10], [0xab, 0xcd]);
        assert_eq!(payload.verify(&mark(7), &bytes[..20], 20), Proof::Genuine(Some(Damage::Truncated)));
        assert_eq!(payload.verify(&mark(7), &bytes[..7], 7), Proof::Foreign);
        bytes.extend([0; 30]);
        assert_eq!(payload.verify(&mark(7), &bytes, 86), Proof::Genuine(None), "over-long");
    }

    proptest! {
        #[test]
        fn balanced_data_leaves_the_checksum_of_an_echo_alone(
            token: u64, other: u64, seq: u16, next: u16, len in 10usize..100, id: u16,
        ) {
            let payload = Payload::counting(len).balanced();
            let checksum = |token, seq| {
                let mark = Mark { token, seq, len: None };
                let mut data = Vec::new();
                payload.encode(&mark, &mut data);
                prop_assert_eq!(payload.verify(&mark, &data, len), Proof::Genuine(None));
                let mut message = Vec::new();
                let echo = netdiag_wire::icmp::Echo { id, seq, data: &data };
                netdiag_wire::icmp::emit_echo_request(netdiag_wire::icmp::Protocol::Icmp, &echo, &mut message);
                Ok(netdiag_wire::ip::checksum(&message))
            };
            // Ones' complement has two zeros, and a checksum writes both in one way.
            prop_assert_eq!(checksum(token, seq)?, checksum(other, next)?);
        }

        #[test]
        fn a_probe_of_a_special_length_has_that_length(len in 0usize..50, special in 0u16..100) {
            let payload = Payload::counting(len).up_to(60);
            let mark = Mark { token: 9, seq: 1, len: Some(special) };
            let mut data = Vec::new();
            payload.encode(&mark, &mut data);
            prop_assert_eq!(data.len(), usize::from(special).min(60));
            prop_assert_eq!(payload.verify(&mark, &data, data.len()), Proof::Genuine(None));
        }
    }

    #[test]
    fn tokens_depend_on_the_secret_and_on_the_probe() {
        let (a, b) = (Secret::new(std::hash::RandomState::new()), Secret::new(std::hash::RandomState::new()));
        let (p, q) = (ProbeId::new(1, 0, 1), ProbeId::new(2, 0, 1));
        assert_eq!(a.token(p), a.token(p));
        assert_ne!(a.token(p), a.token(q));
        assert_ne!(a.token(p), b.token(p));
    }
}
