//! Many targets in every form, held against what was put there and against the wire's log.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::Duration;

use libtest_mimic::Failed;
use netdiag_lab::{EchoKind, Fate, Impairment, Loss, Way, WireSpec};
use serde_json::json;

use crate::farm::Farm;
use crate::harness::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(csv_is_a_table, "nft"),
    case!(json_and_the_wire_agree, "nft"),
    case!(quiet_forms, "nft"),
    case!(reports_add_up),
    case!(a_lossy_wire),
];

/// Answering, silent, refusing.
const MIXED: [&str; 4] = ["10.99.0.1", "10.99.0.2", "10.99.0.3", "fd99::1"];

fn mixed() -> Result<Farm, Failed> {
    let farm = Farm::new()?;
    farm.silence("10.99.0.2")?;
    farm.refuse("10.99.0.3")?;
    Ok(farm)
}

fn csv_is_a_table() -> Tested {
    let farm = mixed()?;
    farm.lab.hosts_file("10.99.0.1 one.lab\n")?;
    farm.lab.nsswitch_conf("hosts: files\n")?;
    let args = ["--csv", "-c", "3", "-i", "0.1", "-W", "0.2", "--report-every", "0.15", "one.lab"];
    let output = farm.run(&[&args[..], &MIXED[1..]].concat())?;
    let mut rows = output.stdout.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let heading = rows.next().ok_or("nothing")?;
    let column = |name: &str| heading.iter().position(|of| *of == name).ok_or(format!("no {name}"));
    let (target, sent, received) = (column("target")?, column("sent")?, column("received")?);
    let rows: Vec<_> = rows.collect();
    check(rows.iter().all(|row| row.len() == heading.len()), || output.stdout.clone())?;
    // The last row of each is of the whole run, those before it of parts, which add up to it.
    for (name, answers) in [("one.lab", 3), (MIXED[1], 0), (MIXED[2], 0), (MIXED[3], 3)] {
        let own: Vec<_> = rows.iter().filter(|row| row[target] == name).collect();
        let numbers = |at: usize| own.iter().map(|row| row[at].parse::<u64>()).collect::<Result<Vec<_>, _>>();
        let (sent, received) = (numbers(sent)?, numbers(received)?);
        let is_so = sent.last() == Some(&3) && received.last() == Some(&answers) && own.len() >= 3;
        let adds_up = sent.iter().sum::<u64>() == 6 && received.iter().sum::<u64>() == 2 * answers;
        check(is_so && adds_up, || format!("{name}: {}", output.stdout))?;
    }
    check(output.code() == Some(1) && output.stderr.is_empty(), || format!("{output:?}"))
}

fn json_and_the_wire_agree() -> Tested {
    let (farm, wire) = Farm::wired(WireSpec::new())?;
    farm.silence("10.99.0.2")?;
    farm.refuse("10.99.0.3")?;
    let records = farm.records(&[&["-c", "4", "-i", "0.05", "-W", "0.2"], &MIXED[..]].concat())?;
    records.agree()?;
    let log = wire.log()?;
    for (target, summary) in records.summaries() {
        let dst = target.parse::<IpAddr>()?;
        let asked = log.echoes(Way::Forth, EchoKind::Request).filter(|(_, echo)| echo.dst == dst).count();
        let answered = log.echoes(Way::Back, EchoKind::Reply).filter(|(_, echo)| echo.src == dst).count();
        check(summary["sent"] == asked && summary["received"] == answered && asked == 4, || {
            format!("{asked} and {answered} on the wire: {summary}")
        })?;
    }
    let of = |target: &str| records.summaries().get(target).map(|summary| summary["errors"].clone());
    check(of(MIXED[2]) == Some(json!(4)) && of(MIXED[1]) == Some(json!(0)), || format!("{records:#?}"))?;
    check(records.code == Some(1), || format!("{:?}", records.code))
}

fn quiet_forms() -> Tested {
    let farm = mixed()?;
    let args = ["-q", "-c", "2", "-i", "0.05", "-W", "0.2"];
    let json = farm.records(&[&args[..], &MIXED[..]].concat())?;
    check(json.lines.len() == 1 + MIXED.len(), || format!("{json:#?}"))?;
    let text = farm.run(&[&args[..], &MIXED[..]].concat())?;
    // A heading and a line for each; what is worst comes first.
    let begins: Vec<&str> = text.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    check(begins.first() == Some(&"target") && begins.len() >= 5, || text.stdout.clone())?;
    let worst: BTreeSet<&str> = begins[1..3].iter().copied().collect();
    check(worst == BTreeSet::from([MIXED[1], MIXED[2]]), || text.stdout.clone())?;
    check(
        text.stdout.contains("4 targets: 2 answer, 2 do not; 8 probes sent, 4 answered, 50% loss"),
        || text.stdout.clone(),
    )?;
    check(text.code() == Some(1) && text.stderr.is_empty(), || format!("{text:?}"))
}

fn reports_add_up() -> Tested {
    let farm = Farm::new()?;
    let args = ["-c", "10", "-i", "0.05", "--report-every", "0.12", "10.99.0.1-3"];
    let records = farm.records(&args)?;
    let intervals = records.of_type("interval");
    for (target, summary) in records.summaries() {
        for field in ["sent", "received"] {
            let parts = intervals.iter().filter(|interval| interval["target"] == target);
            let sum: u64 = parts.filter_map(|interval| interval[field].as_u64()).sum();
            check(summary[field] == sum && sum == 10, || format!("{field} {sum}: {records:#?}"))?;
        }
    }
    check(intervals.len() >= 9 && records.code == Some(0), || format!("{} intervals", intervals.len()))
}

/// 1 % lost each way, some twice, some late: the sums of each target are those of the wire.
fn a_lossy_wire() -> Tested {
    let both = Impairment::new()
        .delay(Duration::from_millis(25))
        .loss(Loss::Random(1.0))
        .hold_limit(Duration::from_millis(200));
    let spec = WireSpec::new().seed(7).forth(both.clone()).back(both.duplicate(1.0).reorder(2.0, 30));
    let (farm, wire) = Farm::wired(spec)?;
    let args = ["-c", "20", "-i", "0.1", "-W", "1", "--rate", "1000", "10.99.0.1-80"];
    let records = farm.records(&args)?;
    records.agree()?;
    let log = wire.log()?;
    let (mut lost, mut doubled) = (0, 0);
    for (target, summary) in records.summaries() {
        let dst = target.parse::<IpAddr>()?;
        let of =
            |way, kind| log.echoes(way, kind).filter(move |(_, echo)| echo.dst == dst || echo.src == dst);
        let asked = of(Way::Forth, EchoKind::Request).count();
        let back: Vec<u16> = of(Way::Back, EchoKind::Reply)
            .filter(|(passage, _)| passage.fate == Fate::Sent)
            .map(|(_, echo)| echo.seq)
            .collect();
        let received = back.iter().collect::<BTreeSet<_>>().len();
        let wanted = json!([asked, received, asked - received, back.len() - received]);
        let told = json!([summary["sent"], summary["received"], summary["lost"], summary["duplicates"]]);
        check(told == wanted && asked == 20, || format!("the wire says {wanted}, netdiag {summary}"))?;
        lost += asked - received;
        doubled += back.len() - received;
    }
    check(records.summaries().len() == 80 && lost > 0 && doubled > 0, || {
        format!("{lost} lost, {doubled} doubled")
    })
}
