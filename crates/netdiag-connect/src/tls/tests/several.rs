//! Several things wrong at once: all of them are named.

use netdiag_tool::Roots;

use super::authority::{Shown, intermediate, leaf, leaf_within, root};
use super::wire::Server;
use super::{meet, trusting};
use crate::tls::{Problem, Report};

fn sentences(report: &Report) -> Vec<String> {
    report.problems.iter().map(ToString::to_string).collect()
}

const SELF_SIGNED: &str = "the certificate is signed by itself: nobody vouches for it";

#[test]
fn expired_and_for_another_name() {
    let root = root("Root");
    let shown = Shown::signed(&leaf_within(&["a.example"], (2026, 1, 1), (2027, 6, 15)), &root);
    let report = meet(shown.server(), "b.example", &trusting(&[root.der()])).unwrap();
    let expected = [
        "the certificate expired on 2027-06-15, 12 hours ago",
        "the certificate is for a.example, not for b.example",
    ];
    assert_eq!(sentences(&report), expected);
    assert_eq!(report.certificate.unwrap().problem, Some(expected.join("; ")));
}

#[test]
fn expired_and_for_another_name_and_signed_by_itself() {
    let shown = Shown::self_signed(&leaf_within(&["a.example"], (2026, 1, 1), (2026, 6, 15)));
    let report = meet(shown.server(), "b.example", &trusting(&[root("Root").der()])).unwrap();
    assert_eq!(
        sentences(&report),
        [
            "the certificate expired on 2026-06-15, 365 days ago",
            "the certificate is for a.example, not for b.example",
            SELF_SIGNED
        ]
    );
}

#[test]
fn expired_and_by_an_unknown_issuer() {
    let (ours, theirs) = (root("Ours"), root("Theirs"));
    let between = intermediate("Between", (2026, 6, 1), &theirs);
    let shown =
        Shown::signed(&leaf_within(&["a.example"], (2026, 1, 1), (2026, 7, 1)), &between).with(&between);
    let report = meet(shown.with(&theirs).server(), "a.example", &trusting(&[ours.der()])).unwrap();
    let [
        Problem::Expired { .. },
        Problem::IssuerOutOfTime { subject, .. },
        Problem::UnknownIssuer { issuer },
    ] = report.problems.as_slice()
    else {
        panic!("{report:?}")
    };
    assert_eq!((subject.as_str(), issuer.as_str()), ("CN=Between", "CN=Theirs"));
}

#[test]
fn signed_by_itself_where_there_are_no_roots() {
    let shown = Shown::self_signed(&leaf(&["a.example"]));
    let report = meet(shown.server(), "a.example", &Roots::default()).unwrap();
    assert_eq!(report.problems, [Problem::SelfSigned, Problem::NoRoots { reasons: Vec::new() }]);
}

#[test]
fn of_version_1() {
    let root = root("Root");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let shown = Shown::made(include_str!("v1.pem"));
        let report =
            meet(Server::new(shown.config(&[version])), "old.example", &trusting(&[root.der()])).unwrap();
        assert_eq!(
            sentences(&report),
            [
                "the certificate names no host at all, so it is not for old.example either",
                "the certificate is of an old form (X.509 version 1) that names no hosts and is no longer trusted",
                SELF_SIGNED
            ]
        );
    }
}
