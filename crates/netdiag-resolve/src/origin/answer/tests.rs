//! Lines as zones of origins write them, and lines that nobody should believe.

use hickory_proto::op::{Message, MessageType, OpCode};
use hickory_proto::rr::rdata::TXT;
use hickory_proto::rr::{Name, Record};
use proptest::prelude::*;

use super::*;

fn reply(lines: &[Vec<&[u8]>]) -> Message {
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    for parts in lines {
        let name = Name::from_ascii("1.2.0.192.origin.example.").expect("a name");
        message.add_answer(Record::from_rdata(name, 60, RData::TXT(TXT::from_bytes(parts.clone()))));
    }
    message
}

/// What lines of one string each say of 192.0.2.1.
fn told(lines: &[&str]) -> Option<Origin> {
    let lines: Vec<Vec<&[u8]>> = lines.iter().map(|line| vec![line.as_bytes()]).collect();
    origin(&reply(&lines), "192.0.2.1".parse().expect("an address"))
}

fn shown(lines: &[&str]) -> Option<String> {
    told(lines).map(|origin| origin.to_string())
}

#[test]
fn a_line_is_read_field_by_field() {
    let origin = told(&["64500 64501 | 192.0.2.0/24 | ZZ | ripencc | 2020-01-01"]).expect("an origin");
    assert_eq!(origin.asns, [Asn(64500), Asn(64501)]);
    assert_eq!(origin.prefix.map(|prefix| prefix.to_string()).as_deref(), Some("192.0.2.0/24"));
    assert_eq!((origin.country.as_deref(), origin.registry.as_deref()), (Some("ZZ"), Some("ripencc")));
    let origin = told(&["64500|192.0.2.0/24||  |"]).expect("an origin");
    assert_eq!((origin.country, origin.registry, origin.name), (None, None, None));
    assert_eq!(shown(&["64500"]).as_deref(), Some("AS64500"));
}

#[test]
fn strings_of_a_record_are_parts_of_one_line() {
    let parts: Vec<&[u8]> = vec![b"645", b"00 | 192.0.", b"2.0/24 | ZZ"];
    let origin = origin(&reply(&[parts]), "192.0.2.1".parse().expect("an address")).expect("an origin");
    assert_eq!((origin.to_string().as_str(), origin.country.as_deref()), ("AS64500", Some("ZZ")));
}

#[test]
fn the_longest_block_counts_with_all_that_announce_it() {
    let lines = [
        "64499 | 192.0.0.0/16 | ZZ | arin |",
        "64500 | 192.0.2.0/24 | ZZ | arin |",
        "64501 64500 | 192.0.2.0/24 | ZZ | arin |",
        "64502 | 192.0.3.0/24 | ZZ | arin |",
    ];
    assert_eq!(shown(&lines).as_deref(), Some("AS64500/AS64501"));
}

#[test]
fn what_is_not_to_be_believed_is_none() {
    for line in [
        "",
        "|",
        "NA | 192.0.2.0/24 | ZZ",
        "0 | 192.0.2.0/24 | ZZ",
        "64500 x | 192.0.2.0/24 | ZZ",
        "4294967296 | 192.0.2.0/24 | ZZ",
        "64500 | 198.51.100.0/24 | ZZ",
        "64500 | 192.0.2.0/33 | ZZ",
        "64500 | ::/0 | ZZ",
        "v=spf1 -all",
    ] {
        assert_eq!(told(&[line]), None, "{line}");
    }
    let long = format!("64500 | 192.0.2.0/24 | {}", "x".repeat(200));
    let parts = |count| vec![long.as_bytes(); count];
    let address = "192.0.2.1".parse().expect("an address");
    assert!(origin(&reply(&[parts(1)]), address).is_some());
    assert_eq!(origin(&reply(&[parts(3)]), address), None);
    let mut cut = reply(&[vec![b"64500 | 192.0.2.0/24"]]);
    cut.metadata.truncation = true;
    assert_eq!(origin(&cut, address), None);
}

#[test]
fn text_that_would_mislead_is_left_out() {
    let origin =
        told(&["64500 | 192.0.2.0/24 | \u{1b}[ | a registry with a long name |"]).expect("an origin");
    assert_eq!((origin.country, origin.registry), (None, None));
    let many: Vec<String> = (1..100).map(|asn: u32| asn.to_string()).collect();
    assert_eq!(told(&[&many.join(" ")]).expect("an origin").asns.len(), MOST_ASNS);
}

proptest! {
    #[test]
    fn any_line_is_read_or_not_believed(line in any::<String>(), address in any::<IpAddr>()) {
        let _ = parse(&line, address);
    }

    #[test]
    fn a_line_of_the_right_kind_names_an_as_or_nothing(line in "[0-9 ]{0,12}[|] ?[0-9.:/]{0,12}[|][a-z ]{0,4}") {
        if let Some(origin) = parse(&line, "192.0.2.1".parse().expect("an address")) {
            prop_assert!(origin.asns.iter().all(|asn| asn.0 != 0) && !origin.asns.is_empty());
        }
    }
}
