//! Both kinds of tables: what they know, what is wrong with them, and that no octets make them panic.

mod writer;

use std::fmt::Write;
use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;

use super::*;
use writer::{Data, write};

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn table(octets: &[u8]) -> Box<dyn OriginTable> {
    read(octets).unwrap_or_else(|error| panic!("{error}"))
}

fn wrong(octets: &[u8]) -> String {
    let error = read(octets).err().expect("a mistake").of(Path::new("as.tsv"));
    format!("{error}; {}", error.hint)
}

/// `AS64500 ZZ EXAMPLE 192.0.2.0/24`, as far as it is known.
fn told(table: &dyn OriginTable, address: &str) -> Option<String> {
    let origin = table.origin(ip(address))?;
    let prefix = origin.prefix.map(|prefix| prefix.to_string());
    let words = [Some(origin.to_string()), origin.country, origin.name, prefix];
    Some(words.into_iter().flatten().collect::<Vec<_>>().join(" "))
}

const TEXT: &str = "# ranges\n\
    2001:db8:1::\t2001:db8:1:ffff:ffff:ffff:ffff:ffff\t64502\tNone\tSIX\n\
    192.0.2.0\t192.0.2.255\t64500\tZZ\tEXAMPLE - An example\n\
    198.51.100.0\t198.51.100.255\t0\tNone\tNot routed\n\
    \n\
    203.0.113.0\t203.0.113.99\tAS64501\r\n\
    10.0.0.0\t10.255.255.255\t64512\tZZ\tOURS";

#[test]
fn a_text_knows_its_ranges() {
    let table = table(TEXT.as_bytes());
    assert_eq!(told(&*table, "192.0.2.0").as_deref(), Some("AS64500 ZZ EXAMPLE - An example 192.0.2.0/24"));
    assert_eq!(told(&*table, "192.0.2.255"), told(&*table, "::ffff:192.0.2.0"));
    assert_eq!(told(&*table, "64:ff9b::192.0.2.1"), told(&*table, "192.0.2.0"));
    assert_eq!(told(&*table, "203.0.113.99").as_deref(), Some("AS64501"));
    assert_eq!(told(&*table, "10.1.2.3").as_deref(), Some("AS64512 ZZ OURS 10.0.0.0/8"));
    assert_eq!(told(&*table, "2001:db8:1::1").as_deref(), Some("AS64502 SIX 2001:db8:1::/48"));
    for address in
        ["203.0.113.100", "198.51.100.1", "192.0.3.0", "9.255.255.255", "0.0.0.0", "::1", "2001:db8::1"]
    {
        assert_eq!(told(&*table, address), None, "{address}");
    }
}

#[test]
fn mistakes_in_a_text_are_told_by_line_with_a_way_out() {
    let line = "192.0.2.0\t192.0.2.255\t64500\tZZ\tEXAMPLE\n";
    for (more, text) in [
        (
            "192.0.3.0 192.0.3.255 64500\n",
            "as.tsv, line 2: fewer than three fields with tabs between them; give an MMDB",
        ),
        (
            "192.0.3.0\t::1\t64500\n",
            "as.tsv, line 2: the first two fields are no addresses of one family; give",
        ),
        (
            "192.0.3.0/24\tAS1\tZZ\n",
            "as.tsv, line 2: the first two fields are no addresses of one family; give",
        ),
        ("192.0.3.9\t192.0.3.0\t64500\n", "as.tsv, line 2: the range ends before it begins; give"),
        ("192.0.3.0\t192.0.3.9\tEXAMPLE\n", "as.tsv, line 2: the third field is no AS number; give"),
        ("192.0.3.0\t192.0.3.9\t4294967296\n", "as.tsv, line 2: the third field is no AS number; give"),
        ("\n192.0.2.9\t192.0.3.9\t1\n", "as.tsv, line 3: the range overlaps that of line 1; leave one"),
        ("192.0.1.0\t192.0.2.0\t1\n", "as.tsv, line 2: the range overlaps that of line 1; leave one"),
    ] {
        let message = wrong(format!("{line}{more}").as_bytes());
        assert!(message.starts_with(text), "{message}");
    }
    assert!(
        wrong(format!("{line}{}", "a".repeat(5000)).as_bytes())
            .starts_with("as.tsv, line 2: the line is too long")
    );
    for empty in ["", "# nothing\n", "192.0.2.0\t192.0.2.255\t0\tNone\tNot routed\n"] {
        let message = wrong(empty.as_bytes());
        assert!(message.starts_with("as.tsv: no range of addresses in it that is announced"), "{message}");
    }
}

#[test]
fn what_cannot_be_read_is_told_with_a_way_out() {
    let error = OriginFiles.open(Path::new("no-such-file.tsv")).err().expect("no file");
    assert_eq!(error.to_string(), "no-such-file.tsv: No such file or directory");
    let error = OriginFiles.open(Path::new("/")).err().expect("a folder");
    assert_eq!((error.to_string().as_str(), error.hint.is_empty()), ("/: Is a directory", false));
    assert_eq!(
        wrong(&[0x1f, 0x8b, 8, 0, 0]),
        "as.tsv: the file is compressed; unpack it first (gunzip FILE)"
    );
    let message = wrong(b"\0\0\x01 something else");
    assert!(message.starts_with("as.tsv: this is no table of AS numbers: "), "{message}");
}

#[test]
fn a_long_name_is_cut() {
    let text = format!("192.0.2.0\t192.0.2.255\t64500\tZZ\t{}\n", "ü".repeat(500));
    let name = table(text.as_bytes()).origin(ip("192.0.2.1")).and_then(|origin| origin.name);
    assert_eq!(name.expect("a name").chars().count(), 128);
}

fn mmdb(blocks: &[(&str, Data)]) -> Vec<u8> {
    let blocks: Vec<_> =
        blocks.iter().map(|(block, data)| (block.parse().expect("a block"), data.clone())).collect();
    write(&blocks, "Test-ASN")
}

fn text(text: &'static str) -> Data {
    Data::Text(text)
}

#[test]
fn an_mmdb_file_is_read_whatever_its_keys() {
    let octets = mmdb(&[
        (
            "192.0.2.0/24",
            Data::Map(vec![
                ("autonomous_system_number", Data::Number(64500)),
                ("autonomous_system_organization", text("EXAMPLE")),
            ]),
        ),
        (
            "198.51.100.0/25",
            Data::Map(vec![
                ("asn", text("AS64501")),
                ("as_name", text("Other")),
                ("as_domain", text("example.net")),
                ("country", text("Nowhere")),
                ("country_code", text("ZZ")),
            ]),
        ),
        ("203.0.113.0/24", Data::Map(vec![("asn", Data::Number(64502)), ("country", Data::Map(vec![]))])),
        ("10.0.0.0/8", Data::Map(vec![("asn", Data::Number(0))])),
        ("2001:db8:1::/48", Data::Map(vec![("as_number", text("64503"))])),
    ]);
    let table = table(&octets);
    assert_eq!(told(&*table, "192.0.2.9").as_deref(), Some("AS64500 EXAMPLE 192.0.2.0/24"));
    assert_eq!(told(&*table, "198.51.100.9").as_deref(), Some("AS64501 ZZ Other 198.51.100.0/25"));
    assert_eq!(told(&*table, "203.0.113.9").as_deref(), Some("AS64502 203.0.113.0/24"));
    assert_eq!(told(&*table, "2001:db8:1::9").as_deref(), Some("AS64503 2001:db8:1::/48"));
    for address in ["10.0.0.1", "198.51.100.200", "2001:db8:2::1"] {
        assert_eq!(told(&*table, address), None, "{address}");
    }
}

#[test]
fn an_mmdb_file_of_something_else_is_told_by_its_kind() {
    let city = [("192.0.2.0/24", Data::Map(vec![("city", Data::Map(vec![("name", text("Town"))]))]))];
    let message = wrong(&mmdb(&city));
    assert!(
        message.starts_with("as.tsv: no AS numbers in it, it is a table of the kind `Test-ASN`; give"),
        "{message}"
    );
}

/// Ranges that do not overlap: gaps and lengths, one after the other.
fn ranges() -> impl Strategy<Value = Vec<(u32, u32, u32)>> {
    proptest::collection::vec((1_u32..50, 0_u32..50, 0_u32..4), 1..40).prop_map(|steps| {
        let mut next = 0_u32;
        steps
            .into_iter()
            .map(|(gap, len, asn)| {
                let first = next + gap;
                next = first + len + 1;
                (first, first + len, asn)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn a_text_knows_what_a_plain_search_finds(
        ranges in ranges().prop_shuffle(),
        probes in proptest::collection::vec(0_u32..4500, 50),
    ) {
        let (v4, v6) = (Ipv4Addr::from_bits, |bits: u32| Ipv6Addr::from_bits(u128::from(bits) << 64));
        let mut text = String::from("255.255.255.255\t255.255.255.255\t9\n");
        for (first, last, asn) in &ranges {
            writeln!(text, "{}\t{}\t{asn}\tZZ\tNAME", v4(*first), v4(*last)).expect("text");
            writeln!(text, "{}\t{}\t{asn}\tZZ\tNAME", v6(*first), v6(*last)).expect("text");
        }
        let table = table(text.as_bytes());
        for bits in probes {
            let plain = ranges.iter().find(|(first, last, asn)| (*first..=*last).contains(&bits) && *asn != 0);
            let plain = plain.map(|(.., asn)| netdiag_model::Asn(*asn));
            let found = |address: IpAddr| table.origin(address).map(|origin| origin.asns[0]);
            prop_assert_eq!(found(v4(bits).into()), plain);
            prop_assert_eq!(found(v6(bits).into()), plain);
        }
    }

    #[test]
    fn any_octets_are_read_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&octets[..]);
    }

    #[test]
    fn any_text_of_the_right_kind_is_read_or_refused(text in "(([0-9a-f.:]{0,9}\t){2}(AS)?[0-9]{0,3}(\t.{0,5})?\n){0,8}") {
        let _ = read(text.as_bytes());
    }

    #[test]
    fn a_damaged_mmdb_file_is_read_or_refused(
        at in any::<proptest::sample::Index>(),
        octet in any::<u8>(),
        cut in 0_usize..40,
    ) {
        let record = Data::Map(vec![("asn", text("AS64501")), ("name", text("Other"))]);
        let mut octets = mmdb(&[("192.0.2.0/24", record)]);
        let at = at.index(octets.len());
        octets[at] = octet;
        octets.truncate(octets.len() - cut);
        if let Ok(table) = read(&octets[..]) {
            for address in ["192.0.2.1", "0.0.0.0", "255.255.255.255", "::1", "2001:db8::1"] {
                table.origin(ip(address));
            }
        }
    }
}
