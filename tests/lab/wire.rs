//! A wire that delays, loses, repeats, reorders and spoils: netdiag's sums against the wire's own log.

use std::collections::BTreeSet;
use std::time::Duration;

use libtest_mimic::Failed;
use netdiag_lab::{
    Action, Corruption, EchoKind, Fate, Fault, IcmpSockets, Impairment, Lab, Loss, Mark, Way, Which, Wire,
    WireLog, WireSpec,
};
use serde_json::{Value, json};

use crate::harness::{Case, Tested, case, check};
use crate::stage::{Records, records};

pub(crate) const CASES: &[Case] = &[
    case!(a_clean_wire),
    case!(loss_both_ways),
    case!(loss_in_bursts),
    case!(duplicates_and_spoilt_data),
    case!(reordering),
    case!(everything_at_once),
    case!(delay_is_in_every_round_trip),
    case!(spoilt_checksums_are_loss),
];

/// What the wire says about a run.
#[derive(Debug, PartialEq, Eq)]
struct Truth {
    sent: u64,
    received: u64,
    duplicates: u64,
    reordered: u64,
    corrupt: u64,
    bursts: (u64, u64),
}

impl Truth {
    /// What came out of the wire at the client's side, in that order.
    fn of(log: &WireLog) -> Self {
        let asked: BTreeSet<u16> =
            log.echoes(Way::Forth, EchoKind::Request).map(|(_, echo)| echo.seq).collect();
        let mut answered = BTreeSet::new();
        let mut truth = Self {
            sent: asked.len() as u64,
            received: 0,
            duplicates: 0,
            reordered: 0,
            corrupt: 0,
            bursts: (0, 0),
        };
        for (passage, echo) in log.echoes(Way::Back, EchoKind::Reply).filter(|(p, _)| p.fate == Fate::Sent) {
            truth.corrupt += u64::from(passage.has(Mark::Corrupted));
            let is_overtaken = answered.last().is_some_and(|last| *last > echo.seq);
            if answered.insert(echo.seq) {
                truth.reordered += u64::from(is_overtaken);
            } else {
                truth.duplicates += 1;
            }
        }
        truth.received = answered.len() as u64;
        let mut run = 0;
        for seq in asked {
            run = if answered.contains(&seq) { 0 } else { run + 1 };
            truth.bursts.0 += u64::from(run == 1);
            truth.bursts.1 = truth.bursts.1.max(run);
        }
        truth
    }

    /// The same from netdiag's summary.
    fn told(summary: &Value) -> Self {
        let number = |value: &Value| value.as_u64().unwrap_or(u64::MAX);
        let bursts = &summary["loss_bursts"];
        Self {
            sent: number(&summary["sent"]),
            received: number(&summary["received"]),
            duplicates: number(&summary["duplicates"]),
            reordered: number(&summary["reordered"]),
            corrupt: number(&summary["corrupt"]),
            bursts: (number(&bursts["count"]), number(&bursts["longest"])),
        }
    }
}

/// 200 echoes over such a wire; sums and log agree. By datagram sockets and by raw ones.
fn agrees(spec: &WireSpec, count: &str) -> Result<(Truth, Records), Failed> {
    let mut last = None;
    for state in [IcmpSockets::Open, IcmpSockets::Closed] {
        let (lab, wire) = stage(spec.clone(), state)?;
        let target = lab.node("server")?.v4()?.to_string();
        let args = ["-c", count, "-i", "0.01", "--timeout", "1", &target];
        let records = records(&lab.node("client")?, &args)?;
        let truth = Truth::of(&wire.log()?);
        let summary = records.summary()?;
        check(Truth::told(summary) == truth, || format!("the wire says {truth:?}, netdiag {summary:#}"))?;
        check(summary["lost"] == json!(truth.sent - truth.received), || summary.to_string())?;
        check(truth.sent.to_string() == count, || format!("{truth:?}"))?;
        let told = |kind: &str| records.of_type(kind).len() as u64;
        let answers = told("reply") == truth.received + truth.duplicates;
        check(answers && told("timeout") >= truth.sent - truth.received, || {
            format!("{truth:?} {records:#?}")
        })?;
        last = Some((truth, records));
    }
    last.ok_or_else(|| "no run".into())
}

fn stage(spec: WireSpec, state: IcmpSockets) -> Result<(Lab, Wire), Failed> {
    let lab = Lab::new("wire")?;
    let (client, server) = (lab.node("client")?, lab.node("server")?);
    let wire = lab.wire(&client, &server, spec)?;
    client.icmp_sockets(state)?;
    Ok((lab, wire))
}

fn a_clean_wire() -> Tested {
    let (truth, _) = agrees(&WireSpec::new(), "50")?;
    check(truth.received == 50 && truth.bursts == (0, 0), || format!("{truth:?}"))
}

fn loss_both_ways() -> Tested {
    let lossy = Impairment::new().delay(Duration::from_millis(25)).loss(Loss::Random(5.0));
    let (truth, _) = agrees(&WireSpec::new().seed(3).both(lossy), "200")?;
    check(truth.received < truth.sent, || format!("{truth:?}"))
}

fn loss_in_bursts() -> Tested {
    let bursts = Loss::Bursts { begin: 3.0, end: 25.0, within: 100.0 };
    let (truth, _) = agrees(&WireSpec::new().seed(5).forth(Impairment::new().loss(bursts)), "200")?;
    check(truth.bursts.1 > 1, || format!("{truth:?}"))
}

fn duplicates_and_spoilt_data() -> Tested {
    let back = Impairment::new()
        .fault(Fault::replies(Which::Every(7), Action::Duplicate))
        .fault(Fault::replies(Which::Every(11), Action::Corrupt(Corruption::ChecksumFixed)));
    let (truth, _) = agrees(&WireSpec::new().back(back), "100")?;
    check(truth.duplicates == 14 && truth.corrupt >= 9, || format!("{truth:?}"))
}

fn reordering() -> Tested {
    let back = Impairment::new()
        .hold_limit(Duration::from_millis(300))
        .fault(Fault::replies(Which::Every(9), Action::HoldBehind(2)));
    let (truth, _) = agrees(&WireSpec::new().back(back), "100")?;
    check(truth.reordered >= 10, || format!("{truth:?}"))
}

fn everything_at_once() -> Tested {
    let delay = Duration::from_millis(25);
    let forth = Impairment::new().delay(delay).loss(Loss::Random(5.0));
    let back = Impairment::new()
        .delay(delay)
        .loss(Loss::Random(3.0))
        .hold_limit(Duration::from_millis(300))
        .fault(Fault::replies(Which::Every(7), Action::Duplicate))
        .fault(Fault::replies(Which::Every(9), Action::HoldBehind(3)))
        .fault(Fault::replies(Which::Every(13), Action::Corrupt(Corruption::ChecksumFixed)));
    let (truth, _) = agrees(&WireSpec::new().seed(11).forth(forth).back(back), "200")?;
    let all = [truth.sent - truth.received, truth.duplicates, truth.reordered, truth.corrupt];
    check(all.iter().all(|&count| count > 0), || format!("{truth:?}"))
}

fn delay_is_in_every_round_trip() -> Tested {
    let slow = Impairment::new().delay(Duration::from_millis(25));
    let (_, records) = agrees(&WireSpec::new().both(slow), "50")?;
    let times: Vec<f64> =
        records.of_type("reply").iter().filter_map(|reply| reply["rtt_ms"].as_f64()).collect();
    check(times.len() == 50 && times.iter().all(|&time| time >= 50.0), || format!("{times:?}"))
}

fn spoilt_checksums_are_loss() -> Tested {
    // On the way there: the server's kernel drops the request.
    let fault = Fault::requests(Which::Every(5), Action::Corrupt(Corruption::ChecksumLeft));
    let (truth, _) = agrees(&WireSpec::new().forth(Impairment::new().fault(fault)), "50")?;
    check(truth.received == 40, || format!("{truth:?}"))
}
