//! A simulation: hands out the ports, and runs a future on virtual time.

use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake};

use netdiag_model::Mono;

use crate::network::{Lookups, Network};
use crate::port::{Handle, Mover, Shared, SimClock, SimFacts, SimNames, SimSockets, SimTables};
use crate::truth::Truth;
use crate::world::World;

/// How often a future may be polled while time stands still before it counts as running in a circle.
const PATIENCE: u32 = 10_000_000;

/// A network in motion. Cloning it gives another handle on the same one.
#[derive(Debug, Clone)]
pub struct Sim {
    shared: Handle,
    lookups: Rc<Lookups>,
}

impl Sim {
    /// Sets a network in motion. Its clock starts at [`Mono::ZERO`].
    pub fn new(network: &Network) -> Self {
        let lookups = Rc::new(network.plan().lookups.clone());
        Self { shared: Shared::new(World::new(network)), lookups }
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
        SimNames::new(self.shared.clone(), self.lookups.clone())
    }

    /// This host's files of who announces what.
    pub fn tables(&self) -> SimTables {
        SimTables::new(self.lookups.clone())
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
