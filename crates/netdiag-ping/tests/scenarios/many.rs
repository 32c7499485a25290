//! Runs to many targets: every form over targets of every kind, as text to the letter, and as JSON Lines by plain formulas.

mod ends;
mod forms;
mod names;
mod periods;
mod plain;
mod random;
mod rates;
