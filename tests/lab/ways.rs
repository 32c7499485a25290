//! `--via`: the same host asked by UDP and by TCP, without any right.

use libtest_mimic::Failed;
use netdiag_lab::{CLOSED_PORT, Hook, Lab, Node, Reject, Ruleset, Server, Traffic};
use serde_json::json;

use crate::harness::{Case, Tested, case, check};
use crate::stage::{Records, ping};

pub(crate) const CASES: &[Case] = &[
    case!(tcp_to_an_open_port),
    case!(tcp_to_a_closed_port),
    case!(tcp_to_a_filtered_port, "nft"),
    case!(tcp_to_a_port_that_a_firewall_refuses, "nft"),
    case!(udp_to_a_closed_port),
    case!(udp_to_a_filtered_host, "nft"),
    case!(text_of_each_way),
];

/// Client, server, and the server's addresses of both families.
fn pair() -> Result<(Lab, Node, Node, [String; 2]), Failed> {
    let lab = Lab::pair()?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    let addresses = [server.v4()?.to_string(), server.v6()?.to_string()];
    Ok((lab, client, server, addresses))
}

fn records(client: &Node, args: &[&str]) -> Result<Records, Failed> {
    Records::of(&ping(client, &[&["--json"], args].concat()).unprivileged().output()?)
}

fn tcp_to_an_open_port() -> Tested {
    let (_lab, client, server, targets) = pair()?;
    let echo = server.serve(Server::tcp_echo(7))?;
    for target in &targets {
        let records = records(&client, &["--via", "tcp:7", "-c", "3", "-i", "0.02", target])?;
        records.expect(0, &json!({"via": "tcp:7", "sent": 3, "received": 3, "lost": 0}))?;
    }
    // One connection for each probe at most: one that is given up before it is accepted leaves no trace.
    check(echo.log()?.len() <= 6, || format!("{:?}", echo.log()))
}

fn tcp_to_a_closed_port() -> Tested {
    let (_lab, client, _, targets) = pair()?;
    let via = format!("tcp:{CLOSED_PORT}");
    for target in &targets {
        let records = records(&client, &["--via", &via, "-c", "3", "-i", "0.02", target])?;
        records.expect(0, &json!({"via": via, "sent": 3, "received": 3, "lost": 0}))?;
    }
    Ok(())
}

fn tcp_to_a_filtered_port() -> Tested {
    let (_lab, client, server, targets) = pair()?;
    server.filter(&Ruleset::drop(Hook::Input, &Traffic::Tcp(None)))?;
    for target in &targets {
        let records = records(&client, &["--via", "tcp:7", "-c", "2", "-i", "0.02", "-W", "0.3", target])?;
        records.expect(1, &json!({"sent": 2, "received": 0, "lost": 2}))?;
        check(records.of_type("timeout").len() == 2, || format!("{records:#?}"))?;
    }
    Ok(())
}

fn tcp_to_a_port_that_a_firewall_refuses() -> Tested {
    let (_lab, client, server, [target, _]) = pair()?;
    server.filter(&Ruleset::reject(Hook::Input, &Traffic::Tcp(None), Reject::AdminProhibited))?;
    let records = records(&client, &["--via", "tcp:7", "-c", "2", "-i", "0.02", "-W", "1", &target])?;
    records.expect(1, &json!({"sent": 2, "received": 0, "errors": 2}))?;
    let errors = records.of_type("icmp_error");
    let is_so =
        errors.len() == 2 && errors.iter().all(|e| e["icmp"]["code"] == 13 && e["from"] == json!(target));
    check(is_so, || format!("{records:#?}"))
}

fn udp_to_a_closed_port() -> Tested {
    let (_lab, client, _, targets) = pair()?;
    for target in &targets {
        let records = records(&client, &["--via", "udp", "-c", "3", "-i", "0.02", target])?;
        records.expect(0, &json!({"via": "udp", "sent": 3, "received": 3, "lost": 0, "errors": 0}))?;
        check(records.of_type("notice").is_empty(), || format!("{records:#?}"))?;
    }
    Ok(())
}

fn udp_to_a_filtered_host() -> Tested {
    let (_lab, client, server, targets) = pair()?;
    server.filter(&Ruleset::drop(Hook::Input, &Traffic::Udp(None)))?;
    for target in &targets {
        let records = records(&client, &["--via", "udp", "-c", "2", "-i", "0.02", "-W", "0.3", target])?;
        records.expect(1, &json!({"sent": 2, "received": 0, "lost": 2}))?;
    }
    Ok(())
}

fn text_of_each_way() -> Tested {
    let (_lab, client, server, [target, _]) = pair()?;
    let _echo = server.serve(Server::tcp_echo(7))?;
    for via in ["udp", "tcp:7"] {
        let text =
            ping(&client, &["--via", via, "-c", "2", "-i", "0.02", &target]).unprivileged().output()?;
        let is_so = text.stdout.starts_with(&format!("PING {target} ({target}) "))
            && text.stdout.contains("icmp_seq=2 ")
            && text.stdout.contains("2 packets transmitted, 2 received, 0% packet loss")
            && text.code() == Some(0);
        check(is_so, || format!("{text:?}"))?;
    }
    Ok(())
}
