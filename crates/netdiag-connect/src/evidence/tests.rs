//! The words of the telling cases, to the letter.

use std::time::Duration;

use netdiag_engine::port::{Listener, NeighbourState, Sighting};
use netdiag_model::{Address, Errno, Family, Icmp, TcpState};

use super::*;
use crate::case::sample::{self, *};
use crate::case::{Early, Objection};

/// What a person reads, of both families.
fn page(of: impl Fn(Family) -> Case) -> String {
    let interfaces = Interfaces::from([(ETH0, "eth0".to_owned())]);
    FAMILIES.into_iter().fold(String::new(), |mut page, family| {
        let finding = Finding::of(&of(family), &interfaces);
        let _ = writeln!(page, "{}", finding.sentence);
        for Piece { label, text } in finding.evidence {
            let _ = writeln!(page, "  {label:<11} {text}");
        }
        for one in finding.possible {
            let _ = writeln!(page, "  possible    {one}");
        }
        for (run, why) in finding.next {
            let _ = writeln!(page, "  next        {run}: {why}");
        }
        page + "\n"
    })
}

/// A case by its name.
macro_rules! pages {
    ($($name:ident: $case:expr;)*) => {
        $(#[test]
        fn $name() {
            insta::assert_snapshot!(stringify!($name), page($case));
        })*
    };
}

const MILLI: Duration = Duration::from_millis(1);

fn port_unreachable(family: Family) -> Icmp {
    sample::unreachable(family, if family == Family::V4 { 3 } else { 4 })
}

fn prohibited(family: Family) -> Icmp {
    sample::unreachable(family, if family == Family::V4 { 13 } else { 1 })
}

fn objected(family: Family) -> Vec<Objection> {
    let icmp = Some((prohibited(family), Some(router(family))));
    vec![Objection { after: MILLI, errno: Errno::EHOSTUNREACH, icmp }]
}

fn refused_by(family: Family, origin: Origin) -> Case {
    Case { whose: Some(whose(origin)), ..sample::failed(family, Errno::ECONNREFUSED) }
}

fn repeated(case: Case) -> Case {
    let sighting = Sighting { retransmits: 2, timeouts: 2, ..case.sighting };
    let sent = [0, 1, 2].map(Duration::from_secs).to_vec();
    Case { sighting, sent, ended: netdiag_model::Moment::user(at(2_020)), ..case }
}

fn here(family: Family, listeners: &[Listener]) -> Case {
    let own = if family == Family::V4 { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() };
    let (place, listeners) = (Place::Here, Some(listeners.to_vec()));
    Case {
        address: Address::new(own),
        place,
        listeners,
        neighbour: None,
        ..sample::failed(family, Errno::ECONNREFUSED)
    }
}

pages! {
    open: sample::open;
    open_after_lost_syns: |family| {
        let connection = Connection::Established { handshake: None };
        repeated(Case { connection, ..sample::open(family) })
    };
    open_and_it_says_something: |family| Case {
        greeting: b"220 mx.example ESMTP\x1b[31m\r\n".to_vec(), ..sample::open(family)
    };
    refused: |family| sample::failed(family, Errno::ECONNREFUSED);
    refused_after_lost_syns: |family| repeated(sample::failed(family, Errno::ECONNREFUSED));
    refused_by_the_target_itself: |family| refused_by(family, Origin::Target);
    refused_by_who_knows_whom: |family| refused_by(family, Origin::Unknown);
    reset_on_the_way: |family| refused_by(family, Origin::Nearer);
    reset_by_this_host: |family| refused_by(family, Origin::Here);
    rejected_on_the_way: |family| told(family, port_unreachable(family), router(family));
    rejected_by_the_target: |family| told(family, prohibited(family), target(family));
    rejected_by_this_host: |family| told(family, port_unreachable(family), client(family));
    rejected_twice: |family| Case {
        objections: objected(family), ..told(family, prohibited(family), router(family))
    };
    rejected_once: |family| Case { objections: objected(family), ..silent(family) };
    rejected_and_then_refused: |family| Case {
        objections: objected(family), ..sample::failed(family, Errno::ECONNREFUSED)
    };
    ran_out_of_hops: |family| told(family, exceeded(family), router(family));
    silence: silent;
    silence_too_short: |family| Case {
        ended: netdiag_model::Moment::user(at(300)),
        sighting: sighting(TcpState::SynSent, 1, family),
        sent: vec![Duration::ZERO],
        ..silent(family)
    };
    silence_with_a_suspicion: |family| Case {
        proof: Some(Proof::Suspected("the counters drift".to_owned())), ..silent(family)
    };
    dropped_here: |family| Case { proof: Some(Proof::Out("6 packets".to_owned())), ..silent(family) };
    no_neighbour: |family| sample::unresolved(family, Place::Link { interface: ETH0 });
    no_gateway: |family| {
        let gateway = router(family).ip;
        sample::unresolved(family, Place::Behind { gateway, interface: ETH0 })
    };
    no_neighbour_yet: |family| Case {
        neighbour: Some(NeighbourState::Incomplete),
        place: Place::Link { interface: ETH0 },
        sighting: Sighting { retransmits: 0, ..silent(family).sighting },
        ..silent(family)
    };
    an_address_of_many: |family| at_once(family, Errno::ENETUNREACH, Some(Place::Many));
    no_route: |family| at_once(family, Errno::ENETUNREACH, Some(Place::NoRoute(Errno::ENETUNREACH)));
    denied: |family| at_once(family, Errno::EPERM, None);
    a_datagram_was_denied: |family| Case {
        transport: Transport::Udp, ..at_once(family, Errno::EPERM, None)
    };
    a_bad_source: |family| Case {
        source: (Some(target(family).ip), Some(4_000)), ..at_once(family, Errno::EADDRNOTAVAIL, None)
    };
    closed_here: |family| here(family, &[]);
    listens_elsewhere: |family| here(family, &[sample::listener("192.0.2.10", (0, 128)), sample::listener("fe80::1", (0, 9))]);
    full_queue_here: |family| Case {
        place: Place::Here, listeners: Some(vec![sample::listener("::", (2, 1))]), ..silent(family)
    };
    closed_at_once: |family| early(family, Early::Closed { after: MILLI }, TcpState::CloseWait);
    reset_at_once: |family| {
        early(family, Early::Failed { after: MILLI, errno: Errno::ECONNRESET }, TcpState::Closed)
    };
    reset_before_it_was_told: |family| sample::failed(family, Errno::EPIPE);
    a_datagram_came_back: |family| Case {
        transport: Transport::Udp, sighting: Sighting::NONE, greeting: vec![0; 12], ..sample::open(family)
    };
    a_datagram_was_refused: |family| Case {
        transport: Transport::Udp,
        sighting: Sighting::NONE,
        ..told(family, port_unreachable(family), target(family))
    };
    a_datagram_met_silence: |family| Case {
        transport: Transport::Udp, sighting: Sighting::NONE, ..silent(family)
    };
}

/// A sweep does not watch when a SYN is repeated.
#[test]
fn the_times_of_repetitions_may_not_be_known() {
    let with = |sent: &[Duration], family| times(&Case { sent: sent.to_vec(), ..silent(family) });
    for family in FAMILIES {
        assert_eq!(with(&[], family), "0 s and 3 more");
        assert_eq!(with(&[Duration::ZERO], family), "0 s and 3 more");
        assert_eq!(with(&silent(family).sent, family), "0, 1.0, 2.0, 3.0 s");
        let open = Case { sent: Vec::new(), ..sample::open(family) };
        assert_eq!(times(&open), "0 s");
    }
}

#[test]
fn spans_have_three_digits_or_so() {
    let shown = [1, 999_999, 9_999_000, 12_345_678, 999_000_000, 1_234_000_000, 131_000_000_000]
        .map(|nanos| span(Duration::from_nanos(nanos)));
    assert_eq!(shown, ["0.000 ms", "1.000 ms", "9.999 ms", "12.3 ms", "999.0 ms", "1.23 s", "131.00 s"]);
}

#[test]
fn greetings_cannot_command_a_terminal_and_are_cut() {
    assert_eq!(quoted(b"\x1b]0;x\x07\n"), "\"\\u{1b}]0;x\\u{7}\"");
    let long = quoted(&[b'a'; 200]);
    assert_eq!(long, format!("\"{}…\"", "a".repeat(120)));
}
