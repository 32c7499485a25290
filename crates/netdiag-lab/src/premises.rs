//! The premises of a laboratory: the keeper process that holds its namespaces, and the map of its nodes.
//!
//! All handles of a laboratory share them; when the last handle goes, the keeper ends, and with it
//! everything inside.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::agent::{Job, Place, Reply, Request, Rights, Run, keeper};
use crate::error::{Error, Result};
use crate::remote::Agent;
use crate::topology::Topology;

/// What all handles of a laboratory share.
#[derive(Debug)]
pub(crate) struct Premises {
    name: String,
    keeper_pid: u32,
    rights: Rights,
    keeper: Mutex<Agent>,
    map: Mutex<Map>,
}

/// The map with the names and places of its nodes.
#[derive(Debug, Default)]
pub(crate) struct Map {
    pub(crate) topology: Topology,
    names: Vec<String>,
    nets: Vec<i32>,
    /// Lines that rebuild the routes of each node, for after a link was down.
    routes: Vec<Vec<String>>,
    /// Nodes whose datagram ICMP sockets were opened at some time.
    icmp_open: HashSet<usize>,
}

impl Premises {
    /// Starts the keeper. The name appears in messages only.
    pub(crate) fn open(name: &str) -> Result<Self> {
        let agent_name = format!("the keeper of laboratory {name}");
        let mut keeper = Agent::spawn(agent_name.clone(), Job::new(keeper::ROLE, ()), None)?;
        let operation = format!("making laboratory {name}");
        let rights = match parse(&agent_name, &keeper.line(&operation)?)? {
            Reply::Hello(rights) => rights,
            Reply::Failed(reason) => return Err(Error::Refused { operation, reason }),
            _ => return Err(Error::Lost { agent: agent_name, operation }),
        };
        Ok(Self {
            name: name.into(),
            keeper_pid: keeper.pid(),
            rights,
            keeper: Mutex::new(keeper),
            map: Mutex::default(),
        })
    }

    pub(crate) fn map(&self) -> MutexGuard<'_, Map> {
        self.map.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where an agent has to go for a network namespace of this laboratory.
    pub(crate) fn place(&self, net: i32) -> Place {
        Place { keeper: self.keeper_pid, net, rights: self.rights }
    }

    pub(crate) fn rights(&self) -> Rights {
        self.rights
    }

    pub(crate) fn keeper_pid(&self) -> u32 {
        self.keeper_pid
    }

    /// Runs a program in a namespace (or the workshop) to its successful end.
    pub(crate) fn run(&self, net: Option<i32>, words: &[&str], input: &str) -> Result<()> {
        let run = Run { words: words.iter().map(ToString::to_string).collect(), input: input.into() };
        self.ask(&Request::Run { net, run }, &words.join(" ")).map(drop)
    }

    pub(crate) fn settings(&self, net: i32, settings: &[(&str, &str)]) -> Result<()> {
        let settings = settings.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
        self.ask(&Request::Sysctl { net, settings }, "changing settings").map(drop)
    }

    pub(crate) fn settle(&self, net: i32, interface: &str) -> Result<()> {
        let request = Request::Settle { net, interfaces: vec![interface.into()] };
        self.ask(&request, &format!("waiting for {interface}")).map(drop)
    }

    pub(crate) fn plain_frames(&self, net: i32, interface: &str) -> Result<()> {
        let request = Request::PlainFrames { net, interface: interface.into() };
        self.ask(&request, "switching offloads off").map(drop)
    }

    /// Lays a file of this content over another, for everything inside.
    pub(crate) fn cover(&self, path: &str, content: &str) -> Result<()> {
        let request = Request::Cover { path: path.into(), content: content.into() };
        self.ask(&request, &format!("covering {path}")).map(drop)
    }

    /// Makes a network namespace.
    pub(crate) fn namespace(&self, operation: &str) -> Result<i32> {
        match self.ask(&Request::Namespace, operation)? {
            Reply::Namespace(net) => Ok(net),
            _ => Err(Error::Lost { agent: self.agent_name(), operation: operation.into() }),
        }
    }

    fn ask(&self, request: &Request, operation: &str) -> Result<Reply> {
        let text =
            serde_json::to_string(request).map_err(|error| Error::io("writing a request")(error.into()))?;
        let line = self.keeper.lock().unwrap_or_else(PoisonError::into_inner).exchange(&text, operation)?;
        match parse(&self.agent_name(), &line)? {
            Reply::Failed(reason) => {
                Err(Error::Refused { operation: format!("laboratory {}, {operation}", self.name), reason })
            }
            reply => Ok(reply),
        }
    }

    fn agent_name(&self) -> String {
        format!("the keeper of laboratory {}", self.name)
    }
}

impl Map {
    /// Enters a node and returns its index.
    pub(crate) fn add(&mut self, name: &str, net: i32) -> usize {
        self.names.push(name.into());
        self.nets.push(net);
        self.routes.push(Vec::new());
        self.topology.extra.push(Vec::new());
        self.names.len() - 1
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    /// How many nodes there are.
    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn name(&self, node: usize) -> &str {
        &self.names[node]
    }

    pub(crate) fn net(&self, node: usize) -> i32 {
        self.nets[node]
    }

    pub(crate) fn open_icmp(&mut self, node: usize) {
        self.icmp_open.insert(node);
    }

    pub(crate) fn is_icmp_open(&self, node: usize) -> bool {
        self.icmp_open.contains(&node)
    }

    pub(crate) fn keep_routes(&mut self, node: usize, lines: &[String]) {
        self.routes[node] = lines.to_vec();
    }

    pub(crate) fn routes(&self, node: usize) -> &[String] {
        &self.routes[node]
    }
}

fn parse(agent: &str, line: &str) -> Result<Reply> {
    serde_json::from_str(line)
        .map_err(|_| Error::Lost { agent: agent.into(), operation: format!("reading its answer {line:?}") })
}
