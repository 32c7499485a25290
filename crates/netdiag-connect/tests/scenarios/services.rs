//! One service, one end: the text to the letter, and the same run as JSON Lines, each of which fits the schema, with the
//! fields of the contract's table.

use netdiag_stage::only;
use serde_json::Value;

use crate::connect;
use crate::plain::assert_summary;

/// A service: its name, the network, the arguments, and the exit code, verdict, side, phase and state that have to come
/// of it.
macro_rules! services {
    ($($name:ident: $network:literal, $args:literal => $code:literal $fields:literal;)*) => {
        mod text {
            $(#[test]
            fn $name() {
                let ran = super::connect($network, $args);
                insta::assert_snapshot!(stringify!($name), ran.page());
                assert_eq!(ran.code(), $code);
            })*
        }
        mod records {
            $(#[test]
            fn $name() {
                let ran = super::connect($network, &format!("--json {}", $args));
                let records = ran.valid_records();
                super::assert_summary(&records);
                super::assert_attempt(&records, $fields);
                assert_eq!(ran.code(), $code);
            })*
        }
    };
}

#[track_caller]
fn assert_attempt(records: &[Value], fields: &str) {
    let attempt = only(records, "attempt");
    let text = |key: &str| attempt[key].as_str().unwrap_or("-").to_owned();
    let found = ["verdict", "side", "phase", "state", "from"].map(text).join(" ");
    assert_eq!(found, fields, "{attempt}");
}

services! {
    open: "a-straight-path", "203.0.113.7:443" => 0 "open service established ESTABLISHED -";
    open_over_ipv6: "a-straight-path", "[2001:db8:2::7]:80" => 0 "open service established ESTABLISHED -";
    open_verbose: "a-straight-path", "-v 203.0.113.7:443" => 0 "open service established ESTABLISHED -";
    open_and_whose: "a-straight-path", "-v --who 203.0.113.7:443"
        => 0 "open service established ESTABLISHED -";
    refused: "a-straight-path", "203.0.113.7:22" => 3 "refused remote-host syn-sent CLOSED 203.0.113.7";
    refused_over_ipv6: "a-straight-path", "[2001:db8:2::7]:22"
        => 3 "refused remote-host syn-sent CLOSED 2001:db8:2::7";
    refused_and_whose: "a-straight-path", "--who 203.0.113.7:22"
        => 3 "refused remote-host syn-sent CLOSED 203.0.113.7";
    refused_and_whose_over_ipv6: "a-straight-path", "--who [2001:db8:2::7]:22"
        => 3 "refused remote-host syn-sent CLOSED 2001:db8:2::7";
    refused_by_this_host: "a-straight-path", "127.0.0.1:81" => 3 "refused this-host syn-sent CLOSED 127.0.0.1";
    filtered: "a-straight-path", "203.0.113.7:25" => 4 "filtered unknown syn-sent SYN-SENT -";
    filtered_over_ipv6: "a-straight-path", "[2001:db8:2::7]:25" => 4 "filtered unknown syn-sent SYN-SENT -";
    filtered_and_located: "a-straight-path", "--locate 203.0.113.7:25"
        => 4 "filtered unknown syn-sent SYN-SENT -";
    too_short: "a-straight-path", "-W 0.3 203.0.113.7:25" => 9 "inconclusive unknown syn-sent SYN-SENT -";
    too_short_for_the_way: "a-straight-path", "-W 10ms 203.0.113.7:443"
        => 9 "inconclusive unknown syn-sent SYN-SENT -";
    rejected: "a-firewall-that-says-no", "203.0.113.7:24" => 6 "rejected path syn-sent CLOSED 192.0.2.1";
    rejected_over_ipv6: "a-firewall-that-says-no", "[2001:db8:2::7]:24"
        => 6 "rejected path syn-sent CLOSED 2001:db8:1::1";
    rejected_and_located: "a-firewall-that-says-no", "--locate 203.0.113.7:24"
        => 6 "rejected path syn-sent CLOSED 192.0.2.1";
    rejected_with_a_rst: "a-firewall-that-says-no", "203.0.113.7:23" => 6 "rejected path syn-sent CLOSED -";
    rejected_with_a_rst_over_ipv6: "a-firewall-that-says-no", "--who [2001:db8:2::7]:23"
        => 6 "rejected path syn-sent CLOSED -";
    nobody_behind_the_router: "an-address-nobody-has", "203.0.113.99:80"
        => 5 "unreachable path syn-sent CLOSED 192.0.2.1";
    nobody_on_the_link: "an-address-nobody-has", "192.0.2.99:80"
        => 5 "unreachable local-network syn-sent CLOSED 192.0.2.10";
    no_such_net: "an-address-nobody-has", "198.51.100.1:80"
        => 5 "unreachable path syn-sent CLOSED 192.0.2.1";
    a_ttl_that_is_too_small: "a-straight-path", "--ttl 2 203.0.113.7:443"
        => 5 "unreachable path syn-sent CLOSED 198.51.100.22";
    a_loop: "a-loop-between-two-routers", "203.0.113.7:443"
        => 5 "unreachable path syn-sent CLOSED 198.51.100.2";
    an_unreachable_route: "routes-that-forbid", "198.51.100.1:22"
        => 7 "blocked-locally this-host route CLOSED -";
    a_prohibited_route: "routes-that-forbid", "198.51.100.65:22"
        => 7 "blocked-locally this-host route CLOSED -";
    a_prohibited_route_over_ipv6: "routes-that-forbid", "[2001:db8:9::1]:22"
        => 7 "blocked-locally this-host route CLOSED -";
    a_blackhole: "routes-that-forbid", "198.51.100.129:22" => 7 "blocked-locally this-host route CLOSED -";
    no_route: "routes-that-forbid", "198.51.100.193:22" => 5 "unreachable this-host route CLOSED -";
    a_policy: "trouble-with-connecting", "target.example.net:22" => 7 "blocked-locally this-host route CLOSED -";
    no_memory: "trouble-with-connecting", "later.example.net:22" => 2 "local-error this-host route CLOSED -";
    udp_open: "a-straight-path", "--payload ping udp://203.0.113.7:7"
        => 0 "open service established CLOSED -";
    udp_refused: "a-straight-path", "udp://203.0.113.7:8"
        => 3 "refused remote-host syn-sent CLOSED 203.0.113.7";
    udp_refused_over_ipv6: "a-straight-path", "udp://[2001:db8:2::7]:8"
        => 3 "refused remote-host syn-sent CLOSED 2001:db8:2::7";
    udp_silent: "a-straight-path", "udp://203.0.113.7:9" => 9 "inconclusive unknown syn-sent CLOSED -";
    udp_prohibited: "a-firewall-that-says-no", "udp://203.0.113.7:53"
        => 6 "rejected path syn-sent CLOSED 192.0.2.1";
    udp_unreachable: "an-address-nobody-has", "udp://203.0.113.99:53"
        => 5 "unreachable path syn-sent CLOSED 192.0.2.1";
}

#[test]
fn quietly_a_line() {
    for args in ["203.0.113.7:24", "203.0.113.7:80", "203.0.113.7:23"] {
        let ran = connect("a-firewall-that-says-no", &format!("-q {args}"));
        assert_eq!((ran.out.lines().count(), ran.err.as_str()), (1, ""), "{}", ran.page());
    }
    insta::assert_snapshot!(connect("a-firewall-that-says-no", "-q 203.0.113.7:24").page());
}
