//! The contract of a tool: options, exit codes, text, JSON, and the context a tool is handed.

pub mod manual;
