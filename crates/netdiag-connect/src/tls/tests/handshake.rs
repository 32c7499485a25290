//! What is agreed on: versions, ciphers, protocols, names that are sent along, keys of several kinds.

use std::sync::Arc;

use netdiag_model::Rtt;
use netdiag_tool::Roots;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};

use super::authority::{Shown, leaf, root, rsa};
use super::wire::{Server, Wire};
use super::{NOW, meet, run, trusting};
use crate::tls::{TlsRecord, Wish, shake};

#[test]
fn tls_1_3_with_a_trusted_chain() {
    let root = root("Root");
    let shown = Shown::signed(&leaf(&["a.example", "b.example"]), &root);
    let report = meet(shown.server(), "a.example", &trusting(&[root.der()])).unwrap();
    assert_eq!((report.version.as_str(), report.cipher.as_str()), ("TLS 1.3", "TLS_AES_256_GCM_SHA384"));
    assert_eq!((report.alpn.as_deref(), &report.problems), (None, &Vec::new()));
    let certificate = report.certificate.as_ref().unwrap();
    assert_eq!((certificate.subject.as_str(), certificate.issuer.as_str()), ("CN=a.example", "CN=Root"));
    assert_eq!(certificate.names, ["a.example", "b.example"]);
    assert_eq!((certificate.valid, &certificate.problem, certificate.days_left), (true, &None, 199));
    assert_eq!(
        report.statements(),
        [
            "the certificate is good for a.example, and this system trusts it; it expires on 2028-01-01, in 199 days"
        ]
    );
}

#[test]
fn tls_1_2_is_spoken_too() {
    let root = root("Root");
    let shown = Shown::signed(&leaf(&["a.example"]), &root);
    let report = meet(Server::new(shown.config(&[&TLS12])), "a.example", &trusting(&[root.der()])).unwrap();
    assert_eq!(report.version, "TLS 1.2");
    assert_eq!(report.cipher, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
    assert!(report.problems.is_empty(), "{report:?}");
}

#[test]
fn the_server_chooses_a_protocol_from_those_on_offer() {
    let root = root("Root");
    for version in [&TLS12, &TLS13] {
        let mut config = Shown::signed(&leaf(&["a.example"]), &root).config(&[version]);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let report = meet(Server::new(config), "a.example", &trusting(&[root.der()])).unwrap();
        assert_eq!(report.alpn.as_deref(), Some("http/1.1"));
    }
}

#[test]
fn rsa_keys_work_as_elliptic_ones_do() {
    let root = root("Root");
    for version in [&TLS12, &TLS13] {
        let own = leaf(&["a.example"]).signed_by(&rsa(), &root).unwrap();
        let shown = Shown { chain: vec![own.der().clone()], key: rsa().serialize_der() };
        let report =
            meet(Server::new(shown.config(&[version])), "a.example", &trusting(&[root.der()])).unwrap();
        assert!(report.problems.is_empty(), "{report:?}");
        assert_eq!(report.cipher.contains("RSA"), report.version == "TLS 1.2", "{report:?}");
    }
}

#[test]
fn addresses_in_a_certificate_are_held_against_the_address() {
    let root = root("Root");
    let shown = Shown::signed(&leaf(&["192.0.2.7", "2001:db8::7"]), &root);
    for name in ["192.0.2.7", "2001:db8::7", "2001:db8:0::7", "[2001:db8::7]", "2001:db8::7%eth0"] {
        let report = meet(shown.clone().server(), name, &trusting(&[root.der()])).unwrap();
        assert!(report.problems.is_empty(), "{name}: {report:?}");
        assert_eq!(report.certificate.unwrap().names, ["192.0.2.7", "2001:db8::7"]);
    }
}

#[test]
fn names_fit_in_any_case_with_a_final_dot_and_under_a_wildcard() {
    let root = root("Root");
    let shown = Shown::signed(&leaf(&["*.a.example"]), &root);
    for name in ["www.a.example", "WWW.A.Example", "www.a.example."] {
        let report = meet(shown.clone().server(), name, &trusting(&[root.der()])).unwrap();
        assert!(report.problems.is_empty(), "{name}: {report:?}");
    }
}

/// Shows its certificate to those who ask for `a.example`, or for nobody.
#[derive(Debug)]
struct Choosy {
    shown: Shown,
    asked: Option<&'static str>,
}

impl ResolvesServerCert for Choosy {
    fn resolve(&self, greeting: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let fits = greeting.server_name() == self.asked;
        fits.then(|| self.shown.clone().resolver().resolve(greeting))?
    }
}

#[test]
fn the_name_is_sent_along_and_an_address_is_not() {
    let root = root("Root");
    for (name, asked) in [("a.example.", Some("a.example")), ("192.0.2.7", None), ("2001:db8::7", None)] {
        let shown = Shown::signed(&leaf(&["a.example", "192.0.2.7", "2001:db8::7"]), &root);
        let mut config = shown.clone().config(rustls::ALL_VERSIONS);
        config.cert_resolver = Arc::new(Choosy { shown, asked });
        let report = meet(Server::new(config), name, &trusting(&[root.der()])).unwrap();
        assert!(report.problems.is_empty(), "{name}: {report:?}");
    }
}

#[test]
fn records_may_come_in_any_portions() {
    let root = root("Root");
    for version in [&TLS12, &TLS13] {
        for portion in [1, 2, 7, 300] {
            let server = Server::new(Shown::signed(&leaf(&["a.example"]), &root).config(&[version]));
            let mut wire = Wire::slow(server, portion);
            let report =
                run(shake(&mut wire, &Wish::new("a.example"), &trusting(&[root.der()]), NOW)).unwrap();
            assert!(report.problems.is_empty(), "{report:?}");
        }
    }
}

#[test]
fn the_record_has_the_fields_of_the_contract() {
    let shown = Shown::self_signed(&leaf(&["a.example"]));
    let report = meet(shown.server(), "a.example", &Roots::default()).unwrap();
    let record = serde_json::to_value(TlsRecord::new(&report, Rtt::from_nanos(12_345_678))).unwrap();
    assert_eq!(
        record,
        serde_json::json!({
            "version": "TLS 1.3",
            "cipher": "TLS_AES_256_GCM_SHA384",
            "handshake_ms": 12.345_678,
            "certificate": {
                "subject": "CN=a.example",
                "issuer": "CN=a.example",
                "names": ["a.example"],
                "not_before": "2027-01-01T00:00:00.000000Z",
                "not_after": "2028-01-01T00:00:00.000000Z",
                "valid": false,
                "problem": report.statements().join("; "),
            },
            "days_left": 199,
            "chain": [
                {"subject": "CN=a.example", "issuer": "CN=a.example", "not_after": "2028-01-01T00:00:00.000000Z"}
            ],
            "statements": report.statements(),
        })
    );
    let schema = serde_json::to_value(schemars::schema_for!(TlsRecord)).unwrap();
    jsonschema::validate(&schema, &record).unwrap();
}
