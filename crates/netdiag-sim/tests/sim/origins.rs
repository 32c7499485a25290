//! Who announces an address: by the resolver in its time, and from a file.

use std::path::Path;
use std::time::Duration;

use netdiag_engine::port::{Names, OriginTables};
use netdiag_model::Mono;
use netdiag_sim::Network;

use crate::harness::{ip, sim};

#[test]
fn origins_come_in_their_time_from_the_longest_block() {
    let sim = sim("a-path-through-three-systems");
    let names = sim.names();
    let both = sim.run(names.origin(ip("198.51.100.1"))).expect("an origin");
    assert_eq!((both.to_string().as_str(), both.country.as_deref()), ("AS64500/AS64501", Some("ZZ")));
    assert_eq!(both.prefix.map(|prefix| prefix.to_string()).as_deref(), Some("198.51.100.0/24"));
    assert_eq!(sim.now().since(Mono::ZERO), Duration::from_millis(30));
    let before = sim.now();
    assert_eq!(sim.run(names.origin(ip("198.51.100.129"))), None);
    assert_eq!(sim.now().since(before), Duration::from_secs(2));
    let target = sim.run(names.origin(ip("203.0.113.7"))).expect("an origin");
    assert_eq!((target.registry.as_deref(), target.name.as_deref()), (Some("ripencc"), Some("EXAMPLE")));
    let within = sim.run(names.origin(ip("64:ff9b::203.0.113.7"))).expect("an origin");
    assert_eq!(within, target);
    assert_eq!(sim.run(names.origin(ip("2001:db8:7::7"))).expect("an origin").to_string(), "AS64502");
    assert_eq!(sim.run(names.origin(ip("2001:db8::1"))), None);
}

#[test]
fn private_addresses_have_no_origin_but_a_table_may_know_them() {
    let sim = sim("a-path-through-three-systems");
    assert_eq!(sim.run(sim.names().origin(ip("10.0.0.1"))), None);
    let table = sim.tables().open(Path::new("as.tsv")).expect("a table");
    assert_eq!(table.origin(ip("10.0.0.1")).expect("an origin").to_string(), "AS64512");
    assert_eq!(table.origin(ip("198.51.100.129")).expect("an origin").to_string(), "AS64500");
    assert_eq!(table.origin(ip("192.0.2.1")), None);
}

#[test]
fn a_table_that_the_network_has_not_cannot_be_opened() {
    let sim = sim("a-path-through-three-systems");
    let error = sim.tables().open(Path::new("none.tsv")).err().expect("no table");
    assert_eq!(error.to_string(), "none.tsv: No such file or directory");
}

#[test]
fn an_origin_that_nobody_would_be_asked_for_is_a_mistake() {
    let text = "[here]\naddresses = [\"192.0.2.10/24\"]\n[origin.\"10.0.0.0/8\"]\nasns = [64512]\n";
    let message = Network::from_toml(text).expect_err("a mistake").to_string();
    assert!(message.starts_with("origin.10.0.0.0/8 is announced by nobody"), "{message}");
    let message =
        Network::from_toml(&text.replace("10.0.0.0/8", "10.0.0.0")).expect_err("a mistake").to_string();
    assert!(message.contains("no block of addresses"), "{message}");
}
