//! Bad networks: silence, no way, firewalls, links and routes that come and go, queues that are full, forged answers.

use libtest_mimic::Failed;
use netdiag_lab::{
    Answer, Hook, IcmpError, IcmpSockets, Lab, LinkState, Node, Ruleset, Script, Signal, Traffic,
};
use serde_json::{Value, json};

use crate::harness::{Case, Tested, case, check};
use crate::stage::{Live, Records, ping, records};

pub(crate) const CASES: &[Case] = &[
    case!(silence_has_statistics),
    case!(silence_says_what_it_means),
    case!(no_route_is_counted_per_probe),
    case!(a_local_firewall_is_named, "nft"),
    case!(errors_have_their_fields),
    case!(packets_too_large_have_an_mtu),
    case!(full_queues_hold_the_run_up),
    case!(an_interface_comes_and_goes),
    case!(a_route_comes_and_goes),
    case!(forged_answers_do_not_count),
    case!(strangers_do_not_count),
    case!(every_member_of_a_group_answers),
    case!(a_broadcast_is_answered),
    case!(late_answers_are_late),
];

/// A pair, ICMP open at the client; client, server, and the server's IPv4 address.
fn pair() -> Result<(Lab, Node, Node, String), Failed> {
    let lab = Lab::pair()?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    client.icmp_sockets(IcmpSockets::Open)?;
    let address = server.v4()?.to_string();
    Ok((lab, client, server, address))
}

fn silence_has_statistics() -> Tested {
    let (_lab, client, server, address) = pair()?;
    let _puppet = server.respond(Script::new(Answer::Silent))?;
    let args = ["-c", "3", "-i", "0.02", "-W", "0.2"];
    for target in [address.clone(), server.v6()?.to_string()] {
        let records = records(&client, &[&args[..], &[&target]].concat())?;
        records
            .expect(1, &json!({"sent": 3, "received": 0, "lost": 3, "loss_percent": 100, "via": "icmp"}))?;
        let summary = records.summary()?;
        for absent in ["rtt_ms", "jitter_ms", "loss_bursts"] {
            check(summary.get(absent).is_none(), || format!("{absent} in {summary}"))?;
        }
        check(records.of_type("timeout").len() == 3, || format!("{records:#?}"))?;
    }
    let text = ping(&client, &[&args[..], &[&address]].concat()).output()?;
    let is_so = text.stdout.contains("3 packets transmitted, 0 received, 100% packet loss");
    check(is_so && text.code() == Some(1), || format!("{text:?}"))
}

fn silence_says_what_it_means() -> Tested {
    let (_lab, client, server, address) = pair()?;
    let _puppet = server.respond(Script::new(Answer::Silent))?;
    let said = records(&client, &["-c", "1", "-W", "0.2", &address])?;
    let meaning = said.summary()?["meaning"].to_string();
    check(meaning.contains("not proof") && meaning.contains("answers ARP"), || meaning.clone())?;
    check(said.summary()?["advice"].to_string().contains("netdiag ping --via"), || format!("{said:#?}"))?;
    // A neighbour that is not there: three seconds later the kernel says so itself.
    let absent = std::net::Ipv4Addr::from_bits(server.v4()?.to_bits() ^ 0x80).to_string();
    let said = records(&client, &["-c", "1", "-W", "10", &absent])?;
    said.expect(1, &json!({"sent": 1, "received": 0, "errors": 1}))?;
    let meaning = said.summary()?["meaning"].to_string();
    check(meaning.contains("ARP") && !meaning.contains("answers ARP"), || meaning.clone())
}

fn no_route_is_counted_per_probe() -> Tested {
    let (_lab, client, ..) = pair()?;
    for target in ["192.0.2.1", "2001:db8::1"] {
        let records = records(&client, &["-c", "3", "-i", "0.02", "-W", "0.2", target])?;
        records.expect(2, &json!({"sent": 3, "received": 0, "lost": 3}))?;
        let errors = records.of_type("send_error");
        let is_so = errors.len() == 3 && errors.iter().all(|error| error["errno"]["name"] == "ENETUNREACH");
        check(is_so, || format!("{records:#?}"))?;
    }
    Ok(())
}

fn a_local_firewall_is_named() -> Tested {
    let (_lab, client, _, address) = pair()?;
    client.filter(&Ruleset::drop(Hook::Output, &Traffic::EchoRequests))?;
    let records = records(&client, &["-c", "2", "-i", "0.02", "-W", "0.2", &address])?;
    records.expect(1, &json!({"sent": 2, "received": 0}))?;
    let errors = records.of_type("send_error");
    let is_so = errors.len() == 2 && errors.iter().all(|error| error["errno"]["name"] == "EPERM");
    check(is_so, || format!("{records:#?}"))?;
    let text = ping(&client, &["-c", "1", "-W", "0.2", &address]).output()?;
    check(text.stderr.contains("a firewall of this host"), || format!("{text:?}"))
}

fn errors_have_their_fields() -> Tested {
    let (_lab, client, server, address) = pair()?;
    let router = "10.77.0.200";
    let script = Script::new(Answer::Echo)
        .on(1, IcmpError::unreachable(13).from(router.parse()?))
        .on(2, IcmpError::unreachable(3))
        .on(3, IcmpError::time_exceeded(0));
    let _puppet = server.respond(script)?;
    let records = records(&client, &["-c", "4", "-i", "0.05", &address])?;
    records.expect(0, &json!({"sent": 4, "received": 1, "errors": 3, "lost": 3}))?;
    let seen: Vec<Value> =
        records.of_type("icmp_error").into_iter().map(|e| json!([e["seq"], e["from"], e["icmp"]])).collect();
    let icmp = |kind: u8, code: u8, name: &str| json!({"type": kind, "code": code, "name": name});
    let expected = [
        json!([1, router, icmp(3, 13, "admin-prohibited")]),
        json!([2, address, icmp(3, 3, "port-unreachable")]),
        json!([3, address, icmp(11, 0, "ttl-exceeded")]),
    ];
    check(seen == expected, || format!("{seen:#?}"))
}

fn packets_too_large_have_an_mtu() -> Tested {
    let (_lab, client, _, address) = pair()?;
    let here = records(&client, &["-M", "do", "-s", "3000", "-c", "1", "-W", "0.2", &address])?;
    let error = here.of_type("send_error").first().map(|error| json!([error["errno"]["name"], error["mtu"]]));
    check(error == Some(json!(["EMSGSIZE", 1500])), || format!("{here:#?}"))?;
    let lab = Lab::chain(1)?;
    lab.node("r1")?.ip(&["link set to-server mtu 1300".into()])?;
    let (client, target) = (lab.node("client")?, lab.node("server")?.v4()?.to_string());
    let there = records(&client, &["-M", "do", "-s", "1400", "-c", "1", "-W", "0.5", &target])?;
    let error = there.of_type("icmp_error").first().map(|error| json!([error["icmp"]["code"], error["mtu"]]));
    check(error == Some(json!([4, 1300])), || format!("{there:#?}"))
}

/// Packets for a neighbour that does not answer wait in its queue and fill the socket's; that is said once, nothing is
/// lost for it, and the run goes on when the kernel has given the neighbour up.
fn full_queues_hold_the_run_up() -> Tested {
    let (_lab, client, server, _) = pair()?;
    let absent = std::net::Ipv4Addr::from_bits(server.v4()?.to_bits() ^ 0x80).to_string();
    let args = ["-S", "4096", "-s", "1000", "-i", "0.01", "-c", "8", "-W", "20", &absent];
    let records = records(&client, &args)?;
    records.expect(1, &json!({"sent": 8, "received": 0}))?;
    check(records.notices("send-blocked") == 1, || format!("{records:#?}"))?;
    let settled = ["icmp_error", "send_error", "timeout"].map(|kind| records.of_type(kind).len());
    check(settled.iter().sum::<usize>() == 8, || format!("{records:#?}"))
}

fn an_interface_comes_and_goes() -> Tested {
    let (_lab, client, _, address) = pair()?;
    let mut live = Live::start(ping(&client, &["--json", "-i", "0.05", &address]))?;
    live.until_record("reply", "seq", "2")?;
    client.set_link("to-server", LinkState::Down)?;
    live.until_record("notice", "code", "interface-down")?;
    live.until("a send error", |line| line.contains("\"send_error\""))?;
    client.set_link("to-server", LinkState::Up)?;
    live.until_record("notice", "code", "interface-up")?;
    live.until("a reply", |line| line.contains("\"reply\""))?;
    live.running.signal(Signal::INT)?;
    let records = Records::of(&live.end()?)?;
    let summary = records.summary()?;
    let number = |name: &str| summary[name].as_u64().unwrap_or_default();
    let is_so = number("received") >= 3
        && number("lost") >= 1
        && number("sent") == number("received") + number("lost");
    check(is_so && records.code == Some(0), || format!("{records:#?}"))
}

fn a_route_comes_and_goes() -> Tested {
    let lab = Lab::chain(1)?;
    let (client, server) = (lab.node("client")?, lab.node("server")?.v4()?.to_string());
    let routes = client.command("ip").args(["-4", "route", "show", "match", &server]).output()?.stdout;
    let route = routes.lines().next().ok_or("no route to the server")?.trim().to_owned();
    let mut live = Live::start(ping(&client, &["--json", "-i", "0.05", &server]))?;
    live.until_record("reply", "seq", "2")?;
    client.ip(&[format!("route del {route}")])?;
    let gone = live.until_record("notice", "code", "route-change")?;
    check(gone["message"].to_string().contains("gone"), || gone.to_string())?;
    live.until("a send error", |line| line.contains("ENETUNREACH"))?;
    client.ip(&[format!("route add {route}")])?;
    live.until_record("notice", "code", "route-change")?;
    live.until("a reply", |line| line.contains("\"reply\""))?;
    live.running.signal(Signal::INT)?;
    let records = Records::of(&live.end()?)?;
    check(records.code == Some(0) && records.notices("route-change") >= 2, || format!("{records:#?}"))
}

fn forged_answers_do_not_count() -> Tested {
    for state in [IcmpSockets::Open, IcmpSockets::Closed] {
        let lab = Lab::pair()?;
        let (client, server) = (lab.node("client")?, lab.node("server")?);
        client.icmp_sockets(state)?;
        let script = Script::new(Answer::Echo).on(2, Answer::ForgedToken).on(3, Answer::ForgedToken);
        let _puppet = server.respond(script)?;
        let args = ["-c", "4", "-i", "0.05", "-W", "0.5", &server.v4()?.to_string()];
        let records = records(&client, &args)?;
        records.expect(0, &json!({"sent": 4, "received": 2, "lost": 2, "duplicates": 0, "corrupt": 0}))?;
        // When the first one comes, and their number at the end.
        let said = records.said("forged");
        check(said.len() == 2 && said[1].split(' ').any(|word| word == "2"), || format!("{records:#?}"))?;
    }
    Ok(())
}

fn strangers_do_not_count() -> Tested {
    let (_lab, client, server, address) = pair()?;
    let stranger = "10.77.0.200";
    let _puppet = server.respond(Script::new(Answer::Echo).on(2, Answer::FromAddress(stranger.parse()?)))?;
    let records = records(&client, &["-c", "3", "-i", "0.05", "-W", "0.5", &address])?;
    records.expect(0, &json!({"sent": 3, "received": 2, "lost": 1}))?;
    let notices = records.of_type("notice");
    let is_so = notices.len() == 1
        && notices[0]["code"] == "different-address"
        && notices[0]["message"].to_string().contains(stranger);
    check(is_so, || format!("{records:#?}"))
}

/// Two hosts answer one probe: the first answer counts, the other is a duplicate.
fn every_member_of_a_group_answers() -> Tested {
    let (_lab, client, ..) = pair()?;
    let records = records(&client, &["-c", "2", "-i", "0.2", "ff02::1%to-server"])?;
    records.expect(0, &json!({"received": 2, "lost": 0}))?;
    let mut from: Vec<_> = records.of_type("reply").iter().map(|reply| reply["seq"].as_u64()).collect();
    from.dedup();
    check(records.summary()?["duplicates"].as_u64() >= Some(1), || format!("{records:#?}"))
}

fn a_broadcast_is_answered() -> Tested {
    let (_lab, client, server, _) = pair()?;
    server.sysctl("net.ipv4.icmp_echo_ignore_broadcasts", "0")?;
    let broadcast = std::net::Ipv4Addr::from_bits(server.v4()?.to_bits() | 0xff).to_string();
    let records = records(&client, &["-b", "-c", "2", "-i", "0.2", "-W", "0.5", &broadcast])?;
    records.expect(0, &json!({"received": 2, "lost": 0}))
}

fn late_answers_are_late() -> Tested {
    let (_lab, client, server, address) = pair()?;
    let late = std::time::Duration::from_millis(400);
    let _puppet = server.respond(Script::new(Answer::Echo).on(1, Answer::Delayed(late)))?;
    // The last probe goes after a second: the late answer is in by then.
    let records = records(&client, &["-c", "3", "-i", "0.5", "-W", "0.1", &address])?;
    records.expect(0, &json!({"sent": 3, "received": 3, "late": 1, "lost": 0}))?;
    let (timeouts, replies) = (records.of_type("timeout"), records.of_type("reply"));
    let is_so = timeouts.len() == 1
        && timeouts[0]["seq"] == 1
        && replies.iter().any(|r| r["late"] == true && r["seq"] == 1);
    check(is_so, || format!("{records:#?}"))
}
