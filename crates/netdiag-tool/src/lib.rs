//! The contract of a tool: what every tool is handed, how it is started, how it ends, and the words and forms that all
//! of them share: durations, exit codes, escaped text, JSON Lines, words that name targets.
//!
//! Tools reach the outside only through the [`Context`] they are given, so every tool also runs on the simulator.

pub mod access;
pub mod arguments;
pub mod duration;
mod error;
mod escape;
mod exit;
pub mod json;
mod labels;
pub mod lists;
pub mod manual;
mod output;
pub mod paths;
mod progress;
pub mod targets;
mod terminal;
mod tool;
mod world;

pub use error::ToolError;
pub use escape::Escaped;
pub use exit::Exit;
pub use labels::Labels;
pub use output::{Output, OutputError, StreamEnd, Streams};
pub use progress::Progress;
pub use terminal::{ColorChoice, ColorWish, Terminal};
pub use tool::{Caller, Context, Right, Tool};
pub use world::{Proxy, Roots, Trust};
