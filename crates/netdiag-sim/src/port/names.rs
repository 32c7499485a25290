//! Names and origins from the network file: each takes its time, and fails as the file says.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use netdiag_engine::port::{Lookup, LookupError, LookupFailure, Names, Resolved};
use netdiag_model::{Address, Family, Mono, Origin};

use super::Handle;
use super::clock::SimClock;
use crate::network::{Failure, Lookups, NameSpec};

/// The resolver of the simulated host.
#[derive(Debug, Clone)]
pub struct SimNames {
    shared: Handle,
    lookups: Rc<Lookups>,
}

impl SimNames {
    pub(crate) fn new(shared: Handle, lookups: Rc<Lookups>) -> Self {
        Self { shared, lookups }
    }

    /// `result`, after `delay`.
    fn later<T: Unpin + 'static>(&self, delay: Duration, result: T) -> Lookup<T> {
        Box::pin(Later {
            clock: SimClock::new(self.shared.clone()),
            delay,
            until: None,
            result: Some(result),
        })
    }

    /// An address in text form, its scope by index or by name of an interface.
    fn literal(&self, text: &str) -> Option<Address> {
        let (ip, scope) = text.split_once('%').map_or((text, None), |(ip, scope)| (ip, Some(scope)));
        let ip = ip.parse().ok()?;
        let Some(scope) = scope else { return Some(Address::new(ip)) };
        let index = scope.parse().ok().or_else(|| {
            let interfaces = self.shared.world().interfaces();
            interfaces.into_iter().find(|interface| interface.name == scope).map(|interface| interface.index)
        })?;
        Some(Address::scoped(ip, index))
    }
}

impl Names for SimNames {
    fn resolve(&self, name: &str, family: Option<Family>) -> Lookup<Result<Resolved, LookupError>> {
        let fits = |address: &Address| family.is_none_or(|family| address.family() == family);
        let unnamed = NameSpec { fails: Some(Failure::NoName), ..NameSpec::default() };
        let literal = self.literal(name);
        let spec = self.lookups.names.get(name).unwrap_or(&unnamed);
        let elapsed = if literal.is_some() { Duration::ZERO } else { spec.delay.0 };
        let all: Vec<Address> = match literal {
            Some(address) => vec![address],
            None => spec.addresses.iter().copied().map(Address::new).collect(),
        };
        let failure = match spec.fails.filter(|_| literal.is_none()) {
            Some(Failure::NoName) => Some(LookupFailure::NoName),
            Some(Failure::NoAnswer) => Some(LookupFailure::NoAnswer),
            Some(Failure::BrokenServer) => Some(LookupFailure::ServerFailure),
            None => (!all.iter().any(fits)).then_some(LookupFailure::NoAddress),
        };
        let result = if let Some(failure) = failure {
            Err(error(name, failure))
        } else {
            let addresses = all.into_iter().filter(fits).collect();
            Ok(Resolved { addresses, canonical: spec.canonical.clone(), elapsed })
        };
        self.later(elapsed, result)
    }

    fn reverse(&self, address: IpAddr) -> Lookup<Option<String>> {
        let spec = self.lookups.reverse.get(&address).cloned().unwrap_or_default();
        self.later(spec.delay.0, spec.name)
    }

    fn origin(&self, address: IpAddr) -> Lookup<Option<Origin>> {
        match self.lookups.origin(address) {
            Some((prefix, spec)) => self.later(spec.delay.0, spec.origin(prefix)),
            None => self.later(Duration::ZERO, None),
        }
    }
}

/// The words are those of `gai_strerror(3)`.
fn error(name: &str, failure: LookupFailure) -> LookupError {
    let (text, came_back) = match failure {
        LookupFailure::NoName => ("Name or service not known", "no such name (NXDOMAIN)"),
        LookupFailure::NoAddress => ("No address associated with hostname", "no address"),
        LookupFailure::NoAnswer => ("Temporary failure in name resolution", "no answer"),
        LookupFailure::ServerFailure | LookupFailure::Other => {
            ("Non-recoverable failure in name resolution", "server failure (SERVFAIL)")
        }
    };
    LookupError {
        name: name.to_owned(),
        failure,
        text: text.to_owned(),
        asked: vec![format!("192.0.2.53 (A, AAAA): {came_back}")],
    }
}

/// A result that comes after a delay, counted from the first poll.
#[derive(Debug)]
struct Later<T> {
    clock: SimClock,
    delay: Duration,
    until: Option<Mono>,
    result: Option<T>,
}

impl<T: Unpin> Future for Later<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        use netdiag_engine::port::Clock;

        let start = self.clock.now().mono;
        let until = self.until.unwrap_or(start + self.delay);
        self.until = Some(until);
        if self.clock.poll_until(cx, until).is_pending() {
            return Poll::Pending;
        }
        match self.result.take() {
            Some(result) => Poll::Ready(result),
            None => Poll::Pending,
        }
    }
}
