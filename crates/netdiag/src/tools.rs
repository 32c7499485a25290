//! The table of tools. Help, man pages, completions, schemas and dispatch all read it.

use std::process::ExitCode;

use clap::ArgMatches;
use netdiag_connect::Connect;
use netdiag_explain::Explain;
use netdiag_pathping::Pathping;
use netdiag_ping::Ping;
use netdiag_tool::Tool;
use netdiag_tool::manual::Manual;
use netdiag_trace::Trace;

use crate::app;

/// One tool as the front and the generators see it.
#[derive(Debug, Clone, Copy)]
pub struct ToolEntry {
    /// Examples, exit codes and neighbours of the tool.
    pub manual: &'static Manual,
    /// The option parser, named `netdiag-TOOL`.
    pub command: fn() -> clap::Command,
    /// The JSON Schema of the tool's output, as pretty-printed text ending in a newline; its `$id` is `netdiag.TOOL/1`.
    pub schema: fn() -> String,
    /// Starts the tool with options that have been parsed.
    pub run: fn(&ArgMatches, &app::Launch) -> ExitCode,
}

/// Every tool that is built, in the order of the overview.
pub const TOOLS: &[ToolEntry] = &[
    ToolEntry {
        manual: &netdiag_ping::MANUAL,
        command: <Ping as Tool>::command,
        schema: netdiag_ping::json::schema,
        run: app::launch::<Ping>,
    },
    ToolEntry {
        manual: &netdiag_trace::MANUAL,
        command: <Trace as Tool>::command,
        schema: netdiag_trace::json::schema,
        run: app::launch::<Trace>,
    },
    ToolEntry {
        manual: &netdiag_pathping::MANUAL,
        command: <Pathping as Tool>::command,
        schema: netdiag_pathping::json::schema,
        run: app::launch::<Pathping>,
    },
    ToolEntry {
        manual: &netdiag_connect::MANUAL,
        command: <Connect as Tool>::command,
        schema: netdiag_connect::json::schema,
        run: app::launch::<Connect>,
    },
    ToolEntry {
        manual: &netdiag_explain::MANUAL,
        command: <Explain as Tool>::command,
        schema: netdiag_explain::json::schema,
        run: app::launch::<Explain>,
    },
];

/// The tool with this name.
pub fn find(name: &str) -> Option<&'static ToolEntry> {
    TOOLS.iter().find(|tool| tool.manual.name == name)
}

/// The front's own manual (`netdiag`).
pub const FRONT: Manual = Manual {
    name: "netdiag",
    about: "find out why a connection fails",
    description: "A toolkit that engineers reach for first when a connection fails. netdiag TOOL runs a tool; each tool is \
also a program of its own, netdiag-TOOL, so that a right can be given to one file alone. None of the tools needs root.",
    examples: &[
        ("netdiag connect example.com:443", "is the port open, closed or blocked, and by whom"),
        ("netdiag ping example.com", "is it there, how far, how steady"),
        (
            "netdiag completions bash > /usr/share/bash-completion/completions/netdiag",
            "let the shell complete",
        ),
    ],
    exit_codes: &[(0, "yes"), (1, "no"), (2, "could not run")],
    see_also: &[],
};

/// The front's parser: `netdiag TOOL …`, with every tool as a subcommand.
pub fn command() -> clap::Command {
    with(TOOLS.iter())
}

/// The same with no other tool than the one of this name, if there is one, and with none where the version is asked for:
/// the options of all take a good part of a run's time to build.
pub fn command_for(name: &str) -> clap::Command {
    match name {
        "-V" | "--version" => with([].into_iter()),
        _ => find(name).map_or_else(command, |tool| with([tool].into_iter())),
    }
}

fn with(tools: impl Iterator<Item = &'static ToolEntry>) -> clap::Command {
    let front = clap::Command::new("netdiag")
        .about(FRONT.about)
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand(completions());
    tools.fold(front, |front, tool| {
        let program = format!("netdiag {}", tool.manual.name);
        front.subcommand((tool.command)().name(tool.manual.name).bin_name(program))
    })
}

fn completions() -> clap::Command {
    let shell = clap::Arg::new("shell")
        .value_name("SHELL")
        .required(true)
        .value_parser(clap::value_parser!(clap_complete::Shell))
        .help("bash, zsh, fish or powershell");
    clap::Command::new("completions").about("write the completions for a shell to standard output").arg(shell)
}
