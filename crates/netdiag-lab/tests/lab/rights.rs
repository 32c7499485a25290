//! Dropped privileges are really dropped, and datagram ICMP sockets open and close.

use netdiag_lab::{IcmpSockets, Lab, Node, Rights, Signal};

use crate::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(programs_have_all_rights_inside),
    case!(unprivileged_has_no_capability),
    case!(unprivileged_cannot_configure),
    case!(icmp_sockets_open_and_close),
    case!(file_capabilities_count, "ping"),
    case!(signals_and_streams_reach_the_program),
    case!(directory_and_variables_are_kept),
];

/// The value of a field in /proc/self/status of an unprivileged process.
fn status(node: &Node, field: &str) -> Result<String, libtest_mimic::Failed> {
    let output = node.command("cat").args(["/proc/self/status"]).unprivileged().output()?;
    let line = output.stdout.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    Ok(line.ok_or_else(|| format!("no {field} in {output:?}"))?.trim().to_owned())
}

fn programs_have_all_rights_inside() -> Tested {
    let lab = Lab::new("rights")?;
    let output = lab.node("only")?.command("ip").args(["link", "add", "d0", "type", "dummy"]).output()?;
    let link = lab.node("only")?.command("ip").args(["link", "add", "v0", "type", "veth"]).output()?;
    // The kernel may lack dummy devices; veth it must have.
    check(link.status.success(), || format!("{output:?} {link:?}"))
}

fn unprivileged_has_no_capability() -> Tested {
    let lab = Lab::new("rights")?;
    let node = lab.node("only")?;
    for set in ["CapInh", "CapPrm", "CapEff", "CapAmb"] {
        let value = status(&node, set)?;
        check(value == "0000000000000000", || format!("{set} is {value}"))?;
    }
    let groups = status(&node, "Groups")?;
    let new_privileges = status(&node, "NoNewPrivs")?;
    check(new_privileges == "0", || "no_new_privs is set, which ordinary users have not".into())?;
    let uid = status(&node, "Uid")?;
    match lab.rights() {
        Rights::Root => {
            check(uid == "65534\t65534\t65534\t65534", || format!("uid {uid}"))?;
            check(groups.is_empty(), || format!("groups {groups}"))
        }
        Rights::UserNamespace => {
            let own = rustix::process::getuid();
            let own = if own.is_root() { 1000 } else { own.as_raw() }.to_string();
            check(uid == [own.as_str(); 4].join("\t"), || format!("uid {uid}"))
        }
    }
}

fn unprivileged_cannot_configure() -> Tested {
    let lab = Lab::pair()?;
    let output = lab
        .node("client")?
        .command("ip")
        .args(["link", "set", "to-server", "down"])
        .unprivileged()
        .output()?;
    check(output.stderr.contains("Operation not permitted"), || format!("{output:?}"))?;
    // Also a shell's child, which executes once more, gains nothing.
    let script = "ip link set to-server down";
    let output = lab.node("client")?.command("sh").args(["-c", script]).unprivileged().output()?;
    check(output.stderr.contains("Operation not permitted"), || format!("{output:?}"))
}

fn icmp_sockets_open_and_close() -> Tested {
    let lab = Lab::pair()?;
    let (client, server) = (lab.node("client")?, lab.node("server")?.v4()?);
    let script = format!(
        "import socket,sys\n\
         s=socket.socket(socket.AF_INET,socket.SOCK_DGRAM,socket.IPPROTO_ICMP)\n\
         s.sendto(bytes([8,0,0,0,0,0,0,1]),('{server}',0)); s.settimeout(10); print(s.recv(99)[0])"
    );
    let python = client.command("python3").args(["--version"]).output()?;
    if python.code() == Some(125) {
        // Without an interpreter the setting alone is checked, by links::settings_hold.
        return Ok(());
    }
    let run = || client.command("python3").args(["-c", &script]).unprivileged().output();
    client.icmp_sockets(IcmpSockets::Closed)?;
    let closed = run()?;
    check(closed.stderr.contains("PermissionError"), || format!("{closed:?}"))?;
    client.icmp_sockets(IcmpSockets::Open)?;
    let open = run()?;
    check(open.stdout == "0\n", || format!("{open:?}"))
}

fn file_capabilities_count() -> Tested {
    // Debian gives ping the capability cap_net_raw by its file, for hosts where datagram ICMP is closed.
    let lab = Lab::pair()?;
    let client = lab.node("client")?;
    client.icmp_sockets(IcmpSockets::Open)?;
    let server = lab.node("server")?.v4()?.to_string();
    let output = client.command("ping").args(["-n", "-c", "1", &server]).unprivileged().output()?;
    check(output.status.success(), || format!("{output:?}"))
}

fn signals_and_streams_reach_the_program() -> Tested {
    use std::io::{BufRead, BufReader, Write};
    let lab = Lab::new("streams")?;
    let script = "trap 'echo caught; exit 7' INT; echo ready; read word; echo got $word; while :; do read more || sleep 0.01; done";
    let mut running = lab.node("only")?.command("bash").args(["-c", script]).spawn()?;
    let mut input = running.stdin().ok_or("no standard input")?;
    let mut output = BufReader::new(running.stdout().ok_or("no standard output")?).lines();
    let mut next = move || output.next().transpose().map(Option::unwrap_or_default);
    check(next()? == "ready", || "not ready".into())?;
    writeln!(input, "hello")?;
    check(next()? == "got hello", || "input did not arrive".into())?;
    running.signal(Signal::INT)?;
    check(next()? == "caught", || "the signal did not arrive".into())?;
    let status = running.wait()?;
    check(status.code() == Some(7), || format!("{status}"))
}

fn directory_and_variables_are_kept() -> Tested {
    let lab = Lab::new("environment")?;
    let output = lab
        .node("only")?
        .command("sh")
        .args(["-c", "pwd; echo $LAB_WORD"])
        .env("LAB_WORD", "spelt")
        .output()?;
    let expected = format!("{}\nspelt\n", std::env::current_dir()?.display());
    check(output.stdout == expected, || format!("{output:?}"))
}
