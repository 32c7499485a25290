//! Names: how long they take and how they fail.

use std::time::Duration;

use netdiag_engine::port::{LookupFailure, Names};
use netdiag_model::{Family, Mono};

use crate::harness::{ip, sim};

#[test]
fn names_resolve_in_their_time() {
    let sim = sim("names-that-take-their-time");
    let names = sim.names();
    let both = sim.run(names.resolve("target.example.net", None)).expect("addresses");
    assert_eq!((both.addresses.len(), both.elapsed), (2, Duration::from_millis(20)));
    assert_eq!(sim.now().since(Mono::ZERO), Duration::from_millis(20));
    let v4 = sim.run(names.resolve("target.example.net", Some(Family::V4))).expect("addresses");
    assert_eq!(v4.addresses[0].ip, ip("192.0.2.1"));
    let alias = sim.run(names.resolve("www.example.net", None)).expect("addresses");
    assert_eq!(alias.canonical.as_deref(), Some("target.example.net"));
    let literal = sim.run(names.resolve("fe80::1%eth0", None)).expect("an address");
    assert_eq!((literal.addresses[0].to_string().as_str(), literal.elapsed), ("fe80::1%2", Duration::ZERO));
    assert_eq!(sim.run(names.reverse(ip("192.0.2.1"))).as_deref(), Some("target.example.net"));
    assert_eq!(sim.run(names.reverse(ip("192.0.2.77"))), None);
}

#[test]
fn names_fail_in_their_own_ways() {
    let sim = sim("names-that-take-their-time");
    let names = sim.names();
    let failure = |name: &str, family| sim.run(names.resolve(name, family)).expect_err("a failure");
    assert_eq!(failure("gone.example.net", None).failure, LookupFailure::NoName);
    assert_eq!(failure("unheard.example.net", None).failure, LookupFailure::NoName);
    assert_eq!(failure("www.example.net", Some(Family::V6)).failure, LookupFailure::NoAddress);
    assert_eq!(failure("broken.example.net", None).failure, LookupFailure::ServerFailure);
    let before = sim.now();
    let silent = failure("silent.example.net", None);
    assert_eq!((silent.failure, sim.now().since(before)), (LookupFailure::NoAnswer, Duration::from_secs(10)));
    assert!(
        silent.to_string().starts_with("silent.example.net: Temporary failure in name resolution (asked ")
    );
}
