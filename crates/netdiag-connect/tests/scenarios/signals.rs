//! Interrupts and deadlines: the run ends with what is known by then.

use netdiag_connect::Connect;
use netdiag_stage::{Ran, Scene, at, of_type};
use netdiag_tool::Terminal;

use crate::connect;

fn interrupted(name: &str, args: &str, millis: u64) -> Ran {
    Scene::on(name).quit(at(millis)).run::<Connect>(args)
}

#[test]
fn an_interrupt_of_a_datagram_shows_what_is_known() {
    let ran = interrupted("a-straight-path", "--json udp://203.0.113.7:9", 1_500);
    let records = ran.valid_records();
    let attempts = of_type(&records, "attempt");
    assert_eq!((attempts.len(), &attempts[0]["verdict"], ran.end), (1, &"inconclusive".into(), at(1_500)));
    assert_eq!(attempts[0]["elapsed_ms"], 1_500.0);
}

#[test]
fn an_interrupt_in_mid_sweep_shows_the_table_so_far() {
    let ran = interrupted("a-rack-of-servers", "--rate 10 203.0.113.2:20-90", 1_005);
    insta::assert_snapshot!(ran.page());
    assert_eq!((ran.code(), ran.end), (1, at(1_005)));
    let ran = interrupted("a-rack-of-servers", "--json --rate 10 203.0.113.2:20-90", 1_005);
    let records = ran.valid_records();
    // Eleven have been sent: nothing comes back from port 25, and the last one has not been answered yet.
    assert_eq!((of_type(&records, "attempt").len(), of_type(&records, "summary").len()), (9, 1));
}

#[test]
fn an_interrupt_of_a_sweep_that_is_open_so_far_is_no_success() {
    let ran = interrupted("a-rack-of-servers", "--rate 1 203.0.113.2:22,80,443", 1_500);
    assert_eq!(ran.code(), 1, "{}", ran.out);
}

#[test]
fn connections_that_are_watched_when_the_run_is_cut_are_not_lost() {
    let ran = interrupted("a-rack-of-servers", "--dwell 10s 203.0.113.2:22,80", 1_000);
    assert!(ran.out.contains("open                2  22, 80"), "{}", ran.page());
    assert_eq!(ran.code(), 1, "they have not been watched for long enough");
}

#[test]
fn an_interrupt_while_it_waits_tells_what_is_known() {
    let ran = interrupted("a-straight-path", "203.0.113.7:25", 2_500);
    insta::assert_snapshot!(ran.page());
    assert_eq!((ran.code(), ran.end), (4, at(2_500)));
    let ran = interrupted("a-straight-path", "203.0.113.7:25", 500);
    assert_eq!((ran.code(), ran.end), (9, at(500)));
}

#[test]
fn an_interrupt_between_tries_ends_with_the_summary() {
    let ran = interrupted("a-straight-path", "-c 10 203.0.113.7:443", 2_500);
    assert!(ran.out.contains("3 tries"), "{}", ran.out);
    assert_eq!((ran.code(), ran.end), (0, at(2_500)));
}

#[test]
fn an_interrupt_before_the_name_is_known_ends_at_once() {
    for args in ["silent.example.net:80", "silent.example.net:80,81"] {
        let ran = interrupted("names-that-take-their-time", args, 500);
        assert_eq!((ran.code(), ran.end, ran.out.as_str()), (1, at(500), ""), "{args}");
    }
}

#[test]
fn the_deadline_ends_a_sweep() {
    let ran = connect("a-rack-of-servers", "-w 2 203.0.113.2/31:22,8080");
    insta::assert_snapshot!(ran.page());
    assert_eq!((ran.code(), ran.end), (1, at(2_000)));
}

#[test]
fn the_deadline_ends_a_try() {
    let ran = connect("a-straight-path", "-w 2.2 203.0.113.7:25");
    assert_eq!((ran.code(), ran.end), (4, at(2_200)));
    let ran = connect("a-straight-path", "-w 0.5 udp://203.0.113.7:9");
    assert_eq!((ran.code(), ran.end), (9, at(500)), "{}", ran.page());
}

#[test]
fn a_request_shows_where_a_sweep_stands() {
    let ran = Scene::on("a-rack-of-servers").interim(at(505)).run::<Connect>("--rate 10 203.0.113.2:20-29");
    assert_eq!(ran.err, "5 ports in 505.0 ms: 1 open\n");
}

#[test]
fn a_terminal_sees_how_far_it_is() {
    let terminal = Terminal { is_stderr: true, columns: Some(80), ..Terminal::default() };
    let scene = |network: &str| Scene::on(network).terminal(terminal);
    let ran = scene("a-rack-of-servers").run::<Connect>("--rate 10 203.0.113.2:20-29");
    assert!(ran.err.contains("ports") && ran.err.contains("1 open"), "{:?}", ran.err);
    let ran = scene("a-straight-path").run::<Connect>("203.0.113.7:25");
    assert!(ran.err.contains("SYN-SENT to 203.0.113.7: 3 SYNs, nothing back for"), "{:?}", ran.err);
}
