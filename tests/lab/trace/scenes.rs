//! Every path of the laboratory, asked by ICMP, UDP and TCP as an ordinary user: what is said is what is true.

use std::thread;

use libtest_mimic::{Failed, Trial};
use netdiag_lab::path::{Balance, Family, Scene, Staged, scenes};

use super::stage::{Run, each, open, run};
use super::truth::{By, differences};
use crate::harness::{Tested, check};

/// By each protocol, and how it is asked for. TCP sends one by one, so more than one probe would be more time.
const WAYS: [(By, &str); 3] = [(By::Icmp, "-I"), (By::Udp, "-U"), (By::Tcp, "-T -q 1")];

pub(crate) fn trials() -> Vec<Trial> {
    each("scenes", scenes(), hold)
}

/// All three at once, each in a laboratory of its own: most of the time is waiting, and nobody is to meet what another has
/// left of the kernels' limits.
fn hold(scene: &'static Scene, family: Family) -> Tested {
    let threads =
        WAYS.map(|(by, options)| (options, thread::spawn(move || asked(scene, family, (by, options)))));
    let mut wrong = String::new();
    for (options, thread) in threads {
        let problems = thread.join().map_err(|_| format!("{options} broke off"))?;
        wrong += &problems.unwrap_or_else(|error| error.message().unwrap_or_default().to_owned());
    }
    check(wrong.is_empty(), || format!("{}\n{wrong}", scene.sentence))
}

fn asked(scene: &Scene, family: Family, (by, options): (By, &str)) -> Result<String, Failed> {
    let staged = open(scene, family)?;
    let said = run(&staged, &format!("-m 12 {} {options} {}", patience(scene), more(&staged)))?;
    let problems = problems(scene, &staged, &said, by);
    if problems.is_empty() {
        return Ok(String::new());
    }
    Ok(format!("{options}: {problems:#?}\n{:#}\n", said.summary))
}

/// A kernel takes three seconds to find that a neighbour is not there.
fn patience(scene: &Scene) -> &'static str {
    if scene.name == "nobody-at-the-address" { "-w 4" } else { "-w 0.5" }
}

/// Where packets get lost, as many probes as make it sure that one comes through.
fn more(staged: &Staged) -> &'static str {
    if staged.truth.lossy.is_some() || !staged.wires.is_empty() { "-q 6" } else { "" }
}

fn problems(scene: &Scene, staged: &Staged, said: &Run, by: By) -> Vec<String> {
    let mut problems = differences(staged, said, by);
    // TCP waits a second for the first probe of a kind, and the router needs three to say so.
    if scene.name == "nobody-at-the-address" && by == By::Tcp {
        problems.clear();
    }
    if staged.truth.balance != Balance::PerPacket && said.hops.iter().any(|hop| hop.addresses().len() > 1) {
        problems.push(format!("one flow takes several ways: {said:#?}"));
    }
    problems
}
