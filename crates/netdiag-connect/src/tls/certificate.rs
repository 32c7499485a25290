//! What a certificate says of itself (RFC 5280), as text and dates. Nothing is judged here.

use std::net::{Ipv4Addr, Ipv6Addr};

use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;

use super::Date;

/// The server's own certificate. Its texts are raw: they are escaped where they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// Whose it is, such as `CN=www.example`.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// The hosts it is for: DNS names, and addresses.
    pub names: Vec<String>,
    /// Since when it is valid.
    pub not_before: Date,
    /// Until when it is valid.
    pub not_after: Date,
    /// The host that it was asked for, as typed.
    pub asked: String,
    /// Whole days until it expires; negative when it has.
    pub days_left: i64,
    /// Whether a program with the trust of this system would accept it for this host now.
    pub valid: bool,
    /// Why it would not, in one line.
    pub problem: Option<String>,
}

/// One certificate of a chain. Its texts are raw: they are escaped where they are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Whose it is.
    pub subject: String,
    /// Who signed it.
    pub issuer: String,
    /// Until when it is valid.
    pub not_after: Date,
}

/// A certificate of a chain, if it can be read.
pub(super) fn read<'a>(der: &'a CertificateDer<'_>) -> Option<X509Certificate<'a>> {
    x509_parser::parse_x509_certificate(der.as_ref()).ok().map(|(_, certificate)| certificate)
}

/// The certificates of a chain that can be read.
pub(super) fn links(chain: &[CertificateDer<'_>]) -> Vec<Link> {
    chain
        .iter()
        .filter_map(read)
        .map(|certificate| Link {
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            not_after: certificate.validity().not_after.into(),
        })
        .collect()
}

/// The DNS names and addresses that a certificate is for.
pub(super) fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    extension
        .value
        .general_names
        .iter()
        .filter_map(|name| match name {
            GeneralName::DNSName(name) => Some((*name).to_owned()),
            GeneralName::IPAddress(octets) => address(octets),
            _ => None,
        })
        .collect()
}

fn address(octets: &[u8]) -> Option<String> {
    match octets.len() {
        4 => <[u8; 4]>::try_from(octets).ok().map(|octets| Ipv4Addr::from(octets).to_string()),
        16 => <[u8; 16]>::try_from(octets).ok().map(|octets| Ipv6Addr::from(octets).to_string()),
        _ => None,
    }
}

/// Whether it names itself as its own issuer.
pub(super) fn is_self_signed(certificate: &X509Certificate<'_>) -> bool {
    certificate.subject().as_raw() == certificate.issuer().as_raw()
}
