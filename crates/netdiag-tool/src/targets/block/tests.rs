//! Blocks against the plain computation, one bit or one address at a time.

use proptest::prelude::*;

use super::*;

fn any_ip() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|bits| Ipv4Addr::from_bits(bits).into()),
        any::<u128>().prop_map(|bits| Ipv6Addr::from_bits(bits).into()),
    ]
}

/// Whether the first `len` bits are the same.
fn is_alike(a: IpAddr, b: IpAddr, len: u8) -> bool {
    let octets = |ip| match ip {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    let (a, b) = (octets(a), octets(b));
    let bit = |octets: &[u8], i: usize| octets[i / 8] >> (7 - i % 8) & 1;
    (0..usize::from(len)).all(|i| bit(&a, i) == bit(&b, i))
}

proptest! {
    #[test]
    fn a_prefix_holds_the_addresses_that_share_its_bits(ip in any_ip(), len in 0..=128_u8) {
        let all = if ip.is_ipv4() { 32 } else { 128 };
        let Some(block) = Block::prefix(ip, len) else {
            prop_assert!(len > all);
            return Ok(());
        };
        prop_assert!(len <= all);
        let expected = 2_f64.powi(i32::from(all - len));
        prop_assert!((block.len() as f64 - expected).abs() <= expected * 1e-12);
        let addresses: Vec<IpAddr> = block.addresses().take(300).collect();
        prop_assert_eq!(addresses.len() as u128, block.len().min(300));
        prop_assert!(addresses.is_sorted());
        prop_assert!(addresses.iter().all(|&address| is_alike(address, ip, len)));
        // The last is the largest that does.
        let last = address(block.family, block.last);
        prop_assert!(is_alike(last, ip, len) && last >= ip);
        if let Some(after) = block.last.checked_add(1).filter(|&after| all == 128 || after <= u32::MAX.into()) {
            prop_assert!(!is_alike(address(block.family, after), ip, len));
        }
    }

    #[test]
    fn a_range_counts_up_from_its_first_to_its_last(ip in any_ip(), more in 0..2000_u32) {
        let (family, first) = bits(ip);
        let last = first.saturating_add(more.into()).min(if family == Family::V4 { u32::MAX.into() } else { u128::MAX });
        let block = Block::range(ip, address(family, last)).expect("a range");
        let addresses: Vec<IpAddr> = block.addresses().collect();
        prop_assert_eq!(addresses.len() as u128, block.len());
        prop_assert_eq!(addresses.first(), Some(&ip));
        prop_assert_eq!(addresses.last(), Some(&address(family, last)));
        prop_assert!(addresses.windows(2).all(|pair| bits(pair[1]).1 - bits(pair[0]).1 == 1));
        prop_assert!(last == first || Block::range(address(family, last), ip).is_none());
    }
}

#[test]
fn a_block_is_shown_as_it_is_written_best() {
    let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
    let prefix = |text, len| Block::prefix(ip(text), len).expect("a prefix").to_string();
    assert_eq!(prefix("192.0.2.77", 24), "192.0.2.0/24");
    assert_eq!(prefix("192.0.2.77", 32), "192.0.2.77/32");
    assert_eq!(prefix("10.1.2.3", 0), "0.0.0.0/0");
    assert_eq!(prefix("2001:db8::1", 64), "2001:db8::/64");
    assert_eq!(prefix("::1", 0), "::/0");
    let range = |first, last| Block::range(ip(first), ip(last)).expect("a range").to_string();
    assert_eq!(range("192.0.2.0", "192.0.2.255"), "192.0.2.0/24");
    assert_eq!(range("192.0.2.1", "192.0.2.2"), "192.0.2.1-192.0.2.2");
    assert_eq!(range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "::/0");
    assert!(Block::range(ip("192.0.2.1"), ip("::ffff")).is_none());
}

#[test]
fn the_largest_blocks_neither_overflow_nor_collect() {
    let all = Block::prefix("::".parse().expect("an address"), 0).expect("a prefix");
    assert_eq!(all.len(), u128::MAX);
    assert_eq!(all.addresses().nth(2).map(|ip| ip.to_string()), Some("::2".to_owned()));
    let end = Block::range([255, 255, 255, 254].into(), [255; 4].into()).expect("a range");
    assert_eq!(end.addresses().count(), 2);
    let end = Block::prefix("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff".parse().expect("an address"), 127);
    assert_eq!(end.expect("a prefix").addresses().count(), 2);
}
