use proptest::prelude::*;

use super::*;

#[test]
fn orders_read_back_as_what_they_set() {
    for family in [Family::V4, Family::V6] {
        let mut buffer = [0xff; 3 * ORDER_LEN];
        let mut encoder = Encoder::new(&mut buffer, family);
        for order in [Order::Ttl(7), Order::Tos(0xb8), Order::StampId(9)] {
            encoder.push(order);
        }
        let len = encoder.len();
        let read: Vec<_> = Controls::new(&buffer[..len]).collect();
        let id = Control::Other { level: libc::SOL_SOCKET, kind: SCM_TS_OPT_ID };
        assert_eq!(read, [Control::Ttl(7), Control::Tos(0xb8), id]);
    }
}

#[test]
fn a_stamp_of_zero_is_no_stamp() {
    let mut data = [0u8; 48];
    assert_eq!(stamp(&data), None);
    data[..8].copy_from_slice(&2i64.to_ne_bytes());
    data[8..16].copy_from_slice(&5i64.to_ne_bytes());
    assert_eq!(stamp(&data), Some(2_000_000_005));
}

#[test]
fn a_single_octet_is_read_as_the_kernel_writes_ipv4_tos() {
    assert_eq!((octet(&[0x2e]), octet(&300i32.to_ne_bytes()), octet(&[])), (Some(0x2e), None, None));
}

/// A header with any claim about its length, then any data.
fn message() -> impl Strategy<Value = Vec<u8>> {
    let levels = prop::sample::select(vec![libc::SOL_SOCKET, libc::SOL_IP, libc::SOL_IPV6]);
    let kinds = prop::sample::select(vec![
        libc::IP_TTL,
        libc::IP_RECVERR,
        libc::IPV6_RECVERR,
        libc::SCM_TIMESTAMPING,
    ]);
    (prop_oneof![0usize..80, any::<usize>()], levels, kinds, prop::collection::vec(any::<u8>(), 0..70))
        .prop_map(|(len, level, kind, data)| {
            let mut bytes = len.to_ne_bytes().to_vec();
            bytes.extend(level.to_ne_bytes());
            bytes.extend(kind.to_ne_bytes());
            bytes.extend(data);
            bytes
        })
}

proptest! {
    #[test]
    fn no_octets_panic_or_go_on_for_ever(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Controls::new(&bytes).count() <= bytes.len() / HEADER + 1);
    }

    #[test]
    fn no_plausible_message_panics(messages in prop::collection::vec(message(), 0..4)) {
        let bytes = messages.concat();
        prop_assert!(Controls::new(&bytes).count() <= bytes.len() / HEADER + 1);
    }
}
