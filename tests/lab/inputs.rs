//! Bad input: every one ends with 2, a clear line on standard error, nothing but JSON on standard output.

use libtest_mimic::Failed;
use netdiag_lab::{IcmpSockets, Lab, Output};
use serde_json::json;

use crate::harness::{Case, Tested, case, check};
use crate::stage::{Records, ping, records};

pub(crate) const CASES: &[Case] = &[
    case!(names_that_do_not_resolve),
    case!(too_large_for_any_packet),
    case!(too_large_for_this_family),
    case!(the_largest_packets),
    case!(intervals_for_root_only),
    case!(interfaces_that_are_not_there),
    case!(sources_that_are_not_ours),
    case!(families_that_do_not_match),
    case!(a_host_without_ipv6),
    case!(link_local_without_interface),
    case!(namespaces_that_are_not_there),
    case!(broadcast_has_to_be_allowed),
    case!(marks_need_a_right),
];

/// A node with open ICMP sockets, and its server's address.
fn client() -> Result<(Lab, netdiag_lab::Node, String), Failed> {
    let lab = Lab::pair()?;
    let client = lab.node("client")?;
    client.icmp_sockets(IcmpSockets::Open)?;
    lab.nsswitch_conf("hosts: files\n")?;
    let address = lab.node("server")?.v4()?.to_string();
    Ok((lab, client, address))
}

/// It could not run: 2, nothing on standard output, these words on standard error.
fn refused(output: &Output, words: &[&str]) -> Tested {
    let is_so = output.code() == Some(2)
        && output.stdout.is_empty()
        && output.stderr.starts_with("netdiag ping: ")
        && words.iter().all(|words| output.stderr.contains(words));
    check(is_so, || format!("expected {words:?}: {output:?}"))
}

/// The same in text and as JSON.
fn refuses(args: &[&str], words: &[&str]) -> Tested {
    let (_lab, client, _) = client()?;
    refused(&ping(&client, args).unprivileged().output()?, words)?;
    let output = ping(&client, &[&["--json"], args].concat()).unprivileged().output()?;
    let records = Records::of(&output)?;
    let error = records.lines.last().ok_or("no line")?;
    let said = format!("{} {}", error["message"], error["hint"]);
    let is_so = records.code == Some(2)
        && error["type"] == "error"
        && words.iter().all(|words| said.contains(words) && records.stderr.contains(words));
    check(is_so, || format!("expected {words:?}: {records:#?}"))
}

fn names_that_do_not_resolve() -> Tested {
    refuses(&["-c", "1", "nosuch.lab"], &["nosuch.lab"])?;
    refuses(&["-c", "1", "256.1.1.1"], &["256.1.1.1"])?;
    refuses(&["-c", "1", "1::2::3"], &["1::2::3"])?;
    refuses(&["-c", "1", "a..b"], &["a..b"])?;
    refuses(&["-c", "1", ""], &[])
}

fn too_large_for_any_packet() -> Tested {
    refuses(&["--size", "65528", "10.77.0.2"], &["65507", "65527"])?;
    refuses(&["--size", "4294967295", "10.77.0.2"], &["65507"])
}

fn too_large_for_this_family() -> Tested {
    refuses(&["--size", "65508", "127.0.0.1"], &["65507"])
}

fn the_largest_packets() -> Tested {
    let (_lab, client, address) = client()?;
    let wanted = json!({"sent": 1, "received": 1, "corrupt": 0});
    for sockets in ["-4", "-6"] {
        let (size, target) = if sockets == "-4" { ("65507", "127.0.0.1") } else { ("65527", "::1") };
        records(&client, &["-c", "1", "-s", size, target])?.expect(0, &wanted)?;
    }
    records(&client, &["-c", "1", "-s", "65507", &address])?.expect(0, &wanted)
}

fn intervals_for_root_only() -> Tested {
    let (lab, client, address) = client()?;
    for args in [["-i", "0.001"], ["-i", "0"], ["-l", "4"]] {
        let output = ping(&client, &[&args[..], &["-c", "5", &address]].concat()).unprivileged().output()?;
        // In a user namespace the caller stays who they are, and that is nobody special either.
        refused(&output, &["root"])?;
    }
    let flood = ping(&client, &["-f", "-c", "5", &address]).unprivileged().output()?;
    refused(&flood, &["root"])?;
    drop(lab);
    Ok(())
}

fn interfaces_that_are_not_there() -> Tested {
    refuses(&["-I", "nosuch0", "10.77.0.2"], &["nosuch0", "ip link"])?;
    refuses(&["--interface", "nosuch0", "10.77.0.2"], &["nosuch0"])?;
    refuses(&["-c", "1", "fe80::1%nosuch0"], &["nosuch0"])
}

fn sources_that_are_not_ours() -> Tested {
    refuses(&["--source", "192.0.2.77", "10.77.0.2"], &["192.0.2.77"])?;
    refuses(&["-4", "--source", "::1", "10.77.0.2"], &["::1", "IPv4"])
}

fn families_that_do_not_match() -> Tested {
    refuses(&["-4", "-c", "1", "::1"], &["::1"])?;
    refuses(&["-6", "-c", "1", "127.0.0.1"], &["127.0.0.1"])
}

fn a_host_without_ipv6() -> Tested {
    let (lab, client, _) = client()?;
    client.sysctl("net.ipv6.conf.all.disable_ipv6", "1")?;
    let address = lab.node("server")?.v6()?.to_string();
    let records = records(&client, &["-c", "2", "-i", "0.02", "--timeout", "1", &address])?;
    records.expect(1, &json!({"sent": 2, "received": 0, "lost": 2, "loss_percent": 100}))?;
    check(records.of_type("send_error").len() == 2, || format!("{records:#?}"))
}

fn link_local_without_interface() -> Tested {
    refuses(&["-c", "1", "fe80::1"], &["fe80::1", "interface", "to-server"])
}

fn namespaces_that_are_not_there() -> Tested {
    refuses(&["--netns", "nosuch", "10.77.0.2"], &["nosuch", "ip netns"])?;
    let (_lab, client, _) = client()?;
    refused(&ping(&client, &["--netns", "/etc/passwd", "127.0.0.1"]).output()?, &["/etc/passwd"])
}

fn broadcast_has_to_be_allowed() -> Tested {
    for target in ["10.77.0.255", "255.255.255.255", "127.255.255.255"] {
        refuses(&["-c", "1", target], &["broadcast", "-b"])?;
    }
    Ok(())
}

fn marks_need_a_right() -> Tested {
    refuses(&["-m", "7", "-c", "1", "10.77.0.2"], &["mark", "CAP_NET_ADMIN"])?;
    let (_lab, client, address) = client()?;
    records(&client, &["-m", "7", "-c", "1", &address])?.expect(0, &json!({"received": 1}))
}
