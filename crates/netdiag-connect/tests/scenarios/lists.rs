//! Lists of services in files and on standard input, with lines that are none.

use netdiag_connect::Connect;
use netdiag_stage::{Scene, of_type};

const LIST: &[u8] =
    b"# servers\nweb.example.net:ssh\n203.0.113.3:22,25  # mail\nnonsense\n203.0.113.4:70000\n\
2001:db8::1:22\n\x1b[31m:22\nudp://203.0.113.2:53\ngone.example.net:22\n";

const NETWORK: &str = "a-rack-of-servers";

fn scene() -> Scene {
    Scene::on(NETWORK).input(LIST).file("servers", LIST)
}

#[test]
fn a_file() {
    let ran = scene().run::<Connect>("@servers");
    insta::assert_snapshot!(ran.page());
    assert_eq!(ran.code(), 1);
}

#[test]
fn standard_input_beside_words() {
    let ran = scene().run::<Connect>("- 203.0.113.2:80");
    insta::assert_snapshot!(ran.page());
}

#[test]
fn faults_are_notices_where_records_are_wanted() {
    let ran = scene().run::<Connect>("--json -");
    let records = ran.valid_records();
    let notices: Vec<&str> =
        of_type(&records, "notice").iter().filter_map(|notice| notice["message"].as_str()).collect();
    assert_eq!((notices.len(), ran.err.as_str()), (5, ""), "{notices:?}");
    assert!(notices.iter().all(|notice| !notice.contains('\x1b')), "{notices:?}");
}

#[test]
fn a_list_without_faults_is_all_open() {
    let ran = Scene::on(NETWORK).input(b"203.0.113.2:22\n\n203.0.113.3:22").run::<Connect>("-");
    assert_eq!((ran.code(), ran.err.as_str()), (0, ""), "{}", ran.page());
}

#[test]
fn a_list_of_nothing_and_one_that_is_not_there() {
    for (scene, args) in
        [(Scene::on(NETWORK).input(b"# nothing\n"), "-"), (Scene::on(NETWORK), "@no-such-file")]
    {
        let ran = scene.run::<Connect>(args);
        let error = ran.exit.expect_err("nothing to ask");
        assert_eq!(error.message, "there is nothing that can be asked", "{args}");
    }
}
