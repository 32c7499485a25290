//! A simulation: hands out the ports, and runs a future on virtual time.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};

use netdiag_model::Mono;

use crate::network::{NameSpec, Network, ReverseSpec};
use crate::port::{Handle, Mover, Shared, SimClock, SimFacts, SimNames, SimSockets};
use crate::truth::Truth;
use crate::world::World;

/// How often a future may be polled while time stands still before it counts as running in a circle.
const PATIENCE: u32 = 10_000_000;

/// A network in motion. Cloning it gives another handle on the same one.
#[derive(Debug, Clone)]
pub struct Sim {
    shared: Handle,
    names: BTreeMap<String, NameSpec>,
    reverse: BTreeMap<IpAddr, ReverseSpec>,
}

impl Sim {
    /// Sets a network in motion. Its clock starts at [`Mono::ZERO`].
    pub fn new(network: &Network) -> Self {
        let plan = network.plan();
        Self {
            shared: Shared::new(World::new(network)),
            names: plan.names.clone(),
            reverse: plan.reverse.clone(),
        }
    }

    /// The same without a [`Truth`], for runs of so many probes that it would fill the memory.
    pub fn without_truth(network: &Network) -> Self {
        let sim = Self::new(network);
        sim.shared.world().truth = None;
        sim
    }

    /// A clock. Each task that waits needs its own.
    pub fn clock(&self) -> SimClock {
        SimClock::new(self.shared.clone())
    }

    /// Where this host's sockets come from.
    pub fn sockets(&self) -> SimSockets {
        SimSockets::new(self.shared.clone())
    }

    /// What this host knows of itself.
    pub fn facts(&self) -> SimFacts {
        SimFacts::new(self.shared.clone())
    }

    /// This host's resolver.
    pub fn names(&self) -> SimNames {
        SimNames::new(self.shared.clone(), self.names.clone(), self.reverse.clone())
    }

    /// The time.
    pub fn now(&self) -> Mono {
        self.shared.world().now
    }

    /// What really became of every probe so far; nothing in a simulation [`without_truth`](Self::without_truth).
    pub fn truth(&self) -> Truth {
        self.shared.world().truth.clone().unwrap_or_default()
    }

    /// Runs a future to its end. Whenever it waits, and nothing has woken it, time goes on to the next thing that
    /// happens. It may hold any number of tasks and clocks; it must not need another executor's timers.
    ///
    /// # Panics
    ///
    /// If the future waits for something that can never happen, or never stops waking itself.
    pub fn run<F: Future>(&self, future: F) -> F::Output {
        let before = self.shared.drive(Mover::Run);
        let flag = Arc::new(Flag(AtomicBool::new(true)));
        let waker = flag.clone().into();
        let mut cx = Context::from_waker(&waker);
        let mut future = pin!(future);
        let mut polls = 0;
        loop {
            if flag.0.swap(false, Ordering::Relaxed) {
                if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
                    self.shared.drive(before);
                    return output;
                }
                polls += 1;
                assert!(
                    polls < PATIENCE,
                    "the future wakes itself again and again and time stands at {}",
                    self.time()
                );
            } else {
                let was = self.now();
                let has_moved = self.shared.world().step();
                assert!(
                    has_moved,
                    "nothing can ever happen: at {} no packet is under way, no clock is waited for ({} events to \
                     come), and the future still waits; give it a deadline",
                    self.time(),
                    self.shared.world().pending(),
                );
                if self.now() != was {
                    polls = 0;
                }
            }
        }
    }

    fn time(&self) -> String {
        format!("{:.6} s", self.now().since(Mono::ZERO).as_secs_f64())
    }
}

/// Whether the future was woken.
#[derive(Debug)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}
