//! The probe engine: what to send when, what an answer belongs to, and what never came.
//!
//! [`prober::Prober`] is a value that is fed and questioned: it has no clock, no socket and no randomness of its own.
//! What to probe next is a [`strategy::Strategy`]. [`dialer::Dialer`] is its sibling for TCP attempts, which need no
//! matching. [`port`] says what the engine needs of the outside, and [`driver`]
//! is the small loop that connects a prober to ports.

pub mod dialer;
pub mod driver;
pub mod extension;
mod inflight;
pub mod pacer;
pub mod port;
pub mod prober;
pub mod strategy;
pub mod token;
pub mod watch;
