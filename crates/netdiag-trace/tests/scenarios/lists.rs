//! Targets from files and standard input, bad lines in them, names that do not resolve; and the exit codes.

use netdiag_stage::{Ran, Scene, of_type};
use netdiag_trace::Trace;
use serde_json::Value;

use crate::agree::{agreeing, notices};
use crate::trace;

const NETWORK: &str = "names-of-many-kinds";

const LIST: &[u8] = b"\xef\xbb\xbf# hosts\r\n192.0.2.1 # the first\r\n\r\n  both.example.net\r\n192.0.2.0/30\r\ntwo words\r\n\
bad\xffutf8\r\n-\r\n@more\r\ngone.example.net\r\n192.0.2.2";

fn targets(records: &[Value]) -> Vec<&str> {
    let summaries = of_type(records, "summary").into_iter();
    summaries.filter_map(|summary| summary["target"].as_str()).collect()
}

fn of_input(args: &str) -> Ran {
    Scene::on(NETWORK).input(LIST).file("hosts", LIST).run::<Trace>(args)
}

#[test]
fn a_list_with_garbage_in_it() {
    insta::assert_snapshot!("list_with_garbage", of_input("-n --quiet -").page());
    for args in ["-n --json -", "-n --json @hosts"] {
        let ran = of_input(args);
        let records = agreeing(&ran);
        let notices = notices(&records);
        assert_eq!(
            notices.iter().filter(|code| **code == "bad-target").count()
                + notices.iter().filter(|code| **code == "unresolved").count(),
            notices.len()
        );
        assert!(notices.contains(&"unresolved") && ran.err.is_empty());
        assert!(targets(&records).contains(&"both.example.net") && targets(&records).contains(&"192.0.2.2"));
        assert_eq!(ran.code(), 1, "not all of them can be asked");
    }
}

#[test]
fn exit_codes_are_yes_no_and_could_not_run() {
    for (args, code) in [
        ("-n 192.0.2.1", 0),
        ("-n 192.0.2.1 192.0.2.2", 0),
        ("-n 192.0.2.1 gone.example.net", 1),
        ("-n 192.0.2.1 192.0.2.99 --gap-limit 1", 1),
    ] {
        assert_eq!(trace(NETWORK, args).code(), code, "{args}");
    }
    for args in ["gone.example.net", "gone.example.net broken.example.net", "@nothing"] {
        let ran = Scene::on(NETWORK).file("nothing", b"# nobody\n").run::<Trace>(args);
        let error = ran.exit.expect_err("could not run");
        assert_eq!(error.message, "there is no target that can be asked", "{args}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_said_and_the_rest_is_asked() {
    let ran = trace(NETWORK, "-n --json 192.0.2.1 @absent");
    let records = agreeing(&ran);
    assert_eq!((notices(&records), ran.code()), (vec!["unreadable"], 1));
    assert_eq!(targets(&records), ["192.0.2.1"]);
}

#[test]
fn a_target_whose_companions_come_to_nothing_is_shown_once() {
    let ran = trace("names-that-take-their-time", "-n 192.0.2.1 silent.example.net");
    insta::assert_snapshot!("one_of_two", ran.page());
    assert_eq!(ran.out.matches("trace to").count(), 1);
}

#[test]
fn a_slow_name_holds_nobody_up() {
    let ran = trace("names-that-take-their-time", "-n --json www.example.net 192.0.2.1");
    let records = agreeing(&ran);
    assert_eq!(targets(&records), ["192.0.2.1", "www.example.net"]);
    let elapsed = of_type(&records, "summary")[0]["elapsed_ms"].as_f64();
    assert!(elapsed.is_some_and(|elapsed| elapsed < 100.0));
}

#[test]
fn a_list_of_one_looks_like_one() {
    let ran = Scene::on("a-straight-path").file("one", b"203.0.113.7\n").run::<Trace>("-n @one");
    let alone = trace("a-straight-path", "-n 203.0.113.7");
    assert_eq!(ran.out, alone.out);
}
