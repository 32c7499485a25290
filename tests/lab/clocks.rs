//! Whose clock it is: the kernel's stamps, held against a capture of the same cable, and against iputils.

use std::collections::HashMap;

use libtest_mimic::Failed;
use netdiag_lab::{Captured, Direction, IcmpSockets, Lab};

use crate::harness::{Case, Tested, case, check};
use crate::stage::records;

pub(crate) const CASES: &[Case] =
    &[case!(closer_to_the_cable_than_iputils, "ping"), case!(stamps_are_the_kernels)];

const COUNT: usize = 50;

/// The round trips that a capture saw, in nanoseconds by sequence number.
fn truth(captured: &[Captured]) -> HashMap<u16, i64> {
    let of = |direction| {
        captured
            .iter()
            .filter(move |echo| echo.direction == direction)
            .map(|echo| (echo.echo.seq, echo.time_ns))
            .collect::<HashMap<_, _>>()
    };
    let (sent, received) = (of(Direction::Out), of(Direction::In));
    received.into_iter().filter_map(|(seq, at)| Some((seq, at as i64 - *sent.get(&seq)? as i64))).collect()
}

/// The median distance from the truth, in nanoseconds.
fn median_error(told: &HashMap<u16, i64>, truth: &HashMap<u16, i64>) -> Result<i64, Failed> {
    let mut errors: Vec<i64> =
        truth.iter().filter_map(|(seq, rtt)| Some((told.get(seq)? - rtt).abs())).collect();
    check(errors.len() == COUNT, || format!("{} of {COUNT} echoes can be compared", errors.len()))?;
    errors.sort_unstable();
    Ok(errors[COUNT / 2])
}

/// `icmp_seq=N … time=T ms` of iputils' lines, with all three decimals, which round trips below 1 ms have.
fn told_by_iputils(text: &str) -> HashMap<u16, i64> {
    let field = |line: &str, name: &str| {
        line.split_once(name).and_then(|(_, rest)| rest.split(' ').next()?.parse::<f64>().ok())
    };
    text.lines()
        .filter_map(|line| Some((field(line, "icmp_seq=")? as u16, (field(line, "time=")? * 1e6) as i64)))
        .collect()
}

fn closer_to_the_cable_than_iputils() -> Tested {
    let lab = Lab::pair()?;
    let (client, target) = (lab.node("client")?, lab.node("server")?.v4()?.to_string());
    client.icmp_sockets(IcmpSockets::Open)?;
    let count = COUNT.to_string();
    let args = ["-c", &count, "-i", "0.01", &target];

    let capture = client.capture("to-server")?;
    let theirs = client.command("ping").args(["-n"]).args(args).output()?;
    let their_error = median_error(&told_by_iputils(&theirs.stdout), &truth(&capture.stop()?))?;

    let capture = client.capture("to-server")?;
    let ours = records(&client, &args)?;
    let told = ours
        .of_type("reply")
        .iter()
        .filter_map(|reply| Some((reply["seq"].as_u64()? as u16, (reply["rtt_ms"].as_f64()? * 1e6) as i64)))
        .collect();
    let our_error = median_error(&told, &truth(&capture.stop()?))?;
    check(our_error <= their_error, || format!("netdiag is {our_error} ns off, iputils {their_error} ns"))
}

fn stamps_are_the_kernels() -> Tested {
    for state in [IcmpSockets::Open, IcmpSockets::Closed] {
        let lab = Lab::pair()?;
        let (client, server) = (lab.node("client")?, lab.node("server")?);
        client.icmp_sockets(state)?;
        for target in [server.v4()?.to_string(), server.v6()?.to_string()] {
            let records = records(&client, &["-c", "20", "-i", "0.01", &target])?;
            let clocks: Vec<_> =
                records.of_type("reply").iter().map(|reply| reply["clock"].clone()).collect();
            // The kernel may leave the first ones without a stamp, until it has switched stamping on.
            let is_so = clocks.len() == 20 && clocks[10..].iter().all(|clock| clock == "kernel");
            check(is_so, || format!("{clocks:?}"))?;
        }
    }
    Ok(())
}
