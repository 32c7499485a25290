//! Row `verdict`: how long it takes from the start to the verdict, for what users meet.

use std::time::Duration;

use anyhow::Result;
use netdiag_lab::{CLOSED_PORT, Hook, Impairment, Lab, Node, Output, Reject, Ruleset, Traffic, WireSpec};

use super::report::Figure;
use super::stage::{self, Side};
use super::{Bench, Row};
use crate::programs;

pub(super) const ROW: Row = Row {
    name: "verdict",
    work: "from start to exit: refused and rejected on a cable and over a wire of 50 ms, filtered, a neighbour that is dead; \
           median of 5 runs in turns",
    peers: &["nc"],
    goal: "one round trip + 20 ms; of silence the timeout + 50 ms; of a neighbour when the kernel says so (3.1 s)",
    run,
};

const RUNS: usize = 5;
const REJECTED_PORT: u16 = 82;
const FILTERED_PORT: u16 = 84;
/// One way of the wire.
const HALF: Duration = Duration::from_millis(25);

fn run(bench: &Bench) -> Result<Vec<Figure>> {
    let near = Lab::chain(1)?;
    let (client, router, server) = (near.node("client")?, near.node("r1")?, near.node("server")?);
    filter(&router)?;
    let target = server.v4()?.to_string();
    let mut figures = Vec::new();
    let nobody = nobody(&client)?;
    for (what, host, port, code, goal) in [
        ("refused", &target, CLOSED_PORT, 3, 20.0),
        ("rejected", &target, REJECTED_PORT, 6, 20.0),
        ("filtered", &target, FILTERED_PORT, 4, 3_550.0),
        ("neighbour dead", &nobody, CLOSED_PORT, 5, 3_200.0),
    ] {
        measure(bench, &client, (what, goal), (host, port, code), &mut figures)?;
    }
    let far = Lab::new("far")?;
    let (client, server) = (far.node("client")?, far.node("server")?);
    let half = Impairment::new().delay(HALF);
    let _wire = far.wire(&client, &server, WireSpec::new().forth(half.clone()).back(half))?;
    unlimited(&server)?;
    let rule = Traffic::Tcp(Some(REJECTED_PORT));
    server.filter(&Ruleset::reject(Hook::Input, &rule, Reject::AdminProhibited))?;
    let target = server.v4()?.to_string();
    for (what, port, code) in
        [("refused, 50 ms away", CLOSED_PORT, 3), ("rejected, 50 ms away", REJECTED_PORT, 6)]
    {
        measure(bench, &client, (what, 70.0), (&target, port, code), &mut figures)?;
    }
    Ok(figures)
}

fn filter(router: &Node) -> Result<()> {
    unlimited(router)?;
    let to = |port| Traffic::Tcp(Some(port));
    router.filter(&Ruleset::reject(Hook::Forward, &to(REJECTED_PORT), Reject::AdminProhibited))?;
    router.filter(&Ruleset::drop(Hook::Forward, &to(FILTERED_PORT)))?;
    Ok(())
}

/// Runs follow each other faster than a kernel repeats its ICMP errors (`icmp_ratelimit`).
fn unlimited(node: &Node) -> Result<()> {
    node.sysctl("net.ipv4.icmp_ratelimit", "0")?;
    Ok(())
}

/// An address on the client's link that nobody has.
fn nobody(client: &Node) -> Result<String> {
    let [a, b, c, _] = client.v4()?.octets();
    Ok(format!("{a}.{b}.{c}.77"))
}

fn measure(
    bench: &Bench,
    client: &Node,
    (what, goal): (&str, f64),
    (host, port, code): (&str, u16, i32),
    figures: &mut Vec<Figure>,
) -> Result<()> {
    let done = |_: &Output| Ok(());
    let own = (bench.program("netdiag")?, &*format!("connect {host}:{port}"));
    let mut sides = vec![Side::new("netdiag connect", own, done).ending_with(code)];
    if let Some(program) = programs::find("nc") {
        sides.push(Side::new("nc", (program, &format!("-z -w 4 {host} {port}")), done).ending_with(1));
    }
    let spent = stage::in_turns(client, &sides, RUNS)?;
    for (side, spent) in sides.iter().zip(&spent) {
        let figure = Figure::plain(format!("{what}: {}", side.name), spent.wall, "ms");
        figures.push(if side.code == code { figure.at_most(goal) } else { figure });
    }
    Ok(())
}
