//! explain from the outside: help, refusals, exit codes, what goes to which stream, and JSON against its schema.

use serde_json::Value;

use crate::{NETDIAG, all, refused, run, told};

const EXPLAIN: &str = env!("CARGO_BIN_EXE_netdiag-explain");

/// The records of a run, each held against the schema.
fn records(args: &[&str]) -> Vec<Value> {
    let entry = netdiag::tools::find("explain").expect("a tool");
    let schema = serde_json::from_str(&(entry.schema)()).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let output = run(NETDIAG, &[&["explain", "--json"], args].concat());
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let records: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    for record in &records {
        assert!(validator.is_valid(record), "{record}");
    }
    records
}

#[test]
fn help() {
    let front = told(&run(NETDIAG, &["explain", "--help"]));
    insta::assert_snapshot!(front);
    let own = told(&run(EXPLAIN, &["--help"]));
    assert_eq!(own.replace("netdiag-explain", "netdiag explain"), front, "both programs say the same");
}

#[test]
fn usage() {
    insta::assert_snapshot!(refused(&[
        &["explain"],
        &["explain", "--list", "111"],
        &["explain", "--nosuch"],
        &["explain", "--color", "red", "111"],
    ]));
}

#[test]
fn a_page_for_each_meaning_of_each_term() {
    insta::assert_snapshot!(all(&[&["explain", "SYN-SENT", "rcode", "3"], &["explain", "22"]]));
}

#[test]
fn what_is_not_known_is_said_and_the_rest_is_explained() {
    let output = run(NETDIAG, &["explain", "ECONREFUSED", "NOERROR", "a-riddle", "\u{1b}[31m"]);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1));
    assert!(out.starts_with("NOERROR (DNS rcode 0)") && out.matches("\nnext:\n").count() == 1, "{out}");
    assert_eq!(
        err,
        "netdiag explain: \"ECONREFUSED\" is not known; did you mean ECONNREFUSED?\n\
         netdiag explain: \"a-riddle\" is not known; netdiag explain --list names what is\n\
         netdiag explain: \"\\u{1b}[31m\" is not known; netdiag explain --list names what is\n"
    );
}

#[test]
fn the_list() {
    insta::assert_snapshot!(told(&run(NETDIAG, &["explain", "--list"])));
    let records = records(&["--list"]);
    assert_eq!(records[0]["type"], "start");
    assert!(records[1..].iter().all(|record| record["type"] == "entry") && records.len() > 100);
}

#[test]
fn records_come_in_the_order_of_the_terms() {
    let records = records(&["111", "SYN-SEND", "3/13", "keepalive"]);
    let told: Vec<(&str, &str)> = records[1..]
        .iter()
        .filter_map(|record| Some((record["type"].as_str()?, record["term"].as_str()?)))
        .collect();
    let expected = [
        ("explanation", "111"),
        ("unknown", "SYN-SEND"),
        ("explanation", "3/13"),
        ("explanation", "keepalive"),
    ];
    assert_eq!(told, expected);
    assert_eq!((&records[0]["type"], &records[0]["schema"]), (&"start".into(), &"netdiag.explain/1".into()));
    assert_eq!(records[2]["nearest"][0], "SYN-SENT");
    assert_eq!(run(NETDIAG, &["explain", "--json", "SYN-SEND"]).status.code(), Some(1));
}

#[test]
fn colour_where_it_is_wanted() {
    let plain = run(NETDIAG, &["explain", "RST"]).stdout;
    let bold = run(NETDIAG, &["explain", "--color", "always", "RST"]).stdout;
    assert!(!plain.contains(&0x1b) && bold.contains(&0x1b));
}
