//! How runs to many targets end: by signals, by deadlines, by answers enough.

use netdiag_engine::driver::Command;
use netdiag_model::Mono;
use netdiag_sim::{Happening, Network};

use crate::harness::{Ran, network, ping, run};

fn at(millis: u64) -> Mono {
    Mono::from_nanos(millis * 1_000_000)
}

fn sent_to(ran: &Ran, address: &str) -> usize {
    let address: std::net::IpAddr = address.parse().expect("an address");
    ran.truth.count(|what| matches!(what, Happening::Sent { to } if *to == address))
}

#[test]
fn an_interrupt_in_mid_sweep_shows_the_table_so_far() {
    let farm = network("a-farm-of-65536-hosts");
    let ran = run(&farm, "-c 1 --rate 10 -q 10.1.0.0/20", &[(at(450), Command::Quit)]);
    assert_eq!((ran.code(), ran.end, ran.truth.sent()), (1, at(450), 5));
    let rows = ran.out.lines().filter(|line| line.starts_with("10.1.0.")).count();
    let last = "5 targets: 5 answer, others were not asked; 5 probes sent, 5 answered, 0% loss in 450 ms";
    assert_eq!((rows, ran.out.lines().last()), (5, Some(last)));
}

#[test]
fn an_interrupt_of_an_endless_run_ends_it_with_the_code_earned() {
    let every = network("targets-of-every-kind");
    let ran = run(&every, "203.0.113.1 203.0.113.6", &[(at(2_500), Command::Quit)]);
    assert_eq!((ran.code(), ran.end), (0, at(2_500)));
    let ran = run(&every, "203.0.113.1 203.0.113.2", &[(at(2_500), Command::Quit)]);
    assert_eq!((ran.code(), ran.end), (1, at(2_500)));
}

#[test]
fn an_interrupt_before_any_name_is_known_is_no_error() {
    let ran = run(
        &network("names-of-many-kinds"),
        "slow.example.net silent.example.net",
        &[(at(500), Command::Quit)],
    );
    assert_eq!((ran.code(), ran.out.as_str(), ran.err.as_str()), (1, "", ""));
}

#[test]
fn a_request_shows_the_totals_on_standard_error() {
    let every = network("targets-of-every-kind");
    let signals = [(at(500), Command::Interim), (at(2_600), Command::Interim)];
    let ran = run(&every, "-c 4 -q 203.0.113.1 203.0.113.2 203.0.113.6", &signals);
    assert_eq!(
        ran.err,
        "3 targets: 2 answer, 1 does not; 3 probes sent, 2 answered, 33.3333% loss\n\
         3 targets: 2 answer, 1 does not; 9 probes sent, 6 answered, 33.3333% loss\n"
    );
}

#[test]
fn a_deadline_in_mid_sweep_ends_it_to_the_moment() {
    let ran = ping("a-farm-of-65536-hosts", "-c 1 --rate 100 -w 1.505 --csv 10.1.0.0/16");
    assert_eq!((ran.end, ran.truth.sent(), ran.code()), (at(1_505), 151, 1));
    let unreachable = ping("a-farm-of-65536-hosts", "--unreachable --rate 100 -w 1.505 10.1.0.0/16");
    assert_eq!(unreachable.out, "", "what was not asked is not said to be unreachable");
}

#[test]
fn a_target_that_answered_gets_no_more_probes() {
    let ran = ping("targets-of-every-kind", "--alive -c 3 203.0.113.1 203.0.113.2 203.0.113.6 203.0.113.4");
    let sent =
        ["203.0.113.1", "203.0.113.2", "203.0.113.6", "203.0.113.4"].map(|target| sent_to(&ran, target));
    assert_eq!(sent, [1, 3, 1, 3]);
    // The last probe of the silent one goes after two seconds and has two.
    assert_eq!((ran.end, ran.code()), (at(4_000), 1));
}

#[test]
fn it_ends_when_all_have_answered() {
    let ran =
        ping("targets-of-every-kind", "--alive -c 100 203.0.113.1 203.0.113.6 203.0.113.3 2001:db8:2::1");
    assert_eq!(ran.code(), 0, "{}", ran.out);
    assert!(ran.end < at(99_000), "not for all its hundred turns: {}", ran.end.as_nanos());
    let lossy = sent_to(&ran, "203.0.113.3");
    assert_eq!(ran.truth.sent(), 3 + lossy);
}

/// An answer that comes while the next probe is out does not keep the run waiting for that one's fate alone.
#[test]
fn probes_under_way_to_one_that_answered_are_settled_too() {
    let network = Network::from_toml(
        "[here]\naddresses = [\"192.0.2.10/24\"]\n[host.a]\naddresses = [\"192.0.2.1/24\"]\n[[link]]\n\
         ends = [\"here\", \"a\"]\ndelay = \"150ms\"\n",
    )
    .expect("a network");
    let ran = run(&network, "--alive -c 5 -i 0.2 192.0.2.1 192.0.2.1", &[]);
    assert_eq!((ran.truth.sent(), ran.end, ran.code()), (4, at(501), 0));
    assert_eq!(ran.out, "192.0.2.1\n192.0.2.1\n");
}
