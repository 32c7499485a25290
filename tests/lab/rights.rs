//! Rights: what is open to whom, and that none is left while the run goes on.

use std::path::{Path, PathBuf};

use libtest_mimic::Failed;
use netdiag_lab::{IcmpSockets, Lab, Node, Signal};
use serde_json::json;

use crate::harness::{Case, NETDIAG, Tested, case, check};
use crate::stage::{Live, Records, ping};

pub(crate) const CASES: &[Case] = &[
    case!(an_open_range_needs_no_right),
    case!(a_closed_range_falls_back_to_udp),
    case!(a_closed_range_refuses_icmp),
    case!(all_rights_mean_raw_sockets),
    case!(rights_are_gone_while_it_runs),
    case!(connect_keeps_what_its_options_name_and_no_more),
    case!(a_file_capability_is_enough, "root", "setcap"),
    case!(another_namespace_by_path),
];

const NOTHING: &str = "0000000000000000";

/// A client whose ICMP sockets are so, and the server's addresses of both families.
fn client(state: IcmpSockets) -> Result<(Lab, Node, [String; 2]), Failed> {
    let lab = Lab::pair()?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    client.icmp_sockets(state)?;
    let addresses = [server.v4()?.to_string(), server.v6()?.to_string()];
    Ok((lab, client, addresses))
}

fn an_open_range_needs_no_right() -> Tested {
    let (_lab, client, targets) = client(IcmpSockets::Open)?;
    for target in targets {
        let command = ping(&client, &["--json", "-c", "2", "-i", "0.02", &target]).unprivileged();
        let records = Records::of(&command.output()?)?;
        records.expect(0, &json!({"via": "icmp", "sent": 2, "received": 2}))?;
        check(records.of_type("notice").is_empty(), || format!("{records:#?}"))?;
    }
    Ok(())
}

fn a_closed_range_falls_back_to_udp() -> Tested {
    let (_lab, client, targets) = client(IcmpSockets::Closed)?;
    for target in targets {
        let args = ["-c", "2", "-i", "0.02", &target];
        let records =
            Records::of(&ping(&client, &[&["--json"], &args[..]].concat()).unprivileged().output()?)?;
        records.expect(0, &json!({"via": "udp", "sent": 2, "received": 2, "lost": 0}))?;
        check(records.notices("fallback") == 1, || format!("{records:#?}"))?;
        let text = ping(&client, &args).unprivileged().output()?;
        let said = text.stderr.matches("asking by UDP instead").count();
        let both_ways =
            text.stderr.contains("ping_group_range") && text.stderr.contains("setcap cap_net_raw+p");
        check(said == 1 && both_ways && text.code() == Some(0), || format!("{text:?}"))?;
        check(text.stdout.contains("2 packets transmitted, 2 received, 0% packet loss"), || {
            format!("{text:?}")
        })?;
    }
    Ok(())
}

fn a_closed_range_refuses_icmp() -> Tested {
    let (_lab, client, targets) = client(IcmpSockets::Closed)?;
    for target in targets {
        let output = ping(&client, &["--via", "icmp", "-c", "1", &target]).unprivileged().output()?;
        let ways = ["sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"", "setcap cap_net_raw+p"];
        let is_so = output.code() == Some(2)
            && output.stdout.is_empty()
            && ways.iter().all(|way| output.stderr.contains(way));
        check(is_so, || format!("{output:?}"))?;
    }
    Ok(())
}

fn all_rights_mean_raw_sockets() -> Tested {
    let (_lab, client, targets) = client(IcmpSockets::Closed)?;
    for target in targets {
        let records = Records::of(&ping(&client, &["--json", "-c", "2", "-i", "0.02", &target]).output()?)?;
        records.expect(0, &json!({"via": "icmp", "sent": 2, "received": 2}))?;
        check(records.of_type("notice").is_empty(), || format!("{records:#?}"))?;
    }
    Ok(())
}

/// A field of /proc/PID/status.
fn status(pid: u32, field: &str) -> Result<String, Failed> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let value = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    Ok(value.ok_or_else(|| format!("no {field} in {status}"))?.trim().to_owned())
}

/// Nothing is left of any right, and nothing can be had again; of every thread.
fn has_nothing(pid: u32) -> Tested {
    for field in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        let value = status(pid, field)?;
        check(value == NOTHING, || format!("{field} is {value}"))?;
    }
    check(status(pid, "NoNewPrivs")? == "1", || "no_new_privs is not set".into())?;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let text = std::fs::read_to_string(thread?.path().join("status"))?;
        let is_empty = |field: &str| text.contains(&format!("{field}:\t{NOTHING}"));
        check(["CapPrm", "CapEff"].into_iter().all(is_empty), || text.clone())?;
    }
    Ok(())
}

fn rights_are_gone_while_it_runs() -> Tested {
    for state in [IcmpSockets::Open, IcmpSockets::Closed] {
        let (_lab, client, [target, _]) = client(state)?;
        let mut live = Live::start(ping(&client, &["--json", "-i", "100", &target]))?;
        live.until_record("reply", "seq", "1")?;
        has_nothing(live.running.pid())?;
        let bounding = status(live.running.pid(), "CapBnd")?;
        check(bounding == NOTHING, || {
            format!("CapBnd is {bounding}: a program started later could gain rights")
        })?;
        live.running.signal(Signal::INT)?;
        check(live.end()?.code() == Some(0), || "it did not end with 0".into())?;
    }
    Ok(())
}

fn connect_keeps_what_its_options_name_and_no_more() -> Tested {
    const NET_ADMIN: &str = "0000000000001000";
    const NET_BIND_SERVICE: &str = "0000000000000400";
    let (_lab, client, [target, _]) = client(IcmpSockets::Open)?;
    let service = format!("{target}:9");
    for (options, kept) in
        [(&[][..], NOTHING), (&["--mark", "7"], NET_ADMIN), (&["--source-port", "900"], NET_BIND_SERVICE)]
    {
        let waiting = ["connect", "--json", "--until", "open", "-i", "100"];
        let command = client.command(NETDIAG).args(waiting).args(options).args([&service]);
        let mut live = Live::start(command)?;
        live.until("an attempt", |line| line.contains("\"attempt\""))?;
        for field in ["CapPrm", "CapEff"] {
            let value = status(live.running.pid(), field)?;
            check(value == kept, || format!("{options:?}: {field} is {value}, not {kept}"))?;
        }
        check(status(live.running.pid(), "NoNewPrivs")? == "1", || "no_new_privs is not set".into())?;
        live.running.signal(Signal::INT)?;
        check(live.end()?.code() == Some(3), || format!("{options:?}: it did not end with 3"))?;
    }
    Ok(())
}

/// Copies of both programs, one of them with a file capability; gone with this.
struct Installed(PathBuf);

impl Installed {
    fn new() -> Result<Self, Failed> {
        let folder = std::env::temp_dir().join(format!("netdiag-rights-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let installed = Self(folder);
        for program in [NETDIAG, env!("CARGO_BIN_EXE_netdiag-ping")] {
            let name = Path::new(program).file_name().ok_or("a program without a name")?;
            std::fs::copy(program, installed.0.join(name))?;
        }
        let setcap = std::process::Command::new("setcap")
            .env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin")
            .arg("cap_net_raw+p")
            .arg(installed.path("netdiag-ping"))
            .output()?;
        check(setcap.status.success(), || format!("{setcap:?}"))?;
        Ok(installed)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        // What cannot be removed is left to whoever cleans the folder of temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn a_file_capability_is_enough() -> Tested {
    let (_lab, client, targets) = client(IcmpSockets::Closed)?;
    let installed = Installed::new()?;
    for words in [vec!["netdiag-ping"], vec!["netdiag", "ping"]] {
        for target in &targets {
            let command = client
                .command(&installed.path(words[0]))
                .args(&words[1..])
                .args(["--json", "-i", "100", target])
                .unprivileged();
            let mut live = Live::start(command)?;
            live.until_record("reply", "seq", "1")?;
            let pid = live.running.pid();
            let program = std::fs::read_link(format!("/proc/{pid}/exe"))?;
            check(program.ends_with("netdiag-ping"), || format!("{} runs", program.display()))?;
            has_nothing(pid)?;
            live.running.signal(Signal::INT)?;
            Records::of(&live.end()?)?.expect(0, &json!({"via": "icmp", "received": 1}))?;
        }
    }
    Ok(())
}

fn another_namespace_by_path() -> Tested {
    let (lab, client, [target, _]) = client(IcmpSockets::Open)?;
    // A node without any link has no way to the target; inside the client's namespace there is one.
    let lonely = lab.node("lonely")?;
    let alone = Records::of(&ping(&lonely, &["--json", "-c", "1", "-W", "0.2", &target]).output()?)?;
    alone.expect(2, &json!({"received": 0}))?;
    let args = ["--json", "--netns", &client.netns(), "-c", "1", &target];
    Records::of(&ping(&lonely, &args).output()?)?.expect(0, &json!({"received": 1}))?;
    let refused = ping(&lonely, &["--netns", &client.netns(), "-c", "1", &target]).unprivileged().output()?;
    check(refused.code() == Some(2) && refused.stdout.is_empty(), || format!("{refused:?}"))
}
