//! What answers amount to, and the words for it.

use hickory_proto::op::{MessageType, OpCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME};
use hickory_proto::rr::{Name, Record, RecordType};
use proptest::prelude::*;

use super::*;

fn name(text: &str) -> Name {
    Name::from_ascii(text).expect("name")
}

fn query(text: &str, kind: RecordType) -> Query {
    Query::query(name(text), kind)
}

fn reply(code: ResponseCode, answers: Vec<RData>) -> Message {
    let mut message = Message::new(1, MessageType::Response, OpCode::Query);
    message.metadata.response_code = code;
    for data in answers {
        message.add_answer(Record::from_rdata(name("a.example."), 60, data));
    }
    message
}

fn told(message: &Message) -> String {
    Outcome::of(message, &query("a.example.", RecordType::A)).to_string()
}

#[test]
fn every_kind_of_answer_has_its_words() {
    let (v4, v6) = (RData::A(A::new(192, 0, 2, 1)), RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)));
    let alias = RData::CNAME(CNAME(name("b.example.")));
    let fine = ResponseCode::NoError;
    assert_eq!(told(&reply(fine, vec![alias.clone(), v4])), "has 192.0.2.1");
    assert_eq!(told(&reply(fine, vec![alias])), "an alias of b.example. without such a record (NODATA)");
    assert_eq!(told(&reply(fine, vec![v6])), "the name exists and has no such record (NODATA)");
    assert_eq!(told(&reply(fine, vec![])), "the name exists and has no such record (NODATA)");
    let mut cut = reply(fine, vec![]);
    cut.metadata.truncation = true;
    assert_eq!(told(&cut), "an answer too long for UDP");
}

#[test]
fn every_code_has_its_words() {
    for (code, words) in [
        (ResponseCode::NXDomain, "no such name (NXDOMAIN)"),
        (ResponseCode::ServFail, "the server failed (SERVFAIL)"),
        (ResponseCode::Refused, "refused the query (REFUSED)"),
        (ResponseCode::NotImp, "does not answer such queries (NOTIMP)"),
        (ResponseCode::FormErr, "did not understand the query (FORMERR)"),
        (ResponseCode::Unknown(3841), "response code 3841"),
    ] {
        assert_eq!(told(&reply(code, vec![])), words);
    }
}

#[test]
fn what_is_no_answer_has_its_words() {
    for (outcome, words) in [
        (Outcome::Garbled, "an answer that cannot be read"),
        (Outcome::Unreachable(Errno::ECONNREFUSED), "no name server there (Connection refused)"),
        (Outcome::Unreachable(Errno::ENETUNREACH), "out of reach (Network is unreachable)"),
        (Outcome::Silent(Duration::from_secs(2)), "no answer within 2 s"),
        (Outcome::Slow, "no answer yet, not waited for"),
    ] {
        assert_eq!(outcome.to_string(), words);
    }
}

#[test]
fn a_server_that_says_one_thing_gets_one_line() {
    let server = "192.0.2.53:53".parse().expect("address");
    let both = [query("a.example.", RecordType::A), query("a.example.", RecordType::AAAA)];
    let none = Outcome::Code(ResponseCode::NXDomain);
    assert_eq!(
        lines(server, &both, &[none.clone(), none.clone()]),
        ["192.0.2.53 (A, AAAA): no such name (NXDOMAIN)"]
    );
    let silent = Outcome::Silent(Duration::from_secs(1));
    assert_eq!(lines(server, &both, &[silent.clone(), silent.clone()]), ["192.0.2.53: no answer within 1 s"]);
    assert_eq!(
        lines(server, &both, &[none, silent]),
        ["192.0.2.53 (A): no such name (NXDOMAIN)", "192.0.2.53 (AAAA): no answer within 1 s"]
    );
}

#[test]
fn names_are_shown_where_there_were_several() {
    let server = "[fe80::53%3]:53".parse().expect("address");
    let queries: Vec<Query> = ["a.example.", "a."]
        .into_iter()
        .flat_map(|text| [query(text, RecordType::A), query(text, RecordType::AAAA)])
        .collect();
    let none = Outcome::Code(ResponseCode::NXDomain);
    assert_eq!(
        lines(server, &queries, &[none.clone(), none.clone(), none.clone(), none.clone()]),
        ["fe80::53%3 (A, AAAA of a.example, a): no such name (NXDOMAIN)"]
    );
    assert_eq!(
        lines(server, &queries, &[none.clone(), Outcome::NoData, none.clone(), none]),
        [
            "fe80::53%3 (A of a.example, A, AAAA of a): no such name (NXDOMAIN)",
            "fe80::53%3 (AAAA of a.example): the name exists and has no such record (NODATA)",
        ]
    );
}

proptest! {
    #[test]
    fn any_message_that_can_be_read_amounts_to_something(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(message) = Message::from_vec(&bytes) {
            prop_assert!(!told(&message).is_empty());
        }
    }
}
