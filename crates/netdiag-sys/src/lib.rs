//! The one crate with unsafe code: sockets, control messages, stamps, capabilities, namespaces

pub mod namespace;
pub mod packet;
