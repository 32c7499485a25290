//! Words and what they mean, and what is said of words that mean nothing.

use proptest::prelude::*;

use super::*;

fn host(text: &str) -> Word {
    Word::Host(text.to_owned())
}

fn shown(text: &str) -> String {
    match Word::parse(text) {
        Ok(Word::Block(block)) => format!("{block} ({})", block.len()),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn names_and_addresses_are_hosts() {
    for text in [
        "example.org",
        "example.org.",
        "localhost",
        "my-host-1",
        "192.0.2.7-rev.example.net",
        "10-0-0-1.example",
        "_srv.example",
        "wörld.example",
        "例え.テスト",
        "हिन्दी.भारत",
        "192.0.2.1",
        "127.1",
        "0",
        "0x7f.1",
        "1.2.3.4.5",
        "127.1-5",
        "2001:db8::1",
        "::",
        "::ffff:192.0.2.1",
        "fe80::1%eth0",
        "fe80::1%br-lan.7",
        "fe80::1%3",
    ] {
        assert_eq!(Word::parse(text), Ok(host(text)), "{text}");
    }
    assert_eq!(Word::parse("[2001:db8::1]"), Ok(host("2001:db8::1")));
    assert_eq!(Word::parse("[fe80::1%eth0]"), Ok(host("fe80::1%eth0")));
}

#[test]
fn prefixes_and_ranges_are_blocks() {
    assert_eq!(shown("192.0.2.77/24"), "192.0.2.0/24 (256)");
    assert_eq!(shown("192.0.2.1/32"), "192.0.2.1/32 (1)");
    assert_eq!(shown("0.0.0.0/0"), "0.0.0.0/0 (4294967296)");
    assert_eq!(shown("2001:db8::77/120"), "2001:db8::/120 (256)");
    assert_eq!(shown("[2001:db8::77]/120"), "2001:db8::/120 (256)");
    assert_eq!(shown("192.0.2.1-20"), "192.0.2.1-192.0.2.20 (20)");
    assert_eq!(shown("192.0.2.7-7"), "192.0.2.7/32 (1)");
    assert_eq!(shown("192.0.2.250-192.0.3.5"), "192.0.2.250-192.0.3.5 (12)");
    assert_eq!(shown("2001:db8::1-2001:db8::ff"), "2001:db8::1-2001:db8::ff (255)");
    assert_eq!(shown("[2001:db8::1]-[2001:db8::2]"), "2001:db8::1-2001:db8::2 (2)");
}

#[test]
fn lists_are_files_and_standard_input() {
    assert_eq!(Word::parse("@hosts.txt"), Ok(Word::File("hosts.txt".into())));
    assert_eq!(Word::parse("@my hosts"), Ok(Word::File("my hosts".into())));
    assert_eq!(Word::parse("@-"), Ok(Word::File("-".into())));
    assert_eq!(Word::parse("-"), Ok(Word::Stdin));
}

#[test]
fn what_names_no_target_is_told_what_is_wrong_and_how_to_write_it() {
    let label = "x".repeat(64);
    let name = ["x".repeat(63), "x".repeat(63), "x".repeat(63), "x".repeat(63)].join(".");
    for (text, wrong, way) in [
        ("", "an empty word", "write a name"),
        ("@", "names no file", "write @FILE"),
        ("a b", "' ' cannot stand", "write a name"),
        ("a\tb", "'\\t' cannot stand", "write a name"),
        ("a\x1b[31m", "'\\u{1b}' cannot stand", "write a name"),
        ("a\u{2003}b", "'\\u{2003}' cannot stand", "write a name"),
        ("user@host", "'@' cannot stand", "write a name"),
        ("192.0.2.1%eth0", "'%' cannot stand", "write a name"),
        ("10.0.0.*", "'*' cannot stand", "write a name"),
        ("name/24", "a block begins with an address", "such as 192.0.2.0/24"),
        ("http://example.org/", "a block begins with an address", "such as"),
        ("10.1/16", "a block begins with an address", "such as"),
        ("fe80::1%eth0/64", "a block begins with an address", "such as"),
        ("192.0.2.0/33", "is no block", "0 to 32"),
        ("192.0.2.0/", "is no block", "0 to 32"),
        ("192.0.2.0/+8", "is no block", "0 to 32"),
        ("192.0.2.0/255.255.255.0", "is no block", "0 to 32"),
        ("2001:db8::/129", "is no block", "0 to 128"),
        ("2001:db8::/1000", "is no block", "0 to 128"),
        ("192.0.2.1-256", "is no range", "192.0.2.1-20"),
        ("192.0.2.1-", "is no range", "192.0.2.1-20"),
        ("192.0.2.1-+5", "is no range", "192.0.2.1-20"),
        ("192.0.2.1-2001:db8::1", "is no range", "192.0.2.1-20"),
        ("2001:db8::1-ff", "is no range", "both addresses in full"),
        ("2001:db8::1-192.0.2.1", "is no range", "both addresses in full"),
        ("192.0.2.9-3", "first address comes after its last", "write 192.0.2.3-192.0.2.9"),
        ("2001:db8::2-2001:db8::1", "first address comes after its last", "2001:db8::1-2001:db8::2"),
        ("host:80", "is no IPv6 address", "no port"),
        ("[2001:db8::1]:80", "is no IPv6 address", "no port"),
        ("[2001:db8::1", "is no IPv6 address", "write 2001:db8::1"),
        ("[192.0.2.1]", "is no IPv6 address", "write 2001:db8::1"),
        ("2001:db8::g", "is no IPv6 address", "write 2001:db8::1"),
        ("fe80::1%", "is no IPv6 address", "fe80::1%eth0"),
        (".", "between dots", "empty"),
        ("a..b", "between dots", "empty"),
        (".a", "between dots", "empty"),
        (label.as_str(), "63 characters", "at most"),
        (name.as_str(), "253 characters", "at most"),
    ] {
        let message = Word::parse(text).expect_err(text).to_string();
        assert!(message.contains(wrong) && message.contains(way), "{text:?}: {message}");
        assert!(text.len() < 2 || message.contains(&format!("{text:?}")), "{text:?}: {message}");
    }
}

proptest! {
    #[test]
    fn any_address_is_a_host(ip in any::<IpAddr>()) {
        prop_assert_eq!(Word::parse(&ip.to_string()), Ok(Word::Host(ip.to_string())));
        prop_assert_eq!(literal(&ip.to_string()), Some(ip));
    }

    #[test]
    fn a_block_is_read_as_it_is_shown(ip in any::<IpAddr>(), len in 0..=128_u8) {
        let typed = Word::parse(&format!("{ip}/{len}"));
        if let Some(block) = Block::prefix(ip, len) {
            prop_assert_eq!(Word::parse(&block.to_string()), Ok(Word::Block(block)));
            // The host bits do not matter.
            prop_assert_eq!(typed, Ok(Word::Block(block)));
        } else {
            prop_assert!(typed.is_err());
        }
    }

    #[test]
    fn a_range_is_read_as_it_is_shown(a in any::<u128>(), b in any::<u128>(), is_v4 in any::<bool>()) {
        let ip = |bits: u128| -> IpAddr {
            if is_v4 { Ipv4Addr::from_bits(bits as u32).into() } else { Ipv6Addr::from_bits(bits).into() }
        };
        if let Some(block) = Block::range(ip(a), ip(b)) {
            prop_assert_eq!(Word::parse(&block.to_string()), Ok(Word::Block(block)));
        } else {
            let typed = Word::parse(&format!("{}-{}", ip(a), ip(b)));
            let is_told = matches!(typed, Err(WordError::FirstAfterLast { .. }));
            prop_assert!(is_told);
        }
    }

    #[test]
    fn whatever_is_typed_is_understood_or_refused(text in "[ -~]{0,12}|\\PC{0,8}|[0-9a-f.:/%@-]{0,20}") {
        match Word::parse(&text) {
            Ok(Word::Host(host)) => prop_assert_eq!(Word::parse(&host), Ok(Word::Host(host))),
            Ok(Word::Block(block)) => prop_assert_eq!(Word::parse(&block.to_string()), Ok(Word::Block(block))),
            Ok(Word::File(path)) => prop_assert_eq!(format!("@{}", path.display()), text),
            Ok(Word::Stdin) => prop_assert_eq!(text, "-"),
            Err(error) => prop_assert!(error.to_string().len() > 20),
        }
    }
}
