use super::*;

/// Where things are in a frame over IPv4: the ICMP message, and in it the quoted packet.
const MESSAGE: usize = ETHERNET + 20;
const QUOTE: usize = HEADER;

/// A frame with a UDP datagram from 10.0.0.1 to 10.0.0.2: ports 1 and 2, length, checksum, payload.
fn request() -> Vec<u8> {
    let mut frame = vec![0; 12];
    frame.extend([0x08, 0x00, 0x45, 0, 0, 32, 0, 0, 0, 0, 1, UDP, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    frame.extend([0, 1, 0, 2, 0, 12, 0xab, 0xcd, 1, 2, 3, 4]);
    frame
}

/// The ICMP message that a puppet answers with.
fn message(error: IcmpError) -> Vec<u8> {
    let request = request();
    let packet = Packet::in_frame(&request).expect("it is a packet");
    let mut frames = frames(&request, &packet, &Answer::IcmpError(error));
    frames.pop().expect("there is an answer").split_off(MESSAGE)
}

fn flawed(flaw: Flaw) -> Vec<u8> {
    message(IcmpError::time_exceeded(0).quote(100).with_flaw(flaw))
}

#[test]
fn a_quote_without_flaw_is_the_packet() {
    let message = message(IcmpError::time_exceeded(0).quote(100));
    assert_eq!(message[QUOTE..], request()[ETHERNET..]);
    assert_eq!(checksum(&[&message]), 0);
}

#[test]
fn only_a_bad_checksum_is_bad() {
    assert_ne!(checksum(&[&flawed(Flaw::BadChecksum)]), 0);
    for flaw in [Flaw::StrangersQuote, Flaw::ForgedQuote, Flaw::TranslatedChecksum] {
        assert_eq!(checksum(&[&flawed(flaw)]), 0, "{flaw:?}");
    }
}

#[test]
fn a_strangers_quote_has_other_addresses_and_all_else() {
    let (quote, own) = (flawed(Flaw::StrangersQuote).split_off(QUOTE), request().split_off(ETHERNET));
    let differing: Vec<usize> = (0..own.len()).filter(|at| quote[*at] != own[*at]).collect();
    assert_eq!(differing, [15, 19]);
}

#[test]
fn a_forged_quote_has_addresses_and_ports_and_nothing_else() {
    let (quote, own) = (flawed(Flaw::ForgedQuote).split_off(QUOTE), request().split_off(ETHERNET));
    assert_eq!(quote[..24], own[..24]);
    assert!(quote[24..].iter().zip(&own[24..]).all(|(one, other)| *one == !other));
}

#[test]
fn a_translated_checksum_is_that_of_another_address() {
    let (quote, own) = (flawed(Flaw::TranslatedChecksum).split_off(QUOTE), request().split_off(ETHERNET));
    let differing: Vec<usize> = (0..own.len()).filter(|at| quote[*at] != own[*at]).collect();
    assert_eq!(differing, [26, 27]);
    // 0xabcd is the complement of 0x5432.
    assert_eq!(quote[26..28], (!(0x5432_u16 + 0x0102)).to_be_bytes());
}

#[test]
fn extensions_follow_a_padded_quote_and_their_flaws_are_theirs() {
    let with = |flaw: Option<Flaw>| {
        let error = IcmpError::time_exceeded(0).extensions(vec![0, 8, 1, 1, 0, 0, 0, 0]);
        let message = message(match flaw {
            Some(flaw) => error.with_flaw(flaw),
            None => error,
        });
        let (length, extensions) = (message[5], &message[HEADER + PADDED_QUOTE..]);
        (length, checksum(&[extensions]) == 0, extensions.len())
    };
    assert_eq!(with(None), (32, true, 12));
    assert_eq!(with(Some(Flaw::NoLength)), (0, true, 12));
    assert_eq!(with(Some(Flaw::BadExtensionChecksum)), (32, false, 12));
}
