//! Faults, tried with a plain socket (`probe.py`): each row is staged as it is called, in each of its families.

use std::fmt::Write;

use netdiag_lab::fault::{Fault, Protocol, faults};

use crate::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] =
    &[case!(names_are_phrases_and_stand_once), case!(each_fault_is_what_it_is_called, "nft", "python3")];

/// What a plain socket is told: errno, and ICMP with its sender or else the state at the end; for IPv6
/// after the bar where it differs.
/// C is the client, T the target, R and R2 are routers.
const TOLD: &str = "
    open-port                             OK ESTABLISHED
    silent-service                        OK ESTABLISHED
    first-syn-lost                        OK ESTABLISHED
    closed-port                           ECONNREFUSED CLOSED
    server-firewall-resets                ECONNREFUSED CLOSED
    router-resets                         ECONNREFUSED CLOSED
    far-closed-port ECONNREFUSED CLOSED
    far-router-resets ECONNREFUSED CLOSED
    router-says-net-unreachable           ENETUNREACH 3/0 R1 | ENETUNREACH 1/0 R1
    router-says-host-unreachable          EHOSTUNREACH 3/1 R1 | EHOSTUNREACH 1/3 R1
    router-says-proto-unreachable         ENOPROTOOPT 3/2 R1
    router-says-port-unreachable          ECONNREFUSED 3/3 R1 | ECONNREFUSED 1/4 R1
    router-says-net-prohibited            ENETUNREACH 3/9 R1
    router-says-host-prohibited           EHOSTUNREACH 3/10 R1
    router-says-admin-prohibited          EHOSTUNREACH 3/13 R1 | EACCES 1/1 R1
    router-says-source-policy             EACCES 1/5 R1
    router-says-reject-route              EACCES 1/6 R1
    server-says-net-unreachable           ENETUNREACH 3/0 T | ENETUNREACH 1/0 T
    server-says-host-unreachable          EHOSTUNREACH 3/1 T | EHOSTUNREACH 1/3 T
    server-says-proto-unreachable         ENOPROTOOPT 3/2 T
    server-says-port-unreachable          ECONNREFUSED 3/3 T | ECONNREFUSED 1/4 T
    server-says-net-prohibited            ENETUNREACH 3/9 T
    server-says-host-prohibited           EHOSTUNREACH 3/10 T
    server-says-admin-prohibited          EHOSTUNREACH 3/13 T | EACCES 1/1 T
    server-says-source-policy             EACCES 1/5 T
    server-says-reject-route              EACCES 1/6 T
    router-says-net-unknown               ENETUNREACH 3/6 R1
    router-says-host-unknown              EHOSTDOWN 3/7 R1
    router-says-source-isolated           ENONET 3/8 R1
    router-says-host-unreachable-for-tos  EHOSTUNREACH 3/12 R1
    router-says-precedence-violation      EHOSTUNREACH 3/14 R1
    router-says-precedence-cutoff         EHOSTUNREACH 3/15 R1
    router-says-beyond-scope              EHOSTUNREACH 1/2 R1
    every-other-refusal-is-lost           EHOSTUNREACH 3/13 R1 | EACCES 1/1 R1
    forward-drop                          EAGAIN SYN-SENT
    router-blackhole-route                EAGAIN SYN-SENT
    syn-ack-lost-on-the-way-back          EAGAIN SYN-SENT
    accept-queue-full                     EAGAIN SYN-SENT
    server-input-drop                     EAGAIN SYN-SENT
    local-input-drop                      EAGAIN SYN-SENT
    local-output-drop                     EAGAIN SYN-SENT
    local-output-says-port-unreachable    ECONNREFUSED 3/3 C | ECONNREFUSED 1/4 C
    local-output-says-host-unreachable    EHOSTUNREACH 3/1 C | EHOSTUNREACH 1/3 C
    local-output-says-admin-prohibited    EHOSTUNREACH 3/13 C | EACCES 1/1 C
    local-output-resets                   ECONNREFUSED CLOSED
    no-route                              ENETUNREACH CLOSED
    local-unreachable-route               EHOSTUNREACH CLOSED
    local-prohibit-route                  EACCES CLOSED
    local-blackhole-route                 EINVAL CLOSED
    silent-neighbour                      EHOSTUNREACH 3/1 C | EHOSTUNREACH 1/3 C
    dead-gateway                          EHOSTUNREACH 3/1 C | EHOSTUNREACH 1/3 C
    silent-neighbour-of-the-router        EHOSTUNREACH 3/1 R1 | EHOSTUNREACH 1/3 R1
    routing-loop                          EHOSTUNREACH 11/0 R2 | EHOSTUNREACH 3/0 R2
    router-without-route                  ENETUNREACH 3/0 R1 | ENETUNREACH 1/0 R1
    router-unreachable-route              EHOSTUNREACH 3/1 R1 | ENETUNREACH 1/0 R1
    router-prohibit-route                 EHOSTUNREACH 3/13 R1 | EACCES 1/1 R1
    router-without-route-says-so-rarely   ENETUNREACH 3/0 R1 | ENETUNREACH 1/0 R1
    ports-exhausted                       EADDRNOTAVAIL CLOSED
    reset-after-accept                    ECONNRESET CLOSED
    closed-after-accept                   OK CLOSE-WAIT
    reset-after-the-handshake-by-a-router ECONNRESET CLOSED
    silence-after-the-handshake           OK ESTABLISHED
    closed-port-here                      ECONNREFUSED CLOSED
    other-address-here                    ECONNREFUSED CLOSED
    other-family-here                     ECONNREFUSED CLOSED
    full-queue-here                       EAGAIN SYN-SENT
    udp-answered                          OK -
    udp-closed-port                       ECONNREFUSED 3/3 T | ECONNREFUSED 1/4 T
    udp-router-says-port-unreachable      ECONNREFUSED 3/3 R1 | ECONNREFUSED 1/4 R1
    udp-router-says-admin-prohibited      EHOSTUNREACH 3/13 R1 | EACCES 1/1 R1
    udp-server-says-admin-prohibited      EHOSTUNREACH 3/13 T | EACCES 1/1 T
    udp-router-says-host-unreachable      EHOSTUNREACH 3/1 R1 | EHOSTUNREACH 1/3 R1
    udp-dropped                           EAGAIN -
    udp-answer-lost                       EAGAIN -
    udp-local-output-drop                 EPERM -
";

fn names_are_phrases_and_stand_once() -> Tested {
    let mut names: Vec<&str> = faults().map(|fault| fault.name).collect();
    let is_phrase = |name: &&str| name.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    check(names.iter().all(is_phrase), || format!("{names:?}"))?;
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    check(names.len() == count && faults().all(|fault| fault.sentence.ends_with('.')), || {
        format!("{names:?}")
    })
}

fn each_fault_is_what_it_is_called() -> Tested {
    // Most of the time is waiting for answers that do not come.
    let threads: Vec<_> = faults().map(|fault| (fault, std::thread::spawn(move || told(fault)))).collect();
    let mut wrong = String::new();
    for (fault, thread) in threads {
        let told = thread.join().map_err(|_| format!("{} broke off", fault.name))??;
        let row = TOLD.lines().find_map(|line| line.trim().strip_prefix(fault.name)?.strip_prefix(' '));
        if row.map(str::trim) != Some(told.as_str()) {
            // Writing to a string cannot fail.
            let _ = writeln!(wrong, "{} {told}", fault.name);
        }
    }
    check(wrong.is_empty(), || wrong)
}

/// What the probe is told in each family.
fn told(fault: &Fault) -> Result<String, String> {
    const PROBE: &str = include_str!("probe.py");
    let mut all: Vec<String> = Vec::new();
    for family in fault.families {
        let staged = (fault.stage)(*family).map_err(|error| format!("{}, {family}: {error}", fault.name))?;
        let protocol = if fault.protocol == Protocol::Tcp { "tcp" } else { "udp" };
        let (target, port) = (staged.target.to_string(), staged.port.to_string());
        let probe = staged.client.command("python3").unprivileged();
        let output = probe
            .args(["-c", PROBE, protocol, &target, &port, "3.5"])
            .output()
            .map_err(|error| error.to_string())?;
        let mut text = format!("{}{}", output.stdout, output.stderr).trim().to_owned();
        let people = [(target, "T".to_owned()), (staged.source.to_string(), "C".to_owned())];
        let routers = staged.routers.iter().enumerate();
        let routers = routers.map(|(at, router)| (router.to_string(), format!("R{}", at + 1)));
        for (address, who) in people.into_iter().chain(routers) {
            text = text
                .split(' ')
                .map(|word| if word == address { who.as_str() } else { word })
                .collect::<Vec<_>>()
                .join(" ");
        }
        if all.last() != Some(&text) {
            all.push(text);
        }
    }
    Ok(all.join(" | "))
}
