//! What holds of the records of every run, whatever the network.

use netdiag_stage::{Ran, of_type};
use serde_json::Value;

/// The records, each of which fits the schema, and which agree with each other and with the exit code.
#[track_caller]
pub(crate) fn agreeing(ran: &Ran) -> Vec<Value> {
    let records = ran.valid_records();
    for hop in of_type(&records, "hop") {
        let replies = hop["replies"].as_array().expect("replies");
        assert_eq!(hop["received"], replies.len(), "{hop}");
        assert!(hop["received"].as_u64() <= hop["sent"].as_u64(), "{hop}");
        let times = replies.iter().filter_map(|reply| reply["rtt_ms"].as_f64());
        assert!(times.into_iter().all(|time| time >= 0.0), "{hop}");
    }
    let summaries = of_type(&records, "summary");
    for summary in &summaries {
        let is_of =
            |hop: &&&Value| hop["target"] == summary["target"] && hop["address"] == summary["address"];
        let hops = of_type(&records, "hop");
        let ttls: Vec<u64> = hops.iter().filter(is_of).filter_map(|hop| hop["ttl"].as_u64()).collect();
        assert!(ttls.is_sorted(), "{ttls:?}");
        let is_reached = summary["reached"] == true;
        match summary["stop_reason"].as_str().expect("a reason") {
            "reached" => assert!(is_reached && summary["hops"].is_u64(), "{summary}"),
            "unreachable" | "interrupted" => assert_eq!(is_reached, summary["hops"].is_u64(), "{summary}"),
            _ => assert!(!is_reached && summary.get("hops").is_none(), "{summary}"),
        }
    }
    if let Ok(exit) = &ran.exit {
        let is_yes = summaries.iter().all(|summary| summary["reached"] == true);
        assert!(is_yes || exit.0 != 0, "{}", ran.args);
    }
    records
}

/// Who answered at each TTL, once each, in the order in which they first did; nobody where it was silent.
pub(crate) fn path(records: &[Value]) -> Vec<Vec<String>> {
    let hops = of_type(records, "hop").into_iter();
    hops.map(|hop| {
        let mut who: Vec<String> = Vec::new();
        for reply in hop["replies"].as_array().expect("replies") {
            let address = reply["address"].as_str().unwrap_or("?").to_owned();
            if !who.contains(&address) {
                who.push(address);
            }
        }
        who
    })
    .collect()
}

/// The codes of the notices, in their order.
pub(crate) fn notices(records: &[Value]) -> Vec<&str> {
    of_type(records, "notice").into_iter().filter_map(|notice| notice["code"].as_str()).collect()
}

/// The path of a row: a router per TTL, the target last.
pub(crate) fn row(routers: u8, target: &str) -> Vec<Vec<String>> {
    let prefix = if target.contains(':') { ("2001:db8:", "::1") } else { ("10.0.", ".1") };
    let routers = (1..=routers).map(|ttl| vec![format!("{}{ttl}{}", prefix.0, prefix.1)]);
    routers.chain([vec![target.to_owned()]]).collect()
}
