//! Options that change the form of a run: flood, adaptive, quiet, timestamps, outstanding, bell, pattern, deadlines.

use netdiag_ping::Ping;
use netdiag_stage::{Scene, at};
use netdiag_tool::Caller;

use crate::ping;

#[test]
fn the_forms_of_text() {
    for (name, network, args) in [
        ("flood", "a-lossy-link-behind-a-router", "-c 30 -f 203.0.113.7"),
        ("adaptive", "a-straight-path", "-c 5 -A 203.0.113.7"),
        ("quiet", "a-straight-path", "-c 3 -q 203.0.113.7"),
        ("timestamps", "a-straight-path", "-c 2 -D 203.0.113.7"),
        ("outstanding", "a-path-that-changes", "-c 5 -i 4 -O 203.0.113.7"),
        ("three_decimals", "a-straight-path", "-c 1 -3 203.0.113.7"),
        ("pattern", "a-straight-path", "-c 1 -p abcd 203.0.113.7"),
        ("source", "a-straight-path", "-c 1 -I 192.0.2.10 203.0.113.7"),
        ("interface", "a-straight-path", "-c 1 -I eth0 203.0.113.7"),
        ("no_data", "a-straight-path", "-c 2 -s 0 203.0.113.7"),
        ("a_deadline", "a-straight-path", "-w 3 203.0.113.7"),
        ("one_probe_to_oneself", "a-straight-path", "-c 1 127.0.0.1"),
    ] {
        insta::assert_snapshot!(name, ping(network, args).page());
    }
}

#[test]
fn what_cannot_run_says_why_and_the_way_out() {
    for (name, network, args) in [
        ("no_such_name", "names-that-take-their-time", "gone.example.net"),
        ("no_answer_from_the_resolver", "names-that-take-their-time", "silent.example.net"),
        ("no_address_of_that_family", "names-that-take-their-time", "-6 www.example.net"),
        ("no_such_interface", "a-straight-path", "-I eth9 203.0.113.7"),
        ("a_link_local_address_without_an_interface", "a-group-that-answers", "fe80::2"),
        ("icmp_closed_for_good", "a-kernel-without-stamps", "--via icmp 192.0.2.1"),
        ("too_large", "a-straight-path", "-s 65508 203.0.113.7"),
    ] {
        let ran = ping(network, args);
        let error = ran.exit.expect_err("an error");
        insta::assert_snapshot!(name, format!("$ netdiag ping {args}\n{error:#?}\n"));
    }
}

#[test]
fn a_bell_rings_with_each_answer() {
    let ran = ping("a-straight-path", "-c 3 -a 203.0.113.7");
    assert_eq!(ran.out.matches('\x07').count(), 3);
}

#[test]
fn with_count_and_deadline_as_many_as_were_asked_for_must_answer() {
    assert_eq!(ping("a-lossy-link-behind-a-router", "-c 10 -w 60 -i 0.1 203.0.113.7").code(), 0);
    assert_eq!(ping("a-path-that-changes", "-c 15 -w 12 203.0.113.7").code(), 1);
    assert_eq!(
        ping("a-path-that-changes", "-c 15 203.0.113.7").code(),
        0,
        "one answer is a yes without a deadline"
    );
}

#[test]
fn a_deadline_ends_the_run_to_the_moment() {
    let ran = ping("a-straight-path", "-i 0.2 -w 1.5 203.0.113.7");
    assert_eq!(ran.end, at(1_500));
    assert!(ran.out.contains("8 packets transmitted, 8 received"), "{}", ran.out);
}

#[test]
fn a_rate_limits_a_flood() {
    let ran = ping("a-straight-path", "-f -l 64 --rate 50 -w 2 203.0.113.7");
    assert!(ran.out.contains("100 packets transmitted, 99 received"), "{}", ran.out);
}

#[test]
fn a_users_flood_is_refused_before_anything_is_opened() {
    let ran = Scene::on("a-straight-path").caller(Caller::User).run::<Ping>("-f 203.0.113.7");
    assert_eq!(ran.truth.sent(), 0);
    let error = ran.exit.expect_err("refused");
    assert!(error.to_string().contains("minimal interval allowed for user is 2 ms"), "{error}");
}
