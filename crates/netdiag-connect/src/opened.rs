//! A plan together with the sockets that were opened for it.

use netdiag_engine::port::{Connector, ProbeSocket};

use crate::plan::Plan;

/// A plan and the sockets that it needs.
pub struct Opened {
    pub(crate) plan: Plan,
    pub(crate) connector: Box<dyn Connector>,
    /// For UDP services, and to learn the TTL of the target's own packets.
    pub(crate) udp: Option<Box<dyn ProbeSocket>>,
    /// To learn the TTL of the target's own packets, where ICMP sockets are open to the user.
    pub(crate) icmp: Option<Box<dyn ProbeSocket>>,
}
