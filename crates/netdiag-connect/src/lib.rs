//! `netdiag connect`: is a port open, closed or blocked, by whom, and who has to act.

pub mod tls;
