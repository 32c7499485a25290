//! Names and addresses, both ways, as this system is set up to find them; when a name is not found, what was asked of
//! whom; and who announces an address.
//!
//! [`SystemNames`] is the [`Names`](netdiag_engine::port::Names) port over getaddrinfo(3) and getnameinfo(3), which is
//! what the user's programs use. DNS messages of its own (RFC 1035) it sends only to explain a failure, and for
//! origins. [`OriginFiles`] opens tables of origins.

mod error;
mod exchange;
mod explain;
#[cfg(test)]
mod frozen;
mod names;
mod notes;
mod origin;
mod pool;
mod reverse;
mod setup;
mod system;
mod table;
mod typed;

pub use names::SystemNames;
pub use origin::OriginZones;
pub use table::OriginFiles;
