//! Faults beside things that work, or beside each other.

use std::net::{IpAddr, Ipv4Addr};

use libtest_mimic::Failed;
use netdiag_lab::fault::{Family, PORT, Scene};
use netdiag_lab::{Hook, Reject, Ruleset, Running, Server, Traffic};

use super::stage::{changing, connect, place, records, says, texts};
use crate::harness::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(ipv6_rejected_and_ipv4_open, "nft"),
    case!(one_address_of_four_dead, "nft"),
    case!(a_busy_host_beside_a_forward_drop, "nft"),
    case!(a_busy_host_with_a_firewall_of_its_own, "nft"),
    case!(a_service_that_comes),
    case!(a_service_that_comes_back, "nft"),
    case!(a_peer_that_remembers, "nft"),
];

/// The server's addresses of both families under one name.
fn named(scene: &Scene) -> Result<(Ipv4Addr, IpAddr), Failed> {
    let (v4, v6) = (scene.server.v4()?, scene.server.v6()?);
    scene.lab.hosts_file(&format!("127.0.0.1 localhost\n{v6} host.lab\n{v4} host.lab\n"))?;
    scene.lab.nsswitch_conf("hosts: files\n")?;
    Ok((v4, v6.into()))
}

fn ipv6_rejected_and_ipv4_open() -> Tested {
    let scene = Scene::new(Family::V6)?.with_service()?;
    let (v4, v6) = named(&scene)?;
    let reject = Ruleset::reject(Hook::Forward, &Traffic::Tcp(Some(PORT)), Reject::V6AdminProhibited);
    scene.router.filter(&reject)?;
    let records = records(&scene.client, &[&format!("host.lab:{PORT}")])?;
    let verdict = |address: IpAddr| records.attempts_at(address).first().map(|one| one["verdict"].clone());
    let is_so = verdict(v6) == Some("rejected".into()) && verdict(v4.into()) == Some("open".into());
    check(is_so && records.code == Some(0), || format!("{records:#?}"))?;
    let text = connect(&scene.client, &[&format!("host.lab:{PORT}")]).output()?;
    let is_named =
        text.stdout.contains("IPv6") && text.stdout.contains(&v4.to_string()) && text.code() == Some(0);
    check(is_named, || format!("IPv6 that is broken is not named: {text:#?}"))
}

fn one_address_of_four_dead() -> Tested {
    let scene = Scene::new(Family::V4)?.with_service()?;
    let first = scene.server.v4()?.to_bits();
    let all: Vec<Ipv4Addr> = (0..4).map(|more| Ipv4Addr::from_bits(first + more)).collect();
    for address in &all[1..] {
        scene.server.add_address("to-r1", (*address).into(), 24)?;
    }
    let (client, router, dead) = (scene.client.clone(), scene.router.clone(), all[2]);
    let scene = scene.drop(&router, Hook::Forward, &format!("ip daddr {dead} tcp dport {PORT}"))?;
    let lines: Vec<String> = all.iter().map(|address| format!("{address} host.lab\n")).collect();
    scene.lab.hosts_file(&lines.concat())?;
    scene.lab.nsswitch_conf("hosts: files\n")?;
    let records = records(&client, &[&format!("host.lab:{PORT}")])?;
    for address in &all {
        let verdicts: Vec<_> =
            records.attempts_at(*address).iter().map(|attempt| attempt["verdict"].clone()).collect();
        let wanted = if *address == dead { "filtered" } else { "open" };
        check(verdicts == [wanted], || format!("{address} is not {wanted}: {records:#?}"))?;
    }
    check(records.code == Some(0), || format!("{records:#?}"))
}

/// A few datagrams a second come in for a port that the client's firewall drops: the counters that would give a local
/// firewall away move by themselves.
fn busy(scene: &Scene) -> Result<Running, Failed> {
    const NOISE: u16 = 9999;
    scene.client.filter(&Ruleset::drop(Hook::Input, &Traffic::Udp(Some(NOISE))))?;
    let client = scene.address(&scene.client, None)?;
    let script = format!("while :; do echo > /dev/udp/{client}/{NOISE}; sleep 0.2; done");
    Ok(scene.server.command("bash").args(["-c", &script]).spawn()?)
}

fn a_busy_host_beside_a_forward_drop() -> Tested {
    for family in Family::ALL {
        let scene = Scene::new(family)?.with_service()?;
        let router = scene.router.clone();
        let scene = scene.drop(&router, Hook::Forward, &format!("tcp dport {PORT}"))?;
        let _noise = busy(&scene)?;
        let records = records(&scene.client, &[&place(scene.target()?, PORT)])?;
        records.expect(4, "filtered", "unknown")?;
        check(texts(records.attempt()?, "possible").len() <= 3, || format!("{records:#?}"))?;
    }
    Ok(())
}

/// It may be sure or not; when it is not, it names the firewall of this host among what is possible.
fn a_busy_host_with_a_firewall_of_its_own() -> Tested {
    for family in Family::ALL {
        let scene = Scene::new(family)?.with_service()?;
        let client = scene.client.clone();
        let scene = scene.drop(&client, Hook::Input, &format!("tcp sport {PORT}"))?;
        let _noise = busy(&scene)?;
        let records = records(&scene.client, &[&place(scene.target()?, PORT)])?;
        let attempt = records.attempt()?;
        let is_sure = attempt["verdict"] == "blocked-locally" && records.code == Some(7);
        let is_careful = attempt["verdict"] == "filtered"
            && says(&texts(attempt, "possible"), "local firewall|this host")
            && records.code == Some(4);
        check(is_sure || is_careful, || format!("{records:#?}"))?;
    }
    Ok(())
}

fn a_service_that_comes() -> Tested {
    for family in Family::ALL {
        let scene = Scene::new(family)?;
        let target = place(scene.target()?, PORT);
        let args = ["--until", "open", "-w", "20", "-i", "0.1", &target];
        let come = || Ok(scene.server.serve(Server::tcp_hold(PORT))?);
        let records = changing(&scene.client, &args, come)?;
        let attempts = records.of_type("attempt");
        let verdicts: Vec<_> = attempts.iter().filter_map(|attempt| attempt["verdict"].as_str()).collect();
        let is_so = verdicts.first() == Some(&"refused")
            && verdicts.last() == Some(&"open")
            && verdicts.iter().filter(|verdict| **verdict == "open").count() == 1;
        check(is_so && records.code == Some(0), || format!("{records:#?}"))?;
    }
    Ok(())
}

/// Rejected first, and then let through again: the sums tell both.
fn a_service_that_comes_back() -> Tested {
    let scene = Scene::new(Family::V4)?.with_service()?;
    let (router, client) = (scene.router.clone(), scene.client.clone());
    let scene = scene.reject(&router, Hook::Forward, Reject::AdminProhibited)?;
    let target = place(scene.target()?, PORT);
    let heal = || Ok(router.clear_filters()?);
    let records = changing(&client, &["-c", "8", "-i", "0.3", &target], heal)?;
    let summary = *records.of_type("summary").first().ok_or("no summary")?;
    let number = |field: &str| summary[field].as_u64().unwrap_or_default();
    let is_so = number("sent") == 8
        && number("open") >= 1
        && number("rejected") >= 1
        && number("open") + number("rejected") == 8;
    check(is_so, || format!("{records:#?}"))
}

/// The server still holds a connection of the same four numbers, which the client has forgotten (RFC 9293, 3.5.1):
/// the handshake takes a detour and comes about.
fn a_peer_that_remembers() -> Tested {
    let scene = Scene::new(Family::V4)?.with_service()?;
    let target = place(scene.target()?, PORT);
    let args = ["--source-port", "50000", &target];
    // The end of the first connection is lost, so the server never hears of it.
    let lost = format!("tcp dport {PORT} tcp flags & (fin|rst) != 0x0");
    scene.router.filter(&Ruleset::drop(Hook::Forward, &Traffic::Matching(lost)))?;
    records(&scene.client, &args)?.expect(0, "open", "service")?;
    scene.router.clear_filters()?;
    let again = records(&scene.client, &args)?;
    let attempt = again.attempt()?;
    // Where the first one's socket waits for its end, the port is still taken, and that is said.
    let is_so = attempt["verdict"] == "open"
        || (attempt["verdict"] == "local-error" && says(&texts(attempt, "evidence"), "50000"));
    check(is_so, || format!("{again:#?}"))
}
