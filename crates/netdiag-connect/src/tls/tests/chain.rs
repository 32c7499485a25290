//! One thing wrong with a certificate at a time: the handshake comes to its end, and the thing is named.

use netdiag_tool::Roots;
use rcgen::ExtendedKeyUsagePurpose;

use super::authority::{Shown, ca, intermediate, leaf, leaf_within, root, rsa};
use super::{meet, trusting};
use crate::tls::{Problem, Report};

/// The problems as the user reads them.
fn sentences(report: &Report) -> Vec<String> {
    report.problems.iter().map(ToString::to_string).collect()
}

/// Checks that a report names one problem, in these words, for which the certificate is refused.
#[track_caller]
fn refused(report: &Report, sentence: &str) {
    assert_eq!(sentences(report), [sentence]);
    let certificate = report.certificate.as_ref().unwrap();
    assert_eq!((certificate.valid, certificate.problem.as_deref()), (false, Some(sentence)));
    assert_eq!(report.statements(), [sentence]);
}

#[test]
fn expired() {
    let root = root("Root");
    let shown = Shown::signed(&leaf_within(&["a.example"], (2026, 1, 1), (2027, 5, 23)), &root);
    let report = meet(shown.server(), "a.example", &trusting(&[root.der()])).unwrap();
    refused(&report, "the certificate expired on 2027-05-23, 23 days ago");
    assert_eq!(report.certificate.unwrap().days_left, -24);
}

#[test]
fn not_yet_valid() {
    let root = root("Root");
    let shown = Shown::signed(&leaf_within(&["a.example"], (2027, 6, 21), (2028, 1, 1)), &root);
    let report = meet(shown.server(), "a.example", &trusting(&[root.der()])).unwrap();
    refused(
        &report,
        "the certificate is not valid before 2027-06-21, in 5 days: if that is wrong, look at the clock of this host, \
         which says 2027-06-15",
    );
}

#[test]
fn expires_soon_is_a_warning() {
    let root = root("Root");
    let shown = Shown::signed(&leaf_within(&["a.example"], (2027, 1, 1), (2027, 6, 21)), &root);
    let report = meet(shown.server(), "a.example", &trusting(&[root.der()])).unwrap();
    let certificate = report.certificate.as_ref().unwrap();
    assert_eq!((certificate.valid, &certificate.problem, certificate.days_left), (true, &None, 5));
    assert_eq!(
        report.statements(),
        [
            "the certificate is good for a.example, and this system trusts it",
            "the certificate expires in 5 days, on 2027-06-21"
        ]
    );
}

#[test]
fn for_another_name() {
    let root = root("Root");
    let shown = Shown::signed(&leaf(&["a.example", "b.example"]), &root);
    let report = meet(shown.clone().server(), "c.example", &trusting(&[root.der()])).unwrap();
    refused(&report, "the certificate is for a.example and b.example, not for c.example");
    let report = meet(shown.server(), "192.0.2.7", &trusting(&[root.der()])).unwrap();
    refused(&report, "the certificate is for a.example and b.example, not for 192.0.2.7");
}

#[test]
fn for_another_address() {
    let root = root("Root");
    let shown = Shown::signed(&leaf(&["192.0.2.8"]), &root);
    let report = meet(shown.server(), "192.0.2.7", &trusting(&[root.der()])).unwrap();
    refused(&report, "the certificate is for 192.0.2.8, not for 192.0.2.7");
}

#[test]
fn for_nobody_but_a_subject() {
    let root = root("Root");
    let mut params = leaf(&["a.example"]);
    params.subject_alt_names.clear();
    let report = meet(Shown::signed(&params, &root).server(), "a.example", &trusting(&[root.der()])).unwrap();
    refused(&report, "the certificate names no host at all, so it is not for a.example either");
}

#[test]
fn signed_by_itself() {
    let root = root("Root");
    let shown = Shown::self_signed(&leaf(&["a.example"]));
    let own = shown.chain[0].clone();
    let report = meet(shown.clone().server(), "a.example", &trusting(&[root.der()])).unwrap();
    refused(&report, "the certificate is signed by itself: nobody vouches for it");
    let report = meet(shown.server(), "a.example", &trusting(&[root.der(), &own])).unwrap();
    assert!(report.problems.is_empty() && report.certificate.as_ref().unwrap().valid, "{report:?}");
}

#[test]
fn signed_by_itself_as_openssl_makes_them() {
    let mut params = leaf(&["a.example"]);
    params.is_ca = ca("", (2040, 1, 1)).is_ca;
    let shown = Shown::self_signed(&params);
    let own = shown.chain[0].clone();
    let report = meet(shown.clone().server(), "a.example", &trusting(&[root("Root").der()])).unwrap();
    assert_eq!(report.problems, [Problem::SelfSigned, Problem::Authority]);
    let report = meet(shown.server(), "a.example", &trusting(&[&own])).unwrap();
    assert_eq!(report.problems, [Problem::Authority]);
    assert!(report.certificate.unwrap().valid);
}

#[test]
fn unknown_issuer() {
    let (ours, theirs) = (root("Ours"), root("Theirs"));
    let between = intermediate("Between", (2040, 1, 1), &theirs);
    let sentence =
        "the one who vouches for the certificate in the end is CN=Theirs, whom this system does not trust";
    let shown = Shown::signed(&leaf(&["a.example"]), &between).with(&between);
    let report = meet(shown.clone().server(), "a.example", &trusting(&[ours.der()])).unwrap();
    refused(&report, sentence);
    let report = meet(shown.with(&theirs).server(), "a.example", &trusting(&[ours.der()])).unwrap();
    refused(&report, sentence);
    let subjects: Vec<&str> = report.chain.iter().map(|link| link.subject.as_str()).collect();
    assert_eq!(subjects, ["CN=a.example", "CN=Between", "CN=Theirs"]);
    assert_eq!(report.chain[1].issuer, "CN=Theirs");
}

#[test]
fn missing_intermediate() {
    let (ours, other) = (root("Ours"), root("Other"));
    let between = intermediate("Between", (2040, 1, 1), &ours);
    let shown = Shown::signed(&leaf(&["a.example"]), &between);
    let sentence = "the certificate is signed by CN=Between, whom this system does not know, and the server did not send \
                    the certificate that would lead to a known one: it has to send the whole chain, or CN=Between is \
                    private and has to be trusted here first";
    let report = meet(shown.clone().server(), "a.example", &trusting(&[ours.der()])).unwrap();
    refused(&report, sentence);
    let report = meet(shown.clone().with(&other).server(), "a.example", &trusting(&[ours.der()])).unwrap();
    refused(&report, sentence);
    let report = meet(shown.with(&between).server(), "a.example", &trusting(&[ours.der()])).unwrap();
    assert!(report.problems.is_empty(), "{report:?}");
}

#[test]
fn expired_intermediate() {
    let root = root("Root");
    let between = intermediate("Between", (2027, 6, 5), &root);
    let shown = Shown::signed(&leaf(&["a.example"]), &between).with(&between);
    let report = meet(shown.server(), "a.example", &trusting(&[root.der()])).unwrap();
    refused(
        &report,
        "the certificate of its issuer CN=Between expired on 2027-06-05, 10 days ago: the server has to send a newer one",
    );
}

#[test]
fn signed_by_one_who_only_has_the_name_of_a_root() {
    let (ours, theirs) = (root("Root"), root("Root"));
    let shown = Shown::signed(&leaf(&["a.example"]), &theirs);
    let report = meet(shown.server(), "a.example", &trusting(&[ours.der()])).unwrap();
    refused(
        &report,
        "a signature in the chain does not fit the key of the one who is named as signer (the server's own certificate names \
         CN=Root)",
    );
}

#[test]
fn no_roots() {
    let shown = Shown::signed(&leaf(&["a.example"]), &root("Root"));
    let report = meet(shown.clone().server(), "a.example", &Roots::default()).unwrap();
    refused(
        &report,
        "this system has no trusted root certificates, so nobody can say whether the issuer is to be trusted (the \
         package ca-certificates brings them)",
    );
    let problems = vec!["/etc/ssl/certs: Permission denied".to_owned()];
    let report = meet(shown.server(), "a.example", &Roots { certificates: Vec::new(), problems }).unwrap();
    refused(
        &report,
        "this system has no trusted root certificates, so nobody can say whether the issuer is to be trusted: \
         /etc/ssl/certs: Permission denied",
    );
}

#[test]
fn made_for_clients() {
    let root = root("Root");
    let mut params = leaf(&["a.example"]);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let report = meet(Shown::signed(&params, &root).server(), "a.example", &trusting(&[root.der()])).unwrap();
    assert_eq!(report.problems, [Problem::Purpose]);
}

/// The authority that signed the certificates made elsewhere.
fn old_ca() -> super::authority::Authority {
    rcgen::CertifiedIssuer::self_signed(ca("Old CA", (2060, 1, 1)), rsa()).unwrap()
}

#[test]
fn signed_with_sha_1() {
    let shown = Shown::made(include_str!("sha1.pem"));
    let sentence = "a signature in the chain is of a kind that is no longer trusted (sha1WithRSAEncryption)";
    let report = meet(shown.server(), "old.example", &trusting(&[old_ca().der()])).unwrap();
    refused(&report, sentence);
    let report =
        meet(Shown::made(include_str!("sha1.pem")).server(), "old.example", &Roots::default()).unwrap();
    assert_eq!(report.problems.len(), 2, "{report:?}");
    assert_eq!(report.problems[0].to_string(), sentence);
}

#[test]
fn a_short_key() {
    let shown = Shown::made(include_str!("weak.pem"));
    let report = meet(shown.server(), "old.example", &trusting(&[old_ca().der()])).unwrap();
    refused(&report, "the server's key is RSA of 1024 bits, and programs want at least 2048");
}

#[test]
fn another_key_than_that_of_the_certificate() {
    let root = root("Root");
    let other = Shown::signed(&leaf(&["a.example"]), &root);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let shown = Shown { key: other.key.clone(), ..Shown::signed(&leaf(&["a.example"]), &root) };
        let server = super::wire::Server::new(shown.config(&[version]));
        let report = meet(server, "a.example", &trusting(&[root.der()])).unwrap();
        assert_eq!(report.problems, [Problem::Unproven]);
    }
}

#[test]
fn unreadable() {
    let shown =
        Shown { chain: vec![b"no certificate".to_vec().into()], ..Shown::self_signed(&leaf(&["a.example"])) };
    let report = meet(shown.server(), "a.example", &Roots::default()).unwrap();
    assert_eq!((report.problems.as_slice(), &report.certificate), ([Problem::Unreadable].as_slice(), &None));
}
