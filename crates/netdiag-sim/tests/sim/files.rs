//! Network files: all of them read, wrong ones say what is wrong, and no text makes the reader or the world panic.

use std::collections::HashSet;
use std::future::poll_fn;
use std::time::Duration;

use netdiag_engine::port::{Attempt, SocketOptions, Sockets};
use netdiag_model::Address;
use netdiag_sim::{Network, Sim, SimError};
use proptest::prelude::*;
use proptest::strategy::ValueTree;

use crate::harness::{By, exchange, id, ip, path, volley};

const SMALL: &str =
    "[here]\naddresses = [\"192.0.2.10/24\"]\n[host.target]\naddresses = [\"192.0.2.1/24\"]\n";

fn wrong(more: &str) -> String {
    Network::from_toml(&format!("{SMALL}{more}")).expect_err("a mistake").to_string()
}

#[test]
fn every_file_reads_and_is_short() {
    let folder = path("a-straight-path").parent().expect("a folder").to_owned();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a text");
        assert!(text.starts_with('#'), "{} says what it is", path.display());
        assert!(text.lines().count() <= 70, "{} is long", path.display());
        Network::from_file(&path).expect("a network");
        count += 1;
    }
    assert!(count > 30);
}

#[test]
fn mistakes_are_told_by_key_with_a_way_out() {
    for (more, parts) in [
        ("[[link]]\nends = [\"here\", \"targte\"]", ["link[0]", "\"targte\"", "there are here, target"]),
        ("[[link]]\nends = [\"here\"]", ["link[0].ends", "under two names", "name the nodes"]),
        ("[[link]]\nends = [\"here\", \"target\"]\nlos = 0.1", ["link[0]", "unknown field `los`", "loss"]),
        (
            "[[link]]\nends = [\"here\", \"target\"]\nback = { loss = 2.0 }",
            ["link[0].back", "2", "from 0 to 1"],
        ),
        ("[[link]]\nends = [\"here\", \"target\"]\ndelay = \"5\"", ["link[0]", "no span of time", "10ms"]),
        ("[[link]]\nends = [\"here\", \"target\"]\nrate = 0", ["link[0].rate", "is 0", "leave it out"]),
        ("[host.b]\nquote = 4", ["b.quote", "under 8", "RFC 792"]),
        ("[host.b]\nmpls = [{ label = 1048576 }]", ["b.mpls", "over 1048575", "label = 16001"]),
        ("[router.target]", ["\"target\"", "two nodes", "otherwise"]),
        ("[[event]]\nat = \"1s\"\nlink = \"up\"\nstate = \"down\"", ["event[0].link", "\"up\"", "there are"]),
        ("[[event]]\nat = \"1s\"", ["event[0]", "nothing that happens", "stall and for"]),
        ("[[event]]\nat = \"1s\"\nsend = \"EWHAT\"", ["send", "EWHAT", "ENOBUFS"]),
        (
            "[[forger]]\nat = \"target\"\nas = \"192.0.2.1\"\nrate = 0.0",
            ["forger[0].rate", "not between", "a second"],
        ),
        ("[host.b]\naddresses = [\"192.0.2.300\"]", ["addresses", "no address", "192.0.2.1"]),
    ] {
        let message = wrong(more);
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    }
    let missing = Network::from_file("no-such-file.toml").expect_err("no file");
    assert!(matches!(missing, SimError::File { .. }) && missing.to_string().contains("no-such-file.toml"));
}

/// Tables, each with lines that are right by themselves however strange they are; of one key, the first one counts.
const BANK: [(&str, &str); 9] = [
    (
        "[here]",
        r#"addresses = ["192.0.2.10/24", "2001:db8::10/64"] | addresses = [] | addresses = ["203.0.113.7/0"]
        | routes = [{ to = "0.0.0.0/0", refuse = "drop" }] | routes = [{ to = "203.0.113.0/24", via = ["r1", "r1"] }]
        | icmp = "raw" | stamps = "none" | stamp_loss = 0.5 | send_cost = "1s" | receive_cost = "2s"
        | receive_buffer = 0 | max_shards = 0 | resolution = "0s""#,
    ),
    (
        "[host.target]",
        r#"addresses = ["203.0.113.7/24"] | addresses = ["192.0.2.10"] | serves = ["0.0.0.0/0", "::/0"] | silent = "all"
        | ttl = 1 | quote = 8 | quote = 100000 | reply = { copies = 16, spacing = "0s" } | reply = { copies = 0 }
        | reply = { length = 65535 } | reply = { length = 0, wrong_byte = 9, checksum = "wrong", share = 0.5 }
        | reply = { delay = "366d", jitter = "366d", from = "255.255.255.255" } | udp = { others = "open" }
        | udp = { others = "filtered" } | tcp = { open = [80] }"#,
    ),
    (
        "[router.r1]",
        r#"addresses = ["192.0.2.1/24", "2001:db8::1/64"] | addresses = ["192.0.2.10/24"] | keeps_ttl = true
        | silent = "errors" | icmp_limit = [{ every = "0s", burst = 0, per = "router" }]
        | icmp_limit = [{ every = "366d", burst = 4294967295, per = "destination" }] | balance = "packet"
        | balance = "random" | icmp_flow = "identifier" | routes = [{ to = "0.0.0.0/0", via = ["here"] }]
        | routes = [{ to = "::/0", refuse = "reset" }, { to = "203.0.113.0/24", via = ["r2"] }]
        | filters = [{ answer = "reset" }] | filters = [{ protocol = "udp", port = 0, answer = "port-unreachable" }]
        | too_big = "hide-mtu" | redirect_to = "0.0.0.0" | nat = { address = "192.0.2.1", inside = ["here"] }
        | nat = { address = "203.0.113.7", inside = ["here", "r2"], ports = "rewrite" }
        | nat = { address = "2001:db8::1", inside = [] } | resolution = "366d" | remark = 255 | mpls = [{ label = 16001 }]
        | interfaces = [{ role = "sub-ip", name = "" }, { address = "::1", mtu = 0 }] | objects = [{ class = 1, kind = 1 }]
        | extension_form = "legacy" | extension_form = "wrong-checksum" | quote = 4000"#,
    ),
    (
        "[router.r2]",
        r#"addresses = ["203.0.113.1/24"] | keeps_ttl = true | routes = [{ to = "::/0", via = ["r1"] }]"#,
    ),
    (
        "[[link]]\nends = [\"here\", \"r1\", \"target\"]",
        r#"delay = "0s" | delay = "366d" | jitter = "366d" | shape = "pareto" | shape = "normal" | order = "free"
        | loss = 1.0 | bursts = { enter = 1.0, leave = 1.0, loss = 0.5 } | duplicate = 1.0 | reorder = 1.0
        | reorder_by = "366d" | corrupt = 1.0 | fix_checksum = true | mtu = 68 | mtu = 4294967295 | rate = 1
        | rate = 18446744073709 | queue = 0 | cost = 0 | forward = { cost = 4294967295 } | back = { loss = 0.5 }
        | name = "one" | interface = "lo" | addresses = { r1 = ["192.0.2.10"] }"#,
    ),
    (
        "[[link]]\nends = [\"r1\", \"r2\", \"r1\", \"r1\"]",
        r#"delay = "0s" | duplicate = 1.0 | cost = 0 | mtu = 68 | corrupt = 1.0"#,
    ),
    (
        "[[event]]\nat = \"1s\"",
        r#"for = "1s" | for = "0s" | link = "here-r1" | state = "down" | state = "unplugged" | change = { mtu = 68 }
        | node = "r1" | silent = "all" | send = "full" | send = "ENOBUFS" | send = "EPERM" | stall = true
        | route = { on = "here", to = "::/0", via = ["r1"] } | route = { on = "r2", to = "0.0.0.0/0" }"#,
    ),
    (
        "[[forger]]\nat = \"r1\"\nrate = 9.0",
        r#"as = "203.0.113.7" | as = "2001:db8::1" | as = "192.0.2.10" | about = "198.51.100.1"
        | kind = "time-exceeded" | kind = "unreachable" | knows = "sequence" | knows = "nothing" | until = "2s""#,
    ),
    ("[[clock_step]]\nat = \"1s\"", r#"by = "-366d" | by = "366d""#),
];

/// A small network of lines from the bank, in disorder.
fn network() -> impl Strategy<Value = String> {
    let tables = BANK.map(|(name, lines)| {
        let lines: Vec<String> = lines.split('|').map(|line| line.trim().to_owned()).collect();
        let most = lines.len().min(5);
        let some = prop::sample::subsequence(lines, 1..=most).prop_shuffle();
        some.prop_map(move |lines| {
            let mut keys = HashSet::new();
            let key = |line: &str| line.split('=').next().map(str::to_owned);
            let kept: Vec<String> = lines.into_iter().filter(|line| keys.insert(key(line))).collect();
            format!("{name}\n{}\n", kept.join("\n"))
        })
    });
    let count = tables.len();
    (Vec::from(tables), prop::collection::vec(prop::bool::weighted(0.6), count)).prop_map(
        |(tables, wanted)| {
            let is_needed = |at: usize| at < 5;
            let kept = tables.into_iter().zip(wanted).enumerate();
            kept.filter(|(at, (_, wanted))| is_needed(*at) || *wanted).map(|(_, (table, _))| table).collect()
        },
    )
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "[\\x20-\\x7e\\n]{0,200}") {
        let _ = Network::from_toml(&text);
        let _ = Network::from_toml(&format!("{SMALL}{text}"));
    }

    #[test]
    fn no_network_makes_the_world_panic(text in network()) {
        let Ok(network) = Network::from_toml(&text) else { return Ok(()) };
        for target in ["203.0.113.7", "198.51.100.1", "2001:db8::1"] {
            let shots = volley(target, 3, Duration::from_millis(700));
            for by in [By::Icmp, By::Udp] {
                exchange(&Sim::new(&network), by, &SocketOptions::default(), &shots);
            }
            connect(&Sim::new(&network), target);
        }
    }
}

/// One TCP attempt with three seconds' time.
fn connect(sim: &Sim, to: &str) {
    let mut connector = sim.sockets().open_connector(&SocketOptions::default()).expect("a connector");
    connector.set_timeout(Duration::from_secs(3));
    connector.start(&Attempt::new(id(0), Address::new(ip(to)), 80));
    let mut outcomes = Vec::new();
    sim.run(poll_fn(|cx| connector.poll_outcome(cx, &mut outcomes)));
    assert_eq!(outcomes.len(), 1);
}

#[test]
fn the_bank_makes_networks_that_read() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let read = (0..200)
        .filter(|_| Network::from_toml(&network().new_tree(&mut runner).expect("a text").current()).is_ok())
        .count();
    assert!(read > 60, "{read} of 200");
}
