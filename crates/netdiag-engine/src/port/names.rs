//! Names and addresses, both ways; and who announces an address.

use std::fmt;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;

use netdiag_model::{Address, Family, Origin};

/// What a name resolved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The addresses in the order in which a program would try them (RFC 6724).
    pub addresses: Vec<Address>,
    /// The canonical name, where the resolver gave one.
    pub canonical: Option<String>,
    /// How long it took.
    pub elapsed: Duration,
}

/// The kinds of failure of a look-up, as getaddrinfo(3) tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookupFailure {
    /// The name does not exist (`EAI_NONAME`).
    NoName,
    /// The name exists and has no address of the family asked for (`EAI_NODATA`, `EAI_ADDRFAMILY`).
    NoAddress,
    /// No answer, or a temporary failure (`EAI_AGAIN`).
    NoAnswer,
    /// A name server failed for good (`EAI_FAIL`).
    ServerFailure,
    /// Anything else (`EAI_SYSTEM`, `EAI_MEMORY`, …).
    Other,
}

/// Why a name did not resolve, and what was asked of whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookupError {
    /// The name, as typed.
    pub name: String,
    /// What kind of failure.
    pub failure: LookupFailure,
    /// The system's own text, such as `Name or service not known`.
    pub text: String,
    /// What was asked of whom and what came back, one line each, such as `192.0.2.53 (A): no such name (NXDOMAIN)`.
    pub asked: Vec<String>,
}

/// `NAME: TEXT`, as classic tools print it, and in brackets what was asked of whom.
impl fmt::Display for LookupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.text)?;
        if !self.asked.is_empty() {
            write!(f, " (asked {})", self.asked.join("; "))?;
        }
        Ok(())
    }
}

impl std::error::Error for LookupError {}

/// A look-up under way.
pub type Lookup<T> = Pin<Box<dyn Future<Output = T>>>;

/// Names and addresses, both ways, by the ways that the system is set up to use (files, DNS, …).
pub trait Names {
    /// The addresses of a name (or of an address in text form, with its scope). International names are accepted.
    fn resolve(&self, name: &str, family: Option<Family>) -> Lookup<Result<Resolved, LookupError>>;

    /// The name of an address; `None` when there is none or the look-up fails.
    fn reverse(&self, address: IpAddr) -> Lookup<Option<String>>;

    /// Who announces an address, as the name servers tell it; `None` when nobody does, when nobody can (a private
    /// address is not asked about), or when the look-up fails. It takes a few seconds at most.
    fn origin(&self, address: IpAddr) -> Lookup<Option<Origin>>;
}
