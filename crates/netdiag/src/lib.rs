//! netdiag: the network diagnostics toolkit. The composition root.
//!
//! The only place that knows both the tools and what they stand on: [`tools`] is the table of tools, [`app`] starts
//! one with the real ports of this system, [`privilege`] gives rights up, [`dispatch`] finds the tool that was asked
//! for.

pub mod app;
pub mod dispatch;
mod lists;
mod namespace;
mod overview;
pub mod privilege;
pub mod tools;
mod trust;
