//! What a run finds around it: its network, who calls, what can be read, who looks, and what happens meanwhile.

use std::future::poll_fn;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::path::PathBuf;
use std::pin::pin;
use std::rc::Rc;

use netdiag_engine::driver::Command;
use netdiag_engine::port::HostFacts;
use netdiag_engine::token::Secret;
use netdiag_model::Mono;
use netdiag_sim::{Network, Sim};
use netdiag_tool::lists::{List, MemoryLists};
use netdiag_tool::{Caller, Context, Exit, Proxy, Roots, Streams, Terminal, Tool, ToolError};
use tokio::sync::mpsc;

use crate::cues::{Cue, Cues};
use crate::memory::Memory;
use crate::ran::Ran;

const NETWORKS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/networks");

/// What a run finds around it. Root calls, nobody looks, and there is nothing to read, unless said otherwise.
pub struct Scene {
    network: Network,
    /// How the network is set in motion.
    start: fn(&Network) -> Sim,
    caller: Caller,
    lists: MemoryLists,
    terminal: Terminal,
    proxies: Vec<Proxy>,
    cues: Cues,
}

impl Scene {
    /// On this network.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self {
            network,
            start: Sim::new,
            caller: Caller::Root,
            lists: MemoryLists::default(),
            terminal: Terminal::default(),
            proxies: Vec::new(),
            cues: Cues::default(),
        }
    }

    /// On the network of this name in `tests/networks`.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[must_use]
    #[track_caller]
    pub fn on(name: &str) -> Self {
        let path = PathBuf::from(NETWORKS).join(format!("{name}.toml"));
        Self::new(Network::from_file(path).unwrap_or_else(|error| panic!("{error}")))
    }

    /// On the network of this text.
    ///
    /// # Panics
    ///
    /// If it describes none.
    #[must_use]
    #[track_caller]
    pub fn toml(text: &str) -> Self {
        Self::new(Network::from_toml(text).unwrap_or_else(|error| panic!("{error}")))
    }

    /// With another seed than the network's own.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.network = self.network.with_seed(seed);
        self
    }

    /// Without a record of what becomes of each probe, for runs of so many that it would fill the memory.
    #[must_use]
    pub fn without_truth(mut self) -> Self {
        self.start = Sim::without_truth;
        self
    }

    /// Called by someone else than root.
    #[must_use]
    pub fn caller(mut self, caller: Caller) -> Self {
        self.caller = caller;
        self
    }

    /// With this list on standard input.
    #[must_use]
    pub fn input(self, text: &[u8]) -> Self {
        self.list(List::Stdin, text)
    }

    /// With this file.
    #[must_use]
    pub fn file(self, path: &str, text: &[u8]) -> Self {
        self.list(List::File(path.into()), text)
    }

    fn list(mut self, list: List, text: &[u8]) -> Self {
        self.lists.lists.insert(list, text.to_vec());
        self
    }

    /// With this terminal.
    #[must_use]
    pub fn terminal(mut self, terminal: Terminal) -> Self {
        self.terminal = terminal;
        self
    }

    /// With both streams on a terminal of so many columns.
    #[must_use]
    pub fn screen(self, columns: u16) -> Self {
        self.terminal(Terminal {
            is_stdout: true,
            is_stderr: true,
            columns: Some(columns),
            ..Terminal::default()
        })
    }

    /// With this variable in the environment, which names a proxy.
    #[must_use]
    pub fn proxy(mut self, variable: &str, value: &str) -> Self {
        self.proxies.push(Proxy { variable: variable.to_owned(), value: value.to_owned() });
        self
    }

    /// With a command at this moment.
    #[must_use]
    pub fn command(mut self, at: Mono, command: Command) -> Self {
        self.cues.add(at, Cue::Command(command));
        self
    }

    /// With an interrupt at this moment.
    #[must_use]
    pub fn quit(self, at: Mono) -> Self {
        self.command(at, Command::Quit)
    }

    /// With a request to show where it stands at this moment.
    #[must_use]
    pub fn interim(self, at: Mono) -> Self {
        self.command(at, Command::Interim)
    }

    /// With a look from outside at this moment, which the run does not notice.
    #[must_use]
    pub fn look(mut self, at: Mono, look: impl FnOnce() + 'static) -> Self {
        self.cues.add(at, Cue::Look(Box::new(look)));
        self
    }

    /// Runs `netdiag TOOL ARGS` in it. Arguments are parted at white space.
    ///
    /// # Panics
    ///
    /// If the arguments are no options of the tool: what is said then is the front's.
    #[track_caller]
    pub fn run<T: Tool>(self, args: &str) -> Ran {
        let name = T::command().get_name().to_owned();
        let words = [name.as_str()].into_iter().chain(args.split_whitespace());
        let matches = T::command().try_get_matches_from(words).unwrap_or_else(|error| panic!("{error}"));
        let plan = T::plan(&matches, self.caller);
        let tool = name.strip_prefix("netdiag-").unwrap_or(&name).to_owned();
        let (out, err) = (Memory::default(), Memory::default());
        let sim = (self.start)(&self.network);
        let exit = plan.and_then(|plan| self.play::<T>(plan, &sim, (&out, &err)));
        Ran {
            tool,
            args: args.to_owned(),
            exit,
            out: out.text(),
            err: err.text(),
            truth: sim.truth(),
            end: sim.now(),
        }
    }

    fn play<T: Tool>(
        mut self,
        plan: T::Plan,
        sim: &Sim,
        (out, err): (&Memory, &Memory),
    ) -> Result<Exit, ToolError> {
        let (sender, commands) = mpsc::unbounded_channel();
        let facts = sim.facts();
        let interfaces = facts.interfaces().expect("interfaces").into_iter();
        let mut context = Context {
            clock: Box::new(sim.clock()),
            names: Rc::new(sim.names()),
            lists: Rc::new(self.lists),
            interfaces: interfaces.map(|interface| (interface.index, interface.name)).collect(),
            facts: Some(Box::new(facts)),
            table: None,
            trust: Rc::new(Roots::default()),
            origins: Rc::new(sim.tables()),
            proxies: self.proxies,
            secret: Secret::new(BuildHasherDefault::<DefaultHasher>::default()),
            commands,
            streams: Streams::new(out.clone(), err.clone(), sender.clone()),
            terminal: self.terminal,
        };
        let opened = T::open(plan, &sim.sockets())?;
        let exit = {
            let mut clock = sim.clock();
            let mut tool = pin!(T::run(opened, &mut context));
            sim.run(poll_fn(|cx| {
                self.cues.poll(cx, &mut clock, &sender);
                tool.as_mut().poll(cx)
            }))
        };
        context.streams.finish().expect("written");
        exit
    }
}
