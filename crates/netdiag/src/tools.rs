//! The table of tools. Help, man pages, completions, schemas and dispatch all read it.

use netdiag_tool::manual::Manual;

/// One tool as the front and the generators see it.
#[derive(Debug, Clone, Copy)]
pub struct ToolEntry {
    /// Examples, exit codes and neighbours of the tool.
    pub manual: &'static Manual,
    /// The option parser, named `netdiag-TOOL`.
    pub command: fn() -> clap::Command,
    /// The JSON Schema of the tool's output, as pretty-printed text ending in a newline; its `$id` is `netdiag.TOOL/1`.
    pub schema: fn() -> String,
}

/// Every tool that is built, in the order of the overview.
pub const TOOLS: &[ToolEntry] = &[];

/// The front's own manual (`netdiag`).
pub const FRONT: Manual = Manual {
    name: "netdiag",
    about: "find out why a connection fails",
    description: "",
    examples: &[],
    exit_codes: &[(0, "yes"), (1, "no"), (2, "could not run")],
    see_also: &[],
};

/// The front's parser: `netdiag TOOL …`, with every tool as a subcommand.
pub fn command() -> clap::Command {
    TOOLS.iter().fold(clap::Command::new("netdiag").about(FRONT.about).version(env!("CARGO_PKG_VERSION")), |front, tool| {
        front.subcommand((tool.command)().name(tool.manual.name))
    })
}
