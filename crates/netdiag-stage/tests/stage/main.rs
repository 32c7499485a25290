//! The stage, with a tool that says back what it is told and what it finds.

mod parrot;
mod records;

use std::cell::Cell;
use std::rc::Rc;

use netdiag_engine::driver::Command;
use netdiag_stage::{Scene, at};
use netdiag_tool::{Caller, Terminal};

use parrot::Parrot;

/// This host alone.
const ALONE: &str = "[here]\naddresses = [\"192.0.2.10/24\"]\n";

#[test]
fn a_run_is_told_what_happens_in_the_order_of_time() {
    let seen = Rc::new(Cell::new(0));
    let look = seen.clone();
    let scene = Scene::toml(ALONE)
        .quit(at(2_000))
        .interim(at(500))
        .look(at(700), move || look.set(look.get() + 1))
        .command(at(499), Command::Interim);
    let ran = scene.run::<Parrot>("a b");
    assert_eq!(
        ran.page(),
        "$ netdiag parrot a b\na\nb\n0.499 Interim\n0.5 Interim\n2 Quit\n--- exit 0 ---\n"
    );
    assert_eq!((ran.code(), ran.end, seen.get()), (0, at(2_000), 1));
}

#[test]
fn what_happens_after_the_end_does_not_happen() {
    let seen = Rc::new(Cell::new(0));
    let look = seen.clone();
    let ran = Scene::toml(ALONE).quit(at(5)).look(at(6), move || look.set(1)).run::<Parrot>("");
    assert_eq!((ran.end, seen.get()), (at(5), 0));
}

#[test]
fn a_run_reads_the_lists_that_are_there() {
    let scene = || Scene::on("a-straight-path").quit(at(1));
    let ran = scene().input(b"one\ntwo\n").file("more", b"three\n").run::<Parrot>("- @more");
    assert_eq!(ran.out, "one\ntwo\nthree\n0.001 Quit\n");
    let ran = scene().run::<Parrot>("@more");
    assert_eq!(
        ran.page(),
        "$ netdiag parrot @more\n--- standard error ---\nmore: not there\n--- exit error: nothing to say ---\n"
    );
}

#[test]
fn a_run_knows_its_caller_its_terminal_and_its_proxies() {
    let ran = Scene::toml(ALONE).caller(Caller::User).run::<Parrot>("a");
    assert_eq!((ran.exit.expect_err("refused").message.as_str(), ran.end), ("only root has a parrot", at(0)));
    let said = |scene: Scene| scene.quit(at(0)).run::<Parrot>("?").out;
    assert_eq!(said(Scene::toml(ALONE)), "out false, err false, columns None, proxies 0\n0 Quit\n");
    let screen = Scene::toml(ALONE).screen(72).proxy("https_proxy", "http://proxy.example");
    assert_eq!(said(screen), "out true, err true, columns Some(72), proxies 1\n0 Quit\n");
    let terminal = Terminal { is_stderr: true, ..Terminal::default() };
    assert_eq!(
        said(Scene::toml(ALONE).terminal(terminal)),
        "out false, err true, columns None, proxies 0\n0 Quit\n"
    );
}
