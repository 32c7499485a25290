//! What can be wrong with a certificate, in sentences that a tired person understands.

use std::fmt;

use super::Date;

/// One thing that is wrong, or will be soon. Its sentence quotes text of the server: it is escaped where it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// It was valid once.
    Expired {
        /// When it ended.
        since: Date,
        /// The time at which it was looked at.
        now: Date,
    },
    /// It will be valid.
    NotYetValid {
        /// When it begins.
        from: Date,
        /// The time at which it was looked at.
        now: Date,
    },
    /// It is for other hosts.
    NameMismatch {
        /// The host that was asked for.
        asked: String,
        /// The hosts it is for.
        names: Vec<String>,
    },
    /// It is its own issuer, and not among the roots.
    SelfSigned,
    /// The chain ends at somebody whom this system does not trust.
    UnknownIssuer {
        /// The last one in the chain.
        issuer: String,
    },
    /// The server sent nothing that leads from its certificate to a root.
    IncompleteChain {
        /// Who signed the server's certificate.
        issuer: String,
    },
    /// A certificate on the way to the root is out of its time.
    IssuerOutOfTime {
        /// Whose it is.
        subject: String,
        /// Until when it was valid; it is not valid yet where that lies ahead.
        until: Date,
        /// The time at which it was looked at.
        now: Date,
    },
    /// This system trusts nobody, so the chain cannot be judged.
    NoRoots {
        /// Why the roots could not be read, one line each.
        reasons: Vec<String>,
    },
    /// A signature in the chain is of a kind that is no longer trusted.
    WeakSignature {
        /// Its kind, such as `sha1WithRSAEncryption`.
        algorithm: String,
    },
    /// The server's key is too short.
    WeakKey {
        /// Length of its RSA modulus in bits.
        bits: usize,
    },
    /// It, or one above it, names a known issuer whose key did not sign it.
    Forged {
        /// The issuer that the server's own certificate names.
        issuer: String,
    },
    /// The server did not show that it has the key of its certificate.
    Unproven,
    /// It is made for something else than servers.
    Purpose,
    /// It is the certificate of an authority.
    Authority,
    /// It is of X.509 version 1 or 2.
    OldForm,
    /// It cannot be read at all.
    Unreadable,
    /// Something else; what the verifier says.
    Other(String),
    /// It expires within two weeks.
    ExpiresSoon {
        /// When.
        at: Date,
        /// The time at which it was looked at.
        now: Date,
    },
    /// The server asked for a certificate of the client.
    ClientCertificate,
}

/// How grave a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Programs refuse the certificate.
    Refused,
    /// Programs accept it, some of them or for now.
    Warning,
}

impl Problem {
    /// How grave it is.
    pub const fn weight(&self) -> Weight {
        match self {
            Self::ExpiresSoon { .. } | Self::ClientCertificate | Self::Authority => Weight::Warning,
            _ => Weight::Refused,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired { since, now } => {
                write!(f, "the certificate expired on {}, {} ago", since.day(), since.distance(*now))
            }
            Self::NotYetValid { from, now } => write!(
                f,
                "the certificate is not valid before {}, in {}: if that is wrong, look at the clock of this host, which says {}",
                from.day(),
                from.distance(*now),
                now.day()
            ),
            Self::ExpiresSoon { at, now } => {
                write!(f, "the certificate expires in {}, on {}", at.distance(*now), at.day())
            }
            Self::NameMismatch { asked, names } => mismatch(f, asked, names),
            Self::IssuerOutOfTime { subject, until, now } => out_of_time(f, subject, (*until, *now)),
            Self::NoRoots { reasons } => no_roots(f, reasons),
            other => chain(f, other),
        }
    }
}

/// How many names a sentence holds.
const NAMED: usize = 5;

fn mismatch(f: &mut fmt::Formatter<'_>, asked: &str, names: &[String]) -> fmt::Result {
    let list = match names {
        [] => return write!(f, "the certificate names no host at all, so it is not for {asked} either"),
        [one] => one.clone(),
        [most @ .., last] if names.len() <= NAMED => format!("{} and {last}", most.join(", ")),
        first => {
            let shown = first.get(..NAMED).unwrap_or(first);
            format!("{} and {} more", shown.join(", "), names.len() - shown.len())
        }
    };
    write!(f, "the certificate is for {list}, not for {asked}")
}

fn out_of_time(f: &mut fmt::Formatter<'_>, subject: &str, (until, now): (Date, Date)) -> fmt::Result {
    if until < now {
        let (day, ago) = (until.day(), until.distance(now));
        write!(
            f,
            "the certificate of its issuer {subject} expired on {day}, {ago} ago: the server has to send a newer one"
        )
    } else {
        write!(f, "the certificate of its issuer {subject} is not valid yet")
    }
}

fn no_roots(f: &mut fmt::Formatter<'_>, reasons: &[String]) -> fmt::Result {
    f.write_str(
        "this system has no trusted root certificates, so nobody can say whether the issuer is to be trusted",
    )?;
    match reasons {
        [] => f.write_str(" (the package ca-certificates brings them)"),
        reasons => write!(f, ": {}", reasons.join("; ")),
    }
}

/// The sentences on who vouches for the certificate, and on its make.
fn chain(f: &mut fmt::Formatter<'_>, problem: &Problem) -> fmt::Result {
    match problem {
        Problem::UnknownIssuer { issuer } => write!(
            f,
            "the one who vouches for the certificate in the end is {issuer}, whom this system does not trust"
        ),
        Problem::IncompleteChain { issuer } => write!(
            f,
            "the certificate is signed by {issuer}, whom this system does not know, and the server did not send the \
             certificate that would lead to a known one: it has to send the whole chain, or {issuer} is private and has to \
             be trusted here first"
        ),
        Problem::WeakSignature { algorithm } => {
            write!(f, "a signature in the chain is of a kind that is no longer trusted ({algorithm})")
        }
        Problem::WeakKey { bits } => {
            write!(f, "the server's key is RSA of {bits} bits, and programs want at least 2048")
        }
        Problem::Forged { issuer } => write!(
            f,
            "a signature in the chain does not fit the key of the one who is named as signer (the server's own certificate names {issuer})"
        ),
        Problem::Other(text) => write!(f, "the certificate cannot be accepted: {text}"),
        plain => f.write_str(sentence(plain)),
    }
}

/// The sentences without a blank to fill.
const fn sentence(problem: &Problem) -> &'static str {
    match problem {
        Problem::SelfSigned => "the certificate is signed by itself: nobody vouches for it",
        Problem::Unproven => {
            "the server did not prove that it holds the key of this certificate: it may have been given the wrong key"
        }
        Problem::Purpose => {
            "the certificate is not made for servers (its extended key usage leaves them out)"
        }
        Problem::Authority => {
            "the certificate is that of an authority, which some programs refuse to accept of a server"
        }
        Problem::OldForm => {
            "the certificate is of an old form (X.509 version 1) that names no hosts and is no longer trusted"
        }
        Problem::ClientCertificate => {
            "the server asked for a client certificate, and none was shown: it may end the connection for that"
        }
        _ => "the certificate cannot be read",
    }
}
