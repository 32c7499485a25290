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

/// The secret from which tokens are made: a keyed hash whose key nobody outside the process knows.
#[derive(Clone)]
pub struct Secret(Rc<dyn Fn(u64) -> u64>);

impl Secret {
    /// A secret with the key of `hasher`. [`std::hash::RandomState`] is keyed `SipHash` with a key from the system's
    /// random source; tests bring a fixed one.
    pub fn new(hasher: impl BuildHasher + 'static) -> Self {
        Self(Rc::new(move |probe| hasher.hash_one(probe)))
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
        Self { fill: (0..len).map(|i| i as u8).collect() }
    }

    /// `len` octets filled with `pattern` over and over; the counting pattern if it is empty.
    pub fn repeating(pattern: &[u8], len: usize) -> Self {
        if pattern.is_empty() {
            return Self::counting(len);
        }
        Self { fill: pattern.iter().copied().cycle().take(len).collect() }
    }

    /// Its length in octets.
    pub fn len(&self) -> usize {
        self.fill.len()
    }

    /// Whether it has no octets: such a probe carries no token.
    pub fn is_empty(&self) -> bool {
        self.fill.is_empty()
    }

    /// Appends the data of a probe with this token.
    pub(crate) fn encode(&self, token: u64, out: &mut Vec<u8>) {
        let token = token.to_be_bytes();
        let room = TOKEN_LEN.min(self.fill.len());
        out.extend_from_slice(&token[..room]);
        out.extend_from_slice(&self.fill[room..]);
    }

    /// Holds data of which `bytes` were kept and which was `len` octets long against a probe with this token.
    pub(crate) fn verify(&self, token: u64, bytes: &[u8], len: usize) -> Proof {
        let room = TOKEN_LEN.min(self.fill.len());
        if bytes.get(..room) != Some(&token.to_be_bytes()[..room]) {
            return Proof::Foreign;
        }
        let wrong =
            bytes.iter().zip(&self.fill).enumerate().skip(room).find(|(_, (found, sent))| found != sent);
        Proof::Genuine(match wrong {
            Some((offset, (&found, &expected))) => {
                Some(Damage::Data { offset, expected, found, data: bytes.into() })
            }
            None if len < self.fill.len() => Some(Damage::Truncated),
            None => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_was_encoded_is_genuine_and_anything_else_is_not(len in 0usize..200, token: u64, other: u64) {
            let payload = Payload::counting(len);
            let mut bytes = Vec::new();
            payload.encode(token, &mut bytes);
            prop_assert_eq!(bytes.len(), len);
            prop_assert_eq!(payload.verify(token, &bytes, len), Proof::Genuine(None));
            if len >= TOKEN_LEN && other != token {
                prop_assert_eq!(payload.verify(other, &bytes, len), Proof::Foreign);
            }
        }

        #[test]
        fn one_flipped_bit_is_found(len in 1usize..200, token: u64, at: prop::sample::Index, bit in 0u8..8) {
            let payload = Payload::counting(len);
            let mut bytes = Vec::new();
            payload.encode(token, &mut bytes);
            let offset = at.index(len);
            bytes[offset] ^= 1 << bit;
            match payload.verify(token, &bytes, len) {
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
        payload.encode(7, &mut bytes);
        assert_eq!(bytes[8..10], [0xab, 0xcd]);
        assert_eq!(payload.verify(7, &bytes[..20], 20), Proof::Genuine(Some(Damage::Truncated)));
        assert_eq!(payload.verify(7, &bytes[..7], 7), Proof::Foreign);
        bytes.extend([0; 30]);
        assert_eq!(payload.verify(7, &bytes, 86), Proof::Genuine(None), "over-long");
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
