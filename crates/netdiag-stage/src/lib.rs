//! Whole runs of tools on simulated networks, as the program does them: arguments, plan, open, run; with virtual time,
//! commands at their times, lists and streams in memory.
//!
//! A [`Scene`] is what a run finds around it, [`Ran`] what came of it; [`Schema`] and [`plain`] hold its records against
//! the published schemas and against plain formulas. For tests only: whatever is not as it should be panics.

mod cues;
mod memory;
pub mod plain;
mod ran;
mod records;
mod scene;

use netdiag_model::Mono;

pub use ran::Ran;
pub use records::{Schema, of_type, only};
pub use scene::Scene;

/// A moment, in milliseconds from the start of the run.
pub const fn at(millis: u64) -> Mono {
    Mono::from_nanos(millis * 1_000_000)
}
