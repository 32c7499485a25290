//! Reverse names over a system of the test's own.

use std::net::Ipv6Addr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use netdiag_model::{Family, Mono};

use super::*;
use crate::setup::Setup;
use crate::system::{Failure, Found};

/// A system that knows one name, or blank ones, once it is released.
struct Slow {
    name: Option<&'static str>,
    asked: AtomicUsize,
    release: Mutex<Receiver<()>>,
}

impl Slow {
    fn new(name: Option<&'static str>) -> (Arc<Self>, Sender<()>) {
        let (release, held) = channel();
        (Arc::new(Self { name, asked: AtomicUsize::new(0), release: Mutex::new(held) }), release)
    }
}

impl System for Slow {
    fn forward(&self, _: &str, _: Option<Family>) -> Result<Found, Failure> {
        unreachable!("only addresses are looked up")
    }

    fn backward(&self, _: IpAddr) -> Option<String> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.release.lock().expect("lock").recv().expect("the test releases");
        self.name.map(str::to_owned)
    }

    fn setup(&self) -> Setup {
        unreachable!("nothing is explained")
    }

    fn interface(&self, _: Ipv6Addr, _: &str) -> Option<u32> {
        None
    }
}

fn reverse(system: &Arc<Slow>) -> (Reverse, Arc<AtomicU64>) {
    let clock = Arc::new(AtomicU64::new(0));
    let reading = Arc::clone(&clock);
    let now = Arc::new(move || Mono::from_nanos(reading.load(Ordering::SeqCst)));
    (Reverse::new(Arc::clone(system) as Arc<dyn System>, now), clock)
}

const ADDRESS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 1));

#[tokio::test]
async fn an_address_is_asked_for_once() {
    let (system, release) = Slow::new(Some("r1.example"));
    let (reverse, clock) = reverse(&system);
    let (first, second) = (reverse.name(ADDRESS), reverse.name(ADDRESS));
    release.send(()).expect("release");
    assert_eq!((first.await, second.await), (Some("r1.example".to_owned()), Some("r1.example".to_owned())));
    clock.store(u64::MAX, Ordering::SeqCst);
    assert_eq!(reverse.name(ADDRESS).await.as_deref(), Some("r1.example"));
    assert_eq!(system.asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_address_without_a_name_is_asked_for_again_later() {
    let (system, release) = Slow::new(None);
    let (reverse, clock) = reverse(&system);
    for (at, asked) in [(0, 1), (59, 1), (61, 2)] {
        clock.store(at * 1_000_000_000, Ordering::SeqCst);
        release.send(()).expect("release");
        assert_eq!(reverse.name(ADDRESS).await, None);
        assert_eq!(system.asked.load(Ordering::SeqCst), asked);
    }
}

#[tokio::test]
async fn a_name_that_shows_nothing_is_none() {
    let (system, release) = Slow::new(Some(" \u{1b}\u{7}"));
    release.send(()).expect("release");
    assert_eq!(reverse(&system).0.name(ADDRESS).await, None);
}

#[tokio::test]
async fn the_answer_to_a_dropped_look_up_is_kept() {
    let (system, release) = Slow::new(Some("r1.example"));
    let (reverse, _) = reverse(&system);
    drop(reverse.name(ADDRESS));
    release.send(()).expect("release");
    assert_eq!(reverse.name(ADDRESS).await.as_deref(), Some("r1.example"));
    assert_eq!(system.asked.load(Ordering::SeqCst), 1);
}

/// This test ends only if nothing waits for the look-up, which is never released.
#[test]
fn a_look_up_that_hangs_holds_up_no_exit() {
    let (system, _release) = Slow::new(None);
    let (reverse, _) = reverse(&system);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("runtime");
    let pending = reverse.name(ADDRESS);
    runtime.block_on(async {
        tokio::select! {
            biased;
            _ = pending => unreachable!("the look-up is not released"),
            () = tokio::task::yield_now() => {}
        }
    });
    drop(runtime);
    drop(reverse);
}
