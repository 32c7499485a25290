//! Nothing stays: not after a panic, not after a kill, not even programs that hide.
//!
//! The test starts its own binary once more as the victim, which makes a laboratory, runs programs in
//! it, tells where, and then dies in the way it was told.

use std::collections::HashSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, Command, ExitCode, Stdio};

use libtest_mimic::Failed;
use netdiag_lab::{Answer, Impairment, Lab, Script, Server, WireSpec};

use crate::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(nothing_stays_after_the_end),
    case!(nothing_stays_after_a_panic),
    case!(nothing_stays_after_a_kill),
    case!(dropping_the_laboratory_ends_it),
];

/// The first argument that makes this binary the victim; the second is the way to die.
const VICTIM: &str = "netdiag-lab-victim";

/// Plays the victim if this process is one.
pub(crate) fn play_victim() -> Option<ExitCode> {
    let words: Vec<String> = std::env::args().collect();
    if words.get(1).map(String::as_str) != Some(VICTIM) {
        return None;
    }
    let code = if die(words.get(2).map_or("", String::as_str)).is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    };
    Some(code)
}

fn die(way: &str) -> Result<(), Box<dyn std::error::Error>> {
    let lab = Lab::chain(1)?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    let other = lab.node("other")?;
    let _wire = lab.wire(&client, &other, WireSpec::new().both(Impairment::new()))?;
    let _puppet = server.respond(Script::new(Answer::Echo))?;
    let _server = server.serve(Server::tcp_echo(7))?;
    let _capture = client.capture("to-r1")?;
    // Each says when it runs. The second has no parent of ours any more, no session and no streams.
    let started = [
        "echo up; exec sleep 1000",
        "setsid sh -c 'sleep 1000 >/dev/null & echo up; exec >&-; sleep 1000' &",
    ];
    let mut running = Vec::new();
    for script in started {
        for command in [client.command("sh"), client.command("sh").unprivileged()] {
            let mut program = command.args(["-c", script]).spawn()?;
            let mut word = String::new();
            BufReader::new(program.stdout().ok_or("no standard output")?).read_line(&mut word)?;
            running.push(program);
        }
    }
    let mut output = io::stdout().lock();
    writeln!(output, "{}", lab.keeper_pid())?;
    for file in fs::read_dir(format!("/proc/{}/fd", lab.keeper_pid()))? {
        let link = fs::read_link(file?.path())?;
        if link.to_string_lossy().starts_with("net:") {
            writeln!(output, "{}", link.display())?;
        }
    }
    writeln!(output, "end")?;
    output.flush()?;
    // Wait until the test has looked around.
    io::stdin().read_exact(&mut [0])?;
    match way {
        "panic" => panic!("the victim dies as it was told"),
        "kill" => {
            io::stdin().read_to_end(&mut Vec::new())?;
            Ok(())
        }
        _ => Ok(()),
    }
}

struct Victim {
    child: Child,
    keeper: u32,
    spaces: HashSet<String>,
}

fn victim(way: &str) -> Result<Victim, Failed> {
    let mut child = Command::new("/proc/self/exe")
        .args([VICTIM, way])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut lines = BufReader::new(child.stdout.take().ok_or("no standard output")?).lines();
    let keeper = lines.next().ok_or("the victim could not make its laboratory")??.parse()?;
    let spaces = lines.map_while(Result::ok).take_while(|line| line != "end").collect();
    Ok(Victim { child, keeper, spaces })
}

/// The processes that are inside one of these namespaces, or hold one open.
fn holders(spaces: &HashSet<String>) -> Vec<String> {
    let inside = |path: &std::path::Path| {
        fs::read_link(path).is_ok_and(|link| spaces.contains(&*link.to_string_lossy()))
    };
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten().map(|entry| entry.path());
    processes
        .filter(|process| {
            process.file_name().is_some_and(|name| name.to_string_lossy().parse::<u32>().is_ok())
        })
        .filter(|process| {
            let files = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
            inside(&process.join("ns/net")) || files.map(|file| file.path()).any(|file| inside(&file))
        })
        .map(|process| {
            let name = fs::read_to_string(process.join("comm")).unwrap_or_default();
            format!("{} {}", process.display(), name.trim())
        })
        .collect()
}

/// Lets a victim die and returns when its keeper has ended.
fn nothing_stays(way: &str) -> Tested {
    let mut victim = victim(way)?;
    let before = holders(&victim.spaces);
    // Keeper, wire, puppet, server, capture; two sleeps; two shells with a sleep each.
    check(before.len() >= 11, || format!("only {before:?}"))?;
    let mut input = victim.child.stdin.take().ok_or("no standard input")?;
    input.write_all(b"x")?;
    if way == "kill" {
        victim.child.kill()?;
    }
    let status = victim.child.wait()?;
    check(status.success() == (way == "end"), || format!("the victim ended with {status}"))?;
    wait_for_end_of(victim.keeper)?;
    let after = holders(&victim.spaces);
    check(after.is_empty(), || format!("these stayed: {after:?}"))
}

/// Waits for the end of a process that is not our child.
fn wait_for_end_of(pid: u32) -> Tested {
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else { return Ok(()) };
    let Ok(process) = rustix::process::pidfd_open(pid, rustix::process::PidfdFlags::empty()) else {
        return Ok(());
    };
    let mut fds = [rustix::event::PollFd::new(&process, rustix::event::PollFlags::IN)];
    rustix::event::poll(&mut fds, None)?;
    Ok(())
}

fn nothing_stays_after_the_end() -> Tested {
    nothing_stays("end")
}

fn nothing_stays_after_a_panic() -> Tested {
    nothing_stays("panic")
}

fn nothing_stays_after_a_kill() -> Tested {
    nothing_stays("kill")
}

fn dropping_the_laboratory_ends_it() -> Tested {
    let lab = Lab::pair()?;
    let spaces: HashSet<String> = lab
        .nodes()
        .iter()
        .map(|node| fs::read_link(node.netns()).map(|link| link.to_string_lossy().into_owned()))
        .collect::<Result<_, _>>()?;
    check(!holders(&spaces).is_empty(), || "nobody holds a living laboratory".into())?;
    drop(lab);
    let after = holders(&spaces);
    check(after.is_empty(), || format!("these stayed: {after:?}"))
}
