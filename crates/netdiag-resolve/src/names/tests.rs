//! The port over a system of the test's own.

use std::net::Ipv6Addr;
use std::sync::atomic::{AtomicU64, Ordering};

use netdiag_model::Address;

use super::*;
use crate::setup::hosts::Hosts;
use crate::setup::resolver::Resolver;
use crate::setup::switch::Switch;

/// Knows `known.example`, and fails otherwise in the way given.
struct Fake(Failure);

impl System for Fake {
    fn forward(&self, name: &str, _: Option<Family>) -> Result<Found, Failure> {
        match name {
            "known.example" | "xn--bcher-kva.example" => Ok(Found {
                addresses: vec![Address::from(Ipv6Addr::LOCALHOST)],
                canonical: Some(name.to_owned()),
            }),
            _ => Err(self.0.clone()),
        }
    }

    fn backward(&self, _: IpAddr) -> Option<String> {
        Some("r1.example".to_owned())
    }

    fn setup(&self) -> Setup {
        Setup {
            switch: Switch::parse("hosts: files"),
            hosts: Ok(Hosts::new(String::new())),
            resolver: Resolver::unread(String::new()),
        }
    }

    fn interface(&self, _: Ipv6Addr, zone: &str) -> Option<u32> {
        (zone == "eth0").then_some(7)
    }
}

/// Names over [`Fake`], with a clock that goes on by 5 ms with every reading.
fn names(kind: LookupFailure, reach: Reach) -> SystemNames {
    let clock = AtomicU64::new(0);
    let now = move || Mono::from_nanos(clock.fetch_add(5_000_000, Ordering::SeqCst));
    let failure = Failure { kind, text: "Name or service not known".to_owned(), reach };
    SystemNames::of(Arc::new(Fake(failure)), Arc::new(now))
}

#[tokio::test]
async fn a_name_is_resolved_and_timed() {
    let names = names(LookupFailure::NoName, Reach::Asked);
    let resolved = names.resolve("known.example", None).await.expect("known");
    assert_eq!(resolved.addresses, [Address::from(Ipv6Addr::LOCALHOST)]);
    assert_eq!(resolved.canonical.as_deref(), Some("known.example"));
    assert_eq!(resolved.elapsed, Duration::from_millis(5));
    let resolved = names.resolve("Bücher.example", None).await.expect("known");
    assert_eq!(resolved.canonical.as_deref(), Some("xn--bcher-kva.example"));
    assert_eq!(names.reverse(Ipv6Addr::LOCALHOST.into()).await.as_deref(), Some("r1.example"));
}

/// On no runtime at all: what needs a thread or a socket would panic or stay pending.
#[test]
fn an_address_is_ready_at_once() {
    let names = names(LookupFailure::NoName, Reach::Asked);
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let mut lookup = names.resolve("fe80::1%eth0", None);
    let std::task::Poll::Ready(Ok(resolved)) = lookup.as_mut().poll(&mut cx) else { panic!("not ready") };
    assert_eq!(resolved.addresses[0].to_string(), "fe80::1%7");
    let mut lookup = names.resolve("192.0.2.1", Some(Family::V6));
    let std::task::Poll::Ready(Err(error)) = lookup.as_mut().poll(&mut cx) else { panic!("not ready") };
    assert_eq!(error.to_string(), "192.0.2.1: Address family for hostname not supported");
    assert_eq!(error.failure, LookupFailure::NoAddress);
}

#[tokio::test]
async fn a_failure_says_what_was_asked_of_whom() {
    let error =
        names(LookupFailure::NoName, Reach::Asked).resolve("nosuch", None).await.expect_err("unknown");
    assert_eq!(error.failure, LookupFailure::NoName);
    assert_eq!(
        error.to_string(),
        "nosuch: Name or service not known (asked /etc/nsswitch.conf: hosts: files; /etc/hosts: no entry; \
         name servers: not asked (/etc/nsswitch.conf))"
    );
}

#[tokio::test]
async fn a_failure_within_this_host_explains_itself() {
    let error = names(LookupFailure::Other, Reach::Here).resolve("nosuch", None).await.expect_err("unknown");
    assert_eq!((error.failure, error.asked.len()), (LookupFailure::Other, 0));
    let error = names(LookupFailure::NoName, Reach::Asked).resolve("a..b", None).await.expect_err("no name");
    assert_eq!(error.to_string(), "a..b: the name has an empty label (two dots in a row, or one in front)");
}

#[tokio::test]
async fn a_look_up_that_loses_its_port_is_given_up() {
    assert_eq!(given_up("a".to_owned()).to_string(), "a: the look-up was given up");
}
