//! What `netdiag` alone says: every tool in one line, with one example.

use std::fmt::Write;

use crate::tools::{FRONT, TOOLS};

/// The overview.
pub(crate) fn text() -> String {
    let mut text = format!("netdiag {}: {}\n\n", env!("CARGO_PKG_VERSION"), FRONT.about);
    for tool in TOOLS {
        let manual = tool.manual;
        let example = manual.examples.first().map_or("", |(line, _)| line);
        let _ = writeln!(text, "  {:<10} {}", manual.name, manual.about);
        let _ = writeln!(text, "  {:<10}   {example}", "");
    }
    let _ =
        writeln!(text, "\nnetdiag TOOL --help says more; netdiag completions SHELL lets the shell complete.");
    text
}
