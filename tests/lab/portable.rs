//! `--backend portable` on a real kernel: without rights, of both families, with clocks of its own, and what it refuses.

use netdiag_lab::{IcmpSockets, Lab};
use serde_json::{Value, json};

use crate::farm::Farm;
use crate::harness::{Case, Tested, case, check};
use crate::stage::{Records, ping};

pub(crate) const CASES: &[Case] = &[
    case!(its_clock_is_its_own),
    case!(many_by_the_portable_backend, "nft"),
    case!(what_it_cannot_do_is_one_line),
    case!(it_needs_open_sockets),
];

const PORTABLE: [&str; 2] = ["--backend", "portable"];

fn its_clock_is_its_own() -> Tested {
    let farm = Farm::new()?;
    for target in [farm.server.v4()?.to_string(), farm.server.v6()?.to_string()] {
        let records = farm.records(&[&PORTABLE[..], &["-c", "3", "-i", "0.02", &target]].concat())?;
        records.expect(0, &json!({"via": "icmp", "sent": 3, "received": 3, "lost": 0}))?;
        let replies = records.of_type("reply");
        let is_so = |reply: &&Value| reply["clock"] == "user" && reply["rtt_ms"].as_f64() > Some(0.0);
        check(replies.len() == 3 && replies.iter().all(is_so), || format!("{records:#?}"))?;
    }
    Ok(())
}

fn many_by_the_portable_backend() -> Tested {
    let farm = Farm::new()?;
    farm.silence("10.99.0.2")?;
    let args = ["-c", "3", "-i", "0.05", "-W", "0.3", "10.99.0.1-3", "fd99::1"];
    let records = farm.records(&[&PORTABLE[..], &args].concat())?;
    records.agree()?;
    check(records.sum("sent") == 12 && records.sum("received") == 9, || format!("{records:#?}"))?;
    check(records.of_type("timeout").len() == 3 && records.code == Some(1), || format!("{records:#?}"))
}

fn what_it_cannot_do_is_one_line() -> Tested {
    let farm = Farm::new()?;
    for (option, value) in
        [("--tos", "4"), ("--mark", "1"), ("-M", "do"), ("-F", "5"), ("--via", "udp"), ("-S", "4096")]
    {
        let args = [&PORTABLE[..], &[option, value, "-c", "1", "10.99.0.1"]].concat();
        let output = farm.run(&args)?;
        let is_so = output.code() == Some(2)
            && output.stdout.is_empty()
            && output.stderr.lines().count() == 1
            && output.stderr.starts_with("netdiag ping: the portable backend cannot ");
        check(is_so, || format!("{option}: {output:?}"))?;
    }
    Ok(())
}

fn it_needs_open_sockets() -> Tested {
    let lab = Lab::pair()?;
    let client = lab.node("client")?;
    client.icmp_sockets(IcmpSockets::Closed)?;
    let target = lab.node("server")?.v4()?.to_string();
    let args = [&PORTABLE[..], &["-c", "1", &target]].concat();
    let output = ping(&client, &args).unprivileged().output()?;
    let is_said = output.stderr.contains("ping_group_range") && output.stderr.contains("cap_net_raw");
    check(is_said && output.code() == Some(2) && output.stdout.is_empty(), || format!("{output:?}"))?;
    // With all rights it opens raw ones.
    let command = ping(&client, &[&PORTABLE[..], &["--json", "-c", "1", &target]].concat());
    Records::of(&command.output()?)?.expect(0, &json!({"received": 1}))
}
