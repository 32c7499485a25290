//! For tests on the real kernel: a network of one's own, set up with ip(8), where the test runs as root.

use std::future::Future;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::process::Command;
use std::thread;

use netdiag_sys::address as sys;
use netdiag_sys::mmsg::SendBatch;
use netdiag_sys::namespace::{Namespaces, unshare};
use netdiag_sys::socket::{Kind, Socket};
use netdiag_wire::ip;

/// Runs `test` on a thread in a new network namespace whose loopback is up. Says so and passes where that is not
/// allowed.
pub(crate) fn in_own_network<F: Future<Output = ()>>(test: impl FnOnce() -> F + Send + 'static) {
    let name = thread::current().name().unwrap_or_default().to_owned();
    let thread = thread::Builder::new().name(name).spawn(|| {
        if let Err(error) = unshare(Namespaces::NET) {
            skip(&format!("no network namespace: {error}"));
        } else if run("ip link set lo up") {
            block_on(test());
        } else {
            skip("ip(8) is missing");
        }
    });
    thread.expect("a thread").join().expect("the test itself");
}

/// Runs a future on a runtime of its own.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build().expect("runtime");
    runtime.block_on(future)
}

/// Runs a command of words parted by spaces, in the namespace of this thread. Whether it succeeded.
pub(crate) fn run(command: &str) -> bool {
    let mut words = command.split(' ');
    let program = words.next().expect("a program");
    Command::new(program).args(words).status().is_ok_and(|status| status.success())
}

/// A cable between `d0`, with 192.0.2.1/24, and `d1`.
pub(crate) fn add_cable() {
    for words in [
        "link add d0 type veth peer name d1",
        "addr add 192.0.2.1/24 dev d0",
        "link set d0 up",
        "link set d1 up",
    ] {
        assert!(run(&format!("ip {words}")), "{words}");
    }
}

/// The same cable with both families, and a neighbour on each that never answers.
pub(crate) fn add_cable_to_nobody() {
    add_cable();
    for words in [
        "addr add 2001:db8::1/64 dev d0 nodad",
        "neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 dev d0",
        "neigh add 2001:db8::77 lladdr 02:00:00:00:00:77 dev d0",
    ] {
        assert!(run(&format!("ip {words}")), "{words}");
    }
    await_own("2001:db8::1");
}

/// Waits until an IPv6 address that was given to `d0` is this host's own: the kernel sees to that in the background, and
/// until then packets to it leave by the cable.
pub(crate) fn await_own(address: &str) {
    let is_own = || {
        let words = ["-6", "route", "get", address, "oif", "d0"];
        let output = Command::new("ip").args(words).output().expect("a route");
        output.stdout.starts_with(b"local")
    };
    while !is_own() {
        thread::yield_now();
    }
}

/// A packet with its IP header, as an error would quote it.
pub(crate) fn quote(
    header: (IpAddr, IpAddr),
    (ttl, tos): (u8, u8),
    (protocol, bytes): (u8, &[u8]),
) -> Vec<u8> {
    let (source, destination) = header;
    let payload = if source.is_ipv4() { 20 } else { 40 };
    let total_len = payload + bytes.len();
    let mut packet = Vec::new();
    ip::emit(&ip::Header { source, destination, ttl, tos, protocol, payload, total_len }, &mut packet);
    packet.extend_from_slice(bytes);
    packet
}

/// Sends an ICMP message to an address of this host, from the same.
pub(crate) fn send_icmp(to: IpAddr, message: &[u8]) {
    let family = sys::Family::of(to);
    let socket = Socket::open(family, Kind::IcmpRaw).expect("a raw socket");
    let mut batch = SendBatch::default();
    let mut outgoing = batch.start(family);
    outgoing.push(SocketAddr::new(to, 0).into(), message, []);
    assert_eq!(outgoing.send(socket.as_fd(), 0).expect("send"), 1);
}

/// Opens datagram ICMP to all groups of this network namespace, or closes it.
pub(crate) fn set_ping_groups(range: &str) {
    std::fs::write("/proc/sys/net/ipv4/ping_group_range", range).expect("sysctl");
}

/// Says why a test did not run, in the form that `cargo xtask test` counts.
pub(crate) fn skip(why: &str) {
    let test = thread::current().name().unwrap_or_default().to_owned();
    // Not by println!, which the test harness would swallow.
    let _ = writeln!(std::io::stdout(), "SKIPPED: {test}: {why}");
}
