//! What a sweep takes with surge-ping, the usual crate for asynchronous ping: one echo to each of 65 536 addresses,
//! one client, a task for each address, on one thread of tokio.
//!
//! `surge-sweep FIRST`, where FIRST is the first address of a /16 in which all answer. Prints one JSON line: `replies`
//! and `median_rtt_us`.

#![allow(clippy::print_stdout, reason = "it is a program")]

use std::net::Ipv4Addr;
use std::time::Duration;

use anyhow::{Context, Result};
use surge_ping::{Client, Config, PingIdentifier, PingSequence};
use tokio::task::JoinSet;

const COUNT: u32 = 65_536;
/// Echoes under way at a time: as many as an ordinary receive buffer has room for.
const IN_FLIGHT: usize = 200;
const PAYLOAD: [u8; 56] = [0xa5; 56];
const TIMEOUT: Duration = Duration::from_secs(1);

fn main() -> Result<()> {
    let first: Ipv4Addr = std::env::args().nth(1).context("usage: surge-sweep FIRST")?.parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut times = runtime.block_on(sweep(first))?;
    times.sort_unstable();
    let median = times.get(times.len() / 2).map_or(0.0, |time| time.as_secs_f64() * 1e6);
    println!("{}", serde_json::json!({"replies": times.len(), "median_rtt_us": median}));
    Ok(())
}

/// The round-trip times of those that answered.
async fn sweep(first: Ipv4Addr) -> Result<Vec<Duration>> {
    let client = Client::new(&Config::default())?;
    let mut tasks = JoinSet::new();
    let mut times = Vec::new();
    for number in 0..COUNT {
        if tasks.len() == IN_FLIGHT {
            times.extend(tasks.join_next().await.transpose()?.flatten());
        }
        let to = Ipv4Addr::from_bits(first.to_bits() + number);
        tasks.spawn(echo(client.clone(), to));
    }
    times.extend(tasks.join_all().await.into_iter().flatten());
    Ok(times)
}

async fn echo(client: Client, to: Ipv4Addr) -> Option<Duration> {
    let mut pinger = client.pinger(to.into(), PingIdentifier(1)).await;
    pinger.timeout(TIMEOUT);
    pinger.ping(PingSequence(0), &PAYLOAD).await.ok().map(|(_, time)| time)
}
