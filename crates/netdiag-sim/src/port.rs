//! The engine's ports on the simulated world.
//!
//! All of them share one world. Under [`crate::Sim::run`] they only say what they wait for, and time moves when nothing
//! else does. Under another executor they move it themselves: a clock that is asked to wait does, and so does a socket
//! that is asked twice with no clock between. That is right for a single task, which polls its sockets before its
//! clock.

mod clock;
mod connector;
mod facts;
mod names;
mod socket;
mod sockets;
mod tables;
mod witness;

use std::cell::{Cell, RefCell, RefMut};
use std::rc::Rc;
use std::task::{Context, Waker};

pub use clock::SimClock;
pub use facts::SimFacts;
pub use names::SimNames;
pub use sockets::SimSockets;
pub use tables::SimTables;

use crate::world::World;

/// Who moves time when nothing else can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mover {
    /// [`crate::Sim::run`].
    Run,
    /// The ports, when they are polled in vain.
    Ports,
}

/// The world, and who moves its time.
#[derive(Debug)]
pub(crate) struct Shared {
    world: RefCell<World>,
    mover: Cell<Mover>,
    /// Something other than a clock was polled in vain, and no clock since.
    was_idle: Cell<bool>,
}

/// A handle on the world.
pub(crate) type Handle = Rc<Shared>;

impl Shared {
    pub(crate) fn new(world: World) -> Handle {
        Rc::new(Self {
            world: RefCell::new(world),
            mover: Cell::new(Mover::Ports),
            was_idle: Cell::new(false),
        })
    }

    pub(crate) fn world(&self) -> RefMut<'_, World> {
        self.world.borrow_mut()
    }

    /// Says who moves time from now on; returns who did before.
    pub(crate) fn drive(&self, mover: Mover) -> Mover {
        self.mover.replace(mover)
    }

    /// Nothing is there for the caller, which has left its waker. Moves time if nobody else does.
    fn idle(&self, cx: &Context<'_>) {
        if self.mover.get() == Mover::Run {
            return;
        }
        let has_moved = !self.was_idle.replace(true) || self.world().nudge();
        if has_moved {
            cx.waker().wake_by_ref();
        }
    }

    /// A clock's time has not come yet. Moves time if nobody else does; the caller is then to look again, and to be
    /// polled again.
    fn idle_clock(&self, cx: &Context<'_>) {
        if self.mover.get() == Mover::Ports {
            self.world().nudge();
            cx.waker().wake_by_ref();
        }
    }
}

/// Leaves the caller's waker where it will be found.
fn wait(slot: &mut Option<Waker>, cx: &Context<'_>) {
    match slot {
        Some(waker) => waker.clone_from(cx.waker()),
        None => *slot = Some(cx.waker().clone()),
    }
}
