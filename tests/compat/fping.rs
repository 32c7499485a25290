//! Many targets as fping shows them: the same run by both, as `SmokePing` calls it, and
//! who answers and who does not.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::Failed;
use netdiag_lab::{Hook, IcmpSockets, Lab, Output, Reject, Ruleset, Traffic};

use crate::harness::{Case, NETDIAG, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(smokepings_call, "fping", "nft"),
    case!(a_line_for_each_probe, "fping", "nft"),
    case!(all_answer, "fping"),
    case!(one_name_that_does_not_resolve, "fping"),
    case!(alive_and_unreachable, "fping", "nft"),
];

/// Answering, silent, refusing, answering every other time, answering.
const HOSTS: [&str; 5] = ["10.99.0.1", "10.99.0.22", "10.99.0.3", "10.99.0.4", "ten.lab"];
/// How many probes: fping's `-C`.
const COUNT: usize = 5;

/// A client, and a server with many addresses of which some do not answer. Each run gets a fresh one: rules count.
fn lab() -> Result<Lab, Failed> {
    let lab = Lab::pair()?;
    let server = lab.node("server")?;
    server.answers_for("10.99.0.0/24")?;
    server.sysctl("net.ipv4.icmp_ratelimit", "0")?;
    lab.routes()?;
    lab.node("client")?.icmp_sockets(IcmpSockets::Open)?;
    lab.hosts_file("10.99.0.10 ten.lab\n")?;
    lab.nsswitch_conf("hosts: files\n")?;
    Ok(lab)
}

/// The same with rules.
fn filtered() -> Result<Lab, Failed> {
    let lab = lab()?;
    let server = lab.node("server")?;
    let to =
        |host: &str, rest: &str| Traffic::Matching(format!("ip daddr {host} icmp type echo-request {rest}"));
    server.filter(&Ruleset::drop(Hook::Input, &to(HOSTS[1], "")))?;
    server.filter(&Ruleset::reject(Hook::Input, &to(HOSTS[2], ""), Reject::AdminProhibited))?;
    server.filter(&Ruleset::drop(Hook::Input, &to(HOSTS[3], "numgen inc mod 2 == 1")))?;
    Ok(lab)
}

/// fping with its arguments, then netdiag with its own, each in a laboratory of its own, with the same hosts.
fn both(
    lab: fn() -> Result<Lab, Failed>,
    [theirs, ours]: [&[&str]; 2],
    hosts: &[&str],
) -> Result<[Output; 2], Failed> {
    let run = |words: &[&str]| -> Result<Output, Failed> {
        let lab = lab()?;
        let command = lab.node("client")?.command(words[0]).args(&words[1..]).args(hosts);
        Ok(command.output()?)
    };
    Ok([run(&[&["fping"], theirs].concat())?, run(&[&[NETDIAG, "ping"], ours].concat())?])
}

/// The times that `SmokePing` reads of a line: `NAME : 1.23 - 4.56`, split at white space; a dash is a loss.
fn read(line: &str) -> Option<(&str, Vec<Option<f64>>)> {
    let (name, values) = line.split_once(" : ")?;
    let name = name.trim_end();
    let is_value = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b' ');
    let is_so = !name.contains(char::is_whitespace) && values.bytes().all(is_value);
    is_so.then(|| (name, values.split(' ').map(|value| value.parse().ok()).collect()))
}

/// All such lines.
fn losses(text: &str) -> BTreeMap<&str, Vec<bool>> {
    let lost = |values: Vec<Option<f64>>| values.iter().map(Option::is_none).collect();
    text.lines().filter_map(read).map(|(name, values)| (name, lost(values))).collect()
}

/// A line with each number of milliseconds masked.
fn masked(line: &str) -> String {
    let is_time = |word: &&str| word.trim_start_matches('(').parse::<f64>().is_ok() && word.contains('.');
    let words = line.split(' ').map(|word| {
        let is_name = line.starts_with(word);
        match word.strip_prefix('(') {
            _ if !is_time(&word) || is_name => word.to_owned(),
            Some(_) => "(T".to_owned(),
            None => "T".to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// How a number is written: as many figures before the point as it takes, and so many behind it.
fn has_form(value: &str) -> bool {
    let decimals = value.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    value.parse::<f64>().is_ok_and(|value| {
        decimals
            == match value {
                ..1.0 => 3,
                ..10.0 => 2,
                ..100.0 => 1,
                _ => 0,
            }
    })
}

fn ends_alike([theirs, ours]: &[Output; 2], code: i32) -> Tested {
    check(theirs.code() == Some(code) && ours.code() == Some(code), || format!("{theirs:?}\n{ours:?}"))
}

fn smokepings_call() -> Tested {
    let theirs = ["-C", "5", "-q", "-B1", "-r1", "-i10", "-p", "150"];
    let ours = ["--format", "fping", "-q", "-c", "5", "-i", "0.15", "-W", "0.3", "--rate", "100"];
    let both = both(filtered, [&theirs, &ours], &HOSTS)?;
    let lines = |output: &Output| output.stderr.lines().map(masked).collect::<Vec<_>>();
    let [one, other] = both.each_ref().map(lines);
    check(one == other && one.len() == HOSTS.len(), || format!("fping {one:#?}\nnetdiag {other:#?}"))?;
    let [one, other] = both.each_ref().map(|output| losses(&output.stderr));
    let is_so = one == other && one.len() == HOSTS.len() && one.values().all(|lost| lost.len() == COUNT);
    check(is_so && one[HOSTS[3]] == [false, true, false, true, false], || format!("{one:?}\n{other:?}"))?;
    for output in &both {
        check(output.stdout.is_empty(), || output.stdout.clone())?;
        let values = output.stderr.lines().filter_map(|line| line.split_once(" : "));
        let mut values = values.flat_map(|(_, values)| values.split(' ')).filter(|value| *value != "-");
        check(values.all(has_form), || output.stderr.clone())?;
    }
    ends_alike(&both, 1)
}

/// Which line comes before which depends on when an answer counts as missing; what is held is the lines themselves, but
/// for the sums of a target that has lost some, which depend on it too.
fn a_line_for_each_probe() -> Tested {
    let theirs = ["-C", "5", "-B1", "-r1", "-i10", "-p", "150"];
    let ours = ["--format", "fping", "-c", "5", "-i", "0.15", "-W", "0.3", "--rate", "100"];
    let hosts = [HOSTS[0], HOSTS[1], HOSTS[3], HOSTS[4]];
    let both = both(filtered, [&theirs, &ours], &hosts)?;
    let lines = |output: &Output| {
        let without_sums = |line: &str| line.split_once(" (").map_or(line, |(head, _)| head).to_owned();
        let of = |line: &str| if line.starts_with(HOSTS[3]) { without_sums(line) } else { line.to_owned() };
        output.stdout.lines().map(|line| of(&masked(line))).collect::<BTreeSet<_>>()
    };
    let [one, other] = both.each_ref().map(lines);
    let (missing, more): (Vec<_>, Vec<_>) =
        (one.difference(&other).collect(), other.difference(&one).collect());
    check(missing.is_empty() && more.is_empty() && one.len() == COUNT * hosts.len(), || {
        format!("only fping: {missing:#?}\nonly netdiag: {more:#?}")
    })?;
    let [one, other] = both.each_ref().map(|output| output.stderr.lines().map(masked).collect::<Vec<_>>());
    check(one == other && one[0].is_empty(), || format!("fping {one:#?}\nnetdiag {other:#?}"))?;
    ends_alike(&both, 1)
}

fn all_answer() -> Tested {
    let theirs = ["-C", "2", "-q", "-i10", "-p", "100"];
    let ours = ["--format", "fping", "-q", "-c", "2", "-i", "0.1"];
    let both = both(lab, [&theirs, &ours], &["10.99.0.1", "10.99.0.22", "ten.lab"])?;
    let [one, other] = both.each_ref().map(|output| losses(&output.stderr));
    check(one == other && one.len() == 3, || format!("{both:?}"))?;
    ends_alike(&both, 0)
}

/// fping ends with 2 when any name does not resolve, netdiag with 1: see the table in `main.rs`.
fn one_name_that_does_not_resolve() -> Tested {
    let theirs = ["-C", "2", "-q", "-i10", "-p", "100"];
    let ours = ["--format", "fping", "-q", "-c", "2", "-i", "0.1"];
    let both = both(lab, [&theirs, &ours], &["10.99.0.1", "nosuch.lab", "ten.lab"])?;
    let [theirs, ours] = &both;
    let [one, other] = both.each_ref().map(|output| losses(&output.stderr));
    check(one == other && one.len() == 2, || format!("{both:?}"))?;
    // With -q fping does not name it.
    check(ours.stderr.contains("nosuch.lab: "), || ours.stderr.clone())?;
    check(theirs.code() == Some(2) && ours.code() == Some(1), || format!("{both:?}"))
}

fn alive_and_unreachable() -> Tested {
    let mixed = || {
        let lab = filtered()?;
        let block = Traffic::Matching("ip daddr 10.99.0.10-10.99.0.12 icmp type echo-request".to_owned());
        lab.node("server")?.filter(&Ruleset::drop(Hook::Input, &block))?;
        Ok(lab)
    };
    let sorted = |output: &Output| output.stdout.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let mut seen = BTreeSet::new();
    for (theirs, ours) in [("-a", "--alive"), ("-u", "--unreachable")] {
        let args: [&[&str]; 2] = [&[theirs, "-r0", "-t300", "-g"], &[ours, "-W", "0.3"]];
        let both = both_blocks(mixed, args)?;
        let [one, other] = both.each_ref().map(sorted);
        check(one == other && !one.is_empty(), || format!("fping {one:?}\nnetdiag {other:?}"))?;
        ends_alike(&both, 1)?;
        seen.extend(one);
    }
    check(seen.len() == 16, || format!("{seen:?}"))
}

/// The sixteen addresses from 10.99.0.0. Of a prefix fping leaves the first and the last out, so it is given a range.
fn both_blocks(
    lab: fn() -> Result<Lab, Failed>,
    [theirs, ours]: [&[&str]; 2],
) -> Result<[Output; 2], Failed> {
    let theirs = [theirs, &["10.99.0.0", "10.99.0.15"]].concat();
    let ours = [ours, &["10.99.0.0/28"]].concat();
    both(lab, [&theirs, &ours], &[])
}
