//! Lists of targets: files and standard input, blocks, ranges and names, faulty lines and names that do not resolve.

use std::collections::BTreeSet;
use std::io::Write;
use std::net::IpAddr;

use libtest_mimic::Failed;
use netdiag_lab::{Outcome, Output, Server, Serving, Signal, Zone};

use crate::farm::{Farm, ListFile};
use crate::harness::{Case, Tested, case, check};
use crate::stage::{Live, Records, ping};

pub(crate) const CASES: &[Case] = &[
    case!(a_list_with_faults, "nft"),
    case!(a_list_on_standard_input, "nft"),
    case!(an_address_waits_for_no_name),
    case!(addresses_are_asked_as_they_are_written),
    case!(all_addresses_of_a_name),
    case!(nothing_resolves),
];

/// A farm whose names come from a name server of its own, of which questions about these names end so.
fn named(zone: Zone) -> Result<(Farm, Serving), Failed> {
    let farm = Farm::new()?;
    let address = farm.server.v4()?;
    let serving = farm.server.serve(Server::dns(zone).on(address))?;
    farm.lab.resolv_conf(&format!("nameserver {address}\noptions timeout:30 attempts:1\n"))?;
    farm.lab.nsswitch_conf("hosts: dns\n")?;
    Ok((farm, serving))
}

fn addresses(texts: [&str; 4]) -> Result<Zone, Failed> {
    texts
        .into_iter()
        .try_fold(Zone::new(), |zone, text| Ok(zone.address("four.lab", text.parse::<IpAddr>()?)))
}

/// A thousand lines, each hundredth of which names nothing, and the numbers of these; and how many targets the others
/// come to. Of the names `nobody.lab` does not exist, and 10.99.0.250 is silent.
fn list() -> (String, Vec<usize>, usize) {
    const GARBAGE: [&str; 5] = ["10.99.0.0/33", "no name", "10.99.0.9-3", "[fd99::1", "a,b"];
    let (mut text, mut faults, mut targets) = (String::new(), Vec::new(), 0);
    for line in 1..=1000 {
        let (content, count) = match line {
            line if line % 100 == 0 => {
                faults.push(line);
                (GARBAGE[line / 100 % 5].to_owned(), 0)
            }
            1 => ("# what there is".to_owned(), 0),
            2 => (String::new(), 0),
            3 => ("10.99.1.0/28   # a block".to_owned(), 16),
            4 => ("10.99.2.1-20".to_owned(), 20),
            5 => ("10.99.3.250-10.99.4.5\r".to_owned(), 12),
            6 => ("nobody.lab".to_owned(), 0),
            7 => ("four.lab".to_owned(), 1),
            8 => ("10.99.0.250".to_owned(), 1),
            9 => ("fd99::100/124".to_owned(), 16),
            line if line % 2 == 0 => (format!("fd99::1:{line:x}"), 1),
            line => (format!("10.99.{}.{}", 10 + line / 200, line % 200), 1),
        };
        targets += count;
        text += &content;
        text.push('\n');
    }
    (text, faults, targets)
}

/// Every fault is named by its line, everything else is asked.
fn holds(output: &Output, source: &str) -> Tested {
    let (_, faults, targets) = list();
    for line in &faults {
        let place = format!("{source}:{line}: ");
        check(output.stderr.matches(&place).count() == 1, || format!("no {place}: {}", output.stderr))?;
    }
    let unresolved = format!("{source}:6: nobody.lab");
    check(output.stderr.contains(&unresolved), || format!("no {unresolved}: {}", output.stderr))?;
    let said = output.stderr.lines().filter(|line| line.contains(source)).count();
    check(said == faults.len() + 1, || format!("{said} lines: {}", output.stderr))?;
    let answered = output.stdout.lines().collect::<BTreeSet<_>>().len();
    check(answered == targets - 1 && output.stdout.lines().count() == answered, || {
        format!("{answered} of {targets} answer")
    })?;
    check(output.code() == Some(1), || format!("{:?}", output.code()))
}

fn a_list_with_faults() -> Tested {
    let (farm, _serving) = named(addresses(["10.99.0.1", "10.99.0.2", "fd99::1", "fd99::2"])?)?;
    farm.silence("10.99.0.250")?;
    let (text, faults, targets) = list();
    let file = ListFile::new("list", &text)?;
    let args = ["--rate", "5000", "-W", "0.5"];
    let word = file.word();
    let source = &word[1..];
    holds(&farm.run(&[&args[..], &["--alive", &word]].concat())?, source)?;
    let records = farm.records(&[&args[..], &["-c", "1", &word]].concat())?;
    check(records.code == Some(1), || format!("{:?}", records.code))?;
    check(records.summaries().len() == targets, || format!("{} summaries", records.summaries().len()))?;
    check(records.notices("bad-target") == faults.len(), || format!("{:?}", records.said("bad-target")))?;
    let with_target = |code: &str, target: &str| {
        records.of_type("notice").iter().any(|notice| notice["code"] == code && notice["target"] == target)
    };
    check(with_target("bad-target", "10.99.0.0/33") && with_target("unresolved", "nobody.lab"), || {
        format!("{:#?}", records.of_type("notice"))
    })
}

fn a_list_on_standard_input() -> Tested {
    let (farm, _serving) = named(addresses(["10.99.0.1", "10.99.0.2", "fd99::1", "fd99::2"])?)?;
    farm.silence("10.99.0.250")?;
    let args = ["--alive", "--rate", "5000", "-W", "0.5", "-"];
    let mut running = ping(&farm.client, &args).unprivileged().spawn()?;
    running.stdin().ok_or("no standard input")?.write_all(list().0.as_bytes())?;
    holds(&running.wait_with_output()?, "standard input")
}

/// A name whose server never answers holds no address up.
fn an_address_waits_for_no_name() -> Tested {
    let (farm, serving) = named(Zone::new().outcome("silent.lab", Outcome::Silence))?;
    let args = ["--json", "-c", "3", "-i", "0.05", "silent.lab", "10.99.0.1"];
    let mut live = Live::start(ping(&farm.client, &args).unprivileged())?;
    let reply = live.until_record("reply", "seq", "3")?;
    check(reply["target"] == "10.99.0.1", || reply.to_string())?;
    check(!serving.log()?.is_empty(), || "the name server was not asked".into())?;
    live.running.signal(Signal::INT)?;
    let records = Records::of(&live.end()?)?;
    check(records.summaries().len() == 1 && records.sum("received") == 3, || format!("{records:#?}"))?;
    // Interrupted while the name was being looked up: nothing is known of it.
    check(matches!(records.code, Some(0 | 1)), || format!("{:?}", records.code))
}

fn addresses_are_asked_as_they_are_written() -> Tested {
    let farm = Farm::new()?;
    let mut live = Live::start(ping(&farm.client, &["--json", "-c", "1", "-"]).unprivileged())?;
    let mut stdin = live.running.stdin().ok_or("no standard input")?;
    for target in ["10.99.0.1", "fd99::7", "10.99.0.3"] {
        writeln!(stdin, "{target}")?;
        live.until_record("reply", "target", target)?;
    }
    // The last line may lack its end.
    write!(stdin, "10.99.0.4")?;
    drop(stdin);
    let records = Records::of(&live.end()?)?;
    check(records.code == Some(0) && records.summaries().len() == 4 && records.sum("received") == 4, || {
        format!("{records:#?}")
    })
}

fn all_addresses_of_a_name() -> Tested {
    let all = ["10.99.0.1", "10.99.0.2", "fd99::1", "fd99::2"];
    let (farm, _serving) = named(addresses(all)?)?;
    for (family, wanted) in [(None, &all[..]), (Some("-4"), &all[..2]), (Some("-6"), &all[2..])] {
        let args: Vec<&str> = family.into_iter().chain(["--all-addresses", "-c", "1", "four.lab"]).collect();
        let records = farm.records(&args)?;
        let replies = records.of_type("summary");
        let asked: BTreeSet<&str> =
            replies.iter().filter_map(|summary| summary["address"].as_str()).collect();
        check(asked == wanted.iter().copied().collect() && replies.len() == wanted.len(), || {
            format!("{family:?}: {asked:?}")
        })?;
        let is_named =
            replies.iter().all(|summary| summary["target"] == "four.lab" && summary["received"] == 1);
        check(is_named && records.code == Some(0), || format!("{records:#?}"))?;
    }
    Ok(())
}

fn nothing_resolves() -> Tested {
    let farm = Farm::new()?;
    farm.lab.nsswitch_conf("hosts: files\n")?;
    let output = farm.run(&["-c", "1", "one.lab", "two.lab"])?;
    let is_said = ["one.lab", "two.lab"].iter().all(|name| output.stderr.contains(name));
    check(is_said && output.code() == Some(2) && output.stdout.is_empty(), || format!("{output:?}"))
}
