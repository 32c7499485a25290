//! Does this host itself drop the packets? Its counters can prove it, and only with care: everything in the network
//! namespace moves them.
//!
//! A suspicion comes from the attempt itself. It is proved by a window without attempts in which the counter does not move,
//! and a burst of attempts that moves it by as many; otherwise nothing is concluded. docs/kernel.md has what was measured.

use std::time::Duration;

use netdiag_engine::port::{Attempt, Counters};
use netdiag_model::{Address, Family, ProbeId};

use crate::batch::Tools;
use crate::case::Proof;
use crate::host::Host;

/// How many attempts a burst has.
const BURST: u64 = 6;
/// How long a window is: a SYN that is not answered goes out twice in it, at its start and after a second.
const WINDOW: Duration = Duration::from_millis(1_300);

/// What moves when this host drops what it sends: how often a retransmission failed.
const OUT: &str = "TcpExtTCPRetransFail";

/// What moves when it drops what comes in: packets received, less those delivered.
const fn input(family: Family) -> [&'static str; 2] {
    match family {
        Family::V4 => ["IpInReceives", "IpInDelivers"],
        Family::V6 => ["Ip6InReceives", "Ip6InDelivers"],
    }
}

/// How far packets that came in and packets that were delivered have drifted apart.
fn gap(before: &Counters, after: &Counters, family: Family) -> Option<u64> {
    let [received, delivered] = input(family);
    Some(after.since(before, received)?.saturating_sub(after.since(before, delivered)?))
}

/// Which way packets seem to be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suspicion {
    Out,
    In,
}

/// Looks into it, if what the counters did since `before` gives reason to. `None` where it is not proved.
pub(crate) async fn prove(
    tools: &mut Tools<'_>,
    host: &Host,
    (address, port): (Address, u16),
    before: &Counters,
) -> Option<Proof> {
    let family = address.family();
    let now = host.counters()?;
    let suspicion = if now.since(before, OUT)? > 0 {
        Suspicion::Out
    } else if gap(before, &now, family)? > 0 {
        Suspicion::In
    } else {
        return None;
    };
    let moved = |from: &Counters, to: &Counters| match suspicion {
        Suspicion::Out => to.since(from, OUT),
        Suspicion::In => gap(from, to, family),
    };
    let quiet = host.counters()?;
    if !tools.rest(WINDOW).await {
        return None;
    }
    let start = host.counters()?;
    let without = moved(&quiet, &start)?;
    if without > 0 {
        // Others move it too.
        return None;
    }
    let attempt = Attempt { timeout: Some(WINDOW), ..Attempt::new(ProbeId::new(0, 0, 0), address, port) };
    tools.dial((0..BURST).map(|_| attempt)).await?;
    let with = moved(&start, &host.counters()?)?;
    // What is repeated is dropped again: between once and a few times for each attempt.
    if !(BURST..=BURST * 4).contains(&with) || with % BURST != 0 {
        return None;
    }
    Some(match suspicion {
        Suspicion::Out => Proof::Out(format!(
            "{OUT} moved by {with} with {BURST} attempts, and by none in as long without: what is sent does not leave"
        )),
        Suspicion::In => {
            let [received, delivered] = input(family);
            Proof::In(format!(
                "{with} packets were received and not delivered ({received} less {delivered}) with {BURST} attempts, and \
                 none in as long without: answers come, and are dropped here"
            ))
        }
    })
}
