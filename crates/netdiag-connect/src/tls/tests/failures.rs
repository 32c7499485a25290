//! Handshakes that do not come to their end, and in which words.

use std::sync::Arc;

use netdiag_model::Errno;
use netdiag_tool::Roots;
use proptest::prelude::*;
use rustls::crypto::ring;
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig};

use super::authority::{Shown, leaf, root};
use super::wire::{Said, Script, Server, Wire};
use super::{NOW, meet, run, trusting};
use crate::tls::{Alert, Cause, Failure, Problem, Strange, Wish, shake};

fn fails(steps: impl IntoIterator<Item = Said>) -> Failure {
    meet(Script::new(steps), "a.example", &Roots::default()).unwrap_err()
}

fn octets(octets: impl AsRef<[u8]>) -> Said {
    Said::Octets(octets.as_ref().to_vec())
}

#[test]
fn a_mail_server_that_greets_in_plain_text() {
    let failure = fails([octets("220 mail ESMTP\r\n")]);
    assert_eq!(
        failure.to_string(),
        "the other end does not speak TLS (it said: 220 mail ESMTP\\r\\n): a mail or FTP server greets like this: TLS \
         begins only after STARTTLS or AUTH TLS"
    );
    assert_eq!(fails([octets("2"), octets("20 mail ESMTP\r\n")]).to_string(), failure.to_string());
}

#[test]
fn what_it_says_cannot_command_a_terminal_and_is_cut() {
    let failure = fails([octets("\x1b[2J\u{202e}"), octets([b'x'; 100])]);
    let said = format!("\\x1b[2J\\xe2\\x80\\xae{}", "x".repeat(53));
    assert_eq!(failure.to_string(), format!("the other end does not speak TLS (it said: {said})"));
}

#[test]
fn closed_at_once_and_in_the_middle() {
    assert_eq!(
        fails([Said::End]).to_string(),
        "the other end closed the connection without an answer to the TLS greeting: it may not speak TLS here"
    );
    let failure = fails([octets([22, 3, 3, 0, 80, 2, 0]), Said::End]);
    assert_eq!(failure.to_string(), "the other end closed the connection in the middle of the TLS handshake");
    // A close_notify before the end.
    assert_eq!(fails([octets([21, 3, 3, 0, 2, 1, 0]), Said::End]).cause, Cause::Closed { heard: 7 });
}

#[test]
fn broken_in_the_middle() {
    let failure = fails([octets([22, 3, 3]), Said::Break(Errno::ECONNRESET)]);
    assert_eq!(failure.cause, Cause::Reset(Errno::ECONNRESET));
    assert_eq!(
        failure.to_string(),
        "the connection broke in the middle of the TLS handshake: Connection reset by peer"
    );
}

#[test]
fn what_was_said_before_a_write_failed_is_heard() {
    for (steps, cause) in [
        (vec![octets([21, 3, 3, 0, 2, 2, 80])], Cause::Alert(Alert(80))),
        (vec![octets("SSH-2.0-x\r\n")], Cause::Strange(Strange { octets: b"SSH-2.0-x\r\n".to_vec() })),
        (vec![], Cause::Reset(Errno::EPIPE)),
    ] {
        let mut wire = Wire::new(Script::new(steps));
        wire.refusal = Some(Errno::EPIPE);
        let failure = run(shake(&mut wire, &Wish::new("a.example"), &Roots::default(), NOW)).unwrap_err();
        assert_eq!(failure.cause, cause);
    }
}

#[test]
fn alerts_have_names_and_meanings() {
    for (number, sentence) in [
        (
            40,
            "the server refused with the alert handshake_failure (40): it found nothing that both sides can do: no common \
             cipher, or no certificate for this name",
        ),
        (
            70,
            "the server refused with the alert protocol_version (70): it speaks neither TLS 1.2 nor TLS 1.3",
        ),
        (112, "the server refused with the alert unrecognized_name (112): it serves no host of this name"),
        (
            116,
            "the server refused with the alert certificate_required (116): the server wants a client certificate",
        ),
        (200, "the server refused with the alert number 200"),
    ] {
        let failure = fails([octets([21, 3, 3, 0, 2, 2, number]), Said::End]);
        assert_eq!((failure.to_string().as_str(), failure.report), (sentence, None));
    }
}

#[test]
fn a_server_that_only_speaks_tls_1_0() {
    let mut hello = vec![22, 3, 1, 0, 42, 2, 0, 0, 38, 3, 1];
    hello.extend([7; 32]);
    hello.extend([0, 0, 47, 0]);
    assert_eq!(
        fails([octets(hello)]).to_string(),
        "the server only speaks TLS 1.0, and programs of today want TLS 1.2 or 1.3"
    );
}

#[test]
fn no_protocol_in_common() {
    let mut config = Shown::self_signed(&leaf(&["a.example"])).config(rustls::ALL_VERSIONS);
    config.alpn_protocols = vec![b"acme-tls/1".to_vec()];
    let failure = meet(Server::new(config), "a.example", &Roots::default()).unwrap_err();
    assert_eq!(failure.cause, Cause::Alert(Alert(120)));
}

#[test]
fn a_name_that_nobody_can_be_asked_for() {
    let failure = meet(Script::new([]), "not a name", &Roots::default()).unwrap_err();
    assert_eq!(failure.cause, Cause::Name("not a name".to_owned()));
}

/// A server that lets nobody in without a certificate.
fn strict(version: &'static rustls::SupportedProtocolVersion) -> (Server, Roots) {
    let root = root("Root");
    let mut store = RootCertStore::empty();
    store.add(root.der().clone()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier =
        WebPkiClientVerifier::builder_with_provider(store.into(), provider.clone()).build().unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_client_cert_verifier(verifier)
        .with_cert_resolver(Shown::signed(&leaf(&["a.example"]), &root).resolver());
    (Server::new(config), trusting(&[root.der()]))
}

#[test]
fn a_client_certificate_is_required() {
    let (server, roots) = strict(&TLS13);
    let failure = meet(server, "a.example", &roots).unwrap_err();
    assert_eq!(
        failure.to_string(),
        "the server refused with the alert certificate_required (116): the server wants a client certificate"
    );
    let report = failure.report.unwrap();
    assert!(report.certificate.as_ref().unwrap().valid, "{report:?}");
    let (server, roots) = strict(&TLS12);
    let failure = meet(server, "a.example", &roots).unwrap_err();
    assert!(failure.asked_for_certificate && failure.report.is_some(), "{failure:?}");
    // OpenSSL's servers say it by a general alert.
    let failure = Failure { cause: Cause::Alert(Alert(40)), ..failure };
    assert_eq!(
        failure.to_string(),
        "the server refused with the alert handshake_failure (40): it had asked for a client certificate, and none was shown"
    );
}

#[test]
fn a_client_certificate_is_required_and_the_alert_is_late() {
    let (server, roots) = strict(&TLS13);
    // This wire makes every second read wait, also the one after the handshake.
    let report = run(shake(&mut Wire::slow(server, 100_000), &Wish::new("a.example"), &roots, NOW)).unwrap();
    assert_eq!(report.problems, [Problem::ClientCertificate]);
    assert!(report.certificate.unwrap().valid);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn garbage_is_a_failure(portions in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..6)) {
        let steps = portions.into_iter().filter(|portion| !portion.is_empty()).map(Said::Octets);
        let failure = fails(steps.chain([Said::End]));
        prop_assert!(failure.report.is_none());
        prop_assert!(failure.to_string().chars().all(|c| !c.is_control()));
    }

    #[test]
    fn garbage_in_records_is_a_failure(
        kind in 20_u8..=24,
        body in prop::collection::vec(any::<u8>(), 1..200),
        message in 0_u8..25,
    ) {
        let mut body = body;
        body[0] = message;
        let mut record = vec![kind, 3, 3, 0, body.len() as u8];
        record.extend(&body);
        let failure = fails([octets(&record), octets(&record), Said::End]);
        prop_assert!(failure.report.is_none());
    }

    #[test]
    fn a_flipped_octet_of_a_good_server_never_panics(place in 0_usize..3000, mask in 1_u8..) {
        let root = root("Root");
        let shown = Shown::signed(&leaf(&["a.example"]), &root);
        for version in [&TLS12, &TLS13] {
            let peer = Flipped { server: Server::new(shown.clone().config(&[version])), place, mask };
            let _ = meet(peer, "a.example", &trusting(&[root.der()]));
        }
    }
}

/// A server of whose words one octet is changed on the way; when it has nothing to say, it closes.
#[derive(Debug)]
struct Flipped {
    server: Server,
    place: usize,
    mask: u8,
}

impl super::wire::Peer for Flipped {
    fn hear(&mut self, octets: &[u8]) {
        self.server.hear(octets);
    }

    fn say(&mut self) -> Said {
        match self.server.say() {
            Said::Octets(mut octets) => {
                if let Some(octet) = octets.get_mut(self.place) {
                    *octet ^= self.mask;
                }
                self.place = self.place.wrapping_sub(octets.len());
                Said::Octets(octets)
            }
            Said::Nothing => Said::End,
            other => other,
        }
    }
}
