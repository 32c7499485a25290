//! Where the sockets come from: which kind of socket carries a method here, and which is tried first.
//!
//! icmp(7): datagram ICMP sockets are open to the groups in `net.ipv4.ping_group_range`; raw ones need
//! `CAP_NET_RAW`.

use netdiag_engine::port::{Backend, Connector, OpenError, ProbeSocket, SocketOptions, Sockets, Witness};
use netdiag_sys::socket::Kind;

use crate::clock;
use crate::connector::TcpConnector;
use crate::portable::PortableSockets;
use crate::probe::ProbeSockets;
use crate::witness::RawWitness;

/// Probe sockets on Linux.
#[derive(Debug, Clone, Copy, Default)]
pub struct LinuxSockets;

impl Sockets for LinuxSockets {
    fn open_icmp(&self, options: &SocketOptions) -> Result<Box<dyn ProbeSocket>, OpenError> {
        if options.backend == Backend::Portable {
            return Ok(Box::new(PortableSockets::open(options, clock::now)?));
        }
        let datagram = ProbeSockets::open(Kind::IcmpDatagram, options);
        let sockets = match datagram {
            Err(OpenError::NotPermitted) => ProbeSockets::open(Kind::IcmpRaw, options)?,
            other => other?,
        };
        Ok(Box::new(sockets))
    }

    fn open_udp(&self, options: &SocketOptions) -> Result<Box<dyn ProbeSocket>, OpenError> {
        require_native(options, "ask by UDP (--via udp)")?;
        Ok(Box::new(ProbeSockets::open(Kind::Udp, options)?))
    }

    fn open_connector(&self, options: &SocketOptions) -> Result<Box<dyn Connector>, OpenError> {
        require_native(options, "ask by TCP (--via tcp)")?;
        Ok(Box::new(TcpConnector::open(options)?))
    }

    fn open_witness(&self, options: &SocketOptions) -> Result<Box<dyn Witness>, OpenError> {
        require_native(options, "look at quoted headers (--raw)")?;
        Ok(Box::new(RawWitness::open(options)?))
    }
}

fn require_native(options: &SocketOptions, what: &'static str) -> Result<(), OpenError> {
    match options.backend {
        Backend::Native => Ok(()),
        Backend::Portable => Err(OpenError::Unsupported(what)),
    }
}
