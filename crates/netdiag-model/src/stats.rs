//! Pure statistics over round-trip times and losses, each with its formula and its source.
//!
//! Every figure is property-tested against the plain formula over the whole series; the folds here need bounded memory.

pub mod attribution;
pub mod branches;
mod interval;
mod order;
mod percentile;
mod spread;

pub use interval::{Interval, Z95};
pub use order::{Bursts, Jitter, SendOrder};
pub use percentile::Percentiles;
pub use spread::Spread;

/// Lost probes in percent of those sent; 0 when none were sent.
pub fn loss_percent(sent: u64, received: u64) -> f64 {
    if sent == 0 { 0.0 } else { sent.saturating_sub(received) as f64 * 100.0 / sent as f64 }
}
