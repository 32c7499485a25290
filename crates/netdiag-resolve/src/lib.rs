//! Names and addresses, both ways, as this system is set up to find them; and when a name is not found, what was asked
//! of whom.
//!
//! [`SystemNames`] is the [`Names`](netdiag_engine::port::Names) port over getaddrinfo(3) and getnameinfo(3), which is
//! what the user's programs use. DNS messages of its own (RFC 1035) it sends only to explain a failure.

mod error;
mod explain;
mod names;
mod pool;
mod reverse;
mod setup;
mod system;
mod typed;

pub use names::SystemNames;
