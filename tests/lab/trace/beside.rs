//! What routers say beside their answers: labels and interfaces to anybody, and what they saw of a probe by a raw socket.

use libtest_mimic::Trial;
use netdiag_lab::path::{Family, Rewriting, Rewritten, Scene, Staged, scenes};
use serde_json::{Value, json};

use super::stage::{Run, each, open, run, run_by_root, staged, without_limits};
use super::truth::{By, differences};
use crate::harness::{Case, Tested, case, check};

pub(crate) const CASES: &[Case] = &[
    case!(what_routers_say_is_told_to_anybody, "nft"),
    case!(short_quotes_are_asked_for_one_by_one, "nft"),
    case!(the_way_back_is_as_long_as_the_way_there),
    case!(without_the_right_raw_is_named_and_the_rest_is_shown),
];

/// By a raw socket: what is rewritten, and what must not count there either.
pub(crate) fn trials() -> Vec<Trial> {
    let words =
        ["masqueraded", "translated", "rewritten", "cleared", "checksum", "strangers", "forge", "nine-hops"];
    each(
        "beside",
        scenes().filter(move |scene| words.iter().any(|word| scene.name.contains(word))),
        by_raw_socket,
    )
}

/// A TOS whose halves can both be seen to change.
const TOS: u8 = 0x2a << 2 | 1;

fn by_raw_socket(scene: &'static Scene, family: Family) -> Tested {
    let staged = open(scene, family)?;
    for (by, how) in [(By::Icmp, "-I"), (By::Udp, "-U")] {
        let said = run_by_root(&staged, &format!("-m 12 -w 1 --raw -t {TOS} {how}"))?;
        let mut problems = differences(&staged, &said, by);
        problems
            .extend(staged.truth.rewritten.iter().flat_map(|what| rewritten(&staged, &said, (*what, by))));
        problems.extend(quoted(&staged, &said));
        check(problems.is_empty(), || format!("{how}: {problems:#?}\n{said:#?}"))?;
        without_limits(&staged)?;
    }
    Ok(())
}

/// What every quote has to say: the probe came in with TTL 1, and with the TOS that it has by then.
fn quoted(staged: &Staged, said: &Run) -> Vec<String> {
    let mut problems = Vec::new();
    let is_transit =
        |reply: &&Value| matches!(reply["icmp"]["type"].as_u64(), Some(11 | 3)) && reply["icmp"]["code"] == 0;
    for hop in said.hops.iter().filter(|hop| !staged.truth.at(hop.ttl).contains(&staged.target)) {
        let wanted = (Some(1), Some(u64::from(tos_at(staged, hop.ttl))));
        for reply in hop.replies.iter().filter(is_transit) {
            let found = (reply["quoted_ttl"].as_u64(), reply["quoted_tos"].as_u64());
            if found != wanted {
                problems.push(format!("hop {} quotes TTL and TOS {found:?}, not {wanted:?}", hop.ttl));
            }
        }
    }
    problems
}

/// The TOS that a probe has when it comes to a hop.
fn tos_at(staged: &Staged, ttl: u8) -> u8 {
    staged.truth.rewritten.iter().filter(|rewritten| rewritten.ttl < ttl).fold(TOS, |tos, rewritten| {
        match rewritten.what {
            Rewriting::Dscp(dscp) => dscp << 2 | tos & 3,
            Rewriting::Ecn(ecn) => tos & !3 | ecn,
            Rewriting::Source(_) | Rewriting::Destination(_) => tos,
        }
    })
}

/// What has to be told of a rewriting, and by whom first.
fn rewritten(staged: &Staged, said: &Run, (rewritten, by): (Rewritten, By)) -> Vec<String> {
    let (field, before, after) = match rewritten.what {
        Rewriting::Dscp(dscp) => ("dscp", (TOS >> 2).to_string(), dscp.to_string()),
        Rewriting::Ecn(ecn) => ("ecn", (TOS & 3).to_string(), ecn.to_string()),
        // ICMP has no address in its checksum, and ICMPv6 is translated whole.
        Rewriting::Source(_) if !staged.puppets.is_empty() && by == By::Udp => {
            ("checksum", String::new(), String::new())
        }
        // Linux translates quotes back, and nothing is left to see.
        Rewriting::Source(_) | Rewriting::Destination(_) => return nothing(said),
    };
    let first =
        said.summary["rewrites"].as_array().and_then(|all| all.iter().find(|one| one["field"] == field));
    let Some(first) = first else { return vec![format!("{field} is not told")] };
    let ttl = rewritten.ttl + 1;
    let text = |field: &str| first[field].as_str().unwrap_or_default().to_owned();
    let from = staged.truth.at(ttl).first().map(ToString::to_string).unwrap_or_default();
    let found = json!([first["ttl"], text("from"), text("before"), text("after")]);
    let wanted = json!([ttl, from, before, after]);
    if found == wanted { Vec::new() } else { vec![format!("{field}: {found}, not {wanted}")] }
}

fn nothing(said: &Run) -> Vec<String> {
    let told = &said.summary["rewrites"];
    if told.is_null() { Vec::new() } else { vec![format!("told is {told}")] }
}

fn what_routers_say_is_told_to_anybody() -> Tested {
    let label = |label: u32, tc: u8, bottom: bool, ttl: u8| json!({"label": label, "tc": tc, "bottom": bottom, "ttl": ttl});
    for family in Family::ALL {
        let one = json!([label(16_001, 0, true, 1)]);
        let tunnel = [
            one.clone(),
            json!([label(16_002, 3, false, 1), label(24_007, 0, true, 2)]),
            json!([label(3, 0, true, 1)]),
        ];
        let unknown = json!([{"class": 0xf7, "type": 1, "data": "deadbeef"}]);
        let told = [
            ("labelled-tunnel", "mpls", &tunnel[..]),
            ("labels-without-a-length", "mpls", &[one]),
            ("unknown-extension", "extensions", &[unknown]),
            ("extension-with-bad-checksum", "mpls", &[Value::Null]),
        ];
        for (name, field, values) in told {
            let staged = staged(name, family)?;
            for how in ["-I", "-U"] {
                let said = run(&staged, &format!("-w 1 -q 2 {how}"))?;
                for (ttl, value) in (2..).zip(values) {
                    let is_so = said.replies(ttl).len() == 2
                        && said.replies(ttl).iter().all(|reply| reply[field] == *value);
                    check(is_so, || format!("{name}, {family}, {how}, {ttl}: not {value} {said:#?}"))?;
                }
            }
        }
        let staged = staged("interface-told", family)?;
        let address = staged.truth.at(2).first().ok_or("no second hop")?.to_string();
        let wanted =
            json!({"role": "incoming", "index": 7, "address": address, "name": "eth0/1", "mtu": 1500});
        for how in ["-I", "-U"] {
            let said = run(&staged, &format!("-w 1 -q 2 {how}"))?;
            let is_so = said.replies(2).iter().any(|reply| reply["interface"] == wanted);
            check(is_so, || format!("{family}, {how}: not {wanted} {said:#?}"))?;
        }
    }
    Ok(())
}

/// Eight octets of a UDP probe are its header, which all probes of a flow have alike.
fn short_quotes_are_asked_for_one_by_one() -> Tested {
    for family in Family::ALL {
        let staged = staged("quotes-of-eight-octets", family)?;
        let said = run(&staged, "-w 1 -U")?;
        let is_told = said.notices.iter().filter(|notice| notice["code"] == "one-at-a-time").count() == 1;
        check(is_told, || format!("{family}: {said:#?}"))?;
        check(differences(&staged, &said, By::Udp).is_empty(), || format!("{family}: {said:#?}"))?;
        // Eight octets of an echo have its number.
        let said = run(&staged, "-w 1 -I")?;
        check(said.notices.is_empty(), || format!("{family}: {said:#?}"))?;
    }
    Ok(())
}

fn the_way_back_is_as_long_as_the_way_there() -> Tested {
    for family in Family::ALL {
        let staged = staged("nine-hops", family)?;
        let said = run(&staged, "-I")?;
        check(said.hops.len() == 9, || format!("{said:#?}"))?;
        for hop in &said.hops {
            let is_so = |reply: &Value| {
                reply["reply_ttl"] == 65 - hop.ttl && reply["back_hops"] == hop.ttl && reply["asymmetry"] == 0
            };
            let is_whole = hop.sent == 3 && hop.replies.len() == 3;
            check(is_whole && hop.replies.iter().all(is_so), || format!("{family}: {hop:#?}"))?;
        }
    }
    Ok(())
}

fn without_the_right_raw_is_named_and_the_rest_is_shown() -> Tested {
    for family in Family::ALL {
        let staged = staged("dscp-rewritten", family)?;
        let said = run(&staged, "-w 1 --raw -I")?;
        let notice = said.notices.iter().find(|notice| notice["code"] == "fallback");
        let is_named =
            notice.is_some_and(|notice| notice["message"].to_string().contains("setcap cap_net_raw+p"));
        check(is_named && said.summary["rewrites"].is_null(), || format!("{said:#?}"))?;
        let problems = differences(&staged, &said, By::Icmp);
        check(problems.is_empty(), || format!("{problems:?}: {said:#?}"))?;
    }
    Ok(())
}
