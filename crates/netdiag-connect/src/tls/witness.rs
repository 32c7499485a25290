//! The two that rustls asks during a handshake: a verifier that keeps every certificate and refuses none, and the
//! client's side, which notes that it was asked for a certificate and has none.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustls::client::ResolvesClientCert;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::sign::CertifiedKey;
use rustls::{DigitallySignedStruct, Error, SignatureScheme};

/// What the server showed.
#[derive(Debug, Clone, Default)]
pub(super) struct Seen {
    /// Its certificates, its own first.
    pub(super) chain: Vec<CertificateDer<'static>>,
    /// Whether its signature on the handshake did not fit the key of its certificate.
    pub(super) is_unproven: bool,
}

/// Accepts every certificate, and remembers it.
#[derive(Debug)]
pub(super) struct Witness {
    algorithms: WebPkiSupportedAlgorithms,
    seen: Mutex<Seen>,
}

impl Witness {
    pub(super) fn new(algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self { algorithms, seen: Mutex::default() }
    }

    pub(super) fn seen(&self) -> Seen {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes down whether the signature was good, and lets the handshake go on.
    fn note(&self, verdict: &Result<HandshakeSignatureValid, Error>) -> HandshakeSignatureValid {
        self.lock().is_unproven |= verdict.is_err();
        HandshakeSignatureValid::assertion()
    }

    /// Checks a signature with the key of a certificate that webpki does not read at all, such as one of version 1.
    fn check_unreadable(&self, message: &[u8], certificate: &[u8], signed: &DigitallySignedStruct) -> bool {
        let Ok((_, certificate)) = x509_parser::parse_x509_certificate(certificate) else { return false };
        let key = &certificate.public_key().subject_public_key.data;
        self.algorithms
            .mapping
            .iter()
            .filter(|(scheme, _)| *scheme == signed.scheme)
            .flat_map(|(_, algorithms)| *algorithms)
            .any(|algorithm| algorithm.verify_signature(key, message, signed.signature()).is_ok())
    }

    fn retry(
        &self,
        verdict: Result<HandshakeSignatureValid, Error>,
        message: &[u8],
        proof: (&CertificateDer<'_>, &DigitallySignedStruct),
    ) -> HandshakeSignatureValid {
        let (certificate, signed) = proof;
        let is_readable = ParsedCertificate::try_from(certificate).is_ok();
        match verdict {
            Err(_) if !is_readable && self.check_unreadable(message, certificate, signed) => {
                HandshakeSignatureValid::assertion()
            }
            verdict => self.note(&verdict),
        }
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.lock().chain =
            std::iter::once(end_entity).chain(intermediates).map(|der| der.clone().into_owned()).collect();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verdict = verify_tls12_signature(message, cert, dss, &self.algorithms);
        Ok(self.retry(verdict, message, (cert, dss)))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let verdict = verify_tls13_signature(message, cert, dss, &self.algorithms);
        Ok(self.retry(verdict, message, (cert, dss)))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// A client without a certificate that remembers whether it was asked for one.
#[derive(Debug, Default)]
pub(super) struct Suitor {
    was_asked: AtomicBool,
}

impl Suitor {
    pub(super) fn was_asked(&self) -> bool {
        self.was_asked.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for Suitor {
    fn resolve(&self, _issuers: &[&[u8]], _schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.was_asked.store(true, Ordering::Relaxed);
        None
    }

    fn has_certs(&self) -> bool {
        false
    }
}
