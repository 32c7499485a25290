//! What runs keep in memory, by an allocator that counts: an hour of sweeping, and very many targets at once. What is
//! measured holds the simulated network too, which keeps nothing of what is over.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Mutex, MutexGuard, PoisonError};

use netdiag_ping::Ping;
use netdiag_sim::Network;
use netdiag_stage::{Ran, Scene, at};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

/// What one test keeps would be counted in another.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hosts at all of 10.0.0.0/8, behind a link with these keys.
fn farm(host: &str, link: &str) -> Network {
    let text = format!(
        "[here]\naddresses = [\"192.0.2.10/24\"]\n[host.farm]\nserves = [\"10.0.0.0/8\"]\n{host}\n[[link]]\n\
         ends = [\"here\", \"farm\"]\n{link}\n"
    );
    Network::from_toml(&text).expect("a network")
}

/// Runs `netdiag ping ARGS`, and says how many octets were kept at these moments (in milliseconds).
fn kept(network: &Network, args: &str, moments: &[u64]) -> (Ran, Vec<usize>) {
    let before = HEAP.current_usage();
    let kept = Rc::new(RefCell::new(Vec::new()));
    let scene = Scene::new(network.clone()).without_truth();
    let scene = moments.iter().fold(scene, |scene, millis| {
        let kept = kept.clone();
        scene.look(at(*millis), move || {
            kept.borrow_mut().push(HEAP.current_usage().saturating_sub(before));
        })
    });
    let ran = scene.run::<Ping>(args);
    (ran, kept.take())
}

/// 3.6 million probes, one in fifty lost on the way.
#[test]
fn an_hour_of_sweeping_keeps_the_times_of_answers_and_nothing_else() {
    let _alone = alone();
    let network = farm("", "delay = \"5ms\"\njitter = \"2ms\"\nloss = 0.01");
    let (ran, kept) = kept(&network, "-q -i 0 -w 3600 10.1.0.0/20", &[1_200_000, 3_599_000]);
    let last =
        ran.out.lines().find(|line| line.starts_with("4096 targets: 4096 answer; 3600000 probes sent, "));
    println!("kept after 20 minutes and after an hour: {kept:?} octets; {last:?}");
    assert!(last.is_some(), "{}", ran.out.lines().last().unwrap_or_default());
    // For the percentiles each answer's time is kept, in four octets, by vectors that double when they are full; what is
    // kept for jitter is of the last two minutes.
    let answers = 2_400_000;
    assert!(kept[1].saturating_sub(kept[0]) < answers * 9, "{kept:?}");
    assert!(kept[1] < 3_600_000 * 9 + (12 << 20), "{kept:?}");
}

/// The same to hosts that are silent: there is nothing to keep.
#[test]
fn ten_minutes_of_silence_keep_nothing() {
    let _alone = alone();
    let network = farm("silent = \"echo\"", "delay = \"5ms\"");
    let (ran, kept) = kept(&network, "-q -i 0 --rate 200 -w 600 10.1.0.0/22", &[200_000, 599_000]);
    println!("kept after a third of ten minutes and at their end: {kept:?} octets");
    assert!(
        ran.out.contains("1024 targets: 0 answer, 1024 do not; 120000 probes sent, 0 answered, 100% loss")
    );
    assert!(kept[1] < kept[0] + 65_536, "{kept:?}");
}

/// Hosts 10.1.0.0 and on.
const MANY: &str = "10.1.0.0-10.4.52.79";

#[track_caller]
fn assert_all_answered(ran: &Ran, span: &str) {
    let expected = "210000 targets: 210000 answer; 210000 probes sent, 210000 answered, 0% loss in ";
    assert_eq!(ran.out.lines().last(), Some(format!("{expected}{span}").as_str()));
    assert_eq!((ran.out.lines().filter(|line| line.starts_with("10.")).count(), ran.code()), (210_000, 0));
}

#[test]
fn many_targets_cost_little_each() {
    let _alone = alone();
    let network = farm("", "delay = \"1ms\"");
    let (ran, kept) = kept(&network, &format!("-q -c 1 --rate 50000 {MANY}"), &[4_199]);
    println!("octets for each of 210 000 targets: {}", kept[0] / 210_000);
    assert_all_answered(&ran, "4.2 s");
    assert!(kept[0] / 210_000 < 250, "{kept:?}");
}

/// Answers take 1.2 s: more probes are out at once than one socket, or two, have numbers for.
#[test]
fn many_probes_under_way_cost_little_each() {
    let _alone = alone();
    let network = farm("", "delay = \"600ms\"");
    let (ran, kept) = kept(&network, &format!("-q -c 1 --rate 150000 {MANY}"), &[1_199, 2_590]);
    let each = kept.iter().map(|kept| kept / 210_000).collect::<Vec<_>>();
    println!("octets per target, with 180 000 probes under way and at the end: {each:?}");
    assert_all_answered(&ran, "2.6 s");
    assert!(each[1] < 400, "{each:?}");
}
