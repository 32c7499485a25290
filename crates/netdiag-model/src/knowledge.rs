//! What things mean and what to do next: the one source of such words, as pure data.

pub mod icmp;
pub mod silence;
