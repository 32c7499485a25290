//! JSON: each record fits the schema, and says what is known of its kind.

use netdiag_explain::json::{Entry, Explanation, Record, Unknown};
use netdiag_explain::{Fact, find};
use netdiag_stage::Schema;
use serde_json::Value;

fn explained(term: &str) -> Value {
    let fact = find(term)[0];
    serde_json::to_value(Record::Explanation(Box::new(Explanation::new(term, fact)))).expect("JSON")
}

#[test]
fn every_record_fits_the_schema() {
    let unknown = Record::Unknown(Unknown { term: "SYN-SEND".into(), nearest: vec!["SYN-SENT".into()] });
    let entries = Fact::all().map(|fact| Record::Entry(Entry::from(fact)));
    let explanations =
        Fact::all().map(|fact| Record::Explanation(Box::new(Explanation::new(&fact.name(), fact))));
    let records = entries.chain(explanations).chain([unknown]);
    let records: Vec<Value> = records.map(|record| serde_json::to_value(record).expect("JSON")).collect();
    Schema::of("explain").assert_valid(&records);
}

#[test]
fn the_schema_takes_not_just_anything() {
    let wrong = [("kind", "riddle".into()), ("type", "explained".into()), ("usually", "often".into())];
    Schema::of("explain").assert_particular(&explained("111"), &wrong, &["term"]);
}

#[test]
fn an_errno_says_who_and_when() {
    let record = explained("101");
    assert_eq!(
        (&record["kind"], &record["number"], &record["name"]),
        (&"errno".into(), &101.into(), &"ENETUNREACH".into())
    );
    assert_eq!(
        (&record["senses"][0]["phase"], &record["senses"][0]["said_by"]),
        (&"at-once".into(), &serde_json::json!(["routes"]))
    );
    assert_eq!(record["senses"][1]["said_by"], serde_json::json!(["router"]));
}

#[test]
fn a_verdict_says_what_it_does_not_mean_and_who_has_to_act() {
    let record = explained("refused");
    assert_eq!((&record["kind"], &record["exit"]), (&"verdict".into(), &3.into()));
    assert_eq!(record["sides"], serde_json::json!(["remote-host", "this-host"]));
    assert!(record["not"].as_str().expect("text").starts_with("It does not say that the host is down"));
    assert!(record["acts"].as_str().expect("text").starts_with("Whoever runs the target"));
}

#[test]
fn a_message_has_its_numbers_in_both_protocols() {
    let expected = serde_json::json!([
        {"family": 4, "type": 3, "code": 13, "name": "admin-prohibited", "errno": "EHOSTUNREACH"},
        {"family": 6, "type": 1, "code": 1, "name": "admin-prohibited", "errno": "EACCES"},
    ]);
    assert_eq!(explained("icmp6 1/1")["messages"], expected);
}

#[test]
fn fields_of_other_kinds_are_absent() {
    let record = explained("SYN+FIN");
    assert_eq!((&record["flags"], &record["legal"]), (&serde_json::json!(["SYN", "FIN"]), &false.into()));
    for key in
        ["not", "acts", "sides", "exit", "number", "senses", "messages", "default", "drawing", "entered"]
    {
        assert_eq!(record.get(key), None, "{key}");
    }
}
