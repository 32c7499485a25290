//! Many services: ports of a host, a block of hosts, both protocols.

use netdiag_stage::of_type;

use crate::connect;
use crate::plain::assert_summary;

/// A sweep, as text and as records.
macro_rules! sweeps {
    ($($name:ident: $args:literal => $code:literal;)*) => {
        $(#[test]
        fn $name() {
            let ran = connect("a-rack-of-servers", $args);
            insta::assert_snapshot!(stringify!($name), ran.page());
            let records = connect("a-rack-of-servers", &format!("--json {}", $args)).valid_records();
            if !$args.contains("--only") && !$args.contains("-q") {
                assert_summary(&records);
            }
            assert_eq!(ran.code(), $code);
        })*
    };
}

sweeps! {
    ports_of_a_host: "203.0.113.2:20-30,80,443,8080" => 1;
    ports_of_a_host_over_ipv6: "[2001:db8:2::2]:20-30,80,443" => 1;
    ports_that_are_all_open: "203.0.113.2:22,80,443" => 0;
    ports_that_are_all_open_verbosely: "-v 203.0.113.2:22,80,443" => 0;
    ports_of_a_name: "web.example.net:ssh,http" => 0;
    a_block: "203.0.113.0/28:22" => 1;
    a_block_quietly: "-q 203.0.113.0/29:22" => 1;
    a_block_of_ipv6: "[2001:db8:2::]/126:22" => 1;
    a_block_and_ports: "203.0.113.2/31:22,25" => 1;
    only_open: "--only open 203.0.113.0/28:22,25" => 1;
    only_what_is_not_silent: "--only open,refused,rejected 203.0.113.0/28:22" => 1;
    two_hosts: "203.0.113.2:22 203.0.113.3:22" => 0;
    the_same_twice: "203.0.113.2:22 203.0.113.2:22" => 0;
    a_name_that_is_none: "203.0.113.2:22 gone.example.net:22" => 1;
    both_protocols: "203.0.113.2:22,53 udp://203.0.113.2:53,123,124" => 1;
    both_protocols_quietly: "-q 203.0.113.2:53 udp://203.0.113.2:53" => 1;
    a_port_each_of_both_protocols: "203.0.113.2:53 udp://203.0.113.2:53" => 1;
    with_a_dwell: "--dwell 100ms 203.0.113.2:22,80" => 0;
}

#[test]
fn records_carry_the_evidence_of_each() {
    let records = connect("a-rack-of-servers", "--json 203.0.113.2:22,23,25").records();
    let attempts = of_type(&records, "attempt");
    assert_eq!(attempts.len(), 3);
    for attempt in attempts {
        let evidence: Vec<&str> =
            attempt["evidence"].as_array().expect("evidence").iter().filter_map(|one| one.as_str()).collect();
        assert!(evidence[0].starts_with("sent: SYN at 0 s"), "{evidence:?}");
    }
}

#[test]
fn nothing_to_ask_is_an_error() {
    let ran = connect("a-rack-of-servers", "gone.example.net:22,23");
    let error = ran.exit.expect_err("nothing to ask");
    assert_eq!(error.message, "there is nothing that can be asked");
    assert!(ran.err.contains("gone.example.net"), "{}", ran.err);
}
