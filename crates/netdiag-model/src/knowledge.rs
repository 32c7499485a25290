//! What things mean and what to do next: the one source of such words, as pure data.
//!
//! Numbers of the system are Linux's; protocols are described by their RFCs. Nothing here prints.

pub mod cause;
pub mod errno;
pub mod flag;
pub mod icmp;
mod lesson;
pub mod rcode;
pub mod service;
pub mod silence;
mod spelling;
pub mod state;
pub mod sysctl;
pub mod verdict;

pub use lesson::{Lesson, Step};
pub use spelling::{folded, is_same};
