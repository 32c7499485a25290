//! Starts a tool with the real ports of this system, in the order that keeps rights short-lived:
//! plan, open what needs a right, give rights up, start the runtime, run.
//!
//! One of the two places that read a clock, the environment or a random source (the other is `netdiag-os`).

use std::ffi::OsString;
use std::fs::File;
use std::hash::RandomState;
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use clap::ArgMatches;
use netdiag_engine::driver::Command;
use netdiag_engine::port::{Clock, SocketTable};
use netdiag_engine::token::Secret;
use netdiag_model::Mono;
use netdiag_os::{LinuxPorts, LinuxSockets, Signal, Signals};
use netdiag_resolve::{OriginFiles, SystemNames};
use netdiag_sys::poll;
use netdiag_tool::{
    ColorWish, Context, Exit, OutputError, Proxy, StreamEnd, Streams, Terminal, Tool, ToolError, json,
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::lists::SystemLists;
use crate::trust::SystemTrust;
use crate::{namespace, privilege};

/// What is known of the command line beyond its options.
#[derive(Debug, Clone)]
pub struct Launch {
    name: &'static str,
    args: Vec<String>,
}

impl Launch {
    /// The tool `name`, typed with `args` (without the program's name).
    pub fn new(name: &'static str, args: &[OsString]) -> Self {
        Self { name, args: args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect() }
    }
}

/// The command line, the program's name first.
pub(crate) fn args() -> Vec<OsString> {
    std::env::args_os().collect()
}

/// The folder that this program stands in.
pub(crate) fn folder() -> Option<PathBuf> {
    std::env::current_exe().ok()?.parent().map(Path::to_path_buf)
}

/// Runs a tool to its end.
pub fn launch<T: Tool>(matches: &ArgMatches, launch: &Launch) -> ExitCode {
    let form = if T::is_json(matches) { Form::Json } else { Form::Text };
    let result = open::<T>(matches).and_then(|(opened, ports)| run::<T>(opened, ports, (launch, form)));
    let error = match result {
        Ok(exit) => return exit.into(),
        Err(Failure::BeforeStart(error)) => {
            if form == Form::Json {
                write_start(launch);
            }
            error
        }
        Err(Failure::Running(error)) => error,
    };
    report(launch.name, &error, form);
    Exit::COULD_NOT_RUN.into()
}

/// The first line, where a run ends before it began.
fn write_start(launch: &Launch) {
    let now = LinuxPorts::open().map(|ports| ports.clock.now().wall);
    let time = now.map(json::time).unwrap_or_default();
    let _ = io::stdout().write_all(&json::line(&start_line(launch, time)));
}

/// A command line that does not parse is an error for machines as well, where `--json` stands in it.
pub(crate) fn report_usage(launch: &Launch, message: &str) {
    if launch.args.iter().take_while(|arg| *arg != "--").any(|arg| arg == "--json") {
        write_start(launch);
        let record = json::Error { message: message.to_owned(), hint: None };
        let _ = io::stdout().write_all(&json::line(&record));
    }
}

/// In what form data is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// For people.
    Text,
    /// JSON Lines.
    Json,
}

/// Where a run ended with an error.
enum Failure {
    /// Before its first line.
    BeforeStart(ToolError),
    /// After it.
    Running(ToolError),
}

/// Says why a run ended: as the last JSON line, and as text. Where it cannot be said there is nobody to tell.
fn report(name: &str, error: &ToolError, form: Form) {
    if form == Form::Json {
        let record = json::Error { message: error.message.clone(), hint: error.hint.clone() };
        let _ = io::stdout().write_all(&json::line(&record));
    }
    let hint = error.hint.as_deref().unwrap_or_default();
    let hint = hint.lines().fold(String::new(), |text, line| text + "  " + line + "\n");
    let _ = write!(io::stderr(), "netdiag {name}: {error}\n{hint}");
}

/// Everything that may need a right, and then the end of all rights but those that the plan keeps.
fn open<T: Tool>(matches: &ArgMatches) -> Result<(T::Opened, LinuxPorts), Failure> {
    let before = Failure::BeforeStart;
    let plan = T::plan(matches, privilege::caller()).map_err(before)?;
    privilege::raise().map_err(|error| before(system("raising rights", &error)))?;
    if let Some(wanted) = T::network_namespace(&plan) {
        namespace::enter(wanted).map_err(before)?;
    }
    let keeps = T::keeps(&plan);
    let opened = T::open(plan, &LinuxSockets).map_err(before)?;
    let ports =
        LinuxPorts::open().map_err(|error| before(system("opening the clock and netlink", &error)))?;
    privilege::keep_only(keeps).map_err(|error| before(system("giving up rights", &error)))?;
    Ok((opened, ports))
}

fn system(operation: &str, error: &io::Error) -> ToolError {
    ToolError::new(format!("{operation}: {error}"))
}

fn run<T: Tool>(
    opened: T::Opened,
    ports: LinuxPorts,
    (launch, form): (&Launch, Form),
) -> Result<Exit, Failure> {
    // Before the first thread: they are all to leave signals to this one. Without, signals do what they always do.
    let signals = Signals::hold().ok();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::BeforeStart(system("starting the runtime", &error)))?;
    let result = runtime.block_on(async {
        let (sender, commands) = unbounded_channel();
        let mut context = context(ports, &sender, commands)
            .map_err(|error| Failure::BeforeStart(system("opening the standard streams", &error)))?;
        if form == Form::Json {
            let line = start_line(launch, json::time(context.clock.now().wall));
            context.streams.out.write(&json::line(&line));
            context.streams.flush();
        }
        let listening = listen(signals, sender);
        let result = T::run(opened, &mut context).await;
        let is_drained = drain(&mut context).await;
        drop(listening);
        let exit = result.map_err(Failure::Running)?;
        if !is_drained {
            // Not all that was to be said has been read.
            return Ok(Exit::NO);
        }
        let written = context.streams.finish();
        match written {
            Ok(()) | Err(OutputError::Closed) => Ok(exit),
            Err(error) => Err(Failure::Running(ToolError::new(error.to_string()))),
        }
    });
    // A look-up that hangs must not hold up the end.
    runtime.shutdown_background();
    result
}

/// Waits until the output is written out; whether it was. A signal ends the wait: the reader may have stopped for good.
async fn drain(context: &mut Context) -> bool {
    let Context { streams, commands, .. } = context;
    let mut drained = std::pin::pin!(streams.drained());
    loop {
        tokio::select! {
            biased;
            () = &mut drained => return true,
            Some(command) = commands.recv() => if command == Command::Quit { return false },
        }
    }
}

fn start_line(launch: &Launch, time: String) -> json::Start {
    json::Start {
        schema: format!("netdiag.{}/1", launch.name),
        tool: launch.name.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time,
        args: launch.args.clone(),
    }
}

/// What the tool is handed.
fn context(
    ports: LinuxPorts,
    sender: &UnboundedSender<Command>,
    commands: UnboundedReceiver<Command>,
) -> io::Result<Context> {
    let LinuxPorts { clock, sockets: _, facts, table } = ports;
    let interfaces = facts.interface_names();
    let terminal = terminal();
    let (out, err) = (Standard::new(&io::stdout())?, Standard::new(&io::stderr())?);
    Ok(Context {
        clock: Box::new(clock),
        names: Rc::new(SystemNames::new(|| Mono::from_nanos(netdiag_sys::clock::monotonic()))),
        origins: Rc::new(OriginFiles),
        lists: Rc::new(SystemLists),
        facts: Some(Box::new(facts)),
        table: table.map(|table| Rc::new(table) as Rc<dyn SocketTable>),
        trust: Rc::new(SystemTrust),
        proxies: proxies(),
        interfaces,
        secret: Secret::new(RandomState::new()),
        commands,
        streams: Streams::direct(out, err, sender.clone()),
        terminal,
    })
}

/// Standard output or standard error, without a buffer of its own: what is written has left.
struct Standard {
    stream: File,
    is_terminal: bool,
}

impl Standard {
    fn new(stream: &(impl AsFd + IsTerminal)) -> io::Result<Self> {
        let is_terminal = stream.is_terminal();
        Ok(Self { stream: stream.as_fd().try_clone_to_owned()?.into(), is_terminal })
    }
}

impl Write for Standard {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl StreamEnd for Standard {
    fn has_room(&self) -> bool {
        // A terminal that takes one octet calls that room.
        !self.is_terminal && poll::has_room(self.stream.as_fd())
    }

    fn wait_for_room(&self) -> io::Result<()> {
        poll::wait_for_room(self.stream.as_fd())
    }
}

/// The variables by which programs are told to use a proxy, as curl(1) and most libraries read them.
const PROXY_VARIABLES: [&str; 8] = [
    "http_proxy",
    "https_proxy",
    "HTTPS_PROXY",
    "all_proxy",
    "ALL_PROXY",
    "HTTP_PROXY",
    "no_proxy",
    "NO_PROXY",
];

fn proxies() -> Vec<Proxy> {
    let value = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let proxy = |name: &&str| Some(Proxy { variable: (*name).to_owned(), value: value(name)? });
    PROXY_VARIABLES.iter().filter_map(proxy).collect()
}

fn terminal() -> Terminal {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let wish = if is_set("NO_COLOR") {
        ColorWish::Refused
    } else if is_set("CLICOLOR_FORCE") {
        ColorWish::Forced
    } else if is_dumb {
        ColorWish::Refused
    } else {
        ColorWish::None
    };
    let columns = terminal_size::terminal_size_of(io::stderr()).map(|(columns, _)| columns.0);
    let is_stderr = io::stderr().is_terminal() && !is_dumb;
    Terminal { is_stdout: io::stdout().is_terminal(), is_stderr, columns, wish }
}

/// Turns signals into commands until it is dropped.
fn listen(signals: Option<Signals>, commands: UnboundedSender<Command>) -> impl Drop {
    struct Listening(Option<tokio::task::JoinHandle<()>>);
    impl Drop for Listening {
        fn drop(&mut self) {
            self.0.iter().for_each(tokio::task::JoinHandle::abort);
        }
    }
    let turn = |mut signals: Signals| async move {
        loop {
            let command = match signals.next().await {
                Signal::Interrupt | Signal::Terminate => Command::Quit,
                Signal::Quit => Command::Interim,
            };
            if commands.send(command).is_err() {
                return;
            }
        }
    };
    Listening(signals.map(|signals| tokio::spawn(turn(signals))))
}
