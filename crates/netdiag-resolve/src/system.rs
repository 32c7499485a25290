//! The system's own look-ups and its set-up, behind a trait so that tests need neither.
//!
//! Puts the codes of getaddrinfo(3) into the port's words. All calls block.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use netdiag_engine::port::LookupFailure;
use netdiag_model::{Address, Errno, Family, Mono};
use netdiag_sys::names::{self, GaiError, eai};

use crate::setup::Setup;

/// Reads the monotonic clock.
pub(crate) type Now = Arc<dyn Fn() -> Mono + Send + Sync>;

/// A look-up under way.
pub(crate) type Lookup<T> = Pin<Box<dyn Future<Output = T>>>;

/// What the system is asked.
pub(crate) trait System: Send + Sync {
    /// The addresses of a name in ASCII.
    fn forward(&self, name: &str, family: Option<Family>) -> Result<Found, Failure>;

    /// The name of an address.
    fn backward(&self, address: IpAddr) -> Option<String>;

    /// How it is set up to look names up.
    fn setup(&self) -> Setup;

    /// The index of the interface that is the zone of `ip`. Asks nobody and starts no thread.
    fn interface(&self, ip: Ipv6Addr, zone: &str) -> Option<u32>;
}

/// What a name resolved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// At least one address, each once, in the system's order.
    pub(crate) addresses: Vec<Address>,
    pub(crate) canonical: Option<String>,
}

/// Why a name did not resolve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: LookupFailure,
    /// The system's own text.
    pub(crate) text: String,
    /// Whether anyone was asked.
    pub(crate) reach: Reach,
}

/// How far a look-up got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Files and servers were asked.
    Asked,
    /// It failed before that.
    Here,
}

/// The C library.
#[derive(Debug)]
pub(crate) struct Libc;

impl System for Libc {
    fn forward(&self, name: &str, family: Option<Family>) -> Result<Found, Failure> {
        let answer = names::getaddrinfo(name, family.map(sys_family)).map_err(failure)?;
        let mut addresses = Vec::with_capacity(answer.addresses.len());
        for address in answer.addresses.into_iter().map(address) {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.is_empty() {
            let text = "No address associated with hostname".to_owned();
            return Err(Failure { kind: LookupFailure::NoAddress, text, reach: Reach::Asked });
        }
        Ok(Found { addresses, canonical: answer.canonical })
    }

    fn backward(&self, address: IpAddr) -> Option<String> {
        names::getnameinfo(SocketAddr::new(address, 0))
    }

    fn setup(&self) -> Setup {
        Setup::read(|ip, zone| self.interface(ip, zone))
    }

    /// Through getaddrinfo(3), which reads a numeric address with a zone by itself.
    fn interface(&self, ip: Ipv6Addr, zone: &str) -> Option<u32> {
        let answer = names::getaddrinfo(&format!("{ip}%{zone}"), Some(names::Family::V6)).ok()?;
        match answer.addresses[..] {
            [SocketAddr::V6(v6), ..] => Some(v6.scope_id()),
            _ => None,
        }
    }
}

const fn sys_family(family: Family) -> names::Family {
    match family {
        Family::V4 => names::Family::V4,
        Family::V6 => names::Family::V6,
    }
}

fn address(address: SocketAddr) -> Address {
    match address {
        SocketAddr::V4(v4) => Address::from(*v4.ip()),
        SocketAddr::V6(v6) => Address::scoped((*v6.ip()).into(), v6.scope_id()),
    }
}

fn failure(error: GaiError) -> Failure {
    let (kind, reach) = match error.code {
        eai::NONAME => (LookupFailure::NoName, Reach::Asked),
        eai::NODATA => (LookupFailure::NoAddress, Reach::Asked),
        eai::ADDRFAMILY => (LookupFailure::NoAddress, Reach::Here),
        eai::AGAIN => (LookupFailure::NoAnswer, Reach::Asked),
        eai::FAIL => (LookupFailure::ServerFailure, Reach::Asked),
        _ => (LookupFailure::Other, Reach::Here),
    };
    let text = match error.errno {
        0 => error.text,
        errno => format!("{}: {}", error.text, Errno(errno)),
    };
    Failure { kind, text, reach }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_become_kinds_and_the_text_stays_the_systems() {
        let told = |code, errno| failure(GaiError { code, errno, text: "Its text".to_owned() });
        assert_eq!(
            (told(eai::NONAME, 0).kind, told(eai::NONAME, 0).reach),
            (LookupFailure::NoName, Reach::Asked)
        );
        assert_eq!(told(eai::NODATA, 0).kind, LookupFailure::NoAddress);
        assert_eq!(told(eai::ADDRFAMILY, 0).reach, Reach::Here);
        assert_eq!(told(eai::AGAIN, 0).kind, LookupFailure::NoAnswer);
        assert_eq!(told(eai::FAIL, 0).kind, LookupFailure::ServerFailure);
        assert_eq!((told(12345, 0).kind, told(12345, 0).text.as_str()), (LookupFailure::Other, "Its text"));
        assert_eq!(told(eai::SYSTEM, 24).text, "Its text: Too many open files");
    }

    #[test]
    fn a_zone_is_looked_up_without_asking_anyone() {
        let ip = "fe80::1".parse().expect("address");
        assert!(Libc.interface(ip, "lo").is_some_and(|index| index > 0));
        assert_eq!(Libc.interface(ip, "no-such-if"), None);
    }
}
