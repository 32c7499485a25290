//! Names, blocks, ranges and lists: what they come to, what cannot be asked, and that nobody waits for a slow one.

use netdiag_ping::Ping;
use netdiag_sim::Happening;
use netdiag_stage::{Ran, Scene, at};

use crate::ping;

const NETWORK: &str = "names-of-many-kinds";

fn of_input(args: &str, text: &[u8]) -> Ran {
    Scene::on(NETWORK).input(text).run::<Ping>(args)
}

/// The targets of the summaries, in their order.
fn summed(ran: &Ran) -> Vec<String> {
    let records = ran.records();
    let summaries = records.iter().filter(|record| record["type"] == "summary");
    let name = |record: &serde_json::Value| {
        format!("{} {}", record["target"].as_str().expect("a name"), record["address"].as_str().expect("one"))
    };
    summaries.map(name).collect()
}

#[test]
fn names_and_lists_as_text() {
    for (name, args) in [
        (
            "names_of_every_kind",
            "-c 2 slow.example.net a.example.net gone.example.net broken.example.net both.example.net",
        ),
        ("all_addresses", "-c 1 --all-addresses both.example.net a.example.net"),
        ("all_addresses_of_one_family", "-c 1 -6 --all-addresses both.example.net 192.0.2.1 a.example.net"),
        (
            "long_and_wide_names",
            "-c 1 a-name-that-is-longer-than-most.of-a-branch-office.example.net 日本語.example.net ::1",
        ),
        ("short_names_only", "-c 1 ::1 ::1"),
        ("none_resolves", "-c 1 gone.example.net broken.example.net"),
        ("one_name_as_a_list", "--alive gone.example.net"),
    ] {
        insta::assert_snapshot!(name, ping(NETWORK, args).page());
    }
}

const LIST: &[u8] =
    b"\xef\xbb\xbf# hosts\r\n192.0.2.1 # the first\r\n\r\n  both.example.net\r\n192.0.2.1-2\r\ntwo words\r\n\
192.0.2.0/33\r\nbad\xffutf8\r\n-\r\n@more\r\n2001:db8::1-2001:db8::2\r\ngone.example.net\r\n192.0.2.2";

#[test]
fn a_list_with_garbage_in_it() {
    insta::assert_snapshot!("a_list_with_garbage", of_input("-c 1 -", LIST).page());
    let ran = of_input("-c 1 --json -", LIST);
    let codes: Vec<String> =
        ran.valid_records().iter().filter_map(|record| Some(record["code"].as_str()?.to_owned())).collect();
    assert_eq!(codes, ["bad-target", "bad-target", "bad-target", "bad-target", "bad-target", "unresolved"]);
    assert_eq!(
        summed(&ran),
        [
            "192.0.2.1 192.0.2.1",
            "both.example.net 2001:db8::1",
            "192.0.2.1 192.0.2.1",
            "192.0.2.2 192.0.2.2",
            "2001:db8::1 2001:db8::1",
            "2001:db8::2 2001:db8::2",
            "192.0.2.2 192.0.2.2",
        ]
    );
    assert_eq!((ran.code(), ran.err.as_str()), (1, ""));
}

#[test]
fn files_beside_words_keep_the_order_typed() {
    let scene = Scene::on(NETWORK)
        .input(b"192.0.2.2\n")
        .file("first", b"both.example.net\n192.0.2.1\n")
        .file("second", b"");
    let ran = scene.run::<Ping>("-c 1 --json slow.example.net @first - @second 192.0.2.1");
    let expected = [
        "slow.example.net 192.0.2.2",
        "both.example.net 2001:db8::1",
        "192.0.2.1 192.0.2.1",
        "192.0.2.2 192.0.2.2",
        "192.0.2.1 192.0.2.1",
    ];
    assert_eq!(summed(&ran), expected);
    assert_eq!(ran.code(), 0);
}

#[test]
fn a_list_that_cannot_be_read_is_said_and_the_others_are_asked() {
    let ran = ping(NETWORK, "-c 1 --alive @none 192.0.2.1");
    assert_eq!(ran.out, "192.0.2.1\n");
    assert_eq!((ran.err.as_str(), ran.code()), ("netdiag ping: cannot read none: entity not found\n", 1));
    for (args, input) in [("-c 1 @none", None), ("-c 1 -", Some(&b"# nobody\n"[..]))] {
        let ran = input.map_or_else(|| ping(NETWORK, args), |input| of_input(args, input));
        assert_eq!(ran.exit.expect_err("nobody to ask").to_string(), "there is no target that can be asked");
        assert_eq!(ran.out, "");
    }
}

/// When each address was sent its first probe, in milliseconds.
fn begun(ran: &Ran) -> Vec<(String, u64)> {
    let mut begun: Vec<(String, u64)> = Vec::new();
    for entry in ran.truth.entries() {
        if let Happening::Sent { to } = entry.what
            && !begun.iter().any(|(other, _)| *other == to.to_string())
        {
            begun.push((to.to_string(), entry.at.as_nanos() / 1_000_000));
        }
    }
    begun
}

#[test]
fn the_run_begins_with_the_first_target_that_is_known() {
    let ran = ping(NETWORK, "-c 2 slow.example.net 2001:db8::1 a.example.net");
    let expected = [("2001:db8::1", 0), ("192.0.2.1", 20), ("192.0.2.2", 4_000)];
    assert_eq!(begun(&ran), expected.map(|(address, at)| (address.to_owned(), at)));
    assert_eq!(ran.code(), 0);
}

#[test]
fn a_name_that_never_resolves_holds_up_the_end_but_no_line() {
    let ran = ping(NETWORK, "-c 1 silent.example.net 192.0.2.1");
    assert_eq!(begun(&ran), [("192.0.2.1".to_owned(), 0)]);
    assert_eq!((ran.end, ran.code()), (at(10_000), 1));
}

#[test]
fn a_block_is_asked_from_its_first_address_to_its_last() {
    let ran = ping("a-farm-of-65536-hosts", "-c 1 --json 10.1.3.7/29 10.1.9.254-255");
    let asked: Vec<String> = (0..8)
        .map(|host| format!("10.1.3.{host}"))
        .chain((254..256).map(|host| format!("10.1.9.{host}")))
        .collect();
    assert_eq!(begun(&ran).into_iter().map(|(address, _)| address).collect::<Vec<_>>(), asked);
    assert_eq!(summed(&ran), asked.iter().map(|address| format!("{address} {address}")).collect::<Vec<_>>());
}
