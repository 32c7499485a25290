//! Whole explanations, against a server of the test's own on loopback.

use std::net::SocketAddr;

use hickory_proto::op::{Message, ResponseCode};
use netdiag_engine::port::LookupFailure;
use tokio::net::UdpSocket;

use super::*;
use crate::frozen::Frozen;
use crate::setup::resolver::Resolver;
use crate::setup::switch::Switch;

const QUICK: Duration = Duration::from_millis(1);

/// A server that knows no name, the questions it was asked, and time that stands still for it.
async fn knows_nothing() -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<String>, Frozen) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("socket");
    let address = socket.local_addr().expect("address");
    let (tell, asked) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((len, from)) = socket.recv_from(&mut buffer).await {
            let mut message = Message::from_vec(&buffer[..len]).expect("a message").into_response();
            let query = &message.queries[0];
            tell.send(format!("{} {}", query.query_type(), query.name())).ok();
            message.metadata.response_code = ResponseCode::NXDomain;
            socket.send_to(&message.to_vec().expect("bytes"), from).await.expect("send");
        }
    });
    (address, asked, Frozen::new())
}

fn setup(servers: Vec<SocketAddr>, switch: &str) -> Setup {
    Setup {
        switch: Switch::parse(&format!("hosts: {switch}")),
        hosts: Ok(Hosts::new("192.0.2.7 web\n".to_owned())),
        resolver: Resolver::of(servers, &["example.com"]),
    }
}

fn question(name: &str, family: Option<Family>) -> Question<'_> {
    Question { name, family, failure: LookupFailure::NoName, elapsed: QUICK }
}

#[tokio::test(start_paused = true)]
async fn files_and_servers_are_told_with_the_names_they_were_asked_for() {
    let (server, mut asked, _frozen) = knows_nothing().await;
    let lines = explain(&setup(vec![server], "files dns"), &question("nosuch", None)).await;
    let told = "127.0.0.1 (A, AAAA of nosuch.example.com, nosuch): no such name (NXDOMAIN)";
    assert_eq!(lines, ["/etc/hosts: no entry", told]);
    let mut questions = Vec::new();
    while let Ok(one) = asked.try_recv() {
        questions.push(one);
    }
    questions.sort();
    assert_eq!(questions, ["A nosuch.", "A nosuch.example.com.", "AAAA nosuch.", "AAAA nosuch.example.com."]);
}

#[tokio::test(start_paused = true)]
async fn only_the_family_asked_for_is_looked_into() {
    let (server, _asked, _frozen) = knows_nothing().await;
    let lines = explain(&setup(vec![server], "files dns"), &question("web.", Some(Family::V6))).await;
    assert_eq!(lines, ["/etc/hosts: only 192.0.2.7", "127.0.0.1 (AAAA): no such name (NXDOMAIN)"]);
    let lines = explain(&setup(vec![server], "files dns"), &question("web.", Some(Family::V4))).await;
    assert_eq!(lines, ["/etc/hosts: has 192.0.2.7", "127.0.0.1 (A): no such name (NXDOMAIN)"]);
}

#[tokio::test(start_paused = true)]
async fn servers_that_the_system_does_not_ask_are_not_asked() {
    let (server, mut asked, _frozen) = knows_nothing().await;
    let lines = explain(&setup(vec![server], "files"), &question("nosuch", None)).await;
    let order = "/etc/nsswitch.conf: hosts: files";
    assert_eq!(lines, [order, "/etc/hosts: no entry", "name servers: not asked (/etc/nsswitch.conf)"]);
    let mdns = "files mdns4_minimal [NOTFOUND=return] dns";
    let lines = explain(&setup(vec![server], mdns), &question("printer.Local", None)).await;
    let kept = "mdns4_minimal: no answer, and name servers are not asked for names in .local";
    assert_eq!(lines[1..], ["/etc/hosts: no entry", kept]);
    assert!(asked.try_recv().is_err());
    let lines = explain(&setup(vec![server], mdns), &question("nosuch.", None)).await;
    assert_eq!(lines[2], "127.0.0.1 (A, AAAA): no such name (NXDOMAIN)");
}

#[tokio::test(start_paused = true)]
async fn a_set_up_that_cannot_be_read_is_told() {
    let (server, _asked, _frozen) = knows_nothing().await;
    let mut setup = setup(vec![server], "files dns");
    setup.hosts = Err("no such file".to_owned());
    setup.resolver.fallback = Some("names no server".to_owned());
    let lines = explain(&setup, &question("nosuch.", Some(Family::V4))).await;
    assert_eq!(
        lines,
        [
            "/etc/hosts: no such file",
            "/etc/resolv.conf: names no server, which leaves 127.0.0.1",
            "127.0.0.1 (A): no such name (NXDOMAIN)"
        ]
    );
}

#[test]
fn the_wait_is_short_after_a_long_one_and_shorter_after_a_definite_answer() {
    let patience = |failure, elapsed| Question { name: "a", family: None, failure, elapsed }.patience();
    let quick = patience(LookupFailure::NoName, QUICK);
    assert_eq!((quick.limit, quick.grace), (LIMIT, Some(GRACE)));
    let slow = patience(LookupFailure::NoAnswer, Duration::from_secs(20));
    assert_eq!((slow.limit, slow.grace), (SHORT_LIMIT, None));
}

#[test]
fn a_name_that_its_domain_makes_too_long_is_left_out() {
    assert!(absolute(&["abcdefghi"; 26].join(".")).is_none());
    assert!(absolute("a").is_some_and(|name| name.is_fqdn()));
}
