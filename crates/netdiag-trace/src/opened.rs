//! A plan together with the sockets that were opened for it.

use netdiag_engine::driver::Outlet;
use netdiag_engine::prober::{Config, Flows, Method, UdpPorts};
use netdiag_engine::strategy::{Limits, Paths};
use netdiag_engine::token::{Payload, Secret};
use netdiag_model::event::Notice;

use crate::options::FLOWS;
use crate::plan::{Mtu, Plan, tcp_source};

/// The largest packet that is tried.
const LARGEST: usize = 65_535;

/// A plan and the sockets that it needs.
pub struct Opened {
    pub(crate) plan: Plan,
    pub(crate) outlet: Outlet,
    pub(crate) method: Method,
    /// What the user should know about how the plan is carried out.
    pub(crate) notices: Vec<Notice>,
}

impl Opened {
    /// How many flows there can be.
    fn flows(&self) -> u16 {
        match &self.outlet {
            Outlet::Socket(socket) => socket.max_shards(),
            Outlet::Connector(_) => FLOWS,
        }
    }

    /// The fixed part of the run.
    pub(crate) fn config(&self, secret: Secret) -> Config {
        let longest = match self.plan.mtu {
            Mtu::Found => LARGEST,
            Mtu::Ignored => usize::from(self.limits().size.into_iter().max().unwrap_or_default()),
        };
        Config {
            method: self.method,
            timeout: Some(self.plan.limits.timeout),
            rate: self.plan.rate,
            payload: Payload::counting(longest).balanced(),
            max_shards: self.flows(),
            flows: Flows::Kept { tcp_port: tcp_source(self.plan.flow, secret.number()) },
            secret,
        }
    }

    /// What is asked of each target.
    pub(crate) fn limits(&self) -> Limits {
        let limits = match self.method {
            Method::Icmp => self.plan.limits,
            Method::Udp { .. } => self.plan.udp_limits(),
            Method::Tcp { .. } => self.plan.tcp_limits(),
        };
        Limits { flows: self.flows(), ..limits }
    }

    /// The strategy that carries the plan out.
    pub(crate) fn strategy(&self) -> Paths {
        Paths::new(self.limits()).with_deadline(self.plan.deadline)
    }

    /// UDP to one port, so that all probes of a socket are one flow.
    pub(crate) fn udp(plan: &Plan) -> Method {
        Method::Udp { ports: UdpPorts::One(plan.udp_port()) }
    }
}
