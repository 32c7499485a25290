//! The whole of what can be explained: found in every spelling, complete, in agreement with itself and with the system.

mod json;
mod pages;
mod spellings;
mod system;
