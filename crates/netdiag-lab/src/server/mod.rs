//! Small servers inside a node: something to connect to, and truth about who came.

mod dns;
mod full;
mod serve;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use crate::agent::Job;
use crate::error::Result;
use crate::remote::Agent;
use crate::site::Site;

pub use dns::{Outcome, Zone};
pub(crate) use serve::run;

/// The role of the agents behind servers.
pub(crate) const ROLE: &str = "server";

/// A port on which no ready-made server of a laboratory listens: TCP answers with a reset,
/// UDP with port unreachable.
pub const CLOSED_PORT: u16 = 9;

/// What a server does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Service {
    TcpEcho,
    TcpClose,
    TcpHold,
    TcpReset,
    TcpGreet(String),
    TcpFull,
    UdpEcho,
    Dns(Zone),
}

/// A server to be run by [`crate::Node::serve`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Server {
    service: Service,
    address: IpAddr,
    port: u16,
}

impl Server {
    fn new(service: Service, port: u16) -> Self {
        Self { service, address: Ipv6Addr::UNSPECIFIED.into(), port }
    }

    /// Accepts connections and sends back what it hears.
    pub fn tcp_echo(port: u16) -> Self {
        Self::new(Service::TcpEcho, port)
    }

    /// Accepts connections and closes them at once.
    pub fn tcp_close(port: u16) -> Self {
        Self::new(Service::TcpClose, port)
    }

    /// Accepts connections and never says a word.
    pub fn tcp_hold(port: u16) -> Self {
        Self::new(Service::TcpHold, port)
    }

    /// Accepts connections and resets them at once.
    pub fn tcp_reset(port: u16) -> Self {
        Self::new(Service::TcpReset, port)
    }

    /// Accepts connections, says this first, and then hears out whatever comes.
    pub fn tcp_greet(port: u16, greeting: &str) -> Self {
        Self::new(Service::TcpGreet(greeting.into()), port)
    }

    /// Listens, never accepts, and has filled its accept queue itself: the kernel drops whatever else asks.
    pub fn tcp_full(port: u16) -> Self {
        Self::new(Service::TcpFull, port)
    }

    /// Sends datagrams back.
    pub fn udp_echo(port: u16) -> Self {
        Self::new(Service::UdpEcho, port)
    }

    /// Answers questions on UDP port 53 from a table.
    pub fn dns(zone: Zone) -> Self {
        Self::new(Service::Dns(zone), 53)
    }

    /// Listens on this address only. Without it a server listens on all addresses of both
    /// families, and its datagrams come from the address that the route prefers: choose one in a
    /// node of several addresses.
    #[must_use]
    pub fn on(mut self, address: impl Into<IpAddr>) -> Self {
        self.address = address.into();
        self
    }

    /// Listens on this port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }
}

/// Something that came to a server: a connection, a datagram or a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The peer's address.
    pub from: IpAddr,
    /// The peer's port.
    pub port: u16,
    /// For questions `NAME TYPE`, with the type as a number unless it is A, AAAA or PTR;
    /// empty otherwise.
    pub question: String,
}

/// A handle on a server; it serves until this is dropped.
#[derive(Debug)]
pub struct Serving {
    agent: Mutex<Agent>,
    _site: Site,
}

impl Serving {
    pub(crate) fn start(site: Site, server: Server) -> Result<Self> {
        let name = format!("the server on port {} of {}", server.port, site.name());
        let agent = Agent::start(name, Job::new(ROLE, server), site.place())?;
        Ok(Self { agent: Mutex::new(agent), _site: site })
    }

    /// Who came so far.
    ///
    /// # Errors
    /// [`crate::Error::Lost`] when the server has ended.
    pub fn log(&self) -> Result<Vec<Visit>> {
        self.agent.lock().unwrap_or_else(PoisonError::into_inner).log()
    }
}
