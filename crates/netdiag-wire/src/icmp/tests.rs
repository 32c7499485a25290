use super::*;
use proptest::prelude::*;

#[test]
fn an_echo_request_comes_back_as_it_was_written() {
    for protocol in [Protocol::Icmp, Protocol::Icmpv6] {
        let mut bytes = vec![0xee];
        let echo = Echo { id: 7, seq: 65_535, data: b"abc" };
        emit_echo_request(protocol, &echo, &mut bytes);
        assert_eq!(parse(protocol, &bytes[1..]), Ok(Message::EchoRequest(echo)));
    }
}

#[test]
fn a_sealed_message_has_its_identifier_and_a_right_checksum() {
    let mut bytes = Vec::new();
    emit_echo_request(Protocol::Icmp, &Echo { id: 0, seq: 3, data: &[1, 2, 3, 4, 5] }, &mut bytes);
    assert!(!is_checksum_right_v4(&bytes));
    seal_v4(&mut bytes, 0xbeef).expect("long enough");
    assert!(is_checksum_right_v4(&bytes));
    assert!(matches!(
        parse(Protocol::Icmp, &bytes),
        Ok(Message::EchoRequest(Echo { id: 0xbeef, seq: 3, .. }))
    ));
}

#[test]
fn an_error_keeps_its_number_and_its_quote() {
    let bytes = [3, 4, 0, 0, 0, 0, 0x05, 0x78, 0x45, 1];
    let Ok(Message::Error(error)) = parse(Protocol::Icmp, &bytes) else { panic!("an error") };
    assert_eq!((error.kind, error.code, error.rest, error.quote), (3, 4, 1400, &bytes[8..]));
}

proptest! {
    #[test]
    fn no_input_panics(bytes in prop::collection::vec(any::<u8>(), 0..64), v6 in any::<bool>()) {
        let protocol = if v6 { Protocol::Icmpv6 } else { Protocol::Icmp };
        prop_assert_eq!(parse(protocol, &bytes).is_ok(), bytes.len() >= HEADER_LEN);
        is_checksum_right_v4(&bytes);
    }
}

/// A structure with one object.
fn structure() -> Vec<u8> {
    let mut bytes = Vec::new();
    let object = extension::Object::Unknown { class: 7, kind: 1, bytes: vec![1, 2, 3, 4] };
    extension::emit(&[object], &mut bytes);
    bytes
}

fn error(protocol: Protocol) -> (u8, u32) {
    match protocol {
        Protocol::Icmp => (11, 0),
        Protocol::Icmpv6 => (3, 0),
    }
}

/// A time exceeded with extensions behind a quote of `len` octets.
fn extended(protocol: Protocol, len: usize, extensions: &[u8]) -> Vec<u8> {
    let (kind, rest) = error(protocol);
    let quote: Vec<u8> = (0..len).map(|at| at as u8 | 1).collect();
    let mut bytes = Vec::new();
    emit_error(protocol, &ErrorMessage { kind, code: 0, rest, quote: &quote, extensions }, &mut bytes);
    bytes
}

fn read(protocol: Protocol, bytes: &[u8]) -> (&[u8], &[u8]) {
    let Ok(Message::Error(error)) = parse(protocol, bytes) else { panic!("an error") };
    (error.quote, error.extensions)
}

#[test]
fn extensions_stand_where_the_length_of_the_quote_says() {
    for (protocol, len, place, unit) in [(Protocol::Icmp, 28, 5, 4), (Protocol::Icmpv6, 200, 4, 8)] {
        let bytes = extended(protocol, len, &structure());
        let quoted = len.max(LEAST_QUOTE);
        assert_eq!(usize::from(bytes[place]) * unit, quoted);
        assert_eq!(read(protocol, &bytes), (&bytes[8..8 + quoted], &structure()[..]));
        assert!(protocol == Protocol::Icmpv6 || is_checksum_right_v4(&bytes));
    }
}

#[test]
fn before_rfc_4884_they_stood_after_128_octets_and_only_a_checksum_tells() {
    for protocol in [Protocol::Icmp, Protocol::Icmpv6] {
        let mut bytes = extended(protocol, 28, &structure());
        bytes[4..8].fill(0);
        assert_eq!(read(protocol, &bytes), (&bytes[8..136], &structure()[..]));
        bytes[138..140].fill(0);
        assert_eq!(read(protocol, &bytes), (&bytes[8..], &[][..]), "without a checksum it may be data");
    }
}

#[test]
fn unsound_extensions_are_none_and_no_part_of_the_quote() {
    let mut bytes = extended(Protocol::Icmp, 28, &structure());
    bytes[138] ^= 1;
    assert_eq!(read(Protocol::Icmp, &bytes), (&bytes[8..136], &[][..]));
    bytes[5] = 9;
    assert_eq!(read(Protocol::Icmp, &bytes).0.len(), bytes.len() - 8, "a length that none can have");
    bytes[5] = 255;
    assert_eq!(read(Protocol::Icmp, &bytes).0.len(), bytes.len() - 8, "more than there is");
}

#[test]
fn the_number_is_that_of_its_type_and_not_the_length_of_a_quote() {
    let numbers = [
        (Protocol::Icmp, (3, 4), 0x0020_0578, 1400),
        (Protocol::Icmp, (11, 0), 0x0020_0000, 0),
        (Protocol::Icmp, (12, 0), 0x0920_0000, 9),
        (Protocol::Icmp, (5, 1), 0x0a00_0001, 0x0a00_0001),
        (Protocol::Icmpv6, (2, 0), 1280, 1280),
        (Protocol::Icmpv6, (4, 1), 40, 40),
        (Protocol::Icmpv6, (3, 0), 0x1000_0000, 0),
    ];
    for (protocol, kind, rest, number) in numbers {
        assert_eq!(protocol.number(kind, rest), number, "{kind:?}");
    }
}

proptest! {
    #[test]
    fn an_error_comes_back_as_it_was_written(
        quote in prop::collection::vec(any::<u8>(), 0..1400),
        has_extensions in any::<bool>(),
        v6 in any::<bool>(),
    ) {
        let protocol = if v6 { Protocol::Icmpv6 } else { Protocol::Icmp };
        let (kind, rest) = error(protocol);
        let extensions = if has_extensions { structure() } else { Vec::new() };
        let written = ErrorMessage { kind, code: 0, rest, quote: &quote, extensions: &extensions };
        let mut bytes = Vec::new();
        emit_error(protocol, &written, &mut bytes);
        let (read, found) = read(protocol, &bytes);
        prop_assert_eq!(found, &extensions[..]);
        let same = read.len().min(quote.len());
        prop_assert_eq!(&read[..same], &quote[..same]);
        prop_assert!(read[same..].iter().all(|octet| *octet == 0));
    }

    #[test]
    fn no_error_panics(
        kind in prop::sample::select(vec![1u8, 3, 11, 12]),
        length in any::<u8>(),
        data in prop::collection::vec(any::<u8>(), 120..300),
    ) {
        for (protocol, place) in [(Protocol::Icmp, 5), (Protocol::Icmpv6, 4)] {
            let mut bytes = vec![kind, 0, 0, 0, 0, 0, 0, 0];
            bytes[place] = length;
            bytes.extend(&data);
            let Ok(Message::Error(error)) = parse(protocol, &bytes) else { continue };
            prop_assert!(error.quote.len() + error.extensions.len() <= data.len());
        }
    }
}
