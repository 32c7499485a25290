//! What options mean, and which do not go together.

use netdiag_tool::Tool;

use super::*;

fn planned(args: &str) -> Result<Plan, ToolError> {
    let words = std::iter::once("netdiag-trace").chain(args.split_whitespace());
    let matches = crate::Trace::command().try_get_matches_from(words).expect("options");
    crate::Trace::plan(&matches, netdiag_tool::Caller::User)
}

fn plan(args: &str) -> Plan {
    planned(args).expect("a plan")
}

#[track_caller]
fn refusal(args: &str) -> String {
    planned(args).expect_err("refused").message
}

#[test]
fn without_options_it_is_thirty_hops_three_probes_each_and_two_seconds() {
    let plan = plan("host");
    let Limits { first_ttl, max_ttl, queries, gap, in_flight, timeout, size, .. } = plan.limits;
    assert_eq!((first_ttl, max_ttl, queries, gap, in_flight, size), (1, 30, 3, 5, 64, [60, 80]));
    assert_eq!((timeout, plan.rate), (Duration::from_secs(2), Rate::Unlimited));
    assert_eq!((plan.protocol, plan.form), (Protocol::Auto, Form::Text));
    assert_eq!((plan.deadline, plan.family, plan.port, plan.size), (None, None, None, None));
    assert_eq!((plan.origins, plan.names), (Origins::None, Names::Shown));
}

#[test]
fn several_targets_keep_to_a_thousand_probes_a_second() {
    for args in ["a b", "@hosts", "-"] {
        assert_eq!(plan(args).rate, paced(1_000.0), "{args}");
    }
    assert_eq!(plan("--rate 50 a b").rate, paced(50.0));
    assert_eq!(plan("--rate max a b").rate, Rate::Max);
}

#[test]
fn letters_and_words_name_one_protocol() {
    for (letter, word, protocol) in
        [("-I", "icmp", Protocol::Icmp), ("-U", "udp", Protocol::Udp), ("-T", "tcp", Protocol::Tcp)]
    {
        assert_eq!(plan(&format!("{letter} host")).protocol, protocol);
        assert_eq!(plan(&format!("--protocol {word} host")).protocol, protocol);
    }
    assert_eq!(plan("--mda host").protocol, Protocol::Udp, "echoes are seldom shared out by flow");
    assert_eq!(plan("--mda -I host").protocol, Protocol::Icmp);
}

#[test]
fn ports_are_those_of_the_protocol_unless_typed() {
    assert_eq!((plan("host").udp_port(), plan("host").tcp_port()), (33_434, 80));
    assert_eq!((plan("-U -p 53 host").udp_port(), plan("-T -p 443 host").tcp_port()), (53, 443));
}

#[test]
fn a_number_behind_a_single_host_is_the_size() {
    assert_eq!((plan("host 100").size, plan("host 100").limits.size), (Some(100), [100, 100]));
    assert_eq!(plan("host --size 100").size, Some(100));
    assert_eq!(plan("a b 100").words.len(), 3, "behind several it is a name like others");
    assert_eq!(
        refusal("host 27"),
        "\"27\" is no size of a packet in octets: write a whole number from 28 to 65535"
    );
    assert_eq!(refusal("host 99 --size 100"), "the size is given twice: --size, and 99 at the end");
}

#[test]
fn a_packet_has_room_for_its_headers() {
    let room = |least: u16, size: u16| {
        format!("a packet of {size} octets has no room for its headers: at least {least}")
    };
    assert_eq!(plan("-I host 28").size, Some(28));
    assert_eq!(refusal("-U host 31"), room(32, 31));
    assert_eq!(refusal("-6 host 47"), room(48, 47));
    assert_eq!(refusal("-6 -U host 51"), room(52, 51));
    assert_eq!(plan("-6 -U host 52").size, Some(52));
}

#[test]
fn what_does_not_go_together_is_refused_and_says_why() {
    for (args, why) in [
        ("-f 9 -m 8 host", "the first TTL (9) is beyond the last (8)"),
        ("-p 53 host", "ICMP has no ports"),
        ("-I -p 53 host", "ICMP has no ports"),
        ("-w 0 host", "a timeout of 0 gives nobody time to answer: write how long to wait, such as 0.5"),
        ("-T --mda host", "--mda asks by many flows at once, and TCP attempts go one by one: use UDP"),
        ("-T --raw host", "--raw hears what routers quote of ICMP and UDP probes: use one of these"),
        ("-T --mtu host", "--mtu needs packets of any size, and a SYN has none: use ICMP or UDP"),
        ("-T host 100", "a SYN has no data, so its size cannot be set: use ICMP or UDP"),
        (
            "--mda --flow 3 host",
            "--flow is one flow, and --mda takes as many as it needs: leave one of them out",
        ),
        ("--mtu --size 99 host", "--mtu tries sizes by itself: leave the size out"),
        ("--format dot --quiet host", "a graph is shown as a whole: leave --quiet and --wide out"),
        ("--format mermaid --wide host", "a graph is shown as a whole: leave --quiet and --wide out"),
        ("192.0.2.0/24", "\"192.0.2.0/24\" is a block: a path leads to one host"),
        ("-6 -s 192.0.2.1 host", "the source address 192.0.2.1 is not an IPv6 address"),
    ] {
        assert_eq!(refusal(args), why, "{args}");
    }
}

#[test]
fn refusals_name_the_way_out() {
    let hint = |args: &str| planned(args).expect_err("refused").hint.unwrap_or_default();
    assert_eq!(hint("-f 9 -m 8 host"), "raise the last with -m, or lower the first with -f");
    assert_eq!(hint("-p 53 host"), "add -U (UDP) or -T (TCP), or leave --port out");
    assert_eq!(hint("192.0.2.0/24"), "to ask many hosts: name them, or list them: @FILE");
}

#[test]
fn numbers_out_of_their_bounds_are_refused_as_they_are_read() {
    for (args, text) in [
        ("-f 0 host", "\"0\" is no TTL: write a whole number from 1 to 255"),
        ("-m 256 host", "\"256\" is no TTL: write a whole number from 1 to 255"),
        ("-q 0 host", "\"0\" is no count: write a whole number from 1 to 100"),
        ("-q 101 host", "\"101\" is no count: write a whole number from 1 to 100"),
        ("-N -1 host", "\"-1\" is no count: write a whole number from 1 to 10000"),
        ("--flow 10000 host", "\"10000\" is no flow: write a whole number from 0 to 9999"),
        ("--gap-limit x host", "\"x\" is no count: write a whole number from 1 to 100"),
    ] {
        let words = std::iter::once("netdiag-trace").chain(args.split_whitespace());
        let error = crate::Trace::command().try_get_matches_from(words).expect_err("refused").to_string();
        assert!(error.contains(text), "{error}");
    }
}

#[test]
fn a_flow_is_the_same_in_every_run() {
    assert_eq!(plan("--flow 7 host").sockets.identifier, Some(20_007));
    assert_eq!(plan("host").sockets.identifier, None);
    assert_eq!((tcp_source(Some(7), 1), tcp_source(Some(7), 2)), (20_007, 20_007));
    assert!((20_000..29_744).contains(&tcp_source(None, u16::MAX)));
}

#[test]
fn udp_has_its_key_before_the_data_and_tcp_goes_one_by_one() {
    let plan = plan("--mtu host");
    assert_eq!(
        (plan.limits.overhead, plan.limits.path_mtu),
        (netdiag_engine::strategy::Overhead { v4: 28, v6: 48 }, PathMtu::Found(Answers::Free))
    );
    let udp = plan.udp_limits();
    assert_eq!(
        (udp.overhead, udp.path_mtu),
        (netdiag_engine::strategy::Overhead { v4: 32, v6: 52 }, PathMtu::Found(Answers::Limited))
    );
    assert_eq!(plan.tcp_limits().discipline, Discipline::OneByOne);
    assert_eq!(plan.sockets.fragmentation, Some(Fragmentation::Probe));
}

#[test]
fn confidence_is_95_unless_typed() {
    let miss = |args: &str| plan(args).limits.branches;
    assert_eq!(miss("--mda host"), AllBranches::Found { miss_percent: 5 });
    assert_eq!(miss("--mda=99 host"), AllBranches::Found { miss_percent: 1 });
    assert_eq!(miss("host"), AllBranches::Ignored);
}

#[test]
fn the_form_is_the_last_word_on_how_it_looks() {
    for (args, form) in [
        ("--json host", Form::Json),
        ("--json --wide host", Form::Json),
        ("--wide host", Form::Wide),
        ("--format text host", Form::Text),
        ("--format text --wide host", Form::Wide),
        ("--format dot host", Form::Dot),
        ("--format mermaid host", Form::Mermaid),
    ] {
        assert_eq!(plan(args).form, form, "{args}");
    }
}

#[test]
fn origins_come_from_the_file_where_one_is_named() {
    assert_eq!(plan("--asn host").origins, Origins::Dns);
    assert_eq!(plan("-A --asn-db as.tsv host").origins, Origins::File("as.tsv".into()));
}

#[test]
fn only_a_mark_needs_a_right_to_the_end() {
    assert_eq!(crate::Trace::keeps(&plan("--mark 7 host")), [netdiag_tool::Right::NetAdmin]);
    assert!(crate::Trace::keeps(&plan("--raw host")).is_empty());
    assert_eq!(plan("-s 2001:db8::1 host").sockets.family, Some(Family::V6));
}
