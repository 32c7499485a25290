//! Signals: an interrupt ends the run with its summary and the code earned so far, a request shows where it stands.

use netdiag_ping::Ping;
use netdiag_stage::{Ran, Scene, at};

fn interrupted(name: &str, args: &str, millis: u64) -> Ran {
    Scene::on(name).quit(at(millis)).run::<Ping>(args)
}

#[test]
fn an_interrupt_prints_the_summary_and_ends_with_the_code_earned() {
    let ran = interrupted("a-straight-path", "203.0.113.7", 2_500);
    assert!(
        ran.out.contains("3 packets transmitted, 3 received, 0% packet loss, time 2000ms"),
        "{}",
        ran.out
    );
    assert_eq!((ran.code(), ran.end), (0, at(2_500)));
    let ran = interrupted("an-mtu-black-hole", "-M do -s 1450 203.0.113.7", 2_500);
    assert!(ran.out.contains("3 packets transmitted, 0 received, 100% packet loss"), "{}", ran.out);
    assert_eq!(ran.code(), 1);
}

#[test]
fn a_probe_under_way_counts_as_lost() {
    let ran = interrupted("a-straight-path", "203.0.113.7", 2_010);
    assert!(
        ran.out.contains("3 packets transmitted, 2 received, 33.3333% packet loss, time 2000ms"),
        "{}",
        ran.out
    );
}

#[test]
fn an_interrupt_before_the_name_is_known_ends_at_once() {
    let ran = interrupted("names-that-take-their-time", "silent.example.net", 500);
    assert_eq!((ran.code(), ran.end, ran.out.as_str()), (1, at(500), ""));
}

#[test]
fn a_request_shows_where_the_run_stands_on_standard_error() {
    let scene = Scene::on("a-straight-path").interim(at(1_500)).interim(at(2_010));
    let ran = scene.run::<Ping>("-c 4 203.0.113.7");
    assert_eq!(
        ran.err,
        "\r2/2 packets, 0% loss, min/avg/ewma/max = 30.000/30.000/30.000/30.000 ms\n\
         \r2/3 packets, 33% loss, min/avg/ewma/max = 30.000/30.000/30.000/30.000 ms\n"
    );
    assert!(ran.out.contains("4 packets transmitted, 4 received"));
}
