//! What options mean, and which are refused.

use super::*;
use netdiag_engine::port::Fragmentation;
use netdiag_tool::Tool;

fn plan_of(caller: Caller, args: &str) -> Result<Plan, ToolError> {
    let words = std::iter::once("netdiag-ping").chain(args.split_whitespace());
    let matches = crate::Ping::command().try_get_matches_from(words).expect("options");
    crate::Ping::plan(&matches, caller)
}

fn plan(args: &str) -> Plan {
    plan_of(Caller::User, args).expect("a plan")
}

fn refusal(args: &str) -> ToolError {
    plan_of(Caller::User, args).expect_err("refused")
}

#[test]
fn without_options_it_is_pings_one_a_second() {
    let plan = plan("host");
    assert_eq!(plan.pace, Pace::Steady { interval: Duration::from_secs(1) });
    assert_eq!(plan.ending, Ending::Classic { linger: Duration::from_secs(10) });
    assert_eq!((plan.timeout, plan.count, plan.deadline, plan.preload, plan.size), (None, None, None, 1, 56));
    assert_eq!((plan.via, plan.rate, plan.family), (Via::Auto, Rate::Unlimited, None));
    assert_eq!(plan.sockets, SocketOptions { payload_len: 56, in_flight: 64, ..SocketOptions::default() });
}

#[test]
fn text_has_pings_timeout_and_json_one_for_each_probe() {
    let text = plan("-W 3 host");
    assert_eq!((text.timeout, text.ending), (None, Ending::Classic { linger: Duration::from_secs(3) }));
    assert_eq!(plan("--json host").timeout, Some(Duration::from_secs(2)));
    let json = plan("--json -W 3 host");
    assert_eq!((json.timeout, json.ending), (Some(Duration::from_secs(3)), Ending::Settled));
    let ends = plan("--json -c 3 -w 5 host");
    assert!(matches!(ends.ending, Ending::Classic { .. }), "a deadline means the same in both forms");
}

#[test]
fn a_timeout_of_zero_is_for_ever_and_a_deadline_of_zero_is_none() {
    assert_eq!(plan("-W 0 host").ending, Ending::Classic { linger: FOR_EVER });
    assert_eq!(plan("--json -W 0 host").timeout, None);
    assert_eq!(plan("-w 0 host").deadline, None);
    assert_eq!(plan("-w 1.5 host").deadline, Some(Duration::from_millis(1_500)));
}

#[test]
fn users_may_not_flood() {
    for args in ["-f host", "-i 0 host", "-i 0.001 host", "-i 1999us host"] {
        let error = refusal(args);
        assert!(
            error.message.starts_with("cannot flood; minimal interval allowed for user is 2 ms"),
            "{error}"
        );
        assert_eq!(error.hint.as_deref(), Some("use -i 0.002 or higher, or run it as root"));
        assert!(plan_of(Caller::Root, args).is_ok(), "{args}");
    }
    assert_eq!(plan("-i 0.002 host").pace, Pace::Steady { interval: Duration::from_millis(2) });
    assert_eq!(plan("-f -i 0.2 host").pace, Pace::Steady { interval: Duration::from_millis(200) });
    assert_eq!(plan("-A host").pace, Pace::Adaptive { floor: Duration::from_millis(2) });
    let root = plan_of(Caller::Root, "-A host").expect("a plan");
    assert_eq!(root.pace, Pace::Adaptive { floor: Duration::ZERO });
    let root = plan_of(Caller::Root, "-f host").expect("a plan");
    assert_eq!((root.pace, root.sockets.in_flight), (Pace::Flood, 4_096));
}

#[test]
fn users_may_preload_three() {
    assert_eq!(plan("-l 3 host").preload, 3);
    assert!(refusal("-l 4 host").message.contains("cannot set preload to value greater than 3 for user"));
    assert!(plan_of(Caller::Root, "-l 65536 host").is_ok());
}

#[test]
fn data_fits_a_packet_of_its_family() {
    assert!(refusal("-s 65528 host").message.contains("--size 65528 does not fit into a packet"));
    let plan = plan("-s 65527 host");
    assert!(plan.check_size(Family::V6).is_ok() && plan.check_size(Family::V4).is_err());
    assert!(super::tests::plan("-s 65507 host").check_size(Family::V4).is_ok());
    assert_eq!(plan.payload(4).len(), 65_523);
    assert_eq!(super::tests::plan("-s 2 host").payload(4).len(), 0);
}

#[test]
fn an_interface_an_address_or_both() {
    let interface = plan("-I eth0 host").sockets;
    assert_eq!((interface.interface.as_deref(), interface.source), (Some("eth0"), None));
    let source = plan("-I 192.0.2.10 host").sockets;
    assert_eq!((source.interface, source.source), (None, Some("192.0.2.10".parse().expect("an address"))));
    assert_eq!(source.family, Some(Family::V4), "the source settles the family");
    let both = plan("-I eth0 -I 2001:db8::1 host").sockets;
    assert_eq!((both.interface.as_deref(), both.family), (Some("eth0"), Some(Family::V6)));
    let scoped = plan("-I fe80::1%eth1 host").sockets;
    assert_eq!(scoped.interface.as_deref(), Some("eth1"));
    let long = plan("--interface eth0 --source 192.0.2.10 host").sockets;
    assert_eq!((long.interface.as_deref(), long.family), (Some("eth0"), Some(Family::V4)));
    assert_eq!(
        refusal("-6 -I 192.0.2.10 host").message,
        "the source address 192.0.2.10 is not an IPv6 address"
    );
}

#[test]
fn what_is_sent() {
    let sockets = plan("-t 5 -Q 0x10 -M do -m 7 -r -b -L -F 0 -e 9 -S 4096 -s 100 host").sockets;
    assert_eq!((sockets.ttl, sockets.tos, sockets.mark), (Some(5), Some(0x10), Some(7)));
    assert_eq!((sockets.fragmentation, sockets.flow_label), (Some(Fragmentation::Never), Some(0)));
    assert!(sockets.is_direct_only && sockets.is_broadcast_allowed && sockets.is_multicast_loop_off);
    assert_eq!((sockets.identifier, sockets.send_buffer, sockets.payload_len), (Some(9), Some(4_096), 100));
    assert_eq!(plan("-p ff00 host").pattern, Some(vec![0xff, 0]));
    assert_eq!(plan("--rate max host").rate, Rate::Max);
    assert_ne!(plan("--rate 0.5 host").rate, Rate::Max);
}

#[test]
fn names_are_looked_up_only_where_ping_does() {
    for (args, expected) in [
        ("host", ReverseNames::All),
        ("-n host", ReverseNames::None),
        ("192.0.2.1", ReverseNames::None),
        ("fe80::1%eth0", ReverseNames::None),
        ("-H 192.0.2.1", ReverseNames::All),
    ] {
        assert_eq!(plan(args).reverse_names, expected, "{args}");
    }
    assert_eq!(plan_of(Caller::Root, "-f host").expect("a plan").reverse_names, ReverseNames::None);
}

#[test]
fn letters_of_ping_that_are_refused_say_what_to_do_instead() {
    for letter in ["-B", "-C", "-d", "-R", "-U", "-N name", "-T tsonly"] {
        let error = refusal(&format!("{letter} host"));
        assert!(error.message.starts_with(&format!("{} is not supported: ", &letter[..2])), "{error}");
    }
}

#[test]
fn the_last_of_two_alike_wins() {
    assert_eq!(plan("-c 3 -c 5 host").count, Some(5));
    assert_eq!(plan("-i 1 --interval 2s host").pace, Pace::Steady { interval: Duration::from_secs(2) });
}

#[test]
fn only_a_mark_outlives_the_drop_of_rights() {
    use netdiag_tool::{Right, Tool};
    for (args, kept) in [
        ("host", &[][..]),
        ("-f -i 1 --via udp host", &[]),
        ("-m 7 host", &[Right::NetAdmin]),
        ("--via tcp:443 --mark 7 host", &[Right::NetAdmin]),
    ] {
        assert_eq!(crate::Ping::keeps(&plan(args)), kept, "{args}");
    }
}
