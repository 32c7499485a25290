use std::net::IpAddr;

use proptest::prelude::*;

use super::*;

#[test]
fn loopback_is_there_with_its_address() {
    let mut netlink = Netlink::open().expect("netlink");
    let links = netlink.links().expect("links");
    let lo = links.iter().find(|link| link.name == "lo").expect("loopback");
    assert_eq!(Some(lo.index), crate::interface::index("lo"));
    assert!(lo.mtu > 1000);
    let home: IpAddr = "127.0.0.1".parse().expect("address");
    if lo.is_up {
        let addresses = netlink.addresses().expect("addresses");
        assert!(addresses.contains(&AddressRecord { interface: lo.index, address: home, prefix: 8 }));
        let route = netlink.route(home, 0).expect("route");
        assert!(route.is_local && route.interface == lo.index && route.gateway.is_none());
    }
    assert_eq!(netlink.neighbour("192.0.2.1".parse().expect("address"), lo.index).expect("neighbour"), None);
}

#[test]
fn an_error_of_the_kernel_is_the_error_of_the_question() {
    let mut netlink = Netlink::open().expect("netlink");
    let to = "192.0.2.1".parse().expect("address");
    let error = netlink.neighbour(to, 4_000_000).expect_err("no such interface");
    assert_eq!(error.raw_os_error(), Some(libc::ENODEV));
}

#[test]
fn no_news_is_would_block() {
    let mut netlink = Netlink::subscribe().expect("netlink");
    let mut news = Vec::new();
    while netlink.news(&mut news).is_ok() {}
    assert_eq!(netlink.news(&mut news).expect_err("none").kind(), io::ErrorKind::WouldBlock);
}

proptest! {
    #[test]
    fn no_octets_panic_or_go_on_for_ever(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Messages::new(&bytes).count() <= bytes.len() / 16 + 1);
    }

    #[test]
    fn no_plausible_message_panics(
        kind in 0u16..40,
        body in prop::collection::vec(any::<u8>(), 0..120),
        lie in 0u32..200,
    ) {
        let mut bytes = lie.to_ne_bytes().to_vec();
        bytes.extend(kind.to_ne_bytes());
        bytes.extend([0; 10]);
        bytes.extend(body);
        for message in Messages::new(&bytes) {
            let _ = (LinkRecord::parse(&message), message.end().is_some());
            let _ = ListenerRecord::parse(&message);
            let _ = (AddressRecord::parse(&message), RouteRecord::parse(&message), NeighbourRecord::parse(&message));
        }
    }
}
