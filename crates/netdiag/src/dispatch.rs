//! From the command line to a tool: `netdiag TOOL …`, `netdiag-TOOL …`, and what to do with a word that is no tool.

use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use clap::error::ErrorKind;
use netdiag_tool::Exit;

use crate::app::{self, Launch};
use crate::tools::{self, ToolEntry};
use crate::{overview, privilege};

/// Runs `netdiag ARGS…`.
pub fn front() -> ExitCode {
    let args = app::args();
    let first = args.get(1).and_then(|word| word.to_str()).unwrap_or_default();
    let matches = match tools::command_for(first).try_get_matches_from(&args) {
        Ok(matches) => matches,
        Err(error) => return unparsed(&error, &args),
    };
    match matches.subcommand() {
        None => show(&overview::text()),
        Some(("completions", matches)) => match matches.get_one::<clap_complete::Shell>("shell") {
            Some(shell) => completions(*shell),
            None => Exit::COULD_NOT_RUN.into(),
        },
        Some((name, matches)) => match tools::find(name) {
            Some(tool) => {
                let rest = args.get(2..).unwrap_or_default().to_vec();
                exec_sibling(tool, &rest);
                (tool.run)(matches, &Launch::new(tool.manual.name, &rest))
            }
            None => Exit::COULD_NOT_RUN.into(),
        },
    }
}

/// Runs `netdiag-TOOL ARGS…`.
pub fn tool(name: &'static str) -> ExitCode {
    let args = app::args();
    let Some(tool) = tools::find(name) else { return Exit::COULD_NOT_RUN.into() };
    match (tool.command)().try_get_matches_from(&args) {
        Ok(matches) => (tool.run)(&matches, &Launch::new(name, args.get(1..).unwrap_or_default())),
        Err(error) => usage(&error, Some(&Launch::new(name, args.get(1..).unwrap_or_default()))),
    }
}

/// A command line that does not parse: a program `netdiag-WORD` if there is one, else the error.
fn unparsed(error: &clap::Error, args: &[OsString]) -> ExitCode {
    if error.kind() == ErrorKind::InvalidSubcommand
        && let Some(word) = args.get(1).and_then(|word| word.to_str())
        && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        let failure = Command::new(format!("netdiag-{word}")).args(args.get(2..).unwrap_or_default()).exec();
        if failure.kind() != io::ErrorKind::NotFound {
            return complain(&format!("netdiag-{word}: {failure}"));
        }
    }
    let tool = args.get(1).and_then(|word| tools::find(word.to_str()?));
    let launch = tool.map(|tool| Launch::new(tool.manual.name, args.get(2..).unwrap_or_default()));
    usage(error, launch.as_ref())
}

/// Shows what the parser has to say: help and version are a yes, the rest could not run.
fn usage(error: &clap::Error, launch: Option<&Launch>) -> ExitCode {
    let is_asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if let (Some(launch), false) = (launch, is_asked_for) {
        let text = error.to_string();
        let lines: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
        let message = lines.join(" ");
        app::report_usage(launch, message.strip_prefix("error: ").unwrap_or(&message));
    }
    // Nothing is left to be said to a reader that has gone.
    let _ = error.print();
    if is_asked_for { Exit::YES.into() } else { Exit::COULD_NOT_RUN.into() }
}

fn show(text: &str) -> ExitCode {
    match io::stdout().write_all(text.as_bytes()) {
        Ok(()) => Exit::YES.into(),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::YES.into(),
        Err(error) => complain(&format!("cannot write to standard output: {error}")),
    }
}

fn complain(message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "netdiag: {message}");
    Exit::COULD_NOT_RUN.into()
}

fn completions(shell: clap_complete::Shell) -> ExitCode {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut tools::command(), "netdiag", &mut script);
    show(&String::from_utf8_lossy(&script))
}

/// Becomes `netdiag-TOOL` beside this program, if that one was given a right (file capabilities) that this process
/// lacks. Never through PATH: whoever may write there could take the place of a program with rights.
fn exec_sibling(tool: &ToolEntry, rest: &[OsString]) {
    if privilege::has_net_raw() {
        return;
    }
    let sibling = app::folder().map(|folder| folder.join(format!("netdiag-{}", tool.manual.name)));
    if let Some(sibling) = sibling.filter(|sibling| netdiag_sys::process::has_file_capabilities(sibling)) {
        // If it cannot be started, this program does what it can without the right.
        let _ = Command::new(sibling).args(rest).exec();
    }
}
