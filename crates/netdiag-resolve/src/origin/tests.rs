//! Look-ups against name servers of the test's own on loopback.

use std::net::{Ipv6Addr, SocketAddr};
use std::sync::Mutex;

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::TXT;
use hickory_proto::rr::{RData, Record};
use netdiag_model::Family;
use tokio::net::UdpSocket;

use super::*;
use crate::frozen::Frozen;
use crate::setup::Setup;
use crate::setup::hosts::Hosts;
use crate::setup::resolver::Resolver;
use crate::setup::switch::Switch;
use crate::system::{Failure, Found};

/// A system that has only name servers.
struct Servers(Vec<SocketAddr>);

impl System for Servers {
    fn forward(&self, _: &str, _: Option<Family>) -> Result<Found, Failure> {
        unreachable!("no name is looked up")
    }

    fn backward(&self, _: IpAddr) -> Option<String> {
        unreachable!("no name is looked up")
    }

    fn setup(&self) -> Setup {
        let hosts = Ok(Hosts::new(String::new()));
        Setup { switch: Switch::default(), hosts, resolver: Resolver::of(self.0.clone(), &[]) }
    }

    fn interface(&self, _: Ipv6Addr, _: &str) -> Option<u32> {
        None
    }
}

/// What a server of a test does with a question.
#[derive(Clone, Copy)]
enum Habit {
    Says(&'static str),
    /// The first time nothing.
    SaysTheSecondTime(&'static str),
    Refuses(ResponseCode),
    Mumbles,
    Sleeps,
}

/// The names that a server was asked for.
type Asked = Arc<Mutex<Vec<String>>>;

/// Starts a server. It lives as long as the runtime.
async fn server(habit: Habit) -> (SocketAddr, Asked) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    let address = socket.local_addr().expect("an address");
    let asked = Asked::default();
    let names = Arc::clone(&asked);
    tokio::spawn(async move {
        let mut buffer = [0; 512];
        while let Ok((len, from)) = socket.recv_from(&mut buffer).await {
            let message = Message::from_vec(&buffer[..len]).expect("a message");
            assert!(message.metadata.recursion_desired);
            let query = message.queries[0].clone();
            assert_eq!(query.query_type(), RecordType::TXT);
            let count = {
                let mut names = names.lock().expect("a lock");
                names.push(query.name().to_ascii());
                names.len()
            };
            if let Some(bytes) = answer(habit, message, count) {
                socket.send_to(&bytes, from).await.expect("sent");
            }
        }
    });
    (address, asked)
}

fn answer(habit: Habit, question: Message, count: usize) -> Option<Vec<u8>> {
    let name = question.queries[0].name().clone();
    let mut message = question.into_response();
    match habit {
        Habit::Sleeps => return None,
        Habit::SaysTheSecondTime(_) if count == 1 => return None,
        Habit::Says(line) | Habit::SaysTheSecondTime(line) => {
            let text = RData::TXT(TXT::new(vec![line.to_owned()]));
            message.add_answer(Record::from_rdata(name, 60, text));
        }
        Habit::Refuses(code) => message.metadata.response_code = code,
        Habit::Mumbles => return Some(b"\xff\xff\xff".to_vec()),
    }
    Some(message.to_vec().expect("octets"))
}

const LINE: &str = "64500 | 192.0.2.0/24 | ZZ | ripencc | 2020-01-01";
const V6: &str = "64501 | 2001:db8::/32 | ZZ | ripencc | 2020-01-01";

/// Origins by these servers, with a clock that stands still.
fn origins(servers: &[SocketAddr]) -> Origins {
    let zones = OriginZones { v4: "v4.test".to_owned(), v6: "v6.test.".to_owned() };
    Origins::new(Arc::new(Servers(servers.to_vec())), Arc::new(|| Mono::ZERO), zones)
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

async fn shown(origins: &Origins, address: &str) -> Option<String> {
    origins.origin(ip(address)).await.map(|origin| origin.to_string())
}

#[tokio::test(start_paused = true)]
async fn an_address_is_asked_for_once_in_its_zone() {
    let _frozen = Frozen::new();
    let (address, asked) = server(Habit::Says(LINE)).await;
    let origins = origins(&[address]);
    for alike in ["192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1", "64:ff9b::192.0.2.1"] {
        assert_eq!(shown(&origins, alike).await.as_deref(), Some("AS64500"), "{alike}");
    }
    let both = tokio::join!(shown(&origins, "192.0.2.9"), shown(&origins, "192.0.2.9"));
    assert_eq!((both.0.is_some(), both.1.is_some()), (true, true));
    assert_eq!(*asked.lock().expect("a lock"), ["1.2.0.192.v4.test.", "9.2.0.192.v4.test."]);
}

#[tokio::test(start_paused = true)]
async fn ipv6_is_asked_for_nibble_by_nibble() {
    let _frozen = Frozen::new();
    let (address, asked) = server(Habit::Says(V6)).await;
    assert_eq!(shown(&origins(&[address]), "2001:db8::1a").await.as_deref(), Some("AS64501"));
    let name = format!("a.1.{}8.b.d.0.1.0.0.2.v6.test.", "0.".repeat(22));
    assert_eq!(*asked.lock().expect("a lock"), [name]);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_can_announce_is_not_asked_for() {
    let _frozen = Frozen::new();
    let (address, asked) = server(Habit::Says(LINE)).await;
    let origins = origins(&[address]);
    for private in ["10.0.0.1", "127.0.0.1", "100.64.0.1", "fe80::1", "fd00::1", "::ffff:192.168.0.1"] {
        assert_eq!(shown(&origins, private).await, None, "{private}");
    }
    assert!(asked.lock().expect("a lock").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_is_said_of_other_addresses_is_not_believed() {
    let _frozen = Frozen::new();
    let (address, _) = server(Habit::Says(LINE)).await;
    assert_eq!(shown(&origins(&[address]), "198.51.100.1").await, None);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_fails_is_followed_by_the_next() {
    let _frozen = Frozen::new();
    let closed = UdpSocket::bind("127.0.0.1:0").await.expect("a socket").local_addr().expect("an address");
    let (broken, _) = server(Habit::Refuses(ResponseCode::ServFail)).await;
    let (good, _) = server(Habit::Says(LINE)).await;
    assert_eq!(shown(&origins(&[closed, broken, good]), "192.0.2.1").await.as_deref(), Some("AS64500"));
    assert_eq!(shown(&origins(&[closed, broken]), "192.0.2.1").await, None);
    assert_eq!(shown(&origins(&[]), "192.0.2.1").await, None);
}

#[tokio::test(start_paused = true)]
async fn a_name_that_is_not_there_is_an_answer() {
    let _frozen = Frozen::new();
    let (none, _) = server(Habit::Refuses(ResponseCode::NXDomain)).await;
    let (other, asked) = server(Habit::Says(LINE)).await;
    assert_eq!(shown(&origins(&[none, other]), "192.0.2.1").await, None);
    assert!(asked.lock().expect("a lock").is_empty());
}

#[tokio::test]
async fn a_question_that_is_lost_is_put_again() {
    let (slow, asked) = server(Habit::SaysTheSecondTime(LINE)).await;
    assert_eq!(shown(&origins(&[slow]), "192.0.2.1").await.as_deref(), Some("AS64500"));
    assert_eq!(asked.lock().expect("a lock").len(), 2);
}

#[tokio::test(start_paused = true)]
async fn silence_and_noise_end_after_two_seconds() {
    for habit in [Habit::Sleeps, Habit::Mumbles] {
        let (address, _) = server(habit).await;
        let query = Query::query(Name::from_ascii("a.test.").expect("a name"), RecordType::TXT);
        let begun = tokio::time::Instant::now();
        assert!(matches!(ask::ask(&[address], &query).await, Heard::Silence));
        assert_eq!(begun.elapsed().as_secs(), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn after_much_silence_nobody_is_asked_for_a_while() {
    let _frozen = Frozen::new();
    let clock = Arc::new(AtomicU64::new(0));
    let reading = Arc::clone(&clock);
    let asker = Asker::new(Arc::new(move || Mono::from_nanos(reading.load(Ordering::Relaxed))));
    let (address, _) = server(Habit::Says(LINE)).await;
    let query = Query::query(Name::from_ascii("a.test.").expect("a name"), RecordType::TXT);
    let is_told = async || asker.origin(ip("192.0.2.1"), &[address], &query).await.is_some();
    (1..PATIENCE).for_each(|_| asker.note(&Heard::Silence));
    assert!(is_told().await, "an answer makes up for silence");
    (1..PATIENCE).for_each(|_| asker.note(&Heard::Silence));
    assert!(is_told().await);
    (0..PATIENCE).for_each(|_| asker.note(&Heard::Silence));
    assert!(!is_told().await);
    clock.store(PAUSE.as_nanos() as u64, Ordering::Relaxed);
    assert!(is_told().await);
}

#[test]
fn without_a_runtime_there_is_no_answer() {
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    let mut lookup = origins(&[]).origin(ip("192.0.2.1"));
    assert_eq!(lookup.as_mut().poll(&mut cx), std::task::Poll::Ready(None));
}

#[test]
fn a_zone_that_is_no_name_is_not_asked() {
    let zones = |v4: &str| OriginZones { v4: v4.to_owned(), ..OriginZones::default() };
    let name = |zones: OriginZones| zones.name(ip("192.0.2.1")).map(|name| name.to_ascii());
    assert_eq!(name(OriginZones::default()).as_deref(), Some("1.2.0.192.origin.asn.cymru.com."));
    assert_eq!(name(zones("a..b")), None);
    assert_eq!(name(zones(&"a".repeat(64))), None);
}
