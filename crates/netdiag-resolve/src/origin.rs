//! Who announces an address, by DNS: a TXT record of a zone that lists origins, as Team Cymru's do
//! (`1.2.0.192.origin.asn.cymru.com`).
//!
//! Every address is asked about once. Nothing here says why there is no answer, and nothing waits long: when one
//! question after the other meets silence, no more are put for a while.

mod answer;
mod ask;

use std::future::ready;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use hickory_proto::op::Query;
use hickory_proto::rr::{Name, RecordType};
use netdiag_model::origin::{bearer, is_announceable};
use netdiag_model::{Mono, Origin};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, oneshot};

use crate::notes::{Notes, Tell};
use crate::pool::Pool;
use crate::system::{Lookup, Now, System};
use ask::Heard;

/// How many questions may be under way at a time.
const AT_ONCE: usize = 32;
/// How many questions in a row meet silence before no more are put.
const PATIENCE: u32 = 8;
/// For how long then.
const PAUSE: Duration = Duration::from_secs(60);

/// The zones that know who announces an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OriginZones {
    /// For IPv4: asked for `4.3.2.1.ZONE`.
    pub v4: String,
    /// For IPv6: asked for the 32 nibbles, the last one first.
    pub v6: String,
}

/// Team Cymru's, which anyone may ask.
impl Default for OriginZones {
    fn default() -> Self {
        Self { v4: "origin.asn.cymru.com".to_owned(), v6: "origin6.asn.cymru.com".to_owned() }
    }
}

impl OriginZones {
    /// The name that stands for `address`; `None` where the zone is no name.
    fn name(&self, address: IpAddr) -> Option<Name> {
        let (zone, labels): (_, Vec<String>) = match address {
            IpAddr::V4(v4) => (&self.v4, v4.octets().iter().rev().map(ToString::to_string).collect()),
            IpAddr::V6(v6) => {
                let nibbles = v6.octets().into_iter().rev().flat_map(|octet| [octet & 0xf, octet >> 4]);
                (&self.v6, nibbles.map(|nibble| format!("{nibble:x}")).collect())
            }
        };
        let zone = zone.trim_end_matches('.').split('.').map(str::as_bytes);
        let mut name = Name::from_labels(labels.iter().map(String::as_bytes).chain(zone)).ok()?;
        name.set_fqdn(true);
        Some(name)
    }
}

/// A country as two letters; other text is none.
pub(crate) fn country(text: &str) -> Option<String> {
    (text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_alphabetic())).then(|| text.to_owned())
}

/// The origins of addresses, as far as they were asked for.
pub(crate) struct Origins {
    system: Arc<dyn System>,
    zones: OriginZones,
    /// Reads how the system is set up: files, which may be slow.
    pool: Pool,
    notes: Notes<Origin>,
    asker: Arc<Asker>,
}

impl Origins {
    pub(crate) fn new(system: Arc<dyn System>, now: Now, zones: OriginZones) -> Self {
        let notes = Notes::new(Arc::clone(&now));
        Self { system, zones, pool: Pool::new(1), notes, asker: Arc::new(Asker::new(now)) }
    }

    /// Who announces `address`. The look-up starts with the call, in the runtime of the caller.
    pub(crate) fn origin(&self, address: IpAddr) -> Lookup<Option<Origin>> {
        let address = bearer(address);
        match self.zones.name(address).filter(|_| is_announceable(address)) {
            Some(name) => self.notes.look_up(address, |tell| self.begin(address, name, tell)),
            None => Box::pin(ready(None)),
        }
    }

    fn begin(&self, address: IpAddr, name: Name, tell: Tell<Origin>) {
        let Ok(runtime) = Handle::try_current() else { return };
        let (set_up, servers) = oneshot::channel();
        let system = Arc::clone(&self.system);
        // Without a thread the sender is dropped, and nothing is told.
        let _ = self.pool.submit(move || drop(set_up.send(system.setup().resolver.servers)));
        let (asker, query) = (Arc::clone(&self.asker), Query::query(name, RecordType::TXT));
        runtime.spawn(async move {
            if let Ok(servers) = servers.await {
                tell.tell(asker.origin(address, &servers, &query).await);
            }
        });
    }
}

/// Puts questions, a bounded number at a time, as long as somebody answers.
struct Asker {
    now: Now,
    places: Semaphore,
    /// How many questions in a row have met silence.
    silences: AtomicU32,
    /// When questions may be put again, in nanoseconds of `now`.
    until: AtomicU64,
}

impl Asker {
    fn new(now: Now) -> Self {
        let (silences, until) = (AtomicU32::new(0), AtomicU64::new(0));
        Self { now, places: Semaphore::new(AT_ONCE), silences, until }
    }

    async fn origin(&self, address: IpAddr, servers: &[SocketAddr], query: &Query) -> Option<Origin> {
        let _place = self.places.acquire().await.ok()?;
        if (self.now)() < Mono::from_nanos(self.until.load(Ordering::Relaxed)) {
            return None;
        }
        let heard = ask::ask(servers, query).await;
        self.note(&heard);
        match heard {
            Heard::Answer(message) => answer::origin(&message, address),
            Heard::Failure | Heard::Silence => None,
        }
    }

    fn note(&self, heard: &Heard) {
        if !matches!(heard, Heard::Silence) {
            self.silences.store(0, Ordering::Relaxed);
        } else if self.silences.fetch_add(1, Ordering::Relaxed) + 1 >= PATIENCE {
            self.silences.store(0, Ordering::Relaxed);
            self.until.store(((self.now)() + PAUSE).as_nanos(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests;
