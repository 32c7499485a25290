//! Laboratories of real kernels in network namespaces, for tests and benches.
//!
//! A [`Lab`] holds nodes, each a network stack of its own, joined by cables ([`Lab::link`]) or by
//! wires that delay and lose frames and keep a log of it ([`Lab::wire`]). It needs root or user
//! namespaces; [`support`] says which, and what is missing. Everything ends with the process.
//!
//! ```no_run
//! fn main() -> Result<(), netdiag_lab::Error> {
//!     netdiag_lab::intercept(); // first thing: agents are this very binary
//!     let lab = netdiag_lab::Lab::chain(2)?;
//!     let server = lab.node("server")?.v4()?.to_string();
//!     let ping = lab.node("client")?.command("ping").args(["-c", "1", &server]).output()?;
//!     assert!(ping.status.success());
//!     Ok(())
//! }
//! ```

mod agent;
mod capture;
mod command;
mod error;
mod family;
pub mod fault;
mod frame;
mod intercept;
mod lab;
mod nft;
mod node;
mod output;
pub mod path;
mod premises;
mod remote;
mod responder;
mod server;
mod shape;
mod site;
mod support;
mod topology;
mod usage;
mod wire;

pub use agent::Rights;
pub use capture::{Capture, Captured, Direction};
pub use command::{Command, Running, Signal};
pub use error::{Error, Result};
pub use frame::{Echo, EchoKind, FrameKind};
pub use intercept::intercept;
pub use lab::Lab;
pub use nft::{Hook, Reject, Ruleset, Traffic};
pub use node::{IcmpSockets, LinkState, Node};
pub use output::Output;
pub use responder::{Answer, Flaw, IcmpError, Responder, Script, Seen};
pub use server::{CLOSED_PORT, Outcome, Server, Serving, Visit, Zone};
pub use support::{Missing, Support, support};
pub use topology::Paths;
pub use usage::Usage;
pub use wire::{
    Action, Corruption, Fate, Fault, Impairment, Jitter, Loss, Mark, Passage, Way, Which, Wire, WireLog,
    WireSpec,
};
