//! Runs the tool as the program does: arguments, plan, open, run; on the simulator's ports and with streams in memory.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::io::{self, Write};
use std::path::PathBuf;
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use netdiag_engine::driver::Command;
use netdiag_engine::port::{Clock, HostFacts};
use netdiag_engine::token::Secret;
use netdiag_model::Mono;
use netdiag_ping::Ping;
use netdiag_sim::{Network, Sim, Truth};
use netdiag_tool::lists::{List, MemoryLists};
use netdiag_tool::{Caller, Context, Exit, Streams, Terminal, Tool, ToolError};
use serde_json::Value;
use tokio::sync::mpsc;

/// A stream that is kept.
#[derive(Debug, Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Memory {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("a lock").clone()).expect("text")
    }
}

/// What a run wrote, and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) args: String,
    pub(crate) exit: Result<Exit, ToolError>,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) truth: Truth,
    pub(crate) end: Mono,
}

impl Ran {
    /// The records of a run with `--json`.
    pub(crate) fn records(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// All of it, for a snapshot.
    pub(crate) fn page(&self) -> String {
        let exit = match &self.exit {
            Ok(exit) => format!("{}", exit.0),
            Err(error) => format!("error: {error}"),
        };
        let err =
            if self.err.is_empty() { String::new() } else { format!("--- standard error ---\n{}", self.err) };
        format!("$ netdiag ping {}\n{}{err}--- exit {exit} ---\n", self.args, self.out)
    }

    pub(crate) fn code(&self) -> u8 {
        self.exit.as_ref().expect("an exit code").0
    }
}

pub(crate) fn network(name: &str) -> Network {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/networks"))
        .join(format!("{name}.toml"));
    Network::from_file(path).expect("a network")
}

/// Runs `netdiag ping ARGS` as root on a network of `tests/networks`.
pub(crate) fn ping(name: &str, args: &str) -> Ran {
    run(&network(name), args, &[])
}

/// The same, with signals at their times.
pub(crate) fn run(network: &Network, args: &str, signals: &[(Mono, Command)]) -> Ran {
    let moments = signals.iter().map(|&(at, command)| {
        let send: Happening = Box::new(move |run| run.send(command).expect("a run"));
        (at, send)
    });
    Scene { moments: moments.collect(), ..Scene::default() }.run(&Sim::new(network), args)
}

/// Something that happens in the middle of a run, which takes commands here.
pub(crate) type Happening = Box<dyn FnOnce(&mpsc::UnboundedSender<Command>)>;

/// What a run finds around it, beyond its network.
#[derive(Default)]
pub(crate) struct Scene {
    /// What happens in its course, in order.
    pub(crate) moments: VecDeque<(Mono, Happening)>,
    /// What can be read.
    pub(crate) lists: MemoryLists,
    pub(crate) terminal: Terminal,
}

impl Scene {
    /// With this list on standard input.
    pub(crate) fn input(text: &[u8]) -> Self {
        Self::default().list(List::Stdin, text)
    }

    /// With this file beside what it has.
    pub(crate) fn file(self, path: &str, text: &[u8]) -> Self {
        self.list(List::File(path.into()), text)
    }

    fn list(mut self, list: List, text: &[u8]) -> Self {
        self.lists.lists.insert(list, text.to_vec());
        self
    }

    /// Runs `netdiag ping ARGS` in it, as root.
    pub(crate) fn run(self, sim: &Sim, args: &str) -> Ran {
        let (out, err) = (Memory::default(), Memory::default());
        let (sender, commands) = mpsc::unbounded_channel();
        let streams = Streams::new(out.clone(), err.clone(), sender.clone());
        let facts = sim.facts();
        let interfaces = facts.interfaces().expect("interfaces");
        let interfaces: BTreeMap<u32, String> =
            interfaces.into_iter().map(|interface| (interface.index, interface.name)).collect();
        let mut context = Context {
            clock: Box::new(sim.clock()),
            names: Rc::new(sim.names()),
            origins: Rc::new(sim.tables()),
            lists: Rc::new(self.lists),
            facts: Some(Box::new(facts)),
            table: None,
            trust: Rc::new(netdiag_tool::Roots::default()),
            proxies: Vec::new(),
            interfaces,
            secret: Secret::new(BuildHasherDefault::<DefaultHasher>::default()),
            commands,
            streams,
            terminal: self.terminal,
        };
        let exit = start(sim, args, &mut context, (self.moments, &sender));
        context.streams.finish().expect("written");
        let (out, err) = (out.text(), err.text());
        Ran { args: args.to_owned(), exit, out, err, truth: sim.truth(), end: sim.now() }
    }
}

fn start(
    sim: &Sim,
    args: &str,
    context: &mut Context,
    (mut moments, sender): (VecDeque<(Mono, Happening)>, &mpsc::UnboundedSender<Command>),
) -> Result<Exit, ToolError> {
    let words = std::iter::once("netdiag-ping").chain(args.split_whitespace());
    let matches = Ping::command().try_get_matches_from(words).expect("options");
    let plan = Ping::plan(&matches, Caller::Root)?;
    let opened = Ping::open(plan, &sim.sockets())?;
    let mut alarm = sim.clock();
    let mut tool = pin!(Ping::run(opened, context));
    sim.run(poll_fn(|cx| {
        while let Some((at, _)) = moments.front()
            && alarm.poll_until(cx, *at).is_ready()
        {
            if let Some((_, happen)) = moments.pop_front() {
                happen(sender);
            }
        }
        tool.as_mut().poll(cx)
    }))
}
