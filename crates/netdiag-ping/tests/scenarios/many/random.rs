//! Random small networks and random options: what holds of every run.

use std::fmt::Write;

use netdiag_ping::Ping;
use netdiag_stage::Scene;
use proptest::prelude::*;

use crate::many::plain::assert_summaries;

/// What a host is like: how it answers, and what its link does.
#[derive(Debug, Clone, Copy)]
struct Host {
    kind: u8,
    delay: u32,
    loss: f64,
}

fn host() -> impl Strategy<Value = Host> {
    (0_u8..8, 0_u32..3_500, prop_oneof![Just(0.0), 0.0..1.0]).prop_map(|(kind, delay, loss)| Host {
        kind,
        delay,
        loss,
    })
}

/// A router with these hosts behind it: 203.0.113.1 and so on.
fn scene(hosts: &[Host], seed: u64) -> Scene {
    let mut text = String::from(
        "[here]\naddresses = [\"192.0.2.10/24\"]\nroutes = [{ to = \"198.51.100.0/24\", refuse = \"no-route\" }]\n\
         [router.r]\naddresses = [\"192.0.2.1/24\", \"203.0.113.254/24\"]\n\
         filters = [{ protocol = \"icmp\", to = \"203.0.113.200\", answer = \"prohibited\" }]\n\
         [[link]]\nends = [\"here\", \"r\"]\nduplicate = 0.05\nreorder = 0.1\nreorder_by = \"700ms\"\n",
    );
    for (number, host) in (1..).zip(hosts) {
        let more = match host.kind {
            0 => "silent = \"echo\"".to_owned(),
            1 => "reply = { copies = 3, spacing = \"400ms\" }".to_owned(),
            2 => "reply = { wrong_byte = 21, share = 0.5 }".to_owned(),
            3 => format!("reply = {{ from = \"203.0.113.{}\" }}", 100 + number),
            4 => "reply = { jitter = \"3s\" }".to_owned(),
            _ => String::new(),
        };
        let Host { delay, loss, .. } = host;
        write!(
            text,
            "[host.h{number}]\naddresses = [\"203.0.113.{number}/24\", \"203.0.113.{}/24\"]\n{more}\n[[link]]\n\
             ends = [\"r\", \"h{number}\"]\ndelay = \"{delay}ms\"\nforward = {{ loss = {loss:.3} }}\n",
            100 + number
        )
        .expect("a text");
    }
    Scene::toml(&text).seed(seed)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn sums_are_what_the_records_come_to(
        hosts in prop::collection::vec(host(), 1..6), seed: u64, count in 1_u32..12, interval in 0_u32..1_500,
        (rate, timeout, every) in (1_u32..200, 100_u32..4_000, prop::option::of(100_u32..5_000)),
    ) {
        let every = every.map_or_else(String::new, |every| format!("--report-every {every}ms "));
        let args = format!(
            "--json -c {count} -i {interval}ms --rate {rate} -W {timeout}ms {every}203.0.113.1-{} 203.0.113.200 203.0.113.150 198.51.100.7",
            hosts.len()
        );
        let ran = scene(&hosts, seed).run::<Ping>(&args);
        let records = ran.valid_records();
        prop_assert_eq!(assert_summaries(&records), hosts.len() + 3);
        for summary in records.iter().filter(|record| record["type"] == "summary") {
            let number = |key: &str| summary[key].as_u64().expect("a number");
            prop_assert_eq!(number("sent"), u64::from(count));
            prop_assert!(number("received") <= number("sent"));
            prop_assert_eq!(number("lost"), number("sent") - number("received"));
            prop_assert!(number("late") <= number("received"));
        }
        prop_assert_eq!(ran.code(), 1);
    }
}
