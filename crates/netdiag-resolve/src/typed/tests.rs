//! What is typed, right and wrong.

use proptest::prelude::*;

use super::*;

fn parse(text: &str) -> Result<Typed, String> {
    parse_for(text, None)
}

fn parse_for(text: &str, family: Option<Family>) -> Result<Typed, String> {
    let interface = |_, zone: &str| (zone == "eth0").then_some(7);
    Typed::parse(text, family, interface).map_err(|error| error.to_string())
}

fn name(text: &str) -> Typed {
    Typed::Name(text.to_owned())
}

fn address(text: &str, scope: u32) -> Typed {
    Typed::Literal(Address { ip: text.parse().expect("address"), scope })
}

#[test]
fn addresses_are_their_own_answer() {
    assert_eq!(parse("192.0.2.1"), Ok(address("192.0.2.1", 0)));
    assert_eq!(parse("2001:db8::1"), Ok(address("2001:db8::1", 0)));
    assert_eq!(parse("[2001:db8::1]"), Ok(address("2001:db8::1", 0)));
    assert_eq!(parse("::ffff:192.0.2.1"), Ok(address("::ffff:192.0.2.1", 0)));
}

#[test]
fn a_zone_becomes_an_interface_index() {
    assert_eq!(parse("fe80::1%eth0"), Ok(address("fe80::1", 7)));
    assert_eq!(parse("[fe80::1%eth0]"), Ok(address("fe80::1", 7)));
    assert_eq!(parse("ff02::1%2"), Ok(address("ff02::1", 2)));
    assert_eq!(parse("fe80::1"), Ok(address("fe80::1", 0)));
}

#[test]
fn a_zone_that_is_none_is_named() {
    let nowhere = |zone| Err(format!("there is no interface `{zone}` (`ip link` lists those there are)"));
    assert_eq!(parse("fe80::1%wlan9"), nowhere("wlan9"));
    assert_eq!(parse("fe80::1%0"), nowhere("0"));
    assert_eq!(parse("fe80::1%"), nowhere(""));
    assert_eq!(parse("fe80::1%99999999999"), nowhere("99999999999"));
    assert_eq!(
        parse("2001:db8::1%eth0"),
        Err("2001:db8::1 is not link-local, so it takes no interface".to_owned())
    );
}

#[test]
fn a_family_that_does_not_fit_has_the_text_of_the_system() {
    let unfit = Err("Address family for hostname not supported".to_owned());
    assert_eq!(parse_for("192.0.2.1", Some(Family::V6)), unfit);
    assert_eq!(parse_for("[::1]", Some(Family::V4)), unfit);
    assert_eq!(parse_for("::1", Some(Family::V6)), Ok(address("::1", 0)));
    assert_eq!(parse_for("host", Some(Family::V6)), Ok(name("host")));
}

#[test]
fn names_go_through_as_typed() {
    for text in ["host", "Host.Example.", "_dmarc.example.com", "xn--bcher-kva.example", "-a", "127.1", "*"] {
        assert_eq!(parse(text), Ok(name(text)));
    }
}

#[test]
fn international_names_are_put_into_ascii() {
    assert_eq!(parse("Bücher.example"), Ok(name("xn--bcher-kva.example")));
    assert_eq!(parse("例え。テスト"), Ok(name("xn--r8jz45g.xn--zckzah")));
    assert_eq!(parse("faß.example."), Ok(name("xn--fa-hia.example.")));
}

#[test]
fn a_bad_label_is_named() {
    assert_eq!(
        parse("ok.a\u{378}b.example"),
        Err("the label `a\\u{378}b` is no valid international name".to_owned())
    );
    let long = "a".repeat(64);
    assert_eq!(
        parse(&format!("{long}.example")),
        Err(format!("the label `{long}` is longer than 63 octets"))
    );
    let longer = "ü".repeat(70);
    assert_eq!(parse(&longer), Err(format!("the label `{longer}` is no valid international name")));
}

#[test]
fn what_is_no_name_is_said_without_asking() {
    let empty = "the name has an empty label (two dots in a row, or one in front)";
    for text in [".", "..", "a..b", ".a"] {
        assert_eq!(parse(text), Err(empty.to_owned()), "{text}");
    }
    assert_eq!(parse(""), Err("the name is empty".to_owned()));
    for (text, shown) in
        [("a\nb", "\\n"), ("a b", " "), ("\u{1b}[31m", "\\u{1b}"), ("a\0", "\\0"), ("h:80", ":")]
    {
        assert_eq!(parse(text), Err(format!("no host name holds the character `{shown}`")));
    }
    assert_eq!(parse("[192.0.2.1]"), Err("`192.0.2.1` in brackets is no IPv6 address".to_owned()));
    let long = ["abcdefghi"; 26].join(".");
    assert_eq!(parse(&long), Err("a name has at most 253 octets, this one has 259".to_owned()));
}

proptest! {
    #[test]
    fn any_text_is_a_literal_a_name_or_a_printable_error(text in any::<String>()) {
        match parse(&text) {
            Ok(Typed::Name(name)) => {
                prop_assert!(name.is_ascii() && name.len() <= LONGEST_NAME + 1);
                prop_assert!(name.trim_end_matches('.').split('.').all(|l| (1..=LONGEST_LABEL).contains(&l.len())));
            }
            Ok(Typed::Literal(_)) => {}
            Err(error) => prop_assert!(!error.chars().any(char::is_control), "{error:?}"),
        }
    }

    #[test]
    fn text_that_looks_like_an_address_never_panics(text in r"\[?[0-9a-f:.%]{0,20}(eth0|[0-9]{0,12})\]?") {
        let _ = parse(&text);
    }
}
