//! Options that make a difference to the verdict, and rights that are missing: what stops an attempt before it starts.

use netdiag_lab::Server;
use netdiag_lab::fault::{Family, PORT, Scene, Staged, faults};
use serde_json::json;

use super::stage::{connect, place, records, says, texts};
use crate::harness::{Case, NETDIAG, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(an_interface_of_choice),
    case!(a_rule_before_an_own_service, "nft"),
    case!(an_address_of_many),
    case!(a_foreign_source_address),
    case!(a_source_port_in_use),
    case!(a_time_to_live_that_runs_out),
    case!(a_timeout_too_short_to_tell, "nft"),
    case!(a_policy_of_this_host, "python3"),
    case!(few_files_many_ports),
    case!(one_line_when_quiet, "nft"),
    case!(a_reset_from_afar_leads_to_who, "nft"),
];

/// A fault of the table.
fn staged(name: &str, family: Family) -> Result<Staged, String> {
    let fault = faults().find(|fault| fault.name == name).ok_or_else(|| format!("no fault {name}"))?;
    (fault.stage)(family).map_err(|error| error.to_string())
}

/// TCP sockets know nothing of multicast, and its options are no reason to fail.
fn an_interface_of_choice() -> Tested {
    for family in Family::ALL {
        let staged = staged("open-port", family)?;
        let target = place(staged.target, PORT);
        records(&staged.client, &["-I", "to-r1", &target])?.expect(0, "open", "service")?;
        let elsewhere = records(&staged.client, &["-I", "lo", "--timeout", "300ms", &target])?;
        check(elsewhere.attempt()?["verdict"] != "open", || format!("{elsewhere:?}"))?;
    }
    Ok(())
}

/// Something listens here, and a rule stands before it: it is told from a port where nothing listens, and a firewall from
/// one that passes the port on.
fn a_rule_before_an_own_service() -> Tested {
    let reject = |hook: &str| {
        format!(
            "table ip t {{ chain c {{ type filter hook {hook} priority 0; tcp dport {PORT} reject with tcp reset; }}; }}"
        )
    };
    let pass_on = |to: std::net::IpAddr| {
        format!(
            "table ip t {{ chain c {{ type nat hook output priority -100; tcp dport {PORT} dnat to {to}:9; }}; }}"
        )
    };
    let scene = Scene::new(Family::V4)?.serve_here(Server::tcp_hold(PORT))?;
    let nobody = scene.nobody(&scene.client, "r1")?;
    let target = place(scene.address(&scene.client, None)?, PORT);
    for (rules, code, verdict) in [
        (reject("output"), 7, "blocked-locally"),
        (reject("input"), 7, "blocked-locally"),
        (pass_on(scene.target()?), 3, "refused"),
        (pass_on(nobody), 5, "unreachable"),
    ] {
        scene.client.nft(&rules)?;
        let records = records(&scene.client, &[&target])?;
        records.expect(code, verdict, "this-host")?;
        let summary = records.attempt()?["summary"].to_string();
        check(!summary.contains("Nothing on this host"), || format!("{rules}: {summary}"))?;
        scene.client.clear_filters()?;
    }
    Ok(())
}

fn an_address_of_many() -> Tested {
    for (family, group) in [(Family::V4, "224.0.0.1"), (Family::V6, "ff02::1%to-r1")] {
        let staged = staged("open-port", family)?;
        let target = if family == Family::V4 { format!("{group}:80") } else { format!("[{group}]:80") };
        let records = records(&staged.client, &[&target])?;
        records.expect(2, "local-error", "this-host")?;
        let summary = records.attempt()?["summary"].to_string();
        check(summary.contains("multicast"), || summary)?;
    }
    Ok(())
}

fn a_foreign_source_address() -> Tested {
    for (family, foreign) in [(Family::V4, "192.0.2.1"), (Family::V6, "2001:db8::1")] {
        let staged = staged("open-port", family)?;
        let records = records(&staged.client, &["--source", foreign, &place(staged.target, PORT)])?;
        records.expect(2, "local-error", "this-host")?;
        let attempt = records.attempt()?;
        let is_so = attempt["phase"] == "route"
            && attempt["errno"]["name"] == "EADDRNOTAVAIL"
            && says(&texts(attempt, "evidence"), foreign);
        check(is_so, || format!("{attempt:#}"))?;
    }
    Ok(())
}

fn a_source_port_in_use() -> Tested {
    for family in Family::ALL {
        let staged = staged("open-port", family)?;
        let _taken = staged.client.serve(Server::tcp_hold(50_000))?;
        let records = records(&staged.client, &["--source-port", "50000", &place(staged.target, PORT)])?;
        records.expect(2, "local-error", "this-host")?;
        let attempt = records.attempt()?;
        let is_so = attempt["phase"] == "route"
            && says(&texts(attempt, "evidence"), "local address and port|port 50000");
        check(is_so, || format!("{attempt:#}"))?;
    }
    Ok(())
}

fn a_time_to_live_that_runs_out() -> Tested {
    for (family, icmp) in [(Family::V4, [11, 0]), (Family::V6, [3, 0])] {
        let staged = staged("open-port", family)?;
        let records = records(&staged.client, &["--ttl", "1", &place(staged.target, PORT)])?;
        records.expect(5, "unreachable", "path")?;
        let attempt = records.attempt()?;
        let router = staged.routers.first().ok_or("no router")?.to_string();
        let is_so = json!([attempt["icmp"]["type"], attempt["icmp"]["code"]]) == json!(icmp)
            && attempt["from"] == json!(router)
            && says(&texts(attempt, "evidence"), &router);
        check(is_so, || format!("{attempt:#}"))?;
    }
    Ok(())
}

fn a_timeout_too_short_to_tell() -> Tested {
    for family in Family::ALL {
        let staged = staged("forward-drop", family)?;
        let records = records(&staged.client, &["-W", "0.5", &place(staged.target, PORT)])?;
        records.expect(9, "inconclusive", "unknown")?;
        let attempt = records.attempt()?;
        let is_so = attempt["phase"] == "syn-sent" && attempt["state"] == "SYN-SENT";
        check(is_so, || format!("{attempt:#}"))?;
    }
    Ok(())
}

/// Forbids every `connect(2)` to what runs after it (`seccomp(2)`), as a service manager or a container may.
const FORBID: &str = r#"
import ctypes, os, platform, struct, sys
connect = {"x86_64": 42, "aarch64": 203}[platform.machine()]
lines = [(0x20, 0, 0, 0), (0x15, 0, 1, connect), (0x06, 0, 0, 0x00050001), (0x06, 0, 0, 0x7fff0000)]
code = b"".join(struct.pack("HBBI", *line) for line in lines)
buffer = ctypes.create_string_buffer(code)
program = struct.pack("HxxxxxxP", len(lines), ctypes.addressof(buffer))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
"#;

fn a_policy_of_this_host() -> Tested {
    if !cfg!(any(target_arch = "x86_64", target_arch = "aarch64")) {
        return Ok(());
    }
    for family in Family::ALL {
        let staged = staged("open-port", family)?;
        let target = place(staged.target, PORT);
        let command =
            staged.client.command("python3").args(["-c", FORBID, NETDIAG, "connect", "--json", &target]);
        let records = super::stage::Records::of(&command.unprivileged().output()?)?;
        records.expect(7, "blocked-locally", "this-host")?;
        let attempt = records.attempt()?;
        let is_so = attempt["phase"] == "route"
            && attempt["state"] == "CLOSED"
            && attempt["errno"]["name"] == "EPERM"
            && says(&texts(attempt, "evidence"), "policy|cgroup|LSM|seccomp|EPERM");
        check(is_so, || format!("{attempt:#}"))?;
    }
    Ok(())
}

/// Every port gets its verdict, however few files may be open at once.
fn few_files_many_ports() -> Tested {
    let scene = Scene::new(Family::V4)?.with_service()?;
    let target = format!("{}:8050-8113", scene.target()?);
    let script = "ulimit -n 24; exec \"$@\"";
    let command =
        scene.client.command("bash").args(["-c", script, "bash", NETDIAG, "connect", "--json", &target]);
    let records = super::stage::Records::of(&command.unprivileged().output()?)?;
    let count =
        |verdict: &str| records.of_type("attempt").iter().filter(|one| one["verdict"] == verdict).count();
    let is_so = (count("open"), count("refused")) == (1, 63) && records.code == Some(1);
    check(is_so, || format!("{records:#?}"))
}

fn one_line_when_quiet() -> Tested {
    let staged = staged("router-says-admin-prohibited", Family::V4)?;
    let output = connect(&staged.client, &["-q", &place(staged.target, PORT)]).output()?;
    let router = staged.routers.first().ok_or("no router")?.to_string();
    let is_so = output.stdout.lines().count() == 1
        && output.stdout.contains("rejected")
        && output.stdout.contains(&router)
        && output.code() == Some(6);
    check(is_so, || format!("{output:#?}"))
}

/// Without the option netdiag cannot know whose RST it is, and says how to find out.
fn a_reset_from_afar_leads_to_who() -> Tested {
    let staged = staged("far-router-resets", Family::V4)?;
    let records = records(&staged.client, &[&place(staged.target, PORT)])?;
    let attempt = records.attempt()?;
    check(says(&texts(attempt, "advice"), "--who"), || format!("{attempt:#}"))
}
