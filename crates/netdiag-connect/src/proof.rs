//! Does this host itself stop the packets? Its counters can prove it, and only with care: everything in the network
//! namespace moves them.
//!
//! A suspicion comes from the attempt itself. It is proved by a window without attempts in which the counters do not move,
//! and a burst of attempts that moves them by that number; else it stays a suspicion. The window comes first: what a burst
//! sets off (a server that repeats its SYN-ACKs) would move them afterwards. docs/kernel.md has what was measured.

use std::time::Duration;

use netdiag_engine::port::{Attempt, Connection, Counters};
use netdiag_model::{Address, Errno, Family, ProbeId};

use crate::batch::Tools;
use crate::case::{Case, Place, Proof};
use crate::host::Host;

/// How many attempts a burst has.
const BURST: u64 = 6;
/// How long a window is: shorter than a SYN takes to be repeated, so that each attempt counts once.
const WINDOW: Duration = Duration::from_millis(400);
/// How late a device may count what it has sent.
const LATE: Duration = Duration::from_millis(1_200);
/// How often a quiet window is looked for.
const WINDOWS: u8 = 3;

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

    fn words(self, (with, without): (u64, u64), family: Family) -> String {
        let [more, less] = self.names(family);
        let what = match self {
            Self::Out => "sent and did not leave",
            Self::In => "came in and were not delivered",
        };
        format!(
            "{with} packets {what} ({more} less {less}) with {BURST} attempts, and {without} in as long without"
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
    let suspected = |words: String| Some(Proof::Suspected(words));
    let Some((start, without)) = quiet(tools, host, (gap, family)).await else {
        let [more, less] = gap.names(family);
        return suspected(format!("{more} and {less} drift apart here, but other traffic moves them too"));
    };
    let with = burst(tools, (address, port), WINDOW).await;
    let with = with.and_then(|_| gap.moved(&start, &host.counters()?, family))?;
    if with == 0 {
        return None;
    }
    let words = gap.words((with, without), family);
    if (BURST..2 * BURST).contains(&with) { Some(gap.proved(words)) } else { suspected(words) }
}

/// The counters after a window in which they did not move, and by how much they did not.
async fn quiet(tools: &mut Tools<'_>, host: &Host, (gap, family): (Gap, Family)) -> Option<(Counters, u64)> {
    let mut before = host.counters()?;
    for _ in 0..WINDOWS {
        if !tools.rest(WINDOW).await {
            return None;
        }
        let after = host.counters()?;
        let moved = gap.moved(&before, &after, family)?;
        if moved == 0 {
            return Some((after, moved));
        }
        before = after;
    }
    None
}

/// A burst of attempts: how many were answered.
async fn burst(tools: &mut Tools<'_>, (address, port): (Address, u16), timeout: Duration) -> Option<u64> {
    let attempt = Attempt { timeout: Some(timeout), ..Attempt::new(ProbeId::new(0, 0, 0), address, port) };
    let done = tools.dial((0..BURST).map(|_| attempt)).await?;
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
    if burst(tools, service, timeout).await != Some(BURST) || !has_nothing_left(host, &before, interface) {
        return false;
    }
    let family = case.address.family();
    let gap = host.counters().and_then(|after| Gap::Out.moved(&before, &after, family));
    if gap.is_some_and(|gap| gap >= BURST) {
        return true;
    }
    if matches!(case.place, Place::Behind { .. }) {
        let near = Attempt {
            ttl: Some(1),
            timeout: Some(timeout),
            ..Attempt::new(ProbeId::new(0, 0, 0), service.0, service.1)
        };
        let done = tools.dial([near]).await.unwrap_or_default();
        return done.iter().any(|dialed| is_reset(&dialed.outcome.connection));
    }
    tools.rest(LATE).await && has_nothing_left(host, &before, interface)
}

const fn is_reset(connection: &Connection) -> bool {
    matches!(connection, Connection::Failed { errno: Errno::ECONNREFUSED, icmp: None, is_synchronous: false })
}
