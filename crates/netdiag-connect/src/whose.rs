//! Whose RST is it? The TTL that it arrives with is found without any right, and held against that of packets which are
//! surely the target's own.
//!
//! `IP_MINTTL` (ip(7)) and `IPV6_MINHOPCOUNT` drop segments of a smaller TTL before the socket sees them. So attempts with
//! rising minimums are refused up to the RST's own TTL and silent above it: sixteen at once, then the fifteen between. For a
//! RST that comes after the handshake the minimum is set between the SYN-ACK and the acknowledgement of it, which is held
//! back so long.

use std::time::Duration;

use netdiag_engine::port::{Attempt, Care, Connection};
use netdiag_model::{Address, Errno, ProbeId};

use crate::batch::Tools;
use crate::case::{Origin, Whose};

/// Between the minimums of the first round.
const STEP: u8 = 16;
/// The shortest time that answers are waited for.
const SHORTEST: Duration = Duration::from_millis(4);
/// TTLs that hosts begin with: one that arrives whole has passed no router.
pub(crate) const INITIAL: [u8; 3] = [64, 128, 255];

/// Which packets are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// The answer to the SYN.
    Answer,
    /// The RST after the handshake.
    Reset,
}

/// Whose packets are asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Subject {
    pub(crate) address: Address,
    pub(crate) port: u16,
    pub(crate) aim: Aim,
    /// How long the answer took that is looked into.
    pub(crate) rtt: Duration,
}

/// How often the TTL is searched for: a lost packet spoils a search.
const SEARCHES: u8 = 2;

/// Answers came and did not fit together: a packet was lost, or they have several TTLs.
struct Spoiled;

/// The TTL or hop limit that answers from the port arrive with; `None` where they do not come every time.
pub(crate) async fn ttl(tools: &mut Tools<'_>, subject: &Subject) -> Option<u8> {
    for _ in 0..SEARCHES {
        if let Ok(ttl) = search(tools, subject).await {
            return ttl;
        }
    }
    None
}

async fn search(tools: &mut Tools<'_>, subject: &Subject) -> Result<Option<u8>, Spoiled> {
    let sixteenths = (0..=u8::MAX / STEP).map(|step| (step * STEP).max(1));
    let Some(rough) = answered(tools, subject, sixteenths).await? else { return Ok(None) };
    let between = (rough + 1)..=rough.saturating_add(STEP - 1);
    let ttl = answered(tools, subject, between).await?.unwrap_or(rough);
    // What was lost in the second round looks like a smaller TTL.
    if is_still(tools, subject, ttl).await { Ok(Some(ttl)) } else { Err(Spoiled) }
}

/// Whether answers arrive with this TTL: with it as the minimum they are taken, and above it they are not.
pub(crate) async fn is_still(tools: &mut Tools<'_>, subject: &Subject, ttl: u8) -> bool {
    matches!(answered(tools, subject, ttl..=ttl.saturating_add(1)).await, Ok(Some(found)) if found == ttl)
}

/// The largest of these minimums that is answered, if one is. Smaller ones have to be answered too.
async fn answered(
    tools: &mut Tools<'_>,
    subject: &Subject,
    minimums: impl Iterator<Item = u8>,
) -> Result<Option<u8>, Spoiled> {
    let timeout = Some((subject.rtt * 4).max(SHORTEST));
    let attempt = |least: u8| {
        let plain = Attempt { timeout, ..Attempt::new(ProbeId::new(0, 0, 0), subject.address, subject.port) };
        match subject.aim {
            Aim::Answer => Attempt { min_ttl: Some(least), ..plain },
            Aim::Reset => Attempt { care: Care::Reset { least }, ..plain },
        }
    };
    let least = |attempt: &Attempt| match attempt.care {
        Care::Reset { least } => Some(least),
        _ => attempt.min_ttl,
    };
    let done = tools.dial(minimums.map(attempt)).await.ok_or(Spoiled)?;
    let is_answer = |connection: &Connection| match connection {
        Connection::Established { .. } => true,
        Connection::Failed { errno, icmp: None, is_synchronous: false } => {
            matches!(*errno, Errno::ECONNREFUSED | Errno::ECONNRESET)
        }
        _ => false,
    };
    let of = |is_wanted: bool| {
        done.iter()
            .filter(move |dialed| is_answer(&dialed.outcome.connection) == is_wanted)
            .filter_map(|dialed| least(&dialed.attempt))
    };
    match of(true).max() {
        Some(largest) if of(false).any(|least| least <= largest) => Err(Spoiled),
        largest => Ok(largest),
    }
}

/// What becomes of a SYN that the first router does not pass on.
pub(crate) async fn near(
    tools: &mut Tools<'_>,
    (address, port): (Address, u16),
    timeout: Duration,
) -> Option<Connection> {
    let plain = Attempt::new(ProbeId::new(0, 0, 0), address, port);
    let done = tools.dial([Attempt { ttl: Some(1), timeout: Some(timeout), ..plain }]).await?;
    done.first().map(|dialed| dialed.outcome.connection)
}

/// Whether it is a RST that ended it.
pub(crate) const fn is_reset(connection: &Connection) -> bool {
    matches!(connection, Connection::Failed { errno: Errno::ECONNREFUSED, icmp: None, is_synchronous: false })
}

/// Whether a router on the way to the target said that the TTL ran out.
const fn has_run_out(connection: &Connection) -> bool {
    match connection {
        Connection::Failed { icmp: Some((icmp, _)), .. }
        | Connection::Objection { icmp: Some((icmp, _)), .. } => icmp.is_time_exceeded(),
        _ => false,
    }
}

/// How many routers a packet has passed that arrives with this TTL: hosts begin with one of a few.
fn distance(ttl: u8) -> u8 {
    INITIAL.into_iter().find(|initial| *initial >= ttl).unwrap_or(u8::MAX) - ttl
}

/// What the TTL of a RST says of its origin, beside that of the target's own packets where one is known. Where none is, a
/// router that is surely on the way tells it from the target's: it would have counted the TTL down. That it is there is
/// known where a SYN runs out of hops that the next hop does not pass on (`near`).
pub(crate) fn judge(ttl: u8, own: Option<u8>, near: Option<&Connection>) -> Whose {
    let origin = match own.map(distance) {
        Some(own) if distance(ttl) < own => Origin::Nearer,
        Some(own) if distance(ttl) == own => Origin::Target,
        None if near.is_some_and(has_run_out) && distance(ttl) == 0 => Origin::Nearer,
        // From further away: another stack may answer for the target (a load balancer, a NAT); that proves nothing.
        _ => Origin::Unknown,
    };
    Whose { ttl, own, origin }
}

#[cfg(test)]
mod tests {
    use netdiag_model::{Family, Icmp};

    use super::*;

    #[test]
    fn a_rst_from_nearer_than_the_target_is_not_its_own() {
        let icmp = Icmp { family: Family::V4, kind: 11, code: 0, info: 0 };
        let failed = |errno, icmp| Connection::Failed { errno, icmp, is_synchronous: false };
        let (gone, rst) =
            (failed(Errno::EHOSTUNREACH, Some((icmp, None))), failed(Errno::ECONNREFUSED, None));
        let origin = |ttl, own, near| judge(ttl, own, near).origin;
        assert_eq!(origin(64, Some(63), None), Origin::Nearer);
        assert_eq!(origin(63, Some(63), None), Origin::Target);
        assert_eq!(origin(60, Some(63), None), Origin::Unknown);
        assert_eq!(origin(64, None, Some(&gone)), Origin::Nearer, "the router has not counted it down");
        assert_eq!(origin(64, None, Some(&rst)), Origin::Unknown, "it may be the next hop itself");
        assert_eq!(origin(64, None, None), Origin::Unknown);
        assert_eq!(origin(57, None, Some(&gone)), Origin::Unknown);
    }

    #[test]
    fn hosts_begin_with_different_ttls_for_different_packets() {
        let origin = |ttl, own| judge(ttl, Some(own), None).origin;
        assert_eq!(origin(254, 63), Origin::Target, "one router on the way of either");
        assert_eq!(origin(126, 63), Origin::Unknown);
        assert_eq!(origin(255, 63), Origin::Nearer);
        assert_eq!(origin(64, 254), Origin::Nearer);
    }
}
