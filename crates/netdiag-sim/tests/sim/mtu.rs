//! Packets that are too large: for this host's own link, for a link on the way, told or not.

use std::time::Duration;

use netdiag_engine::port::{Fragmentation, SocketOptions, Stop};
use netdiag_model::Errno;
use netdiag_sim::{Cause, Happening, Sim};

use crate::harness::{By, Log, Shot, exchange, sim, volley};

fn send(sim: &Sim, to: &str, (mode, len): (Fragmentation, usize)) -> Log {
    let options = SocketOptions { fragmentation: Some(mode), ..SocketOptions::default() };
    let shots: Vec<Shot> =
        volley(to, 1, Duration::ZERO).into_iter().map(|shot| Shot { len, ..shot }).collect();
    exchange(sim, By::Icmp, &options, &shots)
}

#[test]
fn the_step_is_told_once_and_then_this_host_knows_it() {
    for (target, overhead, router) in
        [("203.0.113.7", 28, "198.51.100.2"), ("2001:db8:2::7", 48, "2001:db8:f::2")]
    {
        let sim = sim("an-mtu-step");
        assert_eq!(send(&sim, target, (Fragmentation::Never, 1400 - overhead)).replies().len(), 1);
        let log = send(&sim, target, (Fragmentation::Never, 1401 - overhead));
        let (icmp, from) = log.got.iter().find_map(crate::harness::Got::error).expect("an error");
        assert_eq!((icmp.mtu(), from.to_string().as_str()), (Some(1400), router));
        let log = send(&sim, target, (Fragmentation::Never, 1401 - overhead));
        assert_eq!(log.stops(), [Stop::Failed { errno: Errno::EMSGSIZE, mtu: Some(1400) }]);
        let log = send(&sim, target, (Fragmentation::Probe, 1401 - overhead));
        assert_eq!((log.stops().len(), log.errors().len()), (0, 1), "a probe ignores what the kernel knows");
        let log = send(&sim, target, (Fragmentation::Locally, 1401 - overhead));
        assert_eq!(log.replies().len(), 1, "fragmented here");
        let log = send(&sim, target, (Fragmentation::Probe, 1501 - overhead));
        assert_eq!(log.stops(), [Stop::Failed { errno: Errno::EMSGSIZE, mtu: Some(1500) }]);
    }
}

#[test]
fn routers_fragment_what_may_be_fragmented() {
    let sim = sim("an-mtu-step");
    assert_eq!(send(&sim, "203.0.113.7", (Fragmentation::Anywhere, 1450)).replies().len(), 1);
    assert_eq!(send(&sim, "203.0.113.7", (Fragmentation::Anywhere, 8000)).replies().len(), 1);
}

#[test]
fn a_black_hole_says_nothing() {
    for target in ["203.0.113.7", "2001:db8:2::7"] {
        let sim = sim("an-mtu-black-hole");
        let log = send(&sim, target, (Fragmentation::Never, 1400));
        assert_eq!((log.errors().len(), log.replies().len()), (0, 0));
        assert_eq!(sim.truth().count(|what| matches!(what, Happening::Lost { cause: Cause::Size, .. })), 1);
    }
}
