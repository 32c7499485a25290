//! Ways in which a connection does not come about, each with a laboratory that stages it, as a table.
//!
//! `client` – `r1` – `server` for most; what is expected of a tool is not known here. Rows follow what a client can
//! meet: answers, refusals by ICMP, silence, routes, and what happens right after the handshake.

mod answers;
mod closing;
mod here;
mod refusals;
mod routes;
mod scene;
mod silence;
mod staged;
mod udp;

use crate::error::Result;
use crate::family::{BOTH, V4, V6};

pub use crate::family::Family;
pub use scene::{PORT, Scene};
pub use staged::Staged;

/// What is asked of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A connection.
    Tcp,
    /// A datagram and an answer to it.
    Udp,
}

/// One way in which a connection comes about or not.
#[derive(Clone, Copy, Debug)]
pub struct Fault {
    /// Short, in kebab case; reads as a phrase.
    pub name: &'static str,
    /// What is the matter, as a sentence.
    pub sentence: &'static str,
    /// What is asked of the target.
    pub protocol: Protocol,
    /// The families in which it exists.
    pub families: &'static [Family],
    /// Programs beside `ip` that its staging calls.
    pub needs: &'static [&'static str],
    /// Builds the laboratory.
    pub stage: fn(Family) -> Result<Staged>,
}

/// Every fault.
pub fn faults() -> impl Iterator<Item = &'static Fault> {
    [
        answers::FAULTS,
        refusals::FAULTS,
        silence::FAULTS,
        routes::FAULTS,
        closing::FAULTS,
        here::FAULTS,
        udp::FAULTS,
    ]
    .into_iter()
    .flatten()
}

/// A fault of TCP in both families that needs nothing but `ip`.
const fn tcp(name: &'static str, sentence: &'static str, stage: fn(Family) -> Result<Staged>) -> Fault {
    Fault { name, sentence, protocol: Protocol::Tcp, families: BOTH, needs: &[], stage }
}

impl Fault {
    /// The same by rules of a firewall.
    const fn by_rules(mut self) -> Self {
        self.needs = &["nft"];
        self
    }

    /// The same in these families alone.
    const fn only(mut self, families: &'static [Family]) -> Self {
        self.families = families;
        self
    }

    /// The same for datagrams.
    const fn of_udp(mut self) -> Self {
        self.protocol = Protocol::Udp;
        self
    }
}
