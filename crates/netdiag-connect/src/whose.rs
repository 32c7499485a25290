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
use crate::case::{Origin, Place, Whose};

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

/// The TTL or hop limit that answers from the port arrive with; `None` where they do not come every time.
pub(crate) async fn ttl(tools: &mut Tools<'_>, subject: &Subject) -> Option<u8> {
    let rough = answered(tools, subject, (0..=u8::MAX / STEP).map(|step| (step * STEP).max(1))).await?;
    let fine = answered(tools, subject, (rough + 1)..rough.saturating_add(STEP)).await;
    Some(fine.unwrap_or(rough).max(rough))
}

/// The largest of these minimums that is answered; `None` if none is, or if a smaller one is not.
async fn answered(
    tools: &mut Tools<'_>,
    subject: &Subject,
    minimums: impl Iterator<Item = u8>,
) -> Option<u8> {
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
    let done = tools.dial(minimums.map(attempt)).await?;
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
    let largest = of(true).max()?;
    of(false).all(|least| least > largest).then_some(largest)
}

/// What the TTL of a RST says of its origin, beside that of the target's own packets where one is known.
pub(crate) fn judge(ttl: u8, own: Option<u8>, place: Place) -> Whose {
    let origin = match own {
        Some(own) if ttl > own => Origin::Nearer,
        Some(own) if ttl == own => Origin::Target,
        None if matches!(place, Place::Behind { .. }) && INITIAL.contains(&ttl) => Origin::Nearer,
        // From further away: another stack may answer for the target (a load balancer, a NAT); that proves nothing.
        _ => Origin::Unknown,
    };
    Whose { ttl, own, origin }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rst_from_nearer_than_the_target_is_not_its_own() {
        let gateway = Place::Behind { gateway: [192, 0, 2, 1].into(), interface: 2 };
        let origin = |ttl, own, place| judge(ttl, own, place).origin;
        assert_eq!(origin(64, Some(63), gateway), Origin::Nearer);
        assert_eq!(origin(63, Some(63), gateway), Origin::Target);
        assert_eq!(origin(60, Some(63), gateway), Origin::Unknown);
        assert_eq!(origin(64, None, gateway), Origin::Nearer, "no router has counted it down");
        assert_eq!(origin(57, None, gateway), Origin::Unknown);
        assert_eq!(origin(64, None, Place::Link { interface: 2 }), Origin::Unknown);
    }
}
