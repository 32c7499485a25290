//! A fault that has been staged: where to stand, where to connect to, and who could answer.

use std::net::IpAddr;

use crate::lab::Lab;
use crate::node::Node;
use crate::responder::Responder;
use crate::server::Serving;
use crate::wire::Wire;

/// A laboratory in which a fault is at work for as long as this lives.
#[derive(Debug)]
pub struct Staged {
    /// The laboratory.
    pub lab: Lab,
    /// Where the connection starts.
    pub client: Node,
    /// The client's own address.
    pub source: IpAddr,
    /// Where the connection is to go.
    pub target: IpAddr,
    /// The port there.
    pub port: u16,
    /// The addresses by which routers on the way answer, the nearest first.
    pub routers: Vec<IpAddr>,
    /// The servers that take part.
    pub servers: Vec<Serving>,
    /// The puppets that take part.
    pub puppets: Vec<Responder>,
    /// The wires that take part.
    pub wires: Vec<Wire>,
}
