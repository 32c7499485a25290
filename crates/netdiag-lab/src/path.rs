//! Paths that a trace can meet, each with a laboratory that stages it and the truth about it, as a table.
//!
//! `client`, routers, `server`, on real kernels; what is expected of a tool is not known here. Routers keep their
//! kernel's own limits on ICMP errors unless the scene says otherwise ([`Limits`]); datagram ICMP sockets are closed as
//! in any fresh node. Every path is told for one flow, unless it is balanced.

mod balance;
mod chains;
mod change;
mod crowd;
mod far;
mod limits;
mod link_local;
mod loops;
mod lossy;
mod mtu;
mod puppets;
mod refusals;
mod rewriting;
mod road;
mod staged;
mod truth;

use crate::error::Result;
use crate::family::{BOTH, V4, V6};

pub use crate::family::Family;
pub use lossy::{VARIATIONS, lossless, lossy};
pub use staged::Staged;
pub use truth::{Balance, End, Limits, Link, Lossy, MtuStep, Rewriting, Rewritten, Truth};

/// One kind of path.
#[derive(Clone, Copy, Debug)]
pub struct Scene {
    /// Short, in kebab case; reads as a phrase.
    pub name: &'static str,
    /// What is special about it, as a sentence.
    pub sentence: &'static str,
    /// The families in which it exists.
    pub families: &'static [Family],
    /// Programs beside `ip` that its staging calls.
    pub needs: &'static [&'static str],
    /// Builds the laboratory.
    pub stage: fn(Family) -> Result<Staged>,
}

/// Every scene.
pub fn scenes() -> impl Iterator<Item = &'static Scene> {
    [
        chains::SCENES,
        balance::SCENES,
        mtu::SCENES,
        rewriting::SCENES,
        refusals::SCENES,
        loops::SCENES,
        limits::SCENES,
        lossy::SCENES,
        link_local::SCENES,
        puppets::SCENES,
        far::SCENES,
        change::SCENES,
        crowd::SCENES,
    ]
    .into_iter()
    .flatten()
}

/// The scene of this name.
pub fn scene(name: &str) -> Option<&'static Scene> {
    scenes().find(|scene| scene.name == name)
}

/// A scene in both families that needs nothing but `ip`.
const fn path(name: &'static str, sentence: &'static str, stage: fn(Family) -> Result<Staged>) -> Scene {
    Scene { name, sentence, families: BOTH, needs: &[], stage }
}

impl Scene {
    /// The same by rules of nftables.
    const fn by_rules(mut self) -> Self {
        self.needs = &["nft"];
        self
    }

    /// The same where an answer to ping shows that it is ready.
    const fn settled_by_ping(mut self) -> Self {
        self.needs = &["ping"];
        self
    }

    /// The same in these families alone.
    const fn only(mut self, families: &'static [Family]) -> Self {
        self.families = families;
        self
    }
}
