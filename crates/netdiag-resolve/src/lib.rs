//! Names and addresses: forward, reverse, and what was asked of whom
