//! How rustls is set up for one handshake, and what is read off it afterwards.

use std::sync::Arc;
use std::time::Duration;

use netdiag_model::Wall;
use rustls::client::{ClientConfig, ClientConnection, Resumption};
use rustls::crypto::ring;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use rustls::{Error, ProtocolVersion};

use super::judge::Case;
use super::witness::{Suitor, Witness};
use super::{Problem, Report, Wish};

/// The set-up of one handshake.
pub(super) struct Settings {
    pub(super) config: Arc<ClientConfig>,
    pub(super) suitor: Arc<Suitor>,
    witness: Arc<Witness>,
}

/// The time that was handed in: rustls reads no clock of its own.
#[derive(Debug)]
struct Handed(Wall);

impl TimeProvider for Handed {
    fn current_time(&self) -> Option<UnixTime> {
        let seconds = u64::try_from(self.0.as_secs_micros().0).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_secs(seconds)))
    }
}

impl Settings {
    pub(super) fn new(wish: &Wish, now: Wall) -> Result<Self, Error> {
        let provider = Arc::new(ring::default_provider());
        let witness = Arc::new(Witness::new(provider.signature_verification_algorithms));
        let suitor = Arc::new(Suitor::default());
        let mut config = ClientConfig::builder_with_details(provider, Arc::new(Handed(now)))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(witness.clone())
            .with_client_cert_resolver(suitor.clone());
        config.alpn_protocols = wish.alpn.iter().map(|protocol| protocol.clone().into_bytes()).collect();
        // A resumed session shows no certificate.
        config.resumption = Resumption::disabled();
        Ok(Self { config: Arc::new(config), suitor, witness })
    }

    /// What was agreed on and shown so far; `None` before the server has shown its certificate.
    pub(super) fn report(&self, connection: &ClientConnection, case: &Case<'_>) -> Option<Report> {
        let version = match connection.protocol_version()? {
            ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
            ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
            other => format!("{other:?}"),
        };
        let suite = format!("{:?}", connection.negotiated_cipher_suite()?.suite());
        // rustls marks the suites of TLS 1.3 with a 13 that IANA's names do not have.
        let cipher = suite.replacen("TLS13_", "TLS_", 1);
        let alpn = connection.alpn_protocol().map(|protocol| String::from_utf8_lossy(protocol).into_owned());
        let seen = self.witness.seen();
        if seen.chain.is_empty() {
            return None;
        }
        let mut problems = case.problems(&seen);
        if self.suitor.was_asked() {
            problems.push(Problem::ClientCertificate);
        }
        let certificate = case.certificate(&seen, &problems);
        Some(Report {
            version,
            cipher,
            alpn,
            certificate,
            chain: super::certificate::links(&seen.chain),
            problems,
        })
    }
}
