//! Does this host itself stop the packets? Its counters can prove it, and only with care: everything in the network
//! namespace moves them.
//!
//! A suspicion comes from the attempt itself. It is proved by a window without attempts in which the counters do not move,
//! and a burst of attempts that moves them by that number; else it stays a suspicion. The window comes first: what a burst
//! sets off (a server that repeats its SYN-ACKs) would move them afterwards. docs/kernel.md has what was measured.

use std::time::Duration;

use netdiag_engine::port::{Attempt, Connection, Counters};
use netdiag_model::{Address, Family, ProbeId};

use crate::batch::Tools;
use crate::case::Proof;
use crate::host::Host;

/// How many attempts a burst has.
const BURST: u64 = 6;
/// How long a window is: shorter than a SYN takes to be repeated, so that each attempt counts once.
const WINDOW: Duration = Duration::from_millis(400);
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

/// Whether attempts are answered without a packet leaving by the interface: whatever others send there, a device that
/// sends nothing meanwhile has carried none of them.
pub(crate) async fn is_answered_here(
    tools: &mut Tools<'_>,
    host: &Host,
    (address, port): (Address, u16),
    (interface, timeout): (&str, Duration),
) -> bool {
    let name = format!("{interface}:TxPackets");
    let Some(before) = host.counters() else { return false };
    let answered = burst(tools, (address, port), timeout).await;
    let sent = host.counters().and_then(|after| after.since(&before, &name));
    answered == Some(BURST) && sent == Some(0)
}
