//! The capture against tcpdump on the same interface: the same frames with nearly the same stamps.

use std::io::{BufRead, BufReader};

use netdiag_lab::{Direction, EchoKind, Lab, Signal};

use crate::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] =
    &[case!(both_directions_in_order, "ping"), case!(agrees_with_tcpdump, "ping", "tcpdump")];

fn both_directions_in_order() -> Tested {
    let lab = Lab::pair()?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    let addresses = [server.v4()?.to_string(), server.v6()?.to_string()];
    for address in &addresses {
        // While a neighbour is looked for, echoes queue up and leave together.
        client.command("ping").args(["-n", "-c", "1", address]).output()?;
    }
    let capture = client.capture("to-server")?;
    for address in &addresses {
        client.command("ping").args(["-n", "-c", "5", "-i", "0.01", address]).output()?;
    }
    let echoes = capture.stop()?;
    check(echoes.len() == 20, || format!("{echoes:?}"))?;
    for (number, pair) in echoes.chunks(2).enumerate() {
        let [request, reply] = pair else { return Err("an odd number of echoes".into()) };
        check((request.direction, reply.direction) == (Direction::Out, Direction::In), || {
            format!("{pair:?}")
        })?;
        check(request.echo.kind == EchoKind::Request && reply.echo.kind == EchoKind::Reply, || {
            format!("{pair:?}")
        })?;
        check(usize::from(request.echo.seq) == number % 5 + 1 && reply.echo.seq == request.echo.seq, || {
            format!("{pair:?}")
        })?;
        check(reply.echo.src == request.echo.dst && reply.time_ns >= request.time_ns, || {
            format!("{pair:?}")
        })?;
    }
    Ok(())
}

fn agrees_with_tcpdump() -> Tested {
    let lab = Lab::pair()?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    let mut dump = client
        .command("tcpdump")
        .args([
            "-i",
            "to-server",
            "-n",
            "-tt",
            "-l",
            "--immediate-mode",
            "--time-stamp-precision=nano",
            "icmp",
        ])
        .spawn()?;
    let mut words = BufReader::new(dump.stderr().ok_or("no standard error")?).lines();
    words
        .find(|line| line.as_ref().is_ok_and(|line| line.contains("listening on")))
        .ok_or("tcpdump did not start")??;
    let capture = client.capture("to-server")?;
    client.command("ping").args(["-n", "-c", "20", "-i", "0.01", &server.v4()?.to_string()]).output()?;
    let echoes = capture.stop()?;
    // Its own lines tell when it has seen all; then it may end.
    let lines = BufReader::new(dump.stdout().ok_or("no standard output")?).lines().take(40);
    let stamps = lines
        .map(|line| {
            let line = line?;
            let (seconds, nanoseconds) = line
                .split(' ')
                .next()
                .and_then(|stamp| stamp.split_once('.'))
                .ok_or("a line without a stamp")?;
            Ok(seconds.parse::<u64>()? * 1_000_000_000 + nanoseconds.parse::<u64>()?)
        })
        .collect::<Result<Vec<u64>, Box<dyn std::error::Error>>>()
        .map_err(|error| error.to_string())?;
    dump.signal(Signal::INT)?;
    dump.wait()?;
    check(echoes.len() == 40, || format!("{} echoes", echoes.len()))?;
    // The kernel stamps a frame once for all sockets; only the very first may be stamped late, while
    // stamping is being switched on.
    let equal = echoes.iter().zip(&stamps).filter(|(echo, stamp)| echo.time_ns == **stamp).count();
    check(equal >= 38, || format!("{equal} of 40 stamps are equal: {echoes:?} {stamps:?}"))
}
