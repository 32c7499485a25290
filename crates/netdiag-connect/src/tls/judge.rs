//! Holds what a server showed against the host that was asked for, the time and the trust of this system. webpki stops at
//! the first thing it does not like, so time, name, key and trust are looked at one by one.

use netdiag_tool::Roots;
use rustls::client::verify_server_name;
use rustls::pki_types::ServerName;
use rustls::server::ParsedCertificate;
use x509_parser::certificate::X509Certificate;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::X509Version;

use super::certificate::{names, read};
use super::witness::Seen;
use super::{Certificate, Date, Problem, Weight, trust};

/// Fewer days than these are said aloud.
const SOON: i64 = 14;

/// Programs want RSA keys of at least this length.
const SHORTEST_RSA: usize = 2048;

/// What a chain is judged by.
pub(super) struct Case<'a> {
    /// The host that was asked for.
    pub(super) server: &'a ServerName<'static>,
    /// The same, as typed.
    pub(super) asked: &'a str,
    /// Whom this system trusts.
    pub(super) roots: &'a Roots,
    /// When.
    pub(super) now: Date,
}

impl Case<'_> {
    /// All that is wrong, the gravest first.
    pub(super) fn problems(&self, seen: &Seen) -> Vec<Problem> {
        let Some(own) = seen.chain.first().and_then(read) else { return vec![Problem::Unreadable] };
        let mut problems = Vec::new();
        problems.extend(self.time(&own));
        problems.extend(self.name(seen, &own));
        problems.extend(make(&own));
        problems.extend(trust::doubts(&seen.chain, self.roots, self.now));
        if seen.is_unproven && !problems.iter().any(|problem| matches!(problem, Problem::WeakKey { .. })) {
            problems.push(Problem::Unproven);
        }
        // Stable: what is looked at first is said first among equals.
        problems.sort_by_key(|problem| problem.weight() == Weight::Warning);
        problems
    }

    fn time(&self, own: &X509Certificate<'_>) -> Option<Problem> {
        let now = self.now;
        let (from, until) = (Date::from(own.validity().not_before), Date::from(own.validity().not_after));
        if now > until {
            Some(Problem::Expired { since: until, now })
        } else if now < from {
            Some(Problem::NotYetValid { from, now })
        } else if until.days_from(now) < SOON {
            Some(Problem::ExpiresSoon { at: until, now })
        } else {
            None
        }
    }

    fn name(&self, seen: &Seen, own: &X509Certificate<'_>) -> Option<Problem> {
        let names = names(own);
        let fits = match seen.chain.first().map(ParsedCertificate::try_from) {
            Some(Ok(parsed)) => verify_server_name(&parsed, self.server).is_ok(),
            // webpki does not read it at all, which is said elsewhere; one that names nobody fits nobody.
            _ => !names.is_empty(),
        };
        (!fits).then(|| Problem::NameMismatch { asked: self.asked.to_owned(), names })
    }

    /// The server's own certificate with the verdict on it; `None` where it cannot be read.
    pub(super) fn certificate(&self, seen: &Seen, problems: &[Problem]) -> Option<Certificate> {
        let own = seen.chain.first().and_then(read)?;
        let not_after = Date::from(own.validity().not_after);
        let refused: Vec<String> = problems
            .iter()
            .filter(|problem| problem.weight() == Weight::Refused)
            .map(ToString::to_string)
            .collect();
        Some(Certificate {
            subject: own.subject().to_string(),
            issuer: own.issuer().to_string(),
            names: names(&own),
            not_before: own.validity().not_before.into(),
            not_after,
            asked: self.asked.to_owned(),
            days_left: not_after.days_from(self.now),
            valid: refused.is_empty(),
            problem: (!refused.is_empty()).then(|| refused.join("; ")),
        })
    }
}

/// What is wrong with the make of a certificate.
fn make(own: &X509Certificate<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    if own.version() != X509Version::V3 {
        problems.push(Problem::OldForm);
    }
    if let Ok(PublicKey::RSA(key)) = own.public_key().parsed() {
        let bits = key.key_size();
        if (1..SHORTEST_RSA).contains(&bits) {
            problems.push(Problem::WeakKey { bits });
        }
    }
    if own.is_ca() {
        problems.push(Problem::Authority);
    }
    problems
}
