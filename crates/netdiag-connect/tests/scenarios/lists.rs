//! Lists of services in files and on standard input, with lines that are none.

use netdiag_sim::Sim;

use crate::harness::{Scene, network};
use crate::json::{assert_valid, of_type};

const LIST: &[u8] =
    b"# servers\nweb.example.net:ssh\n203.0.113.3:22,25  # mail\nnonsense\n203.0.113.4:70000\n\
2001:db8::1:22\n\x1b[31m:22\nudp://203.0.113.2:53\ngone.example.net:22\n";

fn scene() -> Scene {
    Scene::input(LIST).file("servers", LIST)
}

fn sim() -> Sim {
    Sim::new(&network("a-rack-of-servers"))
}

#[test]
fn a_file() {
    let ran = scene().run(&sim(), "@servers");
    insta::assert_snapshot!(ran.page());
    assert_eq!(ran.code(), 1);
}

#[test]
fn standard_input_beside_words() {
    let ran = scene().run(&sim(), "- 203.0.113.2:80");
    insta::assert_snapshot!(ran.page());
}

#[test]
fn faults_are_notices_where_records_are_wanted() {
    let ran = scene().run(&sim(), "--json -");
    let records = ran.records();
    assert_valid(&records);
    let notices: Vec<&str> =
        of_type(&records, "notice").iter().filter_map(|notice| notice["message"].as_str()).collect();
    assert_eq!((notices.len(), ran.err.as_str()), (5, ""), "{notices:?}");
    assert!(notices.iter().all(|notice| !notice.contains('\x1b')), "{notices:?}");
}

#[test]
fn a_list_without_faults_is_all_open() {
    let ran = Scene::input(b"203.0.113.2:22\n\n203.0.113.3:22").run(&sim(), "-");
    assert_eq!((ran.code(), ran.err.as_str()), (0, ""), "{}", ran.page());
}

#[test]
fn a_list_of_nothing_and_one_that_is_not_there() {
    for (scene, args) in [(Scene::input(b"# nothing\n"), "-"), (Scene::default(), "@no-such-file")] {
        let ran = scene.run(&sim(), args);
        let error = ran.exit.expect_err("nothing to ask");
        assert_eq!(error.message, "there is nothing that can be asked", "{args}");
    }
}
