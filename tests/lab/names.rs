//! Names: a slow or silent name server never holds a probe or a line up, and what went wrong is said.

use std::time::Duration;

use libtest_mimic::Failed;
use netdiag_lab::{
    Direction, EchoKind, FrameKind, IcmpSockets, Impairment, Lab, Node, Outcome, Server, Serving, Signal,
    Way, WireSpec, Zone,
};

use crate::harness::{Case, Tested, case, check};
use crate::stage::{Live, ping};

pub(crate) const CASES: &[Case] = &[
    case!(a_slow_reverse_name_holds_nothing_up),
    case!(a_reverse_name_that_never_comes),
    case!(failures_say_who_said_what),
    case!(a_silent_server_is_named),
    case!(interrupted_while_looking_up),
    case!(control_characters_in_names_are_escaped),
];

/// A client, a server with a name, and a name server in it; the client's resolver asks it.
fn named(zone: impl FnOnce(Zone, &Node) -> Result<Zone, Failed>) -> Result<(Lab, Serving), Failed> {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    let zone = zone(Zone::new().address("far.lab", server.v4()?), &server)?;
    let serving = serve(&lab, &server, zone, "timeout:30 attempts:1")?;
    Ok((lab, serving))
}

fn serve(lab: &Lab, node: &Node, zone: Zone, options: &str) -> Result<Serving, Failed> {
    let serving = node.serve(Server::dns(zone).on(node.v4()?))?;
    lab.resolv_conf(&format!("nameserver {}\noptions {options}\n", node.v4()?))?;
    lab.nsswitch_conf("hosts: dns\n")?;
    lab.node("client")?.icmp_sockets(IcmpSockets::Open)?;
    Ok(serving)
}

/// Whether a line of an answer has a name before its address.
fn has_name(line: &str) -> bool {
    line.contains("bytes from far.lab (")
}

fn a_slow_reverse_name_holds_nothing_up() -> Tested {
    let lab = Lab::pair()?;
    let (client, target) = (lab.node("client")?, lab.node("server")?.v4()?);
    let dns = lab.node("dns")?;
    let slow = WireSpec::new().back(Impairment::new().delay(Duration::from_secs(3)));
    let wire = lab.wire(&client, &dns, slow)?;
    let zone = Zone::new().address("far.lab", target).pointer(target, "far.lab");
    let _serving = serve(&lab, &dns, zone, "timeout:30 attempts:1")?;
    let capture = client.capture("to-server")?;
    let mut live = Live::start(ping(&client, &["-4", "-i", "0.2", "far.lab"]))?;
    live.until("a name", has_name)?;
    live.running.signal(Signal::INT)?;
    let text = live.end()?.stdout;
    // When the name was there to be had, several echoes had been sent and their lines written.
    let log = wire.log()?;
    let answer = log
        .passages
        .iter()
        .filter(|passage| passage.way == Way::Back && passage.frame == FrameKind::Other)
        .filter_map(|passage| passage.left_ns)
        .max()
        .ok_or("the name server was not asked")?;
    let before = capture
        .stop()?
        .into_iter()
        .filter(|echo| echo.direction == Direction::Out && echo.echo.kind == EchoKind::Request)
        .filter(|echo| echo.time_ns < answer)
        .count();
    let bare = text.lines().filter(|line| line.contains(&format!("bytes from {target}: "))).count();
    check(before >= 3 && bare >= 3, || format!("{before} echoes before the name, {bare} bare lines:\n{text}"))
}

fn a_reverse_name_that_never_comes() -> Tested {
    let (lab, serving) = named(|zone, server| Ok(zone.pointer_outcome(server.v4()?, Outcome::Silence)))?;
    let client = lab.node("client")?;
    let mut live = Live::start(ping(&client, &["-4", "-c", "5", "-i", "0.1", "far.lab"]))?;
    // The fifth line comes while the question is still open: the resolver waits for 30 s.
    live.until("the fifth answer", |line| line.contains("icmp_seq=5 "))?;
    let output = live.end()?;
    let target = lab.node("server")?.v4()?;
    let is_bare = output.stdout.matches(&format!("bytes from {target}: ")).count() == 5;
    check(is_bare && output.code() == Some(0), || format!("{output:?}"))?;
    let asked = serving.log()?.iter().filter(|visit| visit.question.ends_with(" PTR")).count();
    check(asked == 1, || format!("{:?}", serving.log()))
}

/// What standard error says about a name that does not resolve.
fn said(lab: &Lab, name: &str) -> Result<String, Failed> {
    let output = ping(&lab.node("client")?, &["-4", "-c", "1", name]).output()?;
    check(output.code() == Some(2) && output.stdout.is_empty(), || format!("{output:?}"))?;
    Ok(output.stderr)
}

fn failures_say_who_said_what() -> Tested {
    let (lab, _serving) = named(|zone, _| {
        Ok(zone
            .outcome("failing.lab", Outcome::ServFail)
            .outcome("refused.lab", Outcome::Refused)
            .address("six.lab", "2001:db8::1".parse::<std::net::IpAddr>()?))
    })?;
    let server = lab.node("server")?.v4()?.to_string();
    for (name, words) in [
        ("nobody.lab", "NXDOMAIN"),
        ("failing.lab", "SERVFAIL"),
        ("refused.lab", "REFUSED"),
        ("six.lab", "NODATA"),
    ] {
        let said = said(&lab, name)?;
        let is_so = [name, words, &server].iter().all(|words| said.contains(words));
        check(is_so, || format!("{name}: no {words} of {server} in {said:?}"))?;
    }
    Ok(())
}

fn a_silent_server_is_named() -> Tested {
    let lab = Lab::pair()?;
    let zone = Zone::new().outcome("silent.lab", Outcome::Silence);
    let _serving = serve(&lab, &lab.node("server")?, zone, "timeout:1 attempts:1")?;
    let server = lab.node("server")?.v4()?;
    let said = said(&lab, "silent.lab")?;
    check(said.contains(&server.to_string()) && said.contains("no answer"), || said.clone())
}

fn interrupted_while_looking_up() -> Tested {
    let (lab, serving) = named(|zone, _| Ok(zone.outcome("silent.lab", Outcome::Silence)))?;
    let running = ping(&lab.node("client")?, &["-4", "-c", "1", "silent.lab"]).spawn()?;
    while serving.log()?.is_empty() {
        std::thread::yield_now();
    }
    running.signal(Signal::INT)?;
    let output = running.wait_with_output()?;
    check(output.code() == Some(1), || format!("{output:?}"))
}

fn control_characters_in_names_are_escaped() -> Tested {
    let (lab, _serving) = named(|zone, server| Ok(zone.pointer(server.v4()?, "evil\u{1b}[31m.lab")))?;
    let mut run = Live::start(ping(&lab.node("client")?, &["-4", "-i", "0.1", "far.lab"]))?;
    // The C library may refuse such a name; then lines stay bare. What must not come is the escape itself.
    for seq in 1..=5 {
        let line = run.until("an answer", |line| line.contains(&format!("icmp_seq={seq} ")))?;
        check(!line.contains('\u{1b}'), || format!("{line:?}"))?;
    }
    run.running.signal(Signal::INT)?;
    run.end().map(drop)
}
