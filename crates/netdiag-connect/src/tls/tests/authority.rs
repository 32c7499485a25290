//! Authorities, the certificates they sign, and servers that show them.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SupportedProtocolVersion};

use super::wire::Server;

pub(super) type Authority = CertifiedIssuer<'static, KeyPair>;

/// The year, month and day at which something begins or ends.
pub(super) type Day = (i32, u8, u8);

fn params(name: &str, hosts: &[&str], (from, until): (Day, Day)) -> CertificateParams {
    let hosts: Vec<String> = hosts.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(hosts).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
    params.not_after = rcgen::date_time_ymd(until.0, until.1, until.2);
    params
}

/// What an authority's certificate says, valid from 2020 to `until`.
pub(super) fn ca(name: &str, until: Day) -> CertificateParams {
    let mut params = params(name, &[], ((2020, 1, 1), until));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

/// A root.
pub(super) fn root(name: &str) -> Authority {
    CertifiedIssuer::self_signed(ca(name, (2040, 1, 1)), KeyPair::generate().unwrap()).unwrap()
}

/// An authority below another one.
pub(super) fn intermediate(name: &str, until: Day, above: &Authority) -> Authority {
    CertifiedIssuer::signed_by(ca(name, until), KeyPair::generate().unwrap(), above).unwrap()
}

/// What a server's certificate says, valid from 2027-01-01 to 2028-01-01.
pub(super) fn leaf(hosts: &[&str]) -> CertificateParams {
    leaf_within(hosts, (2027, 1, 1), (2028, 1, 1))
}

/// What a server's certificate says.
pub(super) fn leaf_within(hosts: &[&str], from: Day, until: Day) -> CertificateParams {
    params(hosts.first().unwrap_or(&"nobody"), hosts, (from, until))
}

/// The certificates a server shows, and its key.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: Vec<u8>,
}

impl Shown {
    /// A certificate signed by `authority`, and nothing else.
    pub(super) fn signed(params: &CertificateParams, authority: &Authority) -> Self {
        let key = KeyPair::generate().unwrap();
        let own = params.signed_by(&key, authority).unwrap();
        Self { chain: vec![own.der().clone()], key: key.serialize_der() }
    }

    /// A certificate signed by itself.
    pub(super) fn self_signed(params: &CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        Self { chain: vec![params.self_signed(&key).unwrap().der().clone()], key: key.serialize_der() }
    }

    /// One that was made elsewhere, with the RSA key of these tests.
    pub(super) fn made(pem: &str) -> Self {
        let own = CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
        Self { chain: vec![own], key: rsa().serialize_der() }
    }

    /// The same with another certificate behind.
    pub(super) fn with(mut self, authority: &Authority) -> Self {
        self.chain.push(authority.der().clone());
        self
    }

    /// A server that shows it, as both versions of TLS.
    pub(super) fn server(self) -> Server {
        Server::new(self.config(rustls::ALL_VERSIONS))
    }

    /// A server's set-up. What it shows is not checked, as careless servers do not.
    pub(super) fn config(self, versions: &[&'static SupportedProtocolVersion]) -> ServerConfig {
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(self.resolver())
    }

    pub(super) fn resolver(self) -> Arc<Always> {
        let key = PrivateKeyDer::try_from(self.key).unwrap();
        let key = ring::sign::any_supported_type(&key).unwrap();
        Arc::new(Always(Arc::new(CertifiedKey::new(self.chain, key))))
    }
}

/// Shows the same to everybody.
#[derive(Debug)]
pub(super) struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _greeting: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.clone())
    }
}

/// The RSA key of these tests. Nothing makes one in a moment.
pub(super) fn rsa() -> KeyPair {
    KeyPair::from_pem(include_str!("rsa.pem")).unwrap()
}
