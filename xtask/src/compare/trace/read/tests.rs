use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;

use super::*;

fn output(stdout: &str) -> Output {
    Output { status: ExitStatus::from_raw(0), stdout: stdout.into(), stderr: String::new() }
}

/// Hops as text: the last parts of addresses and the signs.
fn text(seen: Option<Seen>) -> Vec<String> {
    let seen = seen.unwrap_or_default();
    let hop = |(ttl, hop): (&u8, &Hop)| {
        let addresses: Vec<String> = hop.addresses.iter().map(ToString::to_string).collect();
        format!("{ttl} {} {}", addresses.join(","), hop.signs.join(",")).trim().to_owned()
    };
    seen.hops.iter().map(hop).chain([seen.end]).collect()
}

fn links(seen: Option<Seen>) -> Vec<String> {
    let links = seen.and_then(|seen| seen.links).unwrap_or_default();
    links.into_iter().map(|(ttl, from, to)| format!("{ttl} {from} {to}")).collect()
}

#[test]
fn traceroute_has_a_line_for_each_ttl() {
    let lines = "traceroute to 10.77.2.2 (10.77.2.2), 30 hops max\n \
        1  10.77.0.2  0.060 ms  0.007 ms 10.77.0.9  0.006 ms\n 2  * * *\n 3  10.77.1.2  0.1 ms !X * *\n";
    assert_eq!(text(traceroute(&output(lines))), ["1 10.77.0.2,10.77.0.9", "2", "3 10.77.1.2 !X", ""]);
}

#[test]
fn tracepath_tells_an_mtu_in_the_line_of_the_next_ttl() {
    let lines = " 1?: [LOCALHOST]    pmtu 1500\n 1:  fd77::2    0.138ms \n 2:  fd77::2   0.063ms pmtu 1400\n \
        2:  no reply\n 3:  fd77::3   0.06ms reached\n     Resume: pmtu 1400 hops 3 back 3 \n";
    assert_eq!(text(tracepath(&output(lines))), ["1 fd77::2 F=1400", "2", "3 fd77::3", "reached"]);
}

#[test]
fn scamper_has_a_hop_for_each_answer() {
    let line = r#"{"type":"trace","stop_reason":"UNREACH","hop_count":3,"hops":[
        {"addr":"10.0.0.1","probe_ttl":1,"icmp_type":11,"icmp_code":0},
        {"addr":"10.0.0.3","probe_ttl":3,"icmp_type":3,"icmp_code":1}]}"#
        .replace('\n', "");
    assert_eq!(text(scamper_trace(&output(&line))), ["1 10.0.0.1", "2", "3 10.0.0.3 !H", "unreach"]);
}

#[test]
fn tracelb_has_whoever_answered_any_probe() {
    let line = r#"{"type":"tracelb","firsthop":1,"nodes":[{"addr":"fd77::1","links":[[
        {"addr":"fd77::2","probes":[{"ttl":2,"flowid":1}]},{"addr":"fd77::3","probes":[{"ttl":2,"flowid":2}]}],[
        {"addr":"fd77::4","probes":[{"ttl":3,"flowid":1}]}]]}]}"#
        .replace('\n', "");
    assert_eq!(text(scamper_tracelb(&output(&line))), ["1 fd77::1", "2 fd77::2,fd77::3", "3 fd77::4", ""]);
    assert_eq!(
        links(scamper_tracelb(&output(&line))),
        ["1 fd77::1 fd77::2", "1 fd77::1 fd77::3", "2 fd77::2 fd77::4"]
    );
}

#[test]
fn netdiag_has_hop_records_or_no_such_tool() {
    let lines = concat!(
        r#"{"type":"start","schema":"netdiag.trace/1"}"#,
        "\n",
        r#"{"type":"hop","ttl":1,"replies":[{"address":"10.0.0.1","icmp":{"type":11,"code":0}}]}"#,
        "\n",
        r#"{"type":"hop","ttl":2,"replies":[{"address":"10.0.0.2","icmp":{"type":3,"code":13}}]}"#,
        "\n",
        r#"{"type":"summary","stop_reason":"unreachable"}"#,
    );
    assert_eq!(text(netdiag(&output(lines))), ["1 10.0.0.1", "2 10.0.0.2 !X", "unreachable"]);
    assert_eq!(netdiag(&output("")), None);
}

#[test]
fn netdiag_has_links_between_those_who_answer() {
    let lines = concat!(
        r#"{"type":"start","schema":"netdiag.trace/1"}"#,
        "\n",
        r#"{"type":"link","ttl":0,"to":"10.0.0.1","flows":[0]}"#,
        "\n",
        r#"{"type":"link","ttl":1,"from":"10.0.0.1","to":"10.0.0.2","flows":[0]}"#,
    );
    assert_eq!(links(netdiag(&output(lines))), ["1 10.0.0.1 10.0.0.2"]);
}
