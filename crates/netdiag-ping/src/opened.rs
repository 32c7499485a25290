//! A plan together with the sockets that were opened for it.

use netdiag_engine::driver::Outlet;
use netdiag_engine::prober::{Config, Flows, Method};
use netdiag_engine::token::Secret;
use netdiag_model::event::Notice;

use crate::plan::Plan;

/// Octets before the data of a UDP probe that name it; the data is shorter by as many, so that the size is as asked.
const UDP_KEY_LEN: u32 = 4;

/// A plan and the sockets that it needs.
pub struct Opened {
    pub(crate) plan: Plan,
    pub(crate) outlet: Outlet,
    pub(crate) method: Method,
    pub(crate) fallback: Option<Notice>,
}

impl Opened {
    /// The fixed part of the run.
    pub(crate) fn config(&self, secret: Secret) -> Config {
        let max_shards = match &self.outlet {
            Outlet::Socket(socket) => socket.max_shards(),
            Outlet::Connector(_) => 1,
        };
        let less = if matches!(self.method, Method::Udp { .. }) { UDP_KEY_LEN } else { 0 };
        Config {
            method: self.method,
            timeout: self.plan.timeout,
            rate: self.plan.rate,
            payload: self.plan.payload(less),
            secret,
            max_shards,
            flows: Flows::Any,
        }
    }
}
