//! The one crate with unsafe code: sockets, control messages, stamps, capabilities, namespaces
