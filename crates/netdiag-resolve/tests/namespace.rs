//! The C library's own look-ups, in a network of their own: a name server of this test on 127.0.0.1, and files that
//! point to it, in fresh user, network and mount namespaces (unshare(1)). The host's name servers are never asked.
//!
//! The test starts this program again in the namespaces, there to do the look-ups. Where namespaces cannot be made it
//! is ignored, and says why.

use std::io::Write;
use std::net::{Ipv4Addr, Ipv6Addr, UdpSocket};
use std::process::{Command, ExitCode};
use std::sync::OnceLock;
use std::time::Instant;
use std::{env, fs, io, thread};

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, PTR, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};
use libtest_mimic::{Arguments, Trial};
use netdiag_engine::port::{LookupError, LookupFailure, Names, Resolved};
use netdiag_model::{Family, Mono};
use netdiag_resolve::{OriginZones, SystemNames};

const NAMESPACES: [&str; 4] = ["--user", "--map-root-user", "--net", "--mount"];
/// The word that makes this program the inner one, and what that says at its end.
const INSIDE: &str = "inside";
const DONE: &str = "all look-ups are as they should be";
const SCRIPT: &str = r#"
set -e
ip link set lo up
for file in resolv.conf hosts nsswitch.conf; do mount --bind "$1/$file" "/etc/$file"; done
exec "$0" inside
"#;

fn main() -> ExitCode {
    if env::args().nth(1).is_some_and(|word| word == INSIDE) {
        inside();
        return ExitCode::SUCCESS;
    }
    let arguments = Arguments::from_args();
    let probe = Command::new("unshare").args(NAMESPACES).args(["ip", "link", "set", "lo", "up"]).output();
    let has_namespaces = probe.is_ok_and(|output| output.status.success());
    let name = "the_system_is_asked_in_a_network_of_its_own";
    let trial = if has_namespaces {
        Trial::test(name, || {
            the_system_is_asked_in_a_network_of_its_own();
            Ok(())
        })
    } else {
        let why = format!("{name} (no user namespaces here, or no ip(8))");
        Trial::test(why, || Ok(())).with_ignored_flag(true)
    };
    libtest_mimic::run(&arguments, vec![trial]).exit_code()
}

fn the_system_is_asked_in_a_network_of_its_own() {
    let folder = env::temp_dir().join(format!("netdiag-resolve-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("folder");
    for (file, text) in [
        ("resolv.conf", "nameserver 127.0.0.1\nsearch lab.test\noptions timeout:3 attempts:1\n"),
        ("hosts", "127.0.0.1 localhost\n192.0.2.77 filed\n"),
        ("nsswitch.conf", "hosts: files dns\n"),
    ] {
        fs::write(folder.join(file), text).expect("file");
    }
    let exe = env::current_exe().expect("this program");
    let output = Command::new("unshare")
        .args(NAMESPACES)
        .args(["sh", "-c", SCRIPT])
        .args([&exe, &folder])
        .output()
        .expect("unshare");
    fs::remove_dir_all(&folder).ok();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains(DONE),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// What runs in the namespaces; it says so when it has come to its end.
fn inside() {
    let socket = UdpSocket::bind("127.0.0.1:53").expect("a network of its own");
    thread::spawn(move || serve(&socket));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
    let names = SystemNames::new(now);
    let ask = |name: &str, family| runtime.block_on(names.resolve(name, family));
    found(&ask);
    not_found(&ask);
    let reverse = |text: &str| runtime.block_on(names.reverse(text.parse().expect("address")));
    assert_eq!(reverse("192.0.2.9").as_deref(), Some("both.test"));
    assert_eq!(reverse("192.0.2.77").as_deref(), Some("filed"));
    assert_eq!(reverse("192.0.2.10"), None);
    announced(&runtime, names);
    writeln!(io::stdout(), "{DONE}").expect("the outer program listens");
}

fn found(ask: &impl Fn(&str, Option<Family>) -> Result<Resolved, LookupError>) {
    let addresses = |name, family| -> Vec<String> {
        let resolved = ask(name, family).unwrap_or_else(|error| panic!("{error}"));
        let mut addresses: Vec<String> = resolved.addresses.iter().map(ToString::to_string).collect();
        addresses.sort();
        addresses
    };
    assert_eq!(addresses("both.test", None), ["192.0.2.9", "2001:db8::9"]);
    assert_eq!(addresses("both.test", Some(Family::V6)), ["2001:db8::9"]);
    assert_eq!(addresses("filed", None), ["192.0.2.77"]);
    assert_eq!(addresses("bücher.test", None), ["192.0.2.8"]);
    assert_eq!(addresses("127.1", None), ["127.0.0.1"]);
    assert_eq!(addresses("fe80::1%lo", None), ["fe80::1%1"]);
    assert_eq!(ask("both.test", None).expect("known").canonical.as_deref(), Some("both.test"));
}

fn announced(runtime: &tokio::runtime::Runtime, names: SystemNames) {
    let origin = |names: &SystemNames, text: &str| {
        let origin = runtime.block_on(async { names.origin(text.parse().expect("address")).await });
        origin.map(|origin| origin.to_string())
    };
    assert_eq!(origin(&names, "192.0.2.9").as_deref(), Some("AS64500/AS64501"));
    assert_eq!(origin(&names, "192.0.2.10"), None);
    assert_eq!(origin(&names, "10.0.0.1"), None);
    let zones = OriginZones { v4: "origin.test".to_owned(), ..OriginZones::default() };
    assert_eq!(origin(&names.with_origin_zones(zones), "192.0.2.9").as_deref(), Some("AS64502"));
}

fn not_found(ask: &impl Fn(&str, Option<Family>) -> Result<Resolved, LookupError>) {
    let told = |name, family| {
        let error = ask(name, family).expect_err("not found");
        (error.failure, error.asked)
    };
    let files = "/etc/hosts: no entry".to_owned();
    let (failure, asked) = told("nosuch.test.", None);
    let line = "127.0.0.1 (A, AAAA): no such name (NXDOMAIN)".to_owned();
    assert_eq!((failure, asked), (LookupFailure::NoName, vec![files.clone(), line]));
    let (failure, asked) = told("nosuch", Some(Family::V4));
    let line = "127.0.0.1 (A of nosuch.lab.test, nosuch): no such name (NXDOMAIN)".to_owned();
    assert_eq!((failure, asked), (LookupFailure::NoName, vec![files.clone(), line]));
    let (failure, asked) = told("v4.test.", Some(Family::V6));
    let line = "127.0.0.1 (AAAA): the name exists and has no such record (NODATA)".to_owned();
    assert_eq!((failure, asked), (LookupFailure::NoAddress, vec![files.clone(), line]));
    let (failure, asked) = told("broken.test.", None);
    let line = "127.0.0.1 (A, AAAA): the server failed (SERVFAIL)".to_owned();
    assert_eq!((failure, asked), (LookupFailure::NoAnswer, vec![files.clone(), line]));
    let (failure, asked) = told("silent.test.", None);
    let line = asked[1].as_str();
    assert_eq!((failure, asked.len()), (LookupFailure::NoAnswer, 2));
    assert!(line.starts_with("127.0.0.1: no answer within "), "{line}");
}

/// Answers for `test`, or keeps silent.
fn serve(socket: &UdpSocket) {
    let mut buffer = [0; 1024];
    while let Ok((len, from)) = socket.recv_from(&mut buffer) {
        let mut message = Message::from_vec(&buffer[..len]).expect("a message").into_response();
        let query = message.queries[0].clone();
        message.metadata.recursion_available = true;
        match answer(&query) {
            Some(Ok(answers)) => {
                message.add_answers(
                    answers.into_iter().map(|data| Record::from_rdata(query.name().clone(), 60, data)),
                );
            }
            Some(Err(code)) => message.metadata.response_code = code,
            None => continue,
        }
        socket.send_to(&message.to_vec().expect("bytes"), from).expect("send");
    }
}

fn answer(query: &Query) -> Option<Result<Vec<RData>, ResponseCode>> {
    let v4 = |last| RData::A(A(Ipv4Addr::new(192, 0, 2, last)));
    let v6 = RData::AAAA(AAAA(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 9)));
    let text = |line: &str| RData::TXT(TXT::new(vec![line.to_owned()]));
    let both = RData::PTR(PTR(Name::from_ascii("both.test.").expect("name")));
    Some(match (query.name().to_ascii().as_str(), query.query_type()) {
        ("both.test.", RecordType::A) => Ok(vec![v4(9)]),
        ("both.test.", RecordType::AAAA) => Ok(vec![v6]),
        ("v4.test.", RecordType::A) => Ok(vec![v4(7)]),
        ("xn--bcher-kva.test.", RecordType::A) => Ok(vec![v4(8)]),
        ("v4.test." | "xn--bcher-kva.test.", _) => Ok(vec![]),
        ("9.2.0.192.in-addr.arpa.", RecordType::PTR) => Ok(vec![both]),
        ("9.2.0.192.origin.asn.cymru.com.", RecordType::TXT) => {
            Ok(vec![text("64500 64501 | 192.0.2.0/24 | ZZ | ripencc | 2020-01-01")])
        }
        ("9.2.0.192.origin.test.", RecordType::TXT) => Ok(vec![text("64502 | 192.0.2.0/24 | ZZ | arin |")]),
        ("broken.test.", _) => Err(ResponseCode::ServFail),
        ("silent.test.", _) => return None,
        _ => Err(ResponseCode::NXDomain),
    })
}

fn now() -> Mono {
    static ORIGIN: OnceLock<Instant> = OnceLock::new();
    let origin = *ORIGIN.get_or_init(Instant::now);
    Mono::from_nanos(u64::try_from(origin.elapsed().as_nanos()).expect("a short test"))
}
