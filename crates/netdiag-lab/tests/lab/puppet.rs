//! Every answer of a puppet, as iputils ping words it.

use std::io::{BufRead, BufReader};
use std::time::Duration;

use libtest_mimic::Failed;
use netdiag_lab::{Answer, Hook, IcmpError, Lab, Node, Ruleset, Script, Traffic};

use crate::{Case, Tested, case, check, summary};

pub(crate) const CASES: &[Case] = &[
    case!(answers_like_a_kernel, "ping"),
    case!(scripted_by_number, "ping"),
    case!(every_error_of_v4, "ping"),
    case!(every_error_of_v6, "ping"),
    case!(errors_that_kernels_swallow, "ping", "tcpdump"),
    case!(spoilt_answers, "ping"),
    case!(late_answers, "ping"),
    case!(errors_for_udp_and_tcp, "nft"),
    case!(plays_a_router, "ping", "nft"),
    case!(errors_with_extensions, "ping", "tcpdump"),
];

fn ping(lab: &Lab, arguments: &[&str]) -> Result<String, Failed> {
    let output = lab.node("client")?.command("ping").args(["-n"]).args(arguments).output()?;
    Ok(output.stdout + &output.stderr)
}

fn answers_like_a_kernel() -> Tested {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    let puppet = server.respond(Script::new(Answer::Echo))?;
    for address in [server.v4()?.to_string(), server.v6()?.to_string()] {
        let output = ping(&lab, &["-c", "3", "-i", "0.01", &address])?;
        check(summary(&output)?.received == 3, || output.clone())?;
    }
    let log = puppet.log()?;
    check(log.len() == 6 && log.iter().all(|seen| seen.ttl == 64 && seen.answers == 1), || {
        format!("{log:?}")
    })?;
    drop(puppet);
    let silent = ping(&lab, &["-c", "1", "-W", "1", &server.v4()?.to_string()])?;
    check(summary(&silent)?.received == 0, || silent.clone())
}

fn scripted_by_number() -> Tested {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    let script =
        Script::new(Answer::Echo).on(2, Answer::Silent).on(3, Answer::Twice).on(4, IcmpError::unreachable(1));
    let _puppet = server.respond(script)?;
    let output = ping(&lab, &["-c", "6", "-i", "0.02", "-W", "1", &server.v4()?.to_string()])?;
    let seen = summary(&output)?;
    check((seen.received, seen.duplicates) == (4, 1), || output.clone())?;
    check(output.contains("icmp_seq=4 Destination Host Unreachable"), || output.clone())
}

/// Has a puppet answer with each error in turn and looks for its words.
fn worded(lab: &Lab, address: &str, errors: &[(IcmpError, &str)]) -> Tested {
    let server: Node = lab.node("server")?;
    let answers = errors.iter().map(|(error, _)| Answer::from(error.clone()));
    let _puppet = server.respond(Script::new(Answer::Silent).in_turn(answers))?;
    let count = errors.len().to_string();
    // In verbose mode raw sockets, if ping has them, tell all errors; datagram sockets do anyway.
    let output = ping(lab, &["-v", "-c", &count, "-i", "0.02", "-W", "1", address])?;
    for (seq, (error, words)) in (1..).zip(errors) {
        let line = output.lines().find(|line| line.contains(&format!("icmp_seq={seq} ")));
        check(line.is_some_and(|line| line.contains(words)), || {
            format!("no {words:?} for {error:?} in\n{output}")
        })?;
    }
    Ok(())
}

fn every_error_of_v4() -> Tested {
    let lab = Lab::pair()?;
    let address = lab.node("server")?.v4()?;
    let gateway = address;
    let mut errors = vec![
        (IcmpError::unreachable(0), "Destination Net Unreachable"),
        (IcmpError::unreachable(1), "Destination Host Unreachable"),
        (IcmpError::unreachable(2), "Destination Protocol Unreachable"),
        (IcmpError::unreachable(3), "Destination Port Unreachable"),
        (IcmpError::unreachable(5), "Source Route Failed"),
        (IcmpError::unreachable(6), "Destination Net Unknown"),
        (IcmpError::unreachable(7), "Destination Host Unknown"),
        (IcmpError::unreachable(8), "Source Host Isolated"),
        (IcmpError::unreachable(9), "Destination Net Prohibited"),
        (IcmpError::unreachable(10), "Destination Host Prohibited"),
        (IcmpError::unreachable(11), "Destination Net Unreachable for Type of Service"),
        (IcmpError::unreachable(12), "Destination Host Unreachable for Type of Service"),
        (IcmpError::unreachable(13), "Packet filtered"),
        (IcmpError::unreachable(14), "Precedence Violation"),
        (IcmpError::unreachable(15), "Precedence Cutoff"),
        (IcmpError::time_exceeded(0), "Time to live exceeded"),
        (IcmpError::parameter_problem(0, 8), "Parameter problem: pointer = 8"),
    ];
    errors.extend([(IcmpError::fragmentation_needed(1400), "Frag needed and DF set (mtu = 1400)")]);
    worded(&lab, &address.to_string(), &errors)?;
    // The kernel hands these only to raw sockets; where ping has none, they are silence for it.
    let quench = [(IcmpError::source_quench(), "Source Quench")];
    let redirects = [
        "Redirect Network",
        "Redirect Host",
        "Redirect Type of Service and Network",
        "Redirect Type of Service and Host",
    ];
    let mut special: Vec<(IcmpError, &str)> = quench.into();
    special.extend((0..).zip(redirects).map(|(code, words)| (IcmpError::redirect(code, gateway), words)));
    worded(&lab, &address.to_string(), &special)
}

fn every_error_of_v6() -> Tested {
    let lab = Lab::pair()?;
    let address = lab.node("server")?.v6()?.to_string();
    let errors = [
        (IcmpError::unreachable_v6(0), "Destination unreachable: No route"),
        (IcmpError::unreachable_v6(1), "Destination unreachable: Administratively prohibited"),
        (IcmpError::unreachable_v6(2), "Destination unreachable: Beyond scope of source address"),
        (IcmpError::unreachable_v6(3), "Destination unreachable: Address unreachable"),
        (IcmpError::unreachable_v6(4), "Destination unreachable: Port unreachable"),
        (IcmpError::unreachable_v6(5), "Destination unreachable: "),
        (IcmpError::unreachable_v6(6), "Destination unreachable: "),
        (IcmpError::unreachable_v6(99), "Destination unreachable: "),
        (IcmpError::time_exceeded_v6(0), "Time exceeded: Hop limit"),
        (IcmpError::time_exceeded_v6(1), "Time exceeded: Defragmentation failure"),
        (IcmpError::parameter_problem_v6(0, 6), "Parameter problem: Wrong header field"),
        (IcmpError::parameter_problem_v6(1, 6), "Parameter problem: Unknown header"),
        (IcmpError::parameter_problem_v6(2, 40), "Parameter problem: Unknown option"),
        (IcmpError::packet_too_big(1300), "Packet too big: mtu=1300"),
    ];
    worded(&lab, &address, &errors)
}

fn spoilt_answers() -> Tested {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    let script = Script::new(Answer::Echo)
        .on(1, Answer::WrongPayload { offset: 30 })
        .on(2, Answer::Truncated(20))
        .on(3, Answer::Overlong(9))
        .on(4, Answer::ForgedToken)
        .on(5, Answer::BadChecksum)
        .on(6, Answer::FromAddress("10.77.0.200".parse()?));
    let _puppet = server.respond(script)?;
    let output = ping(&lab, &["-c", "7", "-i", "0.02", "-W", "1", &server.v4()?.to_string()])?;
    check(output.contains("wrong data byte #30"), || output.clone())?;
    check(output.contains("28 bytes from") && output.contains("icmp_seq=2"), || output.clone())?;
    check(output.contains("73 bytes from"), || output.clone())?;
    check(output.contains("icmp_seq=7"), || output.clone())?;
    let strange =
        output.lines().filter(|line| line.contains("icmp_seq=6")).all(|line| line.contains("10.77.0.200"));
    check(strange, || output.clone())
}

fn late_answers() -> Tested {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    let ms = Duration::from_millis;
    let script = Script::new(Answer::Echo)
        .on(1, Answer::Delayed(ms(120)))
        .on(2, Answer::LateTwice(ms(60)))
        .on(3, Answer::Again(ms(30)));
    let _puppet = server.respond(script)?;
    let output = ping(&lab, &["-c", "20", "-i", "0.02", &server.v4()?.to_string()])?;
    let seen = summary(&output)?;
    check((seen.received, seen.duplicates) == (20, 2), || output.clone())?;
    let first = output
        .lines()
        .find(|line| line.contains("icmp_seq=1 "))
        .and_then(|line| line.split_once("time=")?.1.split(' ').next()?.parse::<f64>().ok());
    check(first.is_some_and(|time| time >= 120.0), || output.clone())
}

fn errors_for_udp_and_tcp() -> Tested {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    server.filter(&Ruleset::drop(Hook::Input, &Traffic::Udp(None)))?;
    server.filter(&Ruleset::drop(Hook::Input, &Traffic::Tcp(None)))?;
    let _puppet = server.respond(Script::new(Answer::Echo).on_udp_and_tcp(IcmpError::unreachable(10)))?;
    let script = format!("exec 3<>/dev/tcp/{}/80", server.v4()?);
    let output = lab.node("client")?.command("bash").args(["-c", &script]).output()?;
    check(output.stderr.contains("No route to host"), || format!("{output:?}"))
}

fn plays_a_router() -> Tested {
    let lab = Lab::chain(2)?;
    let router = lab.node("r1")?;
    let kernel = Traffic::Matching("icmp type time-exceeded".into());
    router.filter(&Ruleset::drop(Hook::Output, &kernel))?;
    let strange = "10.77.200.1".parse()?;
    let puppet = router.respond(Script::new(IcmpError::time_exceeded(0).from(strange)).to_expiring())?;
    let server = lab.node("server")?.v4()?.to_string();
    let expired = ping(&lab, &["-c", "2", "-i", "0.02", "-t", "1", &server])?;
    check(expired.matches("From 10.77.200.1 icmp_seq").count() == 2, || expired.clone())?;
    let passed = ping(&lab, &["-c", "2", "-i", "0.02", &server])?;
    check(summary(&passed)?.received == 2, || passed.clone())?;
    check(puppet.log()?.len() == 2, || format!("{:?}", puppet.log()))
}

fn errors_with_extensions() -> Tested {
    // One MPLS label stack entry: label 16001, bottom of stack, TTL 1 (RFC 4950).
    let mut object = vec![0, 8, 1, 1];
    object.extend(((16001_u32 << 12) | 0x100 | 1).to_be_bytes());
    let shown = dumped(&[IcmpError::time_exceeded(0).extensions(object)])?;
    check(shown.contains("16001"), || shown.clone())
}

fn errors_that_kernels_swallow() -> Tested {
    // Linux hands neither to any socket with an error queue; they are on the cable all the same.
    let shown = dumped(&[IcmpError::unreachable(99), IcmpError::time_exceeded(1)])?;
    check(shown.contains("#99") && shown.contains("ip reassembly time exceeded"), || shown.clone())
}

/// What tcpdump shows of the client's cable when a puppet answers with these errors.
fn dumped(errors: &[IcmpError]) -> Result<String, Failed> {
    let lab = Lab::pair()?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    let answers = errors.iter().cloned().map(Answer::from);
    let _puppet = server.respond(Script::new(Answer::Silent).in_turn(answers))?;
    let count = errors.len().to_string();
    let filter = "icmp[icmptype] != icmp-echo";
    let mut dump =
        client.command("tcpdump").args(["-i", "to-server", "-n", "-vv", "-c", &count, filter]).spawn()?;
    let mut words = BufReader::new(dump.stderr().ok_or("no standard error")?).lines();
    words
        .find(|line| line.as_ref().is_ok_and(|line| line.contains("listening on")))
        .ok_or("tcpdump did not start")??;
    ping(&lab, &["-c", &count, "-i", "0.02", "-W", "1", &server.v4()?.to_string()])?;
    Ok(dump.wait_with_output()?.stdout)
}
