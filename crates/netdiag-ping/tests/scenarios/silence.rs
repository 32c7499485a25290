//! After 100 % loss: what that does and does not mean, and what to run next.

use netdiag_ping::Ping;
use netdiag_stage::{Ran, Scene};

use crate::ping;

fn text(name: &str, args: &str) -> String {
    let ran = ping(name, args);
    assert_eq!(ran.code(), 1);
    after_summary(&ran)
}

fn after_summary(ran: &Ran) -> String {
    let lines = ran.out.lines().skip_while(|line| !line.contains("100% packet loss")).skip(2);
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn on_the_link_and_silent() {
    assert_eq!(
        text("an-address-nobody-has", "-c 2 -W 1 192.0.2.99"),
        "No echo reply is not proof that 192.0.2.99 is down: many hosts and firewalls drop echo requests.\n\
         192.0.2.99 should be on this link and does not answer ARP: it is off, disconnected, or not there.\n\
         \x20 next: ip neighbour\n\
         \x20 next: ip address\n"
    );
}

#[test]
fn on_the_link_and_answering() {
    let scene = || {
        Scene::toml(
            "[here]\naddresses = [\"192.0.2.10/24\", \"2001:db8::10/64\"]\n[host.target]\n\
         addresses = [\"192.0.2.1/24\", \"2001:db8::1/64\"]\nsilent = \"echo\"\n[[link]]\nends = [\"here\", \"target\"]\n",
        )
    };
    let ran = scene().run::<Ping>("-c 2 192.0.2.1");
    assert_eq!(
        after_summary(&ran),
        "No echo reply is not proof that 192.0.2.1 is down: many hosts and firewalls drop echo requests.\n\
         192.0.2.1 is on this link and answers ARP: it is up, and drops the probes.\n\
         \x20 next: netdiag ping --via tcp:443 192.0.2.1\n\
         \x20 next: netdiag ping --via udp 192.0.2.1\n"
    );
    let v6 = scene().run::<Ping>("-c 2 2001:db8::1");
    assert!(
        v6.out.contains("2001:db8::1 is on this link and answers neighbour discovery: it is up"),
        "{}",
        v6.out
    );
}

#[test]
fn behind_a_next_hop_that_answers() {
    assert_eq!(
        text("a-firewall-that-says-no", "-c 2 203.0.113.8"),
        "No echo reply is not proof that 203.0.113.8 is down: many hosts and firewalls drop echo requests.\n\
         The next hop 192.0.2.1 answers ARP: the way is open at least to there.\n\
         \x20 next: netdiag ping --via tcp:443 203.0.113.8\n\
         \x20 next: netdiag ping --via udp 203.0.113.8\n"
    );
}

#[test]
fn behind_a_next_hop_that_is_silent() {
    let scene = Scene::toml(
        "[here]\naddresses = [\"192.0.2.10/24\"]\n[router.r1]\naddresses = [\"192.0.2.1/24\"]\n[host.target]\n\
         addresses = [\"203.0.113.7/24\"]\n[[link]]\nends = [\"here\", \"r1\", \"target\"]\n\
         [[event]]\nat = \"0s\"\nlink = \"here-r1\"\nstate = \"unplugged\"\n",
    );
    let text = after_summary(&scene.run::<Ping>("-c 2 -W 1 203.0.113.7"));
    assert!(
        text.contains("The next hop 192.0.2.1 does not answer ARP: nothing behind it can be reached.\n"),
        "{text}"
    );
    assert!(text.ends_with("  next: ip neighbour\n  next: ip route\n"), "{text}");
}

#[test]
fn no_route() {
    let scene = Scene::toml(
        "[here]\naddresses = [\"192.0.2.10/24\"]\nroutes = [{ to = \"203.0.113.0/24\", refuse = \"no-route\" }]\n\
         [host.target]\naddresses = [\"203.0.113.7/24\"]\n[[link]]\nends = [\"here\", \"target\"]\n",
    );
    let ran = scene.run::<Ping>("-c 2 203.0.113.7");
    assert!(ran.err.contains("sendmsg: Network is unreachable"), "{}", ran.err);
    assert_eq!(
        after_summary(&ran),
        "This host has no way to 203.0.113.7 (Network is unreachable): nothing was sent, so nothing is known of it.\n\
         \x20 next: ip route\n\
         \x20 next: ip address\n"
    );
}

#[test]
fn errors_say_more_than_silence() {
    let text = text("an-address-nobody-has", "-c 2 198.51.100.1");
    assert!(
        text.starts_with("198.51.100.1 did not answer; the errors say who refused the probes, and why.\n"),
        "{text}"
    );
}
