//! netdiag: the network diagnostics toolkit.

pub mod tools;
