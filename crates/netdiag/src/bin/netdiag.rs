//! The front: `netdiag TOOL`.
fn main() {}
