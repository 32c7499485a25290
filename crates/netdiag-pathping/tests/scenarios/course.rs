//! The course of a run: interrupts, interim tables, deadlines, progress, late answers, and options that have no meaning.

use netdiag_pathping::Pathping;
use netdiag_stage::{Scene, at, of_type, only};

use crate::pathping;

#[test]
fn an_interrupt_gives_the_result_so_far() {
    let ran = Scene::on("a-straight-path").quit(at(5_000)).run::<Pathping>("203.0.113.7");
    assert_eq!((ran.code(), ran.end), (0, at(5_000)));
    insta::assert_snapshot!(ran.page());
}

#[test]
fn an_interrupt_during_the_search_shows_the_route_so_far() {
    let ran = Scene::on("a-silent-hop").quit(at(15)).run::<Pathping>("203.0.113.7");
    assert_eq!(ran.code(), 1);
    insta::assert_snapshot!(ran.page());
}

#[test]
fn an_interim_table_goes_to_standard_error() {
    let ran = Scene::on("a-straight-path").interim(at(3_000)).run::<Pathping>("-q 20 203.0.113.7");
    insta::assert_snapshot!(ran.err);
}

#[test]
fn a_deadline_ends_it() {
    let ran = pathping("a-straight-path", "--json --deadline 3 203.0.113.7");
    let records = ran.valid_records();
    assert_eq!((ran.end, ran.code()), (at(3_000), 0));
    assert!(only(&records, "summary")["rounds"].as_u64().is_some_and(|rounds| (10..=13).contains(&rounds)));
}

#[test]
fn people_at_a_terminal_see_how_far_it_is() {
    let ran = Scene::on("a-straight-path").screen(80).run::<Pathping>("--color never -q 20 203.0.113.7");
    assert!(ran.err.contains("round 11 of 20, 3 s left"), "{}", ran.err);
    let quiet = Scene::on("a-straight-path").screen(80).run::<Pathping>("--quiet -q 20 203.0.113.7");
    assert_eq!(quiet.err, "");
}

#[test]
fn answers_to_the_search_that_come_during_the_survey_are_neither_strangers_nor_counted() {
    // The target takes 0.2 s longer than it is waited for.
    let network = "[here]\naddresses = [\"192.0.2.10/24\"]\n[router.r1]\naddresses = [\"192.0.2.1/24\"]\n\
                   [host.target]\naddresses = [\"203.0.113.7/24\"]\n[[link]]\nends = [\"here\", \"r1\"]\ndelay = \"1ms\"\n\
                   [[link]]\nends = [\"r1\", \"target\"]\ndelay = \"600ms\"\n";
    let ran = Scene::toml(network).run::<Pathping>("--json -w 1 -q 10 203.0.113.7");
    let records = ran.valid_records();
    assert_eq!(of_type(&records, "notice").len(), 0, "{records:#?}");
    let hops = of_type(&records, "hop");
    assert_eq!(
        (hops.len(), &hops[0]["sent"], &hops[0]["received"]),
        (1, &10.into(), &10.into()),
        "{hops:#?}"
    );
}

#[test]
fn names_are_shown_when_they_are_known() {
    let network = "[here]\naddresses = [\"192.0.2.10/24\"]\n[router.r1]\naddresses = [\"192.0.2.1/24\"]\n\
                   [host.target]\naddresses = [\"203.0.113.7/24\"]\n[[link]]\nends = [\"here\", \"r1\", \"target\"]\n\
                   [reverse.\"192.0.2.1\"]\nname = \"r1.example.net\"\ndelay = \"200ms\"\n\
                   [reverse.\"203.0.113.7\"]\nname = \"slow.example.net\"\ndelay = \"1m\"\n\
                   [name.\"target.example.net\"]\naddresses = [\"203.0.113.7\"]\n";
    insta::assert_snapshot!(Scene::toml(network).run::<Pathping>("-q 10 target.example.net").page());
    let numeric = Scene::toml(network).run::<Pathping>("-n -q 10 target.example.net").page();
    assert!(!numeric.contains("r1.example.net"), "{numeric}");
}

#[test]
fn options_that_have_no_meaning_are_refused() {
    let wrong = [
        "203.0.113.7 203.0.113.8",
        "@hosts.txt",
        "-",
        "192.0.2.0/24",
        "--protocol tcp 203.0.113.7",
        "--port 53 203.0.113.7",
        "-h 3 --first-ttl 4 203.0.113.7",
        "-w 0 203.0.113.7",
        "-p 0 203.0.113.7",
        "--size 30 203.0.113.7",
        "-6 --source 192.0.2.10 2001:db8:2::7",
        "nowhere.example.net",
    ];
    let said = wrong.map(|args| {
        let error = pathping("a-straight-path", args).exit.expect_err(args);
        let hint = error.hint.as_deref().map_or(String::new(), |hint| format!("\n    {hint}"));
        format!("{args}\n  {}{hint}\n", error.message)
    });
    insta::assert_snapshot!(said.concat());
}
