//! Streams, signals and wake-ups: full disks, readers that go, signals at any moment, and sleep in between.

use std::fs::File;
use std::process::Stdio;

use libtest_mimic::Failed;
use netdiag_lab::{Answer, IcmpSockets, Lab, Node, Script, Signal};
use serde_json::json;

use crate::harness::{Case, NETDIAG, Tested, case, check};
use crate::stage::{Live, Records, ping, records};

pub(crate) const CASES: &[Case] = &[
    case!(a_full_disk_ends_the_run),
    case!(a_reader_that_goes_ends_it_quietly),
    case!(head_takes_one_line),
    case!(standard_input_does_not_matter),
    case!(interrupts_end_with_the_summary),
    case!(quit_is_an_interim_summary),
    case!(quiet_json_is_start_and_summary),
    case!(it_sleeps_between_events),
];

fn client() -> Result<(Lab, Node, String), Failed> {
    let lab = Lab::pair()?;
    let client = lab.node("client")?;
    client.icmp_sockets(IcmpSockets::Open)?;
    let address = lab.node("server")?.v4()?.to_string();
    Ok((lab, client, address))
}

fn a_full_disk_ends_the_run() -> Tested {
    let (_lab, client, target) = client()?;
    for args in [vec!["-i", "0.02", &target], vec!["--json", "-i", "0.02", &target]] {
        let full = File::options().write(true).open("/dev/full")?;
        let output = ping(&client, &args).into_std()?.stdin(Stdio::null()).stdout(full).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let is_so = output.status.code() == Some(2) && said.contains("No space left on device");
        check(is_so, || format!("{output:?}"))?;
    }
    Ok(())
}

fn a_reader_that_goes_ends_it_quietly() -> Tested {
    let (_lab, client, target) = client()?;
    for args in [vec!["-i", "0.02", &target], vec!["--json", "-i", "0.02", &target]] {
        let mut running = ping(&client, &args).spawn()?;
        drop(running.stdout());
        let output = running.wait_with_output()?;
        check(output.stderr.is_empty() && output.code().is_some(), || format!("{output:?}"))?;
    }
    Ok(())
}

fn head_takes_one_line() -> Tested {
    let (_lab, client, target) = client()?;
    let script = format!("{NETDIAG} ping -i 0.02 {target} | head -n 1");
    let output = client.command("sh").args(["-c", &script]).output()?;
    let is_so =
        output.stdout.starts_with("PING ") && output.stdout.lines().count() == 1 && output.stderr.is_empty();
    check(is_so, || format!("{output:?}"))
}

fn standard_input_does_not_matter() -> Tested {
    let (_lab, client, target) = client()?;
    for redirection in ["</dev/null", "<&-", "</dev/zero"] {
        let script = format!("exec {NETDIAG} ping --json -c 2 -i 0.02 {target} {redirection}");
        let output = client.command("sh").args(["-c", &script]).output()?;
        Records::of(&output)?.expect(0, &json!({"received": 2}))?;
    }
    Ok(())
}

fn interrupts_end_with_the_summary() -> Tested {
    for signal in [Signal::INT, Signal::TERM] {
        let (lab, client, target) = client()?;
        let mut live = Live::start(ping(&client, &["--json", "-i", "100", &target]))?;
        live.until_record("reply", "seq", "1")?;
        live.running.signal(signal)?;
        Records::of(&live.end()?)?.expect(0, &json!({"sent": 1, "received": 1, "lost": 0}))?;
        // Before any answer: an answer that is still out is lost, and the code says so.
        let _puppet = lab.node("server")?.respond(Script::new(Answer::Silent))?;
        let mut live = Live::start(ping(&client, &["-O", "-i", "0.1", &target]))?;
        live.until("the second probe", |line| line.contains("no answer yet for icmp_seq=1"))?;
        live.running.signal(signal)?;
        let output = live.end()?;
        check(output.code() == Some(1) && output.stdout.contains(" 100% packet loss"), || {
            format!("{output:?}")
        })?;
        // Right after the header.
        let mut live = Live::start(ping(&client, &["-i", "100", &target]))?;
        live.until("the header", |line| line.starts_with("PING "))?;
        live.running.signal(signal)?;
        let output = live.end()?;
        check(output.code() == Some(1) && output.stdout.contains("ping statistics ---"), || {
            format!("{output:?}")
        })?;
    }
    Ok(())
}

fn quit_is_an_interim_summary() -> Tested {
    let (_lab, client, target) = client()?;
    let mut live = Live::start(ping(&client, &["--json", "-i", "100", &target]))?;
    live.until_record("reply", "seq", "1")?;
    let mut errors = std::io::BufReader::new(live.running.stderr().ok_or("no standard error")?);
    live.running.signal(Signal::QUIT)?;
    let mut said = String::new();
    while !said.contains("1 probe sent, 1 answered, 0% loss") {
        let read = std::io::BufRead::read_line(&mut errors, &mut said)?;
        check(read > 0, || format!("no interim summary: {said:?}"))?;
    }
    live.running.signal(Signal::INT)?;
    Records::of(&live.end()?)?.expect(0, &json!({"received": 1}))
}

fn quiet_json_is_start_and_summary() -> Tested {
    let (_lab, client, target) = client()?;
    let records = records(&client, &["-q", "-c", "3", "-i", "0.02", &target])?;
    records.expect(0, &json!({"received": 3}))?;
    check(records.lines.len() == 2, || format!("{records:#?}"))
}

/// How often all threads of a process have gone to sleep of their own accord.
fn sleeps(pid: u32) -> Result<u64, Failed> {
    let mut sum = 0;
    for thread in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let status = std::fs::read_to_string(thread?.path().join("status"))?;
        let count = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"));
        sum += count.and_then(|count| count.trim().parse::<u64>().ok()).ok_or("no count of switches")?;
    }
    Ok(sum)
}

/// Per echo there are a send, a stamp, an answer and a line: four reasons to wake up, shared by two threads.
fn it_sleeps_between_events() -> Tested {
    const PER_ECHO: u64 = 8;
    const ECHOES: u64 = 4;
    let (_lab, client, target) = client()?;
    let mut live = Live::start(ping(&client, &["--json", "--interval", "1", &target]))?;
    live.until_record("reply", "seq", "1")?;
    let before = sleeps(live.running.pid())?;
    live.until_record("reply", "seq", &(1 + ECHOES).to_string())?;
    let during = sleeps(live.running.pid())? - before;
    check(during <= ECHOES * PER_ECHO, || format!("{during} wake-ups for {ECHOES} echoes"))?;
    live.running.signal(Signal::INT)?;
    live.end().map(drop)
}
