//! The port: what was typed becomes addresses, an address becomes a name or an origin, a failure becomes an
//! explanation.
//!
//! The system is asked through getaddrinfo(3) and getnameinfo(3) on threads of their own, which are started when there
//! is something to wait for and which nobody waits for at the end. Addresses in text form start no thread.

use std::future::ready;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use netdiag_engine::port::{LookupError, LookupFailure, Names, Resolved};
use netdiag_model::{Family, Mono, Origin};
use tokio::sync::oneshot;

use crate::error::NameError;
use crate::explain::{self, Question};
use crate::origin::{OriginZones, Origins};
use crate::pool::Pool;
use crate::reverse::Reverse;
use crate::setup::Setup;
use crate::system::{Failure, Found, Libc, Lookup, Now, Reach, System};
use crate::typed::Typed;

/// How many names may be looked up at a time.
const AT_ONCE: usize = 16;

/// Names and addresses by the ways that this system is set up to use (`/etc/nsswitch.conf`: files, DNS, …).
///
/// Look-ups start with the call. One whose future is dropped goes on in its thread; one that waits for a thread is
/// given up when this is dropped. The futures of names and origins want a tokio runtime with I/O and time, and are
/// never waited for by it: dropping the runtime, or leaving the process, does not wait for a look-up that hangs.
pub struct SystemNames {
    system: Arc<dyn System>,
    now: Now,
    forward: Pool,
    reverse: Reverse,
    origins: Origins,
}

impl SystemNames {
    /// The system's names, with `now` as the clock that times look-ups. Opens nothing and starts nothing.
    pub fn new(now: impl Fn() -> Mono + Send + Sync + 'static) -> Self {
        Self::of(Arc::new(Libc), Arc::new(now))
    }

    fn of(system: Arc<dyn System>, now: Now) -> Self {
        let reverse = Reverse::new(Arc::clone(&system), Arc::clone(&now));
        let origins = Origins::new(Arc::clone(&system), Arc::clone(&now), OriginZones::default());
        Self { system, now, forward: Pool::new(AT_ONCE), reverse, origins }
    }

    /// The same, which asks other zones for origins.
    #[must_use]
    pub fn with_origin_zones(self, zones: OriginZones) -> Self {
        let origins = Origins::new(Arc::clone(&self.system), Arc::clone(&self.now), zones);
        Self { origins, ..self }
    }

    fn look_up(&self, typed: String, ascii: String, family: Option<Family>) -> Lookup<Answer> {
        let (tell, answer) = oneshot::channel();
        let (system, now) = (Arc::clone(&self.system), Arc::clone(&self.now));
        let asked = ascii.clone();
        let job = move || {
            let started = now();
            let outcome = system.forward(&asked, family);
            let elapsed = now().since(started);
            let setup =
                matches!(&outcome, Err(failure) if failure.reach == Reach::Asked).then(|| system.setup());
            // Whoever asked may have gone.
            let _ = tell.send(Told { outcome, elapsed, setup });
        };
        if let Err(error) = self.forward.submit(job) {
            return Box::pin(ready(Err(NameError::from(error).of(&typed))));
        }
        Box::pin(async move {
            match answer.await {
                Ok(told) => told.answer(typed, &ascii, family).await,
                Err(_) => Err(given_up(typed)),
            }
        })
    }
}

type Answer = Result<Resolved, LookupError>;

/// What a look-up's thread tells.
struct Told {
    outcome: Result<Found, Failure>,
    elapsed: Duration,
    /// How names are looked up here: read after a failure only.
    setup: Option<Setup>,
}

impl Told {
    async fn answer(self, typed: String, ascii: &str, family: Option<Family>) -> Answer {
        let elapsed = self.elapsed;
        let Failure { kind, text, .. } = match self.outcome {
            Ok(Found { addresses, canonical }) => return Ok(Resolved { addresses, canonical, elapsed }),
            Err(failure) => failure,
        };
        let question = Question { name: ascii, family, failure: kind, elapsed };
        let asked = match &self.setup {
            Some(setup) => explain::explain(setup, &question).await,
            None => Vec::new(),
        };
        Err(LookupError { name: typed, failure: kind, text, asked })
    }
}

/// The look-up lost its place in the queue: no thread could be had, or the port is gone.
fn given_up(name: String) -> LookupError {
    let text = "the look-up was given up".to_owned();
    LookupError { name, failure: LookupFailure::Other, text, asked: Vec::new() }
}

impl Names for SystemNames {
    fn resolve(&self, name: &str, family: Option<Family>) -> Lookup<Answer> {
        let started = (self.now)();
        match Typed::parse(name, family, |ip, zone| self.system.interface(ip, zone)) {
            Ok(Typed::Name(ascii)) => self.look_up(name.to_owned(), ascii, family),
            Ok(Typed::Literal(address)) => {
                let elapsed = (self.now)().since(started);
                Box::pin(ready(Ok(Resolved { addresses: vec![address], canonical: None, elapsed })))
            }
            Err(error) => Box::pin(ready(Err(error.of(name)))),
        }
    }

    fn reverse(&self, address: IpAddr) -> Lookup<Option<String>> {
        self.reverse.name(address)
    }

    fn origin(&self, address: IpAddr) -> Lookup<Option<Origin>> {
        self.origins.origin(address)
    }
}

#[cfg(test)]
mod tests;
