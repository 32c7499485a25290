//! How runs to many targets end: by signals, by deadlines, by answers enough.

use netdiag_ping::Ping;
use netdiag_sim::Happening;
use netdiag_stage::{Ran, Scene, at};

use crate::ping;

fn sent_to(ran: &Ran, address: &str) -> usize {
    let address: std::net::IpAddr = address.parse().expect("an address");
    ran.truth.count(|what| matches!(what, Happening::Sent { to } if *to == address))
}

#[test]
fn an_interrupt_in_mid_sweep_shows_the_table_so_far() {
    let scene = Scene::on("a-farm-of-65536-hosts").quit(at(450));
    let ran = scene.run::<Ping>("-c 1 --rate 10 -q 10.1.0.0/20");
    assert_eq!((ran.code(), ran.end, ran.truth.sent()), (1, at(450), 5));
    let rows = ran.out.lines().filter(|line| line.starts_with("10.1.0.")).count();
    let last = "5 targets: 5 answer, others were not asked; 5 probes sent, 5 answered, 0% loss in 450 ms";
    assert_eq!((rows, ran.out.lines().last()), (5, Some(last)));
}

#[test]
fn an_interrupt_of_an_endless_run_ends_it_with_the_code_earned() {
    let scene = || Scene::on("targets-of-every-kind").quit(at(2_500));
    let ran = scene().run::<Ping>("203.0.113.1 203.0.113.6");
    assert_eq!((ran.code(), ran.end), (0, at(2_500)));
    let ran = scene().run::<Ping>("203.0.113.1 203.0.113.2");
    assert_eq!((ran.code(), ran.end), (1, at(2_500)));
}

#[test]
fn an_interrupt_before_any_name_is_known_is_no_error() {
    let scene = Scene::on("names-of-many-kinds").quit(at(500));
    let ran = scene.run::<Ping>("slow.example.net silent.example.net");
    let unresolved =
        |name: &str| format!("netdiag ping: {name}.example.net: not resolved when the run ended\n");
    assert_eq!((ran.code(), ran.out.as_str()), (1, ""));
    assert_eq!(ran.err, unresolved("slow") + &unresolved("silent"));
}

#[test]
fn names_that_are_not_known_at_the_end_are_named_and_counted() {
    let ran = ping("names-of-many-kinds", "-c 1 -w 0.5 -q slow.example.net 192.0.2.1");
    assert_eq!((ran.code(), ran.end), (1, at(500)));
    assert!(ran.err.contains("slow.example.net: not resolved when the run ended"), "{}", ran.err);
    let last = ran.out.lines().find(|line| line.starts_with("1 target: ")).unwrap_or_default();
    assert!(last.starts_with("1 target: 1 answers, 1 more could not be asked; "), "{}", ran.out);
}

#[test]
fn a_deadline_ends_the_look_up_of_the_one_name_too() {
    for form in ["--csv", "--alive", "--json"] {
        let ran = ping("names-of-many-kinds", &format!("-c 1 -w 0.5 {form} slow.example.net"));
        let error = ran.exit.as_ref().expect_err("nothing was asked");
        assert_eq!(error.message, "slow.example.net: not resolved within the deadline");
        assert_eq!(ran.end, at(500));
    }
}

#[test]
fn a_host_that_is_listed_as_alive_is_a_yes_however_few_probes_it_took() {
    let alive = ping("targets-of-every-kind", "--alive -c 3 -w 5 203.0.113.1");
    assert_eq!((alive.code(), alive.out.as_str()), (0, "203.0.113.1\n"));
    let unreachable = ping("targets-of-every-kind", "--unreachable -c 3 -w 5 203.0.113.1");
    assert_eq!((unreachable.code(), unreachable.out.as_str()), (0, ""));
}

#[test]
fn fpings_code_is_by_what_was_answered_in_time() {
    // Every answer of this host comes late.
    let ran = ping("targets-of-every-kind", "--format fping -q -c 2 -i 0.1 -W 0.001 203.0.113.1");
    assert_eq!((ran.code(), ran.err.as_str()), (1, "203.0.113.1 : - -\n"));
}

#[test]
fn fping_lists_every_target_even_if_it_was_not_asked() {
    let ran = ping("a-farm-of-65536-hosts", "--format fping -q -c 2 --rate 1 -w 1.5 10.1.0.0/30");
    let dashes = ran.err.lines().filter(|line| line.ends_with(" : - -")).count();
    assert_eq!((ran.err.lines().count(), dashes, ran.code()), (4, 2, 1));
}

#[test]
fn a_request_shows_the_totals_on_standard_error() {
    let scene = Scene::on("targets-of-every-kind").interim(at(500)).interim(at(2_600));
    let ran = scene.run::<Ping>("-c 4 -q 203.0.113.1 203.0.113.2 203.0.113.6");
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
    let scene = Scene::toml(
        "[here]\naddresses = [\"192.0.2.10/24\"]\n[host.a]\naddresses = [\"192.0.2.1/24\"]\n[[link]]\n\
         ends = [\"here\", \"a\"]\ndelay = \"150ms\"\n",
    );
    let ran = scene.run::<Ping>("--alive -c 5 -i 0.2 192.0.2.1 192.0.2.1");
    assert_eq!((ran.truth.sent(), ran.end, ran.code()), (4, at(501), 0));
    assert_eq!(ran.out, "192.0.2.1\n192.0.2.1\n");
}
