//! The whole of `netdiag trace` on simulated networks, on virtual time: what it writes, as text and as JSON Lines, and how it
//! ends.

mod agree;
mod branches;
mod changes;
mod drawings;
mod ends;
mod extensions;
mod flows;
mod forged;
mod interrupted;
mod lists;
mod looks;
mod mtu;
mod names;
mod protocols;
mod quotes;
mod raw;
mod row;
mod speed;

use netdiag_stage::{Ran, Scene};
use netdiag_trace::Trace;

/// Runs `netdiag trace ARGS` on a network of `tests/networks`.
#[track_caller]
fn trace(network: &str, args: &str) -> Ran {
    Scene::on(network).run::<Trace>(args)
}

/// Runs it twice: as text, which is what stands in the snapshot, and as records, which must be in order.
macro_rules! hold {
    ($name:expr, $scene:expr, $args:expr) => {{
        insta::assert_snapshot!($name, $scene.run::<netdiag_trace::Trace>($args).page());
        crate::agree::agreeing(&$scene.run::<netdiag_trace::Trace>(&format!("--json {}", $args)))
    }};
}
pub(crate) use hold;
