//! A tool: options are read, a plan is made, what needs a right is opened, rights are dropped, and only then it runs.
//!
//! The types keep the order: only what [`Tool::open`] returns can be handed to [`Tool::run`].

use std::collections::BTreeMap;
use std::future::Future;
use std::rc::Rc;

use clap::ArgMatches;
use netdiag_engine::driver::Command;
use netdiag_engine::port::{Clock, HostFacts, Names, OriginTables, SocketTable, Sockets};
use netdiag_engine::token::Secret;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::error::ToolError;
use crate::exit::Exit;
use crate::lists::Lists;
use crate::output::Streams;
use crate::terminal::Terminal;
use crate::world::{Proxy, Trust};

/// A right that a plan may need to keep while it runs (capabilities(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Right {
    /// `CAP_NET_ADMIN`: a firewall mark on sockets that are opened late.
    NetAdmin,
    /// `CAP_NET_RAW`: raw sockets that are opened late.
    NetRaw,
    /// `CAP_NET_BIND_SERVICE`: a source port below 1024.
    NetBindService,
}

/// Who runs the program. Classic tools grant root shorter intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Real user 0.
    Root,
    /// Anyone else.
    User,
}

/// All that a running tool is handed. It has no other way to the outside.
pub struct Context {
    /// Time.
    pub clock: Box<dyn Clock>,
    /// Names and addresses.
    pub names: Rc<dyn Names>,
    /// Files of who announces what.
    pub origins: Rc<dyn OriginTables>,
    /// Lists of targets: files and standard input.
    pub lists: Rc<dyn Lists>,
    /// What this host knows of itself; absent where it cannot be asked.
    pub facts: Option<Box<dyn HostFacts>>,
    /// This host's own sockets; absent where they cannot be asked for.
    pub table: Option<Rc<dyn SocketTable>>,
    /// Whom this system trusts to name hosts.
    pub trust: Rc<dyn Trust>,
    /// Proxies that programs are told to use by their environment.
    pub proxies: Vec<Proxy>,
    /// Names of interfaces by index, for scoped addresses.
    pub interfaces: BTreeMap<u32, String>,
    /// What tokens are made from.
    pub secret: Secret,
    /// Signals, as commands.
    pub commands: UnboundedReceiver<Command>,
    /// Where to write.
    pub streams: Streams,
    /// Who reads it.
    pub terminal: Terminal,
}

impl Context {
    /// The index of the interface of this name, where one was asked for and there is one.
    pub fn interface_index(&self, name: Option<&str>) -> Option<u32> {
        let wanted = name?;
        self.interfaces.iter().find(|(_, name)| *name == wanted).map(|(index, _)| *index)
    }
}

/// One tool.
pub trait Tool {
    /// What the options mean, validated.
    type Plan;
    /// The plan, together with what had to be opened for it.
    type Opened;

    /// The parser of its options, named `netdiag-TOOL`.
    fn command() -> clap::Command;

    /// What `caller` typed, understood. The error names what was wrong and the way out.
    fn plan(matches: &ArgMatches, caller: Caller) -> Result<Self::Plan, ToolError>;

    /// The network namespace to run in, if another than this one: a name, a process id or a path.
    fn network_namespace(plan: &Self::Plan) -> Option<&str>;

    /// Opens what may need a right. Everything after it runs without rights.
    fn open(plan: Self::Plan, sockets: &dyn Sockets) -> Result<Self::Opened, ToolError>;

    /// The rights that must outlive [`Tool::open`]; for almost all plans none.
    fn keeps(plan: &Self::Plan) -> &'static [Right];

    /// Runs to the end. The output is complete when it returns.
    fn run(opened: Self::Opened, context: &mut Context) -> impl Future<Output = Result<Exit, ToolError>>;

    /// Whether the plan is for machines: an error is then a JSON line as well.
    fn is_json(matches: &ArgMatches) -> bool;
}
