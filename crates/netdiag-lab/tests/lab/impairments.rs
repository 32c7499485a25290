//! What a wire says it did and what iputils ping saw must be the same.

use std::time::Duration;

use netdiag_lab::{
    Action, Corruption, EchoKind, Fault, Hook, Impairment, Jitter, Lab, Loss, Mark, Reject, Ruleset, Traffic,
    Way, Which, Wire, WireSpec,
};

use crate::{Case, Tested, case, check, summary};

pub(crate) const CASES: &[Case] = &[
    case!(delay_is_at_least_what_was_asked, "ping"),
    case!(loss_agrees_with_ping, "ping"),
    case!(bursts_agree_with_ping, "ping"),
    case!(duplicates_agree_with_ping, "ping"),
    case!(chosen_replies_are_lost, "ping"),
    case!(reordering_is_seen_by_ping, "ping"),
    case!(held_frames_leave_at_the_limit, "ping"),
    case!(wrong_checksum_never_arrives, "ping"),
    case!(fixed_checksum_shows_in_the_payload, "ping"),
    case!(jitter_keeps_the_order, "ping"),
    case!(tcp_passes_whole),
    case!(same_seed_same_losses, "ping"),
    case!(refusals_have_their_codes, "nft", "ping"),
    case!(output_rules_fail_the_send, "nft"),
    case!(rates_and_chance_lose, "nft", "ping"),
    case!(dscp_and_translation, "nft", "ping"),
];

fn wired(spec: WireSpec) -> Result<(Lab, Wire), libtest_mimic::Failed> {
    let lab = Lab::new("wire")?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    let wire = lab.wire(&client, &server, spec)?;
    Ok((lab, wire))
}

fn ping(lab: &Lab, arguments: &[&str]) -> Result<String, libtest_mimic::Failed> {
    let server = lab.node("server")?.v4()?.to_string();
    let output = lab.node("client")?.command("ping").args(["-n"]).args(arguments).args([&server]).output()?;
    Ok(output.stdout + &output.stderr)
}

/// The sequence numbers in the order of arrival.
fn sequence(output: &str) -> Vec<u16> {
    output
        .lines()
        .filter_map(|line| line.split_once("icmp_seq=")?.1.split(' ').next()?.parse().ok())
        .collect()
}

fn delay_is_at_least_what_was_asked() -> Tested {
    let (lab, wire) = wired(WireSpec::new().both(Impairment::new().delay(Duration::from_millis(15))))?;
    let output = ping(&lab, &["-c", "5", "-i", "0.01"])?;
    let times: Vec<f64> = output
        .lines()
        .filter_map(|line| line.split_once("time=")?.1.split(' ').next()?.parse().ok())
        .collect();
    check(times.len() == 5 && times.iter().all(|time| *time >= 30.0), || output.clone())?;
    let log = wire.log()?;
    for (passage, _) in log.echoes(Way::Forth, EchoKind::Request) {
        let took = passage.left_ns.ok_or("a request has not left")? - passage.arrived_ns;
        check(took >= 15_000_000, || format!("{passage:?}"))?;
    }
    // IPv6 passes the same way.
    let server = lab.node("server")?.v6()?.to_string();
    let six = lab.node("client")?.command("ping").args(["-n", "-c", "2", "-i", "0.01", &server]).output()?;
    check(six.status.success() && wire.log()?.arrived(Way::Forth, EchoKind::Request) == 7, || {
        format!("{six:?}")
    })
}

/// Pings fifty times over such a wire and compares the counts.
fn agree(spec: WireSpec) -> Tested {
    let (lab, wire) = wired(spec)?;
    let output = ping(&lab, &["-c", "50", "-i", "0.01", "-W", "1"])?;
    let (seen, log) = (summary(&output)?, wire.log()?);
    let (requests, replies) = (EchoKind::Request, EchoKind::Reply);
    let told = || format!("{seen:?} but the wire says {log:?}\n{output}");
    check(seen.transmitted == log.arrived(Way::Forth, requests), told)?;
    check(log.arrived(Way::Back, replies) == log.sent(Way::Forth, requests), told)?;
    check(seen.received + seen.duplicates == log.sent(Way::Back, replies), told)?;
    let lost = log.dropped(Way::Forth, requests) + log.dropped(Way::Back, replies);
    let twice =
        log.marked(Way::Forth, requests, Mark::Duplicate) + log.marked(Way::Back, replies, Mark::Duplicate);
    check(lost + twice > 0, || format!("nothing happened: {log:?}"))?;
    check(twice > 0 || seen.received == 50 - lost, told)?;
    check(lost > 0 || seen.duplicates == twice, told)
}

fn loss_agrees_with_ping() -> Tested {
    agree(WireSpec::new().seed(3).both(Impairment::new().loss(Loss::Random(15.0))))
}

fn bursts_agree_with_ping() -> Tested {
    let bursts = Loss::Bursts { begin: 8.0, end: 30.0, within: 100.0 };
    agree(WireSpec::new().seed(1).forth(Impairment::new().loss(bursts)))
}

fn duplicates_agree_with_ping() -> Tested {
    // Not after the last request, as ping leaves with the first reply to it.
    let fault = Fault::replies(Which::Every(7), Action::Duplicate);
    agree(WireSpec::new().back(Impairment::new().fault(fault)))
}

fn chosen_replies_are_lost() -> Tested {
    let lost = Impairment::new()
        .fault(Fault::nth_echo_reply(3, Action::Drop))
        .fault(Fault::replies(Which::Span(6, 8), Action::Drop));
    let (lab, _wire) = wired(WireSpec::new().back(lost))?;
    let output = ping(&lab, &["-c", "10", "-i", "0.01", "-W", "1"])?;
    check(sequence(&output) == [1, 2, 4, 5, 9, 10], || output.clone())
}

fn reordering_is_seen_by_ping() -> Tested {
    let held = Impairment::new().fault(Fault::nth_echo_request(4, Action::HoldBehind(3)));
    let (lab, wire) = wired(WireSpec::new().forth(held))?;
    let output = ping(&lab, &["-c", "10", "-i", "0.02"])?;
    check(sequence(&output) == [1, 2, 3, 5, 6, 7, 4, 8, 9, 10], || output.clone())?;
    check(wire.log()?.marked(Way::Forth, EchoKind::Request, Mark::HeldBack) == 1, || "not in the log".into())
}

fn held_frames_leave_at_the_limit() -> Tested {
    let held = Impairment::new().hold_limit(Duration::from_millis(50)).reorder(100.0, 1000);
    let (lab, wire) = wired(WireSpec::new().forth(held))?;
    let output = ping(&lab, &["-c", "1", "-W", "10"])?;
    check(sequence(&output) == [1], || output.clone())?;
    let log = wire.log()?;
    let (passage, _) = log.echoes(Way::Forth, EchoKind::Request).next().ok_or("no request in the log")?;
    let took = passage.left_ns.ok_or("it has not left")? - passage.arrived_ns;
    check(took >= 50_000_000, || format!("{passage:?}"))
}

fn wrong_checksum_never_arrives() -> Tested {
    let spoilt = Fault::nth_echo_reply(2, Action::Corrupt(Corruption::ChecksumLeft));
    let (lab, wire) = wired(WireSpec::new().back(Impairment::new().fault(spoilt)))?;
    let output = ping(&lab, &["-c", "3", "-i", "0.01", "-W", "1"])?;
    // A raw socket is handed what the kernel refuses, and iputils does not check; so ask the kernel.
    let counters = lab.node("client")?.command("cat").args(["/proc/net/snmp"]).output()?.stdout;
    check(checksum_errors(&counters) == Some(1), || format!("{counters}{output}"))?;
    check(wire.log()?.marked(Way::Back, EchoKind::Reply, Mark::Corrupted) == 1, || "not in the log".into())
}

/// `InCsumErrors` of ICMP.
fn checksum_errors(snmp: &str) -> Option<u32> {
    let mut rows = snmp.lines().filter_map(|line| line.strip_prefix("Icmp: "));
    let (names, values) = (rows.next()?, rows.next()?);
    names.split(' ').zip(values.split(' ')).find(|(name, _)| *name == "InCsumErrors")?.1.parse().ok()
}

fn fixed_checksum_shows_in_the_payload() -> Tested {
    let spoilt = Fault::nth_echo_reply(2, Action::Corrupt(Corruption::ChecksumFixed));
    let (lab, _wire) = wired(WireSpec::new().back(Impairment::new().fault(spoilt)))?;
    let output = ping(&lab, &["-c", "3", "-i", "0.01"])?;
    check(output.contains("wrong data byte #55") && summary(&output)?.received == 3, || output.clone())
}

fn jitter_keeps_the_order() -> Tested {
    let uneven =
        Impairment::new().delay(Duration::from_millis(10)).jitter(Jitter::Normal(Duration::from_millis(8)));
    let (lab, _wire) = wired(WireSpec::new().seed(5).both(uneven))?;
    let output = ping(&lab, &["-c", "50", "-i", "0.004"])?;
    check(sequence(&output) == (1..=50).collect::<Vec<u16>>(), || output.clone())
}

fn tcp_passes_whole() -> Tested {
    // Segments larger than the MTU or without checksums would show that offloads are on.
    use netdiag_lab::Server;
    let (lab, _wire) = wired(WireSpec::new())?;
    let server = lab.node("server")?;
    let _echo = server.serve(Server::tcp_echo(7))?;
    let script = format!(
        "exec 3<>/dev/tcp/{}/7; head -c 300000 /dev/zero >&3 & head -c 300000 <&3 | wc -c; kill %1 2>/dev/null",
        server.v4()?
    );
    let output = lab.node("client")?.command("bash").args(["-c", &script]).output()?;
    check(output.stdout.trim() == "300000", || format!("{output:?}"))
}

fn same_seed_same_losses() -> Tested {
    let run = || -> Result<Vec<u16>, libtest_mimic::Failed> {
        let (lab, _wire) = wired(WireSpec::new().seed(11).forth(Impairment::new().loss(Loss::Random(40.0))))?;
        Ok(sequence(&ping(&lab, &["-c", "30", "-i", "0.005", "-W", "1"])?))
    };
    let (first, second) = (run()?, run()?);
    check(first == second, || format!("{first:?} then {second:?}"))
}

fn refusals_have_their_codes() -> Tested {
    let lab = Lab::chain(1)?;
    let router = lab.node("r1")?;
    let server = lab.node("server")?;
    let mut both: Vec<(Reject, String)> = Vec::new();
    both.extend(
        Reject::V4.map(|(reject, _)| reject).into_iter().zip(std::iter::repeat(server.v4()?.to_string())),
    );
    both.extend(
        Reject::V6.map(|(reject, _)| reject).into_iter().zip(std::iter::repeat(server.v6()?.to_string())),
    );
    for (reject, address) in both {
        router.clear_filters()?;
        router.sysctl("net.ipv4.icmp_ratelimit", "0")?;
        router.sysctl("net.ipv6.icmp.ratelimit", "0")?;
        router.filter(&Ruleset::reject(Hook::Forward, &Traffic::EchoRequests, reject))?;
        let output =
            lab.node("client")?.command("ping").args(["-n", "-c", "1", "-W", "2", &address]).output()?;
        check(output.stdout.contains("+1 errors"), || format!("{reject:?}: {output:?}"))?;
    }
    Ok(())
}

fn output_rules_fail_the_send() -> Tested {
    // Not with ping: iputils 20221126 is told EPERM and says nothing.
    let lab = Lab::pair()?;
    let client = lab.node("client")?;
    let script = format!("echo word > /dev/udp/{}/9", lab.node("server")?.v4()?);
    for rules in [
        Ruleset::drop(Hook::Output, &Traffic::Udp(Some(9))),
        Ruleset::reject(Hook::Output, &Traffic::Udp(None), Reject::AdminProhibited),
    ] {
        client.filter(&rules)?;
        let output = client.command("bash").args(["-c", &script]).output()?;
        check(output.stderr.contains("Operation not permitted"), || format!("{rules:?}: {output:?}"))?;
        client.clear_filters()?;
        let output = client.command("bash").args(["-c", &script]).output()?;
        check(output.status.success(), || format!("{output:?}"))?;
    }
    Ok(())
}

fn rates_and_chance_lose() -> Tested {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    server.filter(&Ruleset::limit(Hook::Input, &Traffic::EchoRequests, 1))?;
    let seen = summary(&ping(&lab, &["-c", "20", "-i", "0.005", "-W", "1"])?)?;
    check(seen.received >= 1 && seen.received < 20, || format!("limit: {seen:?}"))?;
    server.clear_filters()?;
    server.filter(&Ruleset::lose(Hook::Input, &Traffic::EchoRequests, 50))?;
    let seen = summary(&ping(&lab, &["-c", "60", "-i", "0.005", "-W", "1"])?)?;
    check(seen.received > 0 && seen.received < 60, || format!("chance: {seen:?}"))
}

fn dscp_and_translation() -> Tested {
    let lab = Lab::chain(1)?;
    let router = lab.node("r1")?;
    router.filter(&Ruleset::dscp(Hook::Forward, 46))?;
    router.filter(&Ruleset::masquerade("to-server"))?;
    let server = lab.node("server")?;
    let address = router.v4_towards("server")?;
    server.nft(&format!(
        "table ip seen {{ chain i {{ type filter hook input priority 0; ip dscp 46 ip saddr {address} counter; }}\n}}"
    ))?;
    let output = ping(&lab, &["-c", "3", "-i", "0.01"])?;
    check(summary(&output)?.received == 3, || output.clone())?;
    let rules = server.command("nft").args(["list", "ruleset"]).output()?.stdout;
    check(rules.contains("packets 3 "), || rules.clone())
}
