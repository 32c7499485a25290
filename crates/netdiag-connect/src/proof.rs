//! Does this host itself stop the packets? Its counters can prove it, and only with care: everything in the network
//! namespace moves them.
//!
//! A suspicion comes from the attempt itself. It is proved by two bursts of attempts of different size, each of which moves
//! the counters by exactly its number, and before each a window without attempts in which they do not move; else it stays a
//! suspicion. All of it is over before what a burst sets off (a server repeats its SYN-ACK after 1 s) could move them.
//! docs/kernel.md has what was measured.

use std::time::Duration;

use netdiag_engine::port::{Attempt, Connection, Counters};
use netdiag_model::{Address, Family, ProbeId};

use crate::batch::Tools;
use crate::case::{Case, Place, Proof};
use crate::host::Host;
use crate::whose;

/// How many attempts the bursts have that prove a drop.
const BURSTS: [u64; 2] = [5, 7];
/// How many attempts ask whether anything leaves.
const BURST: u64 = 6;
/// How long a window is: four of them are shorter than a SYN or a SYN-ACK takes to be repeated, so that each attempt counts
/// once.
const WINDOW: Duration = Duration::from_millis(230);
/// How late a device may count what it has sent.
const LATE: Duration = Duration::from_millis(1_200);
/// How often a quiet window is looked for.
const WINDOWS: u8 = 3;
/// How often a proof is tried: other traffic may spoil one.
const ROUNDS: u8 = 2;

/// Two counters that move together unless packets are dropped between them, by family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// What was to be sent, and what was.
    Out,
    /// What was received, and what was delivered.
    In,
}

impl Gap {
    const fn names(self, family: Family) -> [&'static str; 2] {
        match (self, family) {
            (Self::Out, Family::V4) => ["IpOutRequests", "IpOutTransmits"],
            (Self::Out, Family::V6) => ["Ip6OutRequests", "Ip6OutTransmits"],
            (Self::In, Family::V4) => ["IpInReceives", "IpInDelivers"],
            (Self::In, Family::V6) => ["Ip6InReceives", "Ip6InDelivers"],
        }
    }

    /// How many packets were lost between the two; `None` where this kernel does not count them.
    fn moved(self, before: &Counters, after: &Counters, family: Family) -> Option<u64> {
        let [more, less] = self.names(family);
        Some(after.since(before, more)?.saturating_sub(after.since(before, less)?))
    }

    fn words(self, family: Family) -> String {
        let [more, less] = self.names(family);
        let what = match self {
            Self::Out => "sent and did not leave",
            Self::In => "came in and were not delivered",
        };
        let [few, many] = BURSTS;
        format!(
            "{few} packets {what} ({more} less {less}) with {few} attempts, {many} with {many}, and none in as long before \
             each"
        )
    }

    const fn proved(self, words: String) -> Proof {
        match self {
            Self::Out => Proof::Out(words),
            Self::In => Proof::In(words),
        }
    }
}

/// Looks into it, if what the counters did since `before` gives reason to.
pub(crate) async fn prove(
    tools: &mut Tools<'_>,
    host: &Host,
    (address, port): (Address, u16),
    before: &Counters,
) -> Option<Proof> {
    let family = address.family();
    let now = host.counters()?;
    let is_suspect = |gap: &Gap| gap.moved(before, &now, family).is_some_and(|moved| moved > 0);
    let gap = [Gap::Out, Gap::In].into_iter().find(is_suspect)?;
    for _ in 0..ROUNDS {
        let Some(moved) = measure(tools, host, (address, port), gap).await else { break };
        if moved == BURSTS {
            return Some(gap.proved(gap.words(family)));
        }
        if moved == [0; BURSTS.len()] {
            return None;
        }
    }
    let [more, less] = gap.names(family);
    let words = format!(
        "{more} and {less} drift apart here, but not by the number of attempts: other traffic moves them"
    );
    Some(Proof::Suspected(words))
}

/// By how much each burst moves the counters; `None` where they are never quiet.
async fn measure(
    tools: &mut Tools<'_>,
    host: &Host,
    service: (Address, u16),
    gap: Gap,
) -> Option<[u64; BURSTS.len()]> {
    let family = service.0.family();
    let mut moved = [0; BURSTS.len()];
    for (moved, count) in moved.iter_mut().zip(BURSTS) {
        let before = quiet(tools, host, (gap, family)).await?;
        burst(tools, service, (count, WINDOW)).await?;
        *moved = gap.moved(&before, &host.counters()?, family)?;
    }
    Some(moved)
}

/// The counters after a window in which they did not move.
async fn quiet(tools: &mut Tools<'_>, host: &Host, (gap, family): (Gap, Family)) -> Option<Counters> {
    let mut before = host.counters()?;
    for _ in 0..WINDOWS {
        if !tools.rest(WINDOW).await {
            return None;
        }
        let after = host.counters()?;
        if gap.moved(&before, &after, family)? == 0 {
            return Some(after);
        }
        before = after;
    }
    None
}

/// A burst of attempts: how many were answered.
async fn burst(
    tools: &mut Tools<'_>,
    (address, port): (Address, u16),
    (count, timeout): (u64, Duration),
) -> Option<u64> {
    let attempt = Attempt { timeout: Some(timeout), ..Attempt::new(ProbeId::new(0, 0, 0), address, port) };
    let done = tools.dial((0..count).map(|_| attempt)).await?;
    Some(done.iter().filter(|dialed| dialed.outcome.connection != Connection::Silent).count() as u64)
}

/// Whether nothing has left by an interface since `before`.
pub(crate) fn has_nothing_left(host: &Host, before: &Counters, interface: &str) -> bool {
    let name = format!("{interface}:TxPackets");
    host.counters().and_then(|after| after.since(before, &name)) == Some(0)
}

/// Whether it is this host that answers attempts: no packet leaves by the interface. Others may send there, which hides
/// it; but a device that sends nothing has carried none of them. Some devices count late, so there has to be a second sign:
/// packets that were to be sent and were not, a RST to a SYN that no router would pass on, or a count that stays.
pub(crate) async fn is_answered_here(
    tools: &mut Tools<'_>,
    host: &Host,
    case: &Case,
    (interface, timeout): (&str, Duration),
) -> bool {
    let service = (case.address, case.port);
    let Some(before) = host.counters() else { return false };
    if burst(tools, service, (BURST, timeout)).await != Some(BURST)
        || !has_nothing_left(host, &before, interface)
    {
        return false;
    }
    let family = case.address.family();
    let gap = host.counters().and_then(|after| Gap::Out.moved(&before, &after, family));
    if gap.is_some_and(|gap| gap >= BURST) {
        return true;
    }
    if matches!(case.place, Place::Behind { .. }) {
        return whose::near(tools, service, timeout)
            .await
            .is_some_and(|connection| whose::is_reset(&connection));
    }
    tools.rest(LATE).await && has_nothing_left(host, &before, interface)
}
