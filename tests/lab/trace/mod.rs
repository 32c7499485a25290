//! netdiag trace on real kernels: every path of the laboratory by ICMP, UDP and TCP, all branches, what fits, what routers
//! say beside, and what happens to a run on its way.

pub(crate) mod beside;
pub(crate) mod branches;
pub(crate) mod events;
pub(crate) mod scenes;
pub(crate) mod sizes;
mod stage;
mod truth;

use libtest_mimic::Trial;

/// The tests that are made from the table of paths.
pub(crate) fn trials() -> Vec<Trial> {
    [scenes::trials(), branches::trials(), sizes::trials(), beside::trials()].into_iter().flatten().collect()
}
