//! Who vouches for a certificate: the way from it to a root of this system, by webpki, and where that way ends.
//!
//! The way is looked for by the function behind rustls' `WebPkiServerVerifier`, without its check of the name, and at a
//! time when the certificates are valid: an expired certificate has its own sentence, and may be forged as well.

use std::time::Duration;

use netdiag_tool::Roots;
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error, RootCertStore};
use x509_parser::certificate::X509Certificate;

use super::certificate::{is_self_signed, read};
use super::{Date, Problem};

/// Signatures on hashes of which copies can be forged, by the object identifier of RFC 3279.
const WEAK: &[(&str, &str)] = &[
    ("1.2.840.113549.1.1.2", "md2WithRSAEncryption"),
    ("1.2.840.113549.1.1.4", "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5", "sha1WithRSAEncryption"),
    ("1.2.840.10040.4.3", "dsa-with-SHA1"),
    ("1.2.840.10045.4.1", "ecdsa-with-SHA1"),
];

/// Why this system does not trust the first certificate of a chain; empty when it does.
pub(super) fn doubts(chain: &[CertificateDer<'static>], roots: &Roots, now: Date) -> Vec<Problem> {
    let read: Vec<X509Certificate<'_>> = chain.iter().filter_map(read).collect();
    let (Some(own), Some(der)) = (read.first(), chain.first()) else { return Vec::new() };
    let is_root = roots.certificates.iter().any(|root| root == der.as_ref());
    let mut store = RootCertStore::empty();
    store
        .add_parsable_certificates(roots.certificates.iter().map(|der| CertificateDer::from(der.as_slice())));

    let mut doubts = Vec::new();
    if is_self_signed(own) {
        doubts.extend((!is_root).then_some(Problem::SelfSigned));
    }
    if store.is_empty() && !is_root {
        doubts.extend(weak(&read));
        doubts.push(Problem::NoRoots { reasons: roots.problems.clone() });
    } else if !is_self_signed(own) {
        let quest = Quest { chain, read: &read, store };
        doubts.extend(quest.doubts(own, now));
    }
    doubts
}

/// The search for a way from a certificate to a root.
struct Quest<'a> {
    chain: &'a [CertificateDer<'static>],
    read: &'a [X509Certificate<'a>],
    store: RootCertStore,
}

impl Quest<'_> {
    fn doubts(&self, own: &X509Certificate<'_>, now: Date) -> Vec<Problem> {
        let validity = own.validity();
        let within = now.max(validity.not_before.into()).min(validity.not_after.into());
        let Err(error) = self.ask(within) else { return Vec::new() };
        if !is_of_time(&error) {
            return self.explain(own, &error);
        }
        let mut doubts = self.out_of_time(now);
        match self.common_time().map(|time| self.ask(time)) {
            Some(Err(error)) if !is_of_time(&error) => doubts.extend(self.explain(own, &error)),
            _ if doubts.is_empty() => doubts.push(Problem::Other(text(&error))),
            _ => {}
        }
        doubts
    }

    /// Whether a way leads to a root at that time.
    fn ask(&self, time: Date) -> Result<(), CertificateError> {
        let Some((own, others)) = self.chain.split_first() else { return Ok(()) };
        let seconds = u64::try_from(time.as_seconds()).unwrap_or(0);
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let algorithms = ring::default_provider().signature_verification_algorithms.all;
        let way = ParsedCertificate::try_from(own).and_then(|own| {
            verify_server_cert_signed_by_trust_anchor(&own, &self.store, others, time, algorithms)
        });
        way.map_err(|error| match error {
            Error::InvalidCertificate(error) => error,
            _ => CertificateError::ApplicationVerificationFailure,
        })
    }

    fn explain(&self, own: &X509Certificate<'_>, error: &CertificateError) -> Vec<Problem> {
        let mut doubts: Vec<Problem> = weak(self.read).into_iter().collect();
        match error {
            CertificateError::UnknownIssuer => doubts.push(self.unknown(own)),
            CertificateError::BadSignature => {
                doubts.push(Problem::Forged { issuer: own.issuer().to_string() });
            }
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                doubts.push(Problem::Purpose);
            }
            // What webpki does not read at all has its sentence already, and so has an authority that poses as a server.
            CertificateError::Other(_) if own.version().0 < 2 || own.is_ca() => {}
            CertificateError::UnsupportedSignatureAlgorithmContext { .. } if doubts.is_empty() => {
                doubts.push(Problem::WeakSignature {
                    algorithm: own.signature_algorithm.algorithm.to_id_string(),
                });
            }
            CertificateError::UnsupportedSignatureAlgorithmContext { .. } => {}
            other => doubts.push(Problem::Other(text(other))),
        }
        doubts
    }

    /// Where the way ends that begins at the server's certificate.
    fn unknown(&self, own: &X509Certificate<'_>) -> Problem {
        let mut top = own;
        // No way is longer than the chain; certificates that sign each other would lead in a circle.
        for _ in 0..self.read.len() {
            let next = self.read.iter().find(|link| link.subject().as_raw() == top.issuer().as_raw());
            match next {
                Some(next) if !is_self_signed(top) => top = next,
                _ => break,
            }
        }
        let issuer = top.issuer().to_string();
        if std::ptr::eq(top, own) {
            Problem::IncompleteChain { issuer }
        } else {
            Problem::UnknownIssuer { issuer }
        }
    }

    /// The certificates above the server's own that are not valid now.
    fn out_of_time(&self, now: Date) -> Vec<Problem> {
        let above = self.read.iter().skip(1);
        above
            .filter(|link| {
                Date::from(link.validity().not_before) > now || Date::from(link.validity().not_after) < now
            })
            .map(|link| Problem::IssuerOutOfTime {
                subject: link.subject().to_string(),
                until: link.validity().not_after.into(),
                now,
            })
            .collect()
    }

    /// A time at which all certificates of the chain are valid.
    fn common_time(&self) -> Option<Date> {
        let from = self.read.iter().map(|link| Date::from(link.validity().not_before)).max()?;
        let until = self.read.iter().map(|link| Date::from(link.validity().not_after)).min()?;
        (from <= until).then_some(until)
    }
}

/// A signature that is no longer trusted. What a root says of itself does not count.
fn weak(chain: &[X509Certificate<'_>]) -> Option<Problem> {
    chain.iter().filter(|link| !is_self_signed(link)).find_map(|link| {
        let id = link.signature_algorithm.algorithm.to_id_string();
        let (_, name) = WEAK.iter().find(|(weak, _)| *weak == id)?;
        Some(Problem::WeakSignature { algorithm: (*name).to_owned() })
    })
}

const fn is_of_time(error: &CertificateError) -> bool {
    matches!(
        error,
        CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. }
    )
}

fn text(error: &CertificateError) -> String {
    error.to_string()
}
