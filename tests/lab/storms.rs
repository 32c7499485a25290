//! What a network and a host can do to a run to many: firewalls, queues, buffers that overflow, routes, forgeries. What
//! is lost is said, and nothing is lost in silence.

use std::time::Duration;

use netdiag_lab::{Answer, Hook, Impairment, Reject, Ruleset, Script, Signal, Traffic, WireSpec};
use serde_json::Value;

use crate::farm::{Farm, departures, wait_for_count};
use crate::harness::{Case, Tested, case, check};
use crate::stage::{Live, Records, ping};

pub(crate) const CASES: &[Case] = &[
    case!(a_local_firewall_drops, "nft"),
    case!(a_local_firewall_refuses, "nft"),
    case!(a_full_device_queue_loses_nothing, "nft"),
    case!(a_full_receive_buffer_is_counted),
    case!(routes_of_many_come_and_go),
    case!(ten_thousand_forgeries_a_second),
];

/// The number that a notice speaks of.
fn number(said: &str) -> Option<u64> {
    said.split_whitespace().find_map(|word| word.parse().ok())
}

fn a_local_firewall_drops() -> Tested {
    let farm = Farm::new()?;
    let traffic = Traffic::Matching("ip daddr 10.99.0.2 icmp type echo-request".into());
    farm.client.filter(&Ruleset::drop(Hook::Output, &traffic))?;
    let records = farm.records(&["-c", "3", "-i", "0.05", "-W", "0.2", "10.99.0.1-3"])?;
    records.agree()?;
    let errors = records.of_type("send_error");
    let is_so = |error: &&&Value| error["errno"]["name"] == "EPERM" && error["target"] == "10.99.0.2";
    check(errors.len() == 3 && errors.iter().filter(is_so).count() == 3, || format!("{records:#?}"))?;
    check(records.sum("received") == 6 && records.code == Some(1), || format!("{records:#?}"))
}

/// A refusal by one's own firewall is told twice, as iputils does: the send fails, and the message comes back.
fn a_local_firewall_refuses() -> Tested {
    let farm = Farm::new()?;
    let traffic = Traffic::Matching("ip daddr 10.99.0.2 icmp type echo-request".into());
    farm.client.sysctl("net.ipv4.icmp_ratelimit", "0")?;
    farm.client.filter(&Ruleset::reject(Hook::Output, &traffic, Reject::AdminProhibited))?;
    let records = farm.records(&["-c", "3", "-i", "0.05", "-W", "0.2", "--rate", "max", "10.99.0.1-3"])?;
    for kind in ["send_error", "icmp_error"] {
        let of = |record: &&Value| (record["target"] == "10.99.0.2").then(|| record["seq"].as_u64())?;
        let told: Vec<u64> = records.of_type(kind).iter().filter_map(of).collect();
        check(told == [1, 2, 3], || format!("{kind} of {told:?}"))?;
    }
    let summaries = records.summaries();
    let own = summaries.get("10.99.0.2").ok_or("no summary")?;
    check(own["sent"] == 3 && own["lost"] == 3 && own["errors"] == 3, || own.to_string())?;
    check(records.sum("received") == 6 && records.code == Some(1), || format!("{records:#?}"))
}

/// The device takes 200 packets a second and says `ENOBUFS` to the rest (only a sender with `IP_RECVERR` is told): every
/// probe goes all the same, later.
fn a_full_device_queue_loses_nothing() -> Tested {
    let farm = Farm::new()?;
    farm.client.nft(
        "table netdev lab { chain egress { type filter hook egress device \"to-server\" priority 0; \
         icmp type echo-request limit rate over 200/second burst 5 packets counter drop; }\n}\n",
    )?;
    let capture = farm.client.capture("to-server")?;
    let records = farm.records(&["--rate", "1000", "-c", "10", "-i", "0.01", "-W", "1", "10.99.0.1-20"])?;
    records.agree()?;
    let departed = departures(&capture.stop()?).len();
    check(records.sum("sent") == 200 && records.sum("received") == 200 && departed >= 200, || {
        format!("{} sent, {} answered, {departed} departed", records.sum("sent"), records.sum("received"))
    })?;
    let said = records.said("send-blocked");
    check(said.len() == 1 && said[0].contains("ENOBUFS") && records.code == Some(0), || format!("{said:?}"))
}

/// It is stopped while some ten thousand answers are on their way: those that its buffer cannot hold are the kernel's to
/// count, and with them no probe is unaccounted for.
fn a_full_receive_buffer_is_counted() -> Tested {
    const ALL: u64 = 16_384;
    let late = Impairment::new().delay(Duration::from_millis(1500));
    let (farm, _wire) = Farm::wired(WireSpec::new().back(late))?;
    let args = ["--json", "-c", "1", "-W", "10", "--rate", "50000", "10.99.0.0/18"];
    let running = ping(&farm.client, &args).unprivileged().spawn()?;
    wait_for_count(&farm.client, "OutEchos", ALL)?;
    running.signal(Signal::STOP)?;
    wait_for_count(&farm.client, "InEchoReps", ALL)?;
    running.signal(Signal::CONT)?;
    let records = Records::of(&running.wait_with_output()?)?;
    let said = records.said("receive-overflow");
    let dropped = said.last().and_then(|said| number(said)).unwrap_or(0);
    check(said.len() == 2 && dropped > 0, || format!("{said:?}, {} answered", records.sum("received")))?;
    let (sent, received) = (records.sum("sent"), records.sum("received"));
    check(sent == ALL && received + dropped == ALL, || format!("{sent} sent, {received} + {dropped}"))?;
    check(records.code == Some(1), || format!("{:?}", records.code))
}

fn routes_of_many_come_and_go() -> Tested {
    let farm = Farm::new()?;
    let route = format!("10.99.0.0/16 via {} dev to-server", farm.server.v4()?);
    let mut live = Live::start(ping(&farm.client, &["--json", "-i", "0.05", "10.99.0.1-4"]).unprivileged())?;
    live.until_record("reply", "seq", "2")?;
    farm.client.ip(&[format!("route del {route}")])?;
    live.until_record("notice", "code", "route-change")?;
    live.until("a send error", |line| line.contains("ENETUNREACH"))?;
    farm.client.ip(&[format!("route add {route}")])?;
    live.until_record("notice", "code", "route-change")?;
    live.until("a reply", |line| line.contains("\"reply\""))?;
    live.running.signal(Signal::INT)?;
    let records = Records::of(&live.end()?)?;
    let (sent, received, lost) = (records.sum("sent"), records.sum("received"), records.sum("lost"));
    check(sent == received + lost && lost > 0 && records.summaries().len() == 4, || format!("{records:#?}"))?;
    check(records.said("route-change").iter().any(|said| said.contains("gone")), || format!("{records:#?}"))
}

/// Each probe is answered by ten thousand a second with the right numbers and wrong data, and by nobody else.
fn ten_thousand_forgeries_a_second() -> Tested {
    let farm = Farm::new()?;
    let puppet = farm.server.respond(Script::new(Answer::ForgedToken))?;
    let args = ["-W", "0.3", "--rate", "10000", "-c", "100", "-i", "0.01", "10.99.0.1-100"];
    let records = farm.records(&args)?;
    let forged = puppet.log()?.len() as u64;
    check(records.sum("sent") == 10_000 && forged == 10_000, || format!("{forged} forged"))?;
    for field in ["received", "duplicates", "corrupt", "late"] {
        check(records.sum(field) == 0, || format!("{} {field}", records.sum(field)))?;
    }
    let said = records.said("forged");
    check(said.len() == 2 && number(said[1]) == Some(forged), || format!("{forged} forged: {said:?}"))?;
    check(records.code == Some(1), || format!("{:?}", records.code))
}
