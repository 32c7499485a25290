//! A path that has been staged: where to stand, whither to trace, and the truth about it.

use std::net::IpAddr;

use super::truth::Truth;
use crate::error::Result;
use crate::lab::Lab;
use crate::node::Node;
use crate::responder::Responder;
use crate::wire::Wire;

/// A laboratory with a path, for as long as this lives.
#[derive(Debug)]
pub struct Staged {
    /// The laboratory.
    pub lab: Lab,
    /// Where the path begins.
    pub client: Node,
    /// The client's own address.
    pub source: IpAddr,
    /// Where it leads to.
    pub target: IpAddr,
    /// All targets, where there are several behind the same routers; [`Self::target`] is the first.
    pub targets: Vec<IpAddr>,
    /// What is true of it.
    pub truth: Truth,
    /// What will be true after [`Self::change`], where the path can change.
    pub afterwards: Option<Truth>,
    /// The puppets that take part.
    pub puppets: Vec<Responder>,
    /// The wires that take part.
    pub wires: Vec<Wire>,
    pub(super) change: Vec<(Node, Vec<String>)>,
}

impl Staged {
    /// Changes the path to what [`Self::afterwards`] says. Without such a truth nothing happens.
    ///
    /// # Errors
    /// As [`Node::ip`].
    pub fn change(&self) -> Result<()> {
        self.change.iter().try_for_each(|(node, lines)| node.ip(lines))
    }
}
