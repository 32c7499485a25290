//! Shapes, addresses, routes and settings, tried with the kernel and iputils ping.

use std::collections::HashSet;
use std::net::UdpSocket;

use netdiag_lab::{IcmpSockets, Lab, LinkState, Paths, Rights};

use crate::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(pair_answers_ping, "ping"),
    case!(link_local_answers_ping, "ping"),
    case!(chain_reaches_the_end, "ping"),
    case!(diamond_spreads_flows),
    case!(first_path_is_one_path),
    case!(whole_prefix_answers, "ping"),
    case!(link_comes_back, "ping"),
    case!(settings_hold),
    case!(netns_path_is_the_node),
    case!(laboratories_live_side_by_side, "ping"),
    case!(mistakes_are_named),
];

fn pings(lab: &Lab, from: &str, to: &str) -> Tested {
    let output = lab.node(from)?.command("ping").args(["-n", "-c", "1", "-W", "5", to]).output()?;
    check(output.status.success(), || format!("ping {to} from {from}: {output:?}"))
}

fn pair_answers_ping() -> Tested {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    pings(&lab, "client", &server.v4()?.to_string())?;
    pings(&lab, "client", &server.v6()?.to_string())?;
    pings(&lab, "client", "127.0.0.1")
}

fn link_local_answers_ping() -> Tested {
    let lab = Lab::pair()?;
    let address = lab.node("server")?.link_local("to-client")?;
    check(address.is_unicast_link_local(), || format!("{address}"))?;
    pings(&lab, "client", &format!("{address}%to-server"))
}

fn chain_reaches_the_end() -> Tested {
    let lab = Lab::chain(3)?;
    let server = lab.node("server")?;
    for address in [server.v4()?.to_string(), server.v6()?.to_string()] {
        let output =
            lab.node("client")?.command("ping").args(["-n", "-c", "1", "-t", "2", &address]).output()?;
        let router = lab.node("r2")?;
        let offender = if address.contains(':') {
            router.v6_towards("r1")?.to_string()
        } else {
            router.v4_towards("r1")?.to_string()
        };
        check(output.stdout.contains(&offender), || format!("no {offender} in {output:?}"))?;
        pings(&lab, "client", &address)?;
    }
    pings(&lab, "server", &lab.node("r1")?.v4()?.to_string())
}

/// Sends to many ports of the server and says which ways `left` and `right` have forwarded.
fn ways(lab: &Lab) -> Result<HashSet<String>, libtest_mimic::Failed> {
    let server = lab.node("server")?.v4()?;
    for node in ["left", "right"] {
        lab.node(node)?.nft("table ip way { chain f { type filter hook forward priority 0; udp dport 20000-20099 counter; }\n}")?;
    }
    let script =
        format!("for p in $(seq 20000 20099); do echo x > /dev/udp/{server}/$p; done 2>/dev/null; true");
    lab.node("client")?.command("bash").args(["-c", &script]).output()?;
    let mut used = HashSet::new();
    for node in ["left", "right"] {
        let rules = lab.node(node)?.command("nft").args(["list", "ruleset"]).output()?.stdout;
        if !rules.contains("packets 0 ") {
            used.insert(node.to_owned());
        }
    }
    Ok(used)
}

fn diamond_spreads_flows() -> Tested {
    let lab = Lab::diamond()?;
    let used = ways(&lab)?;
    check(used.len() == 2, || format!("flows went by {used:?} only"))
}

fn first_path_is_one_path() -> Tested {
    let lab = Lab::diamond()?;
    lab.route_over(Paths::First)?;
    let used = ways(&lab)?;
    check(used == HashSet::from(["left".to_owned()]), || format!("flows went by {used:?}"))
}

fn whole_prefix_answers() -> Tested {
    let lab = Lab::chain(1)?;
    let server = lab.node("server")?;
    server.answers_for("10.99.0.0/16")?;
    server.answers_for("fd99::/64")?;
    lab.routes()?;
    for address in ["10.99.0.1", "10.99.201.77", "fd99::1234"] {
        pings(&lab, "client", address)?;
    }
    Ok(())
}

fn link_comes_back() -> Tested {
    let lab = Lab::chain(1)?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    client.set_link("to-r1", LinkState::Down)?;
    let output = client.command("ping").args(["-c", "1", &server.v4()?.to_string()]).output()?;
    check(!output.status.success(), || format!("ping over a link that is down: {output:?}"))?;
    client.set_link("to-r1", LinkState::Up)?;
    pings(&lab, "client", &server.v4()?.to_string())?;
    pings(&lab, "client", &server.v6()?.to_string())
}

fn settings_hold() -> Tested {
    let lab = Lab::new("settings")?;
    let node = lab.node("only")?;
    let read = |path: &str| node.command("cat").args([path]).output().map(|output| output.stdout);
    node.icmp_sockets(IcmpSockets::Closed)?;
    node.icmp_sockets(IcmpSockets::Open)?;
    let range = read("/proc/sys/net/ipv4/ping_group_range")?;
    let own = match (lab.rights(), rustix::process::getgid().as_raw()) {
        (Rights::Root, _) => 0,
        (Rights::UserNamespace, 0) => 1000,
        (Rights::UserNamespace, own) => own,
    };
    check(range.starts_with(&format!("{own}\t")), || range.clone())?;
    let again = node.icmp_sockets(IcmpSockets::Closed);
    check(again.is_ok() == (lab.rights() == Rights::Root), || format!("closing again: {again:?}"))?;
    lab.hosts_file("192.0.2.1 somewhere.lab\n")?;
    lab.resolv_conf("nameserver 192.0.2.53\n")?;
    lab.nsswitch_conf("hosts: files\n")?;
    check(read("/etc/hosts")? == "192.0.2.1 somewhere.lab\n", || "/etc/hosts is not covered".into())?;
    check(read("/etc/resolv.conf")? == "nameserver 192.0.2.53\n", || "resolv.conf is not covered".into())?;
    let outside = std::fs::read_to_string("/etc/hosts")?;
    check(!outside.contains("somewhere.lab"), || "the cover shows outside".into())
}

fn netns_path_is_the_node() -> Tested {
    let lab = Lab::pair()?;
    let node = lab.node("client")?;
    let inside = node.command("readlink").args(["/proc/self/ns/net"]).output()?.stdout;
    let outside = std::fs::read_link(node.netns())?;
    check(inside.trim() == outside.to_string_lossy(), || format!("{inside} is not {}", outside.display()))?;
    // And it is not the namespace of this process, which no test may touch.
    let own = std::fs::read_link("/proc/self/ns/net")?;
    check(own != outside, || "the node is the host".into())?;
    check(UdpSocket::bind("127.0.0.1:0").is_ok(), || "the test has lost its own loopback".into())
}

fn laboratories_live_side_by_side() -> Tested {
    let labs = (0..4).map(|_| Lab::pair()).collect::<Result<Vec<_>, _>>()?;
    for lab in &labs {
        pings(lab, "client", &lab.node("server")?.v4()?.to_string())?;
    }
    Ok(())
}

fn mistakes_are_named() -> Tested {
    let lab = Lab::new("mistakes")?;
    let (a, b) = (lab.node("a")?, lab.node("b")?);
    let said = |result: Result<(), netdiag_lab::Error>| {
        result.err().map(|error| error.to_string()).unwrap_or_default()
    };
    let long = said(lab.node("a-name-much-too-long").map(drop));
    check(long.contains("1 to 12"), || long.clone())?;
    let unlinked = said(a.v4().map(drop));
    check(unlinked.contains("Lab::link"), || unlinked.clone())?;
    lab.link(&a, &b)?;
    let twice = said(lab.link(&b, &a));
    check(twice.contains("linked already"), || twice.clone())?;
    let setting = said(a.sysctl("net.ipv4.no_such_thing", "1"));
    check(setting.contains("no_such_thing"), || setting.clone())?;
    let rules = said(a.nft("no rules"));
    check(rules.contains("syntax error"), || rules.clone())?;
    let missing = a.command("no-such-program").output()?;
    check(missing.code() == Some(125) && missing.stderr.contains("no-such-program"), || {
        format!("{missing:?}")
    })
}
