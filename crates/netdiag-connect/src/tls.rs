//! A TLS handshake that looks at everything and refuses nothing: what was agreed on, which certificates the server
//! showed, and what is wrong with them, each as a plain statement.
//!
//! rustls does the talking, over a [`Stream`] that it is handed. It does not know why a port is open or whose it is,
//! and it waits as long as the stream does: the time limit is the caller's. RFC 8446 (TLS 1.3), RFC 5246 (TLS 1.2),
//! RFC 5280 (certificates), RFC 6125 (names in them).

mod alert;
mod certificate;
mod date;
mod drive;
mod failure;
mod json;
mod judge;
mod problem;
mod settings;
mod strange;
#[cfg(test)]
mod tests;
mod trust;
mod witness;

use netdiag_engine::port::Stream;
use netdiag_model::Wall;
use netdiag_tool::Roots;
use rustls::ClientConnection;
use rustls::pki_types::ServerName;

pub use alert::Alert;
pub use certificate::{Certificate, Link};
pub use date::Date;
pub use failure::{Cause, Failure};
pub use json::{CertificateRecord, LinkRecord, TlsRecord};
pub use problem::{Problem, Weight};
pub use strange::Strange;

use settings::Settings;

/// What to ask the server for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// The host as typed: a DNS name, or an address as text. The certificate is held against it, and a name (not an
    /// address: RFC 6066 §3) is sent along, so that a server of many names can choose (SNI).
    pub name: String,
    /// The protocols on offer above TLS (ALPN), the dearest first.
    pub alpn: Vec<String>,
}

impl Wish {
    /// A wish for `name`, with what a browser offers: HTTP/2 and HTTP/1.1.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), alpn: vec!["h2".to_owned(), "http/1.1".to_owned()] }
    }

    /// The name as certificates write it: no dot at the end, no zone of a link-local address, no brackets.
    fn server(&self) -> Option<ServerName<'static>> {
        let bare = self.name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(&self.name);
        let bare = match bare.split_once('%') {
            Some((address, _)) if bare.contains(':') => address,
            _ => bare.strip_suffix('.').unwrap_or(bare),
        };
        ServerName::try_from(bare.to_owned()).ok()
    }
}

/// What a handshake showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The version that was agreed on, such as `TLS 1.3`.
    pub version: String,
    /// The cipher suite by its IANA name, such as `TLS_AES_256_GCM_SHA384`.
    pub cipher: String,
    /// The protocol that the server chose from those on offer (ALPN); `None` where it chose none.
    pub alpn: Option<String>,
    /// The server's own certificate; `None` where it cannot be read.
    pub certificate: Option<Certificate>,
    /// All certificates that it sent and that can be read, its own first.
    pub chain: Vec<Link>,
    /// What is wrong, and what will be soon.
    pub problems: Vec<Problem>,
}

impl Report {
    /// Plain sentences, the gravest first. They quote text of the server, so they are escaped where they are shown.
    pub fn statements(&self) -> Vec<String> {
        let praise = self.certificate.as_ref().filter(|certificate| certificate.valid).map(|certificate| {
            let end = certificate.not_after;
            let host = &certificate.asked;
            match certificate.days_left {
                ..14 => format!("the certificate is good for {host}, and this system trusts it"),
                days => format!(
                    "the certificate is good for {host}, and this system trusts it; it expires on {}, in {days} days",
                    end.day()
                ),
            }
        });
        praise.into_iter().chain(self.problems.iter().map(ToString::to_string)).collect()
    }
}

/// Shakes hands with the server at the other end of `stream`, and looks at what it shows.
///
/// A certificate is never a reason to stop: it is judged afterwards against `roots` and `now`. When the handshake is
/// over, what has arrived until then is read without waiting for more. In TLS 1.3 a server refuses a client without
/// a certificate only by an alert after the handshake; where that alert has not arrived yet, the report says that the
/// server has asked for a certificate ([`Problem::ClientCertificate`]), which is all that is certain at that moment.
pub async fn shake(
    stream: &mut dyn Stream,
    wish: &Wish,
    roots: &Roots,
    now: Wall,
) -> Result<Report, Failure> {
    let server = wish.server().ok_or_else(|| Cause::Name(wish.name.clone()))?;
    let settings = Settings::new(wish, now).map_err(|error| Cause::Own(error.to_string()))?;
    let mut connection = ClientConnection::new(settings.config.clone(), server.clone())
        .map_err(|error| Cause::Own(error.to_string()))?;
    let outcome = drive::Line::new(stream).shake(&mut connection).await;

    let judgement = judge::Case { server: &server, asked: &wish.name, roots, now: Date::from(now) };
    let report = settings.report(&connection, &judgement);
    match (outcome, report) {
        (Ok(()), Some(report)) => Ok(report),
        (Ok(()), None) => Err(Cause::Garbled("the handshake ended without a cipher".to_owned()).into()),
        (Err(cause), report) => {
            let asked_for_certificate = settings.suitor.was_asked();
            Err(Failure { cause, asked_for_certificate, report: report.map(Box::new) })
        }
    }
}
