//! A case per row of the fault table, of either family; every ICMP code from everybody who can send it; and whatever else
//! may come together.

mod rows;

use netdiag_engine::port::{Connection, Listener, NeighbourState, Sighting};
use netdiag_model::knowledge::cause::{self, Cause};
use netdiag_model::{Errno, Family, Icmp, Phase, TcpState, Verdict};
use proptest::prelude::*;

use super::{cause, covers, phase, state};
use crate::case::sample::*;
use crate::case::{Case, Early, Origin, Place, Proof, Whose};
use crate::endpoint::Transport;
use crate::evidence::{Finding, Interfaces};

fn verdict(case: &Case) -> Verdict {
    cause::of(cause(case)).verdict
}

/// What a message from the router, from the target and from this host (at once) means.
fn by_sender(family: Family, icmp: Icmp) -> [Cause; 3] {
    [router, target, client].map(|sender| cause(&told(family, icmp, sender(family))))
}

const REFUSAL: [Cause; 3] = [Cause::RejectedOnTheWay, Cause::RejectedByTarget, Cause::RejectedHere];
const FAILURE: [Cause; 3] = [Cause::UnreachableOnTheWay, Cause::UnreachableByTarget, Cause::RejectedHere];

#[test]
fn every_code_of_icmp_from_everybody() {
    for code in 0..=16 {
        let is_refusal = matches!(code, 2 | 3 | 9 | 10 | 13 | 14 | 15);
        let expected = if is_refusal { REFUSAL } else { FAILURE };
        assert_eq!(by_sender(Family::V4, unreachable(Family::V4, code)), expected, "3/{code}");
    }
}

#[test]
fn every_code_of_icmpv6_from_everybody() {
    for code in 0..=8 {
        let is_refusal = matches!(code, 1 | 4 | 5 | 6);
        let expected = if is_refusal { REFUSAL } else { FAILURE };
        assert_eq!(by_sender(Family::V6, unreachable(Family::V6, code)), expected, "1/{code}");
    }
}

/// What is no message of the one family is none of the other either: 3/3 of ICMPv6 is no port-unreachable.
#[test]
fn codes_are_read_by_their_family() {
    let foreign = Icmp { family: Family::V6, kind: 3, code: 3, info: 0 };
    assert_eq!(by_sender(Family::V6, foreign), FAILURE);
    let foreign = Icmp { family: Family::V4, kind: 1, code: 1, info: 0 };
    assert_eq!(by_sender(Family::V4, foreign), FAILURE);
}

#[test]
fn a_sender_that_is_not_known_is_somebody_on_the_way() {
    for family in FAMILIES {
        let case = told(family, unreachable(family, 1), router(family));
        let Connection::Failed { errno, icmp: Some((icmp, _)), .. } = case.connection else { unreachable!() };
        let connection = Connection::Failed { errno, icmp: Some((icmp, None)), is_synchronous: false };
        let case = Case { connection, ..case };
        assert!(matches!(cause(&case), Cause::RejectedOnTheWay | Cause::UnreachableOnTheWay), "{family:?}");
    }
}

/// The same errno, and all that can stand behind it.
#[test]
fn the_errno_decides_nothing() {
    use Verdict::{BlockedLocally, Refused, Rejected};
    for family in FAMILIES {
        let rst = failed(family, Errno::ECONNREFUSED);
        let code = if family == Family::V4 { 3 } else { 4 };
        let icmp = |from| told(family, unreachable(family, code), from);
        let by = |origin| Case { whose: Some(whose(origin)), ..failed(family, Errno::ECONNREFUSED) };
        let all = [
            rst.clone(),
            by(Origin::Nearer),
            by(Origin::Here),
            icmp(router(family)),
            icmp(target(family)),
            icmp(client(family)),
            Case { place: Place::Here, ..rst },
        ];
        assert!(all.iter().all(|case| case.errno() == Some(Errno::ECONNREFUSED)));
        let verdicts: Vec<Verdict> = all.iter().map(verdict).collect();
        let expected = [Refused, Rejected, BlockedLocally, Rejected, Rejected, BlockedLocally, Refused];
        assert_eq!(verdicts, expected, "{family:?}");
    }
}

#[test]
fn listeners_take_what_is_for_them() {
    let is_covered = |own: &str, is_v6_only: bool, ip: &str| {
        let one = Listener { is_v6_only, ..listener(own, (0, 1)) };
        covers(&one, ip.parse().expect("an address"))
    };
    assert!(is_covered("127.0.0.1", false, "127.0.0.1") && !is_covered("127.0.0.1", false, "127.0.0.2"));
    assert!(is_covered("0.0.0.0", false, "192.0.2.10") && !is_covered("0.0.0.0", false, "::1"));
    assert!(is_covered("::", false, "192.0.2.10") && !is_covered("::", true, "192.0.2.10"));
    assert!(is_covered("::", true, "::1") && !is_covered("::1", true, "127.0.0.1"));
}

fn connections(family: Family) -> impl Strategy<Value = Connection> {
    let errno = prop_oneof![
        any::<i32>().prop_map(Errno),
        prop::sample::select(vec![
            Errno::ECONNREFUSED,
            Errno::ECONNRESET,
            Errno::EHOSTUNREACH,
            Errno::ENETUNREACH,
            Errno::EACCES,
            Errno::EPERM,
            Errno::ETIMEDOUT,
            Errno::EINVAL,
            Errno::EADDRNOTAVAIL,
            Errno::EADDRINUSE,
        ]),
    ];
    let message = (0u8..=12, 0u8..=16).prop_map(move |(kind, code)| Icmp { family, kind, code, info: 0 });
    let from =
        prop::sample::select(vec![None, Some(client(family)), Some(router(family)), Some(target(family))]);
    let icmp = prop::option::of((message, from));
    prop_oneof![
        Just(Connection::Silent),
        Just(Connection::Established { handshake: None }),
        (errno.clone(), icmp.clone(), any::<bool>())
            .prop_map(|(errno, icmp, is_synchronous)| Connection::Failed { errno, icmp, is_synchronous }),
        (errno, icmp).prop_map(|(errno, icmp)| Connection::Objection { errno, icmp }),
    ]
}

prop_compose! {
    /// Any case at all, however unlikely.
    fn cases()(family in prop::sample::select(FAMILIES.to_vec()))(
        connection in connections(family),
        (timeouts, retransmits) in (0u32..5, 0u32..5),
        place in prop::sample::select(vec![
            Place::Here,
            Place::Link { interface: ETH0 },
            Place::Behind { gateway: router(family).ip, interface: ETH0 },
            Place::NoRoute(Errno::ENETUNREACH),
            Place::NoRoute(Errno::EINVAL),
            Place::NoRoute(Errno::EACCES),
            Place::Unknown,
        ]),
        neighbour in prop::sample::select(vec![
            None,
            Some(NeighbourState::Failed),
            Some(NeighbourState::Incomplete),
            Some(NeighbourState::Reachable),
        ]),
        listeners in prop::sample::select(vec![
            None,
            Some(Vec::new()),
            Some(vec![listener("::", (5, 1)), listener("127.0.0.1", (0, 1))]),
        ]),
        proof in prop::sample::select(vec![
            None,
            Some(Proof::Out("out".to_owned())),
            Some(Proof::In("in".to_owned())),
            Some(Proof::Suspected("maybe".to_owned())),
        ]),
        origin in prop::sample::select(vec![
            None, Some(Origin::Target), Some(Origin::Nearer), Some(Origin::Here), Some(Origin::Unknown),
        ]),
        early in prop::sample::select(vec![
            None,
            Some(Early::Closed { after: std::time::Duration::ZERO }),
            Some(Early::Failed { after: std::time::Duration::ZERO, errno: Errno::ECONNRESET }),
        ]),
        (transport, is_offender_here) in (
            prop::sample::select(vec![Transport::Tcp, Transport::Udp]), any::<bool>(),
        ),
        source_port in prop::option::of(1u16..),
        family in Just(family),
    ) -> Case {
        let case = silent(family);
        let sighting = Sighting { timeouts, retransmits, ..case.sighting };
        let whose: Option<Whose> = origin.map(whose);
        Case {
            transport, connection, sighting, place, neighbour, is_offender_here, listeners, proof, whose, early,
            source: (None, source_port), ..case
        }
    }
}

proptest! {
    #[test]
    fn anything_that_comes_together_has_a_cause(case in cases()) {
        let finding = Finding::of(&case, &Interfaces::new());
        prop_assert!(finding.possible.len() <= 3);
        let facts = cause::of(finding.cause);
        prop_assert_eq!(facts.cause, finding.cause);
        prop_assert!(!finding.sentence.is_empty() && !finding.evidence.is_empty());
        let is_open = facts.verdict == Verdict::Open;
        let is_connected = matches!(case.connection, Connection::Established { .. });
        prop_assert!(!is_open || is_connected);
        prop_assert!(facts.verdict != Verdict::ClosedEarly || phase(&case) == Phase::Established);
    }

    /// A number with no ICMP message behind it, and no word about whose it is, never accuses a firewall on the way; with
    /// a message behind it, it never stands for a RST.
    #[test]
    fn no_errno_alone_tells_refused_from_rejected(case in cases()) {
        let Connection::Failed { errno: Errno::ECONNREFUSED, icmp, is_synchronous: false } = case.connection else {
            return Ok(());
        };
        let of = verdict(&case);
        match icmp {
            None if case.whose.is_none() => prop_assert_ne!(of, Verdict::Rejected),
            Some(_) if case.transport == Transport::Tcp => prop_assert_ne!(of, Verdict::Refused),
            _ => {}
        }
    }

    /// Another errno with the same message behind it, at the same time, is the same cause.
    #[test]
    fn a_message_outweighs_the_errno(case in cases(), other in any::<i32>()) {
        let Connection::Failed { icmp: Some(icmp), is_synchronous: false, .. } = case.connection else {
            return Ok(());
        };
        let connection =
            Connection::Failed { errno: Errno(other), icmp: Some(icmp), is_synchronous: false };
        let twin = Case { connection, ..case.clone() };
        prop_assert_eq!(cause(&case), cause(&twin));
    }

    /// Only a burst proves that this host drops packets: what is suspected stays silence.
    #[test]
    fn silence_is_blocked_here_by_proof_alone(case in cases()) {
        if case.connection == Connection::Silent && !matches!(case.proof, Some(Proof::Out(_) | Proof::In(_))) {
            prop_assert_ne!(verdict(&case), Verdict::BlockedLocally);
        }
    }
}
