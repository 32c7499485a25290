use proptest::prelude::*;

use super::*;

/// Two labels and an interface with index and name, written by hand after the RFCs.
const STRUCTURE: [u8; 32] = [
    0x20, 0, 0, 0, // version 2, no checksum
    0, 12, 1, 1, 0x03, 0xe8, 0x1a, 1, 0x00, 0x01, 0x03, 0xff, // 16001 tc 5; 16 tc 1, the last
    0, 16, 2, 0x0a, 0, 0, 0, 7, 8, b'g', b'e', b'-', b'0', 0, 0, 0,
];

fn expected() -> Vec<Object> {
    let labels = vec![
        Label { label: 16_001, tc: 5, is_bottom: false, ttl: 1 },
        Label { label: 16, tc: 1, is_bottom: true, ttl: 255 },
    ];
    let interface = Interface {
        role: Role::Incoming,
        index: Some(7),
        address: None,
        name: Some(b"ge-0".to_vec()),
        mtu: None,
    };
    vec![Object::Mpls(labels), Object::Interface(interface)]
}

#[test]
fn labels_and_an_interface_are_read_by_the_letter_of_their_rfcs() {
    assert_eq!(parse(&STRUCTURE), Ok(expected()));
    let mut bytes = Vec::new();
    emit(&expected(), &mut bytes);
    assert_eq!(bytes[4..], STRUCTURE[4..]);
    assert_eq!((&bytes[..2], ip::checksum(&bytes)), (&STRUCTURE[..2], 0));
}

#[test]
fn what_contradicts_itself_is_refused_and_an_object_that_does_is_kept_as_octets() {
    let mut other_version = STRUCTURE;
    other_version[0] = 0x10;
    let mut wrong_sum = STRUCTURE;
    wrong_sum[3] = 1;
    let mut too_long = STRUCTURE;
    too_long[5] = 200;
    let mut endless = STRUCTURE;
    endless[5] = 0;
    for wrong in [&other_version[..], &wrong_sum, &too_long, &endless, &STRUCTURE[..30], &STRUCTURE[..3]] {
        assert!(parse(wrong).is_err(), "{wrong:?}");
    }
    let odd = [0x20, 0, 0, 0, 0, 7, 1, 1, 1, 2, 3, 0, 6, 2, 0x08, 9, 9];
    let unknown = |class, kind, bytes: &[u8]| Object::Unknown { class, kind, bytes: bytes.to_vec() };
    assert_eq!(parse(&odd), Ok(vec![unknown(1, 1, &[1, 2, 3]), unknown(2, 8, &[9, 9])]));
}

#[test]
fn only_a_structure_with_a_checksum_and_an_object_is_certain() {
    let mut bytes = Vec::new();
    emit(&expected(), &mut bytes);
    assert!(is_certain(&bytes) && !is_certain(&STRUCTURE));
    bytes.clear();
    emit(&[], &mut bytes);
    assert_eq!((is_certain(&bytes), parse(&bytes)), (false, Ok(Vec::new())));
}

fn label() -> impl Strategy<Value = Label> {
    (0u32..1 << 20, 0u8..8, any::<bool>(), any::<u8>()).prop_map(|(label, tc, is_bottom, ttl)| Label {
        label,
        tc,
        is_bottom,
        ttl,
    })
}

fn interface() -> impl Strategy<Value = Interface> {
    let role = prop::sample::select(Role::ALL.to_vec());
    let name = prop::collection::vec(1u8..=255, 0..=MOST_NAME);
    let name = prop::option::of(name);
    let part = || any::<Option<u32>>();
    (role, part(), any::<Option<IpAddr>>(), name, part())
        .prop_map(|(role, index, address, name, mtu)| Interface { role, index, address, name, mtu })
}

fn any_object() -> impl Strategy<Value = Object> {
    prop_oneof![
        prop::collection::vec(label(), 1..6).prop_map(Object::Mpls),
        interface().prop_map(Object::Interface),
        (3u8.., any::<u8>(), prop::collection::vec(any::<u8>(), 0..40))
            .prop_map(|(class, kind, bytes)| Object::Unknown { class, kind, bytes }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_reads_back(objects in prop::collection::vec(any_object(), 0..5)) {
        let mut bytes = vec![0xee];
        emit(&objects, &mut bytes);
        prop_assert_eq!(parse(&bytes[1..]), Ok(objects));
    }

    #[test]
    fn no_octets_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = parse(&bytes);
        is_certain(&bytes);
    }

    #[test]
    fn no_plausible_octets_panic(
        objects in prop::collection::vec((0u8..40, 0u8..4, any::<u8>(), prop::collection::vec(any::<u8>(), 0..36)), 0..4),
    ) {
        let mut bytes = vec![0x20, 0, 0, 0];
        for (len, class, kind, payload) in objects {
            bytes.extend([0, len, class, kind]);
            bytes.extend(payload);
        }
        let _ = parse(&bytes);
    }
}
