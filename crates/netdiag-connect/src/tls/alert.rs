//! TLS alerts: their names and what they usually mean. RFC 8446 §6, and RFC 5246 §7.2 for those that only TLS 1.2 has.

use std::fmt;

/// An alert by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert(pub u8);

macro_rules! alerts {
    ($($number:literal $name:literal $meaning:literal;)*) => {
        impl Alert {
            /// Its name in the RFC; `None` for a number that is not known here.
            pub const fn name(self) -> Option<&'static str> {
                match self.0 { $($number => Some($name),)* _ => None }
            }

            /// What it usually means.
            pub const fn meaning(self) -> Option<&'static str> {
                match self.0 { $($number => Some($meaning),)* _ => None }
            }
        }
    };
}

alerts! {
    0 "close_notify" "it closes the connection";
    10 "unexpected_message" "what it was sent is not what it expects on this port";
    20 "bad_record_mac" "what reached it had been changed on the way, or it keeps other keys";
    21 "decryption_failed" "it could not decrypt what it was sent";
    22 "record_overflow" "a record was too long for it";
    30 "decompression_failure" "it could not unpack what it was sent";
    40 "handshake_failure" "it found nothing that both sides can do: no common cipher, or no certificate for this name";
    41 "no_certificate" "the server wants a client certificate";
    42 "bad_certificate" "it does not take the client's certificate, or there was none";
    43 "unsupported_certificate" "it does not take this kind of client certificate";
    44 "certificate_revoked" "the client's certificate has been revoked";
    45 "certificate_expired" "the client's certificate has expired";
    46 "certificate_unknown" "it does not take the client's certificate";
    47 "illegal_parameter" "it found a value that it does not allow";
    48 "unknown_ca" "it does not trust who signed the client's certificate";
    49 "access_denied" "it knows the client and does not let it in";
    50 "decode_error" "it could not read what it was sent";
    51 "decrypt_error" "a signature or a key did not fit";
    60 "export_restriction" "it only does weakened ciphers of the past";
    70 "protocol_version" "it speaks neither TLS 1.2 nor TLS 1.3";
    71 "insufficient_security" "it wants stronger ciphers than were offered";
    80 "internal_error" "something failed inside the server";
    86 "inappropriate_fallback" "it takes this for an attempt to talk it into an older version";
    90 "user_canceled" "it was called off";
    100 "no_renegotiation" "it does not negotiate again";
    109 "missing_extension" "it misses something in the greeting that it needs";
    110 "unsupported_extension" "it found something in the greeting that it did not ask for";
    111 "certificate_unobtainable" "it could not fetch the client's certificate";
    112 "unrecognized_name" "it serves no host of this name";
    113 "bad_certificate_status_response" "it does not take what was said about revocation";
    114 "bad_certificate_hash_value" "the client's certificate is not the one it was told of";
    115 "unknown_psk_identity" "it wants a key that was agreed on beforehand";
    116 "certificate_required" "the server wants a client certificate";
    120 "no_application_protocol" "it speaks none of the protocols on offer (ALPN)";
    121 "ech_required" "it only takes greetings that are encrypted (ECH)";
}

/// Name and number: `handshake_failure (40)`.
impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0),
            None => write!(f, "number {}", self.0),
        }
    }
}
