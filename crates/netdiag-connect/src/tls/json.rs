//! The record `tls` of `netdiag.connect/1`. Texts of the server are raw here: JSON escapes what has to be.

use netdiag_model::Rtt;
use netdiag_tool::json::millis;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Certificate, Link, Report};

/// What a handshake showed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TlsRecord {
    /// The version that was agreed on, such as `TLS 1.3`.
    pub version: String,
    /// The cipher suite by its IANA name.
    pub cipher: String,
    /// The protocol that the server chose (ALPN); absent where it chose none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpn: Option<String>,
    /// How long the handshake took.
    pub handshake_ms: f64,
    /// The server's own certificate; absent where it cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<CertificateRecord>,
    /// Whole days until that certificate expires; negative when it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// All certificates that the server sent, its own first.
    pub chain: Vec<LinkRecord>,
    /// What there is to say of it, in sentences.
    pub statements: Vec<String>,
}

/// The server's own certificate.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CertificateRecord {
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The hosts it is for: DNS names, and addresses.
    pub names: Vec<String>,
    /// Since when it is valid: RFC 3339 in UTC.
    pub not_before: String,
    /// Until when it is valid: RFC 3339 in UTC.
    pub not_after: String,
    /// Whether a program with the trust of this system would accept it for this host.
    pub valid: bool,
    /// Why it would not, in one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// One certificate of the chain.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinkRecord {
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Until when it is valid: RFC 3339 in UTC.
    pub not_after: String,
}

impl TlsRecord {
    /// The record of a handshake that took `handshake`.
    pub fn new(report: &Report, handshake: Rtt) -> Self {
        Self {
            version: report.version.clone(),
            cipher: report.cipher.clone(),
            alpn: report.alpn.clone(),
            handshake_ms: millis(handshake),
            certificate: report.certificate.as_ref().map(CertificateRecord::from),
            days_left: report.certificate.as_ref().map(|certificate| certificate.days_left),
            chain: report.chain.iter().map(LinkRecord::from).collect(),
            statements: report.statements(),
        }
    }
}

impl From<&Certificate> for CertificateRecord {
    fn from(certificate: &Certificate) -> Self {
        Self {
            subject: certificate.subject.clone(),
            issuer: certificate.issuer.clone(),
            names: certificate.names.clone(),
            not_before: certificate.not_before.to_string(),
            not_after: certificate.not_after.to_string(),
            valid: certificate.valid,
            problem: certificate.problem.clone(),
        }
    }
}

impl From<&Link> for LinkRecord {
    fn from(link: &Link) -> Self {
        Self {
            subject: link.subject.clone(),
            issuer: link.issuer.clone(),
            not_after: link.not_after.to_string(),
        }
    }
}
