//! How runs end: counts, timeouts, deadlines, signals, and what cannot run.

use std::time::Duration;

use libtest_mimic::Failed;
use netdiag_lab::{Answer, Command, IcmpError, Output, Script, Signal};

use crate::harness::{Case, Tested, case, check};
use crate::scene::{Scene, Sockets, read_until, signal_after};

pub(crate) const CASES: &[Case] = &[
    case!(all_lost, "ping"),
    case!(all_lost_when_quiet, "ping"),
    case!(no_answer_yet, "ping"),
    case!(some_lost_is_a_yes, "ping"),
    case!(deadline_with_answers, "ping"),
    case!(deadline_with_silence, "ping"),
    case!(deadline_and_count_with_loss, "ping"),
    case!(deadline_and_count_met, "ping"),
    case!(deadline_and_an_error, "ping"),
    case!(interrupted, "ping"),
    case!(interrupted_before_any_answer, "ping"),
    case!(interim_summary, "ping"),
    case!(pipe_is_counted, "ping"),
    case!(no_such_interface, "ping"),
    case!(no_such_name, "ping"),
    case!(no_such_source, "ping"),
    case!(family_of_the_address, "ping"),
    case!(broadcast_not_allowed, "ping"),
    case!(broadcast_allowed, "ping"),
    case!(multicast, "ping"),
];

/// The same on both kinds of sockets, the server playing a script.
fn scripted(script: &Script, args: &[&str], code: i32) -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?.script(script.clone());
        let both = scene.run(&[args, &[&scene.v4()?]].concat())?;
        both.same()?;
        both.both_end(code)?;
    }
    Ok(())
}

fn silent() -> Script {
    Script::new(Answer::Silent)
}

fn all_lost() -> Tested {
    scripted(&silent(), &["-c", "2", "-i", "0.05", "-W", "1"], 1)?;
    scripted(&silent(), &["-c", "1", "-W", "0.3"], 1)
}

fn all_lost_when_quiet() -> Tested {
    scripted(&silent(), &["-q", "-c", "2", "-i", "0.05", "-W", "1"], 1)
}

fn no_answer_yet() -> Tested {
    scripted(&silent(), &["-O", "-c", "3", "-i", "0.05", "-W", "1"], 1)?;
    scripted(&silent(), &["-O", "-q", "-c", "3", "-i", "0.05", "-W", "1"], 1)
}

fn some_lost_is_a_yes() -> Tested {
    let script = Script::new(Answer::Echo).on(3, Answer::Silent);
    scripted(&script, &["-c", "3", "-i", "0.05", "-W", "1"], 0)
}

fn deadline_with_answers() -> Tested {
    // Probes leave at 0, 0.7 and 1.4 s, far from the deadline.
    scripted(&Script::new(Answer::Echo), &["-w", "2", "-i", "0.7"], 0)
}

fn deadline_with_silence() -> Tested {
    scripted(&silent(), &["-w", "2", "-i", "0.7"], 1)
}

fn deadline_and_count_with_loss() -> Tested {
    let script = Script::new(Answer::Silent).on(1, Answer::Echo);
    scripted(&script, &["-c", "3", "-w", "2", "-i", "0.7"], 1)
}

fn deadline_and_count_met() -> Tested {
    // A lost one is made up for: with a deadline the count is of answers.
    let script = Script::new(Answer::Echo).on(2, Answer::Silent);
    scripted(&script, &["-c", "3", "-w", "5", "-i", "0.1"], 0)
}

fn deadline_and_an_error() -> Tested {
    let script = Script::new(Answer::Silent).on(2, IcmpError::unreachable(1));
    scripted(&script, &["-w", "5", "-i", "0.1"], 1)
}

fn interrupted() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        // All three answers come at once; the fourth probe is far away.
        let args = ["-l", "3", "-i", "100", &scene.v4()?];
        let both = scene.play(&args, signal_after("icmp_seq=3 ", Signal::INT))?;
        both.same()?;
        both.both_end(0)?;
    }
    Ok(())
}

fn interrupted_before_any_answer() -> Tested {
    let scene = Scene::pair(Sockets::Datagram)?.script(silent());
    let args = ["-O", "-i", "0.3", &scene.v4()?];
    let both = scene.play(&args, signal_after("no answer yet for icmp_seq=2", Signal::INT))?;
    both.same()?;
    both.both_end(1)
}

/// Asks for an interim summary after the third answer and ends the run when that summary has come.
fn with_interim(command: Command) -> Result<Output, Failed> {
    let mut running = command.spawn()?;
    let (mut text, mut rest) = read_until(&mut running, "icmp_seq=3 ")?;
    let mut errors = std::io::BufReader::new(running.stderr().ok_or("no standard error")?);
    running.signal(Signal::QUIT)?;
    let mut interim = String::new();
    while !interim.contains("ewma") {
        let read = std::io::BufRead::read_line(&mut errors, &mut interim)?;
        check(read > 0, || format!("no interim summary: {interim}"))?;
    }
    running.signal(Signal::INT)?;
    std::io::Read::read_to_string(&mut rest, &mut text)?;
    let status = running.wait()?;
    Ok(Output { status, stdout: text, stderr: interim })
}

fn interim_summary() -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        let both = scene.play(&["-l", "3", "-i", "100", &scene.v4()?], with_interim)?;
        both.same()?;
        let [theirs, ours] = [&both.theirs, &both.ours].map(|output| crate::text::classic(&output.stderr));
        check(theirs == ours, || both.to_string())?;
    }
    Ok(())
}

fn pipe_is_counted() -> Tested {
    let script = Script::new(Answer::Echo).on(1, Answer::Delayed(Duration::from_millis(500)));
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?.script(script.clone());
        let both = scene.run(&["-c", "3", "-i", "0.2", &scene.v4()?])?;
        both.same()?;
        both.both_say(", pipe 3")?;
    }
    Ok(())
}

/// Neither can run; what each says is its own.
fn impossible(args: &[&str], words: &str) -> Tested {
    for sockets in Sockets::BOTH {
        let scene = Scene::pair(sockets)?;
        scene.lab.nsswitch_conf("hosts: files\n")?;
        let both = scene.run(args)?;
        both.both_end(2)?;
        let ours = &both.ours;
        check(ours.stdout.is_empty() && ours.stderr.contains(words), || both.to_string())?;
    }
    Ok(())
}

fn no_such_interface() -> Tested {
    impossible(&["-c", "1", "-I", "nosuch0", "10.77.0.2"], "nosuch0")
}

fn no_such_name() -> Tested {
    impossible(&["-c", "1", "nosuch.lab"], "nosuch.lab")
}

fn no_such_source() -> Tested {
    impossible(&["-c", "1", "-I", "192.0.2.77", "10.77.0.2"], "192.0.2.77")
}

fn family_of_the_address() -> Tested {
    impossible(&["-4", "-c", "1", "::1"], "::1")?;
    impossible(&["-6", "-c", "1", "127.0.0.1"], "127.0.0.1")
}

fn broadcast_not_allowed() -> Tested {
    impossible(&["-c", "1", "10.77.0.255"], "broadcast")
}

fn broadcast_allowed() -> Tested {
    let scene = Scene::pair(Sockets::Raw)?;
    scene.server()?.sysctl("net.ipv4.icmp_echo_ignore_broadcasts", "0")?;
    scene.same(&["-b", "-c", "2", "-i", "1", "10.77.0.255"])
}

/// Each member answers, the client itself among them; in which order is chance. The run ends with the first answer to
/// the last probe, so what is held is the first probe's.
fn multicast() -> Tested {
    let scene = Scene::pair(Sockets::Raw)?;
    let both = scene.run(&["-c", "2", "-i", "1", "ff02::1%to-server"])?;
    let sorted = |text: &str| {
        let mut lines = crate::text::classic(text);
        lines.retain(|line| line.starts_with("PING ") || line.contains("icmp_seq=1 "));
        lines.sort();
        lines
    };
    let (theirs, ours) = (sorted(&both.theirs.stdout), sorted(&both.ours.stdout));
    check(theirs == ours && ours.len() == 3, || {
        format!("{}\n{both}", crate::text::differences(&theirs, &ours))
    })?;
    both.both_end(0)
}
