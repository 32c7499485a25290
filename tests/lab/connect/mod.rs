//! netdiag connect on real kernels: the table of faults, combinations of them, options, and what comes after the
//! handshake.

pub(crate) mod combinations;
mod expected;
pub(crate) mod faults;
pub(crate) mod later;
pub(crate) mod options;
mod stage;
