//! A plan together with the sockets that were opened for it.

use netdiag_engine::driver::Outlet;
use netdiag_engine::prober::{Config, Flows, Method, UdpPorts};
use netdiag_engine::strategy::Limits;
use netdiag_engine::token::{Payload, Secret};
use netdiag_model::event::Notice;
use netdiag_model::{Aim, Family, Flow};

use crate::plan::Plan;

/// A plan and the sockets that it needs.
///
/// The path is searched and its hops are asked by the same sockets: others would be another flow, which may take another
/// path.
pub struct Opened {
    pub(crate) plan: Plan,
    pub(crate) outlet: Outlet,
    pub(crate) method: Method,
    pub(crate) fallback: Option<Notice>,
}

/// UDP to one port, so that all probes of a socket are one flow.
pub(crate) const fn udp(plan: &Plan) -> Method {
    Method::Udp { ports: UdpPorts::One(plan.port) }
}

impl Opened {
    /// The fixed part of the run.
    pub(crate) fn config(&self, secret: Secret) -> Config {
        let max_shards = match &self.outlet {
            Outlet::Socket(socket) => socket.max_shards(),
            Outlet::Connector(_) => 1,
        };
        let longest = self.plan.limits.size.into_iter().max().unwrap_or_default();
        Config {
            method: self.method,
            timeout: Some(self.plan.limits.timeout),
            rate: self.plan.rate,
            payload: Payload::counting(longest.into()).balanced(),
            max_shards,
            flows: Flows::Kept { tcp_port: 0 },
            secret,
        }
    }
}

/// How the path is searched.
pub(crate) fn limits(plan: &Plan, method: Method) -> Limits {
    match method {
        Method::Udp { .. } => plan.udp_limits(),
        Method::Icmp | Method::Tcp { .. } => plan.limits,
    }
}

/// What all probes of the survey have in common: the flow and the size of those that found the path.
pub(crate) fn aim(limits: &Limits, family: Family, flow: Flow) -> Aim {
    let [v4, v6] = limits.size;
    let (size, overhead) = match family {
        Family::V4 => (v4, limits.overhead.v4),
        Family::V6 => (v6, limits.overhead.v6),
    };
    Aim { ttl: None, flow, len: Some(size.saturating_sub(overhead)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use netdiag_engine::strategy::{AllBranches, Discipline, Overhead, PathMtu};

    #[test]
    fn packets_of_the_survey_are_as_large_as_those_of_the_search() {
        let limits = Limits {
            first_ttl: 1,
            max_ttl: 30,
            queries: 3,
            gap: 5,
            in_flight: 64,
            timeout: std::time::Duration::from_secs(2),
            discipline: Discipline::OneByOne,
            flow: Flow(0),
            flows: 2,
            size: [60, 80],
            overhead: Overhead { v4: 32, v6: 52 },
            branches: AllBranches::Ignored,
            path_mtu: PathMtu::Ignored,
        };
        let of = |family| aim(&limits, family, Flow(1));
        assert_eq!(of(Family::V4), Aim { ttl: None, flow: Flow(1), len: Some(28) });
        assert_eq!(of(Family::V6).len, Some(28));
    }
}
