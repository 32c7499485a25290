//! Where sockets come from, and what the simulated system refuses.

use netdiag_engine::port::{Connector, OpenError, ProbeSocket, SocketOptions, Sockets, Witness};
use netdiag_model::{Errno, Family};

use super::Handle;
use super::connector::SimConnector;
use super::socket::SimSocket;
use super::witness::SimWitness;
use crate::network::IcmpAccess;
use crate::world::Carrier;

/// Opens sockets on the simulated host.
#[derive(Debug, Clone)]
pub struct SimSockets {
    shared: Handle,
}

impl SimSockets {
    pub(crate) fn new(shared: Handle) -> Self {
        Self { shared }
    }

    /// What every kind of socket asks of the host.
    fn check(&self, options: &SocketOptions) -> Result<(), OpenError> {
        let interfaces = self.shared.world().interfaces();
        if let Some(name) = &options.interface
            && !interfaces.iter().any(|interface| interface.name == *name)
        {
            return Err(OpenError::NoInterface(name.clone()));
        }
        let mut addresses = interfaces.iter().flat_map(|interface| &interface.addresses);
        if let Some(family) = options.family
            && !addresses.clone().any(|(ip, _)| ip.is_ipv4() == (family == Family::V4) && !ip.is_loopback())
        {
            return Err(OpenError::NoFamily(family));
        }
        if let Some(source) = options.source
            && !addresses.any(|(ip, _)| *ip == source)
        {
            return Err(OpenError::System {
                operation: format!("bind {source}"),
                errno: Errno::EADDRNOTAVAIL,
            });
        }
        Ok(())
    }

    fn open(&self, carrier: Carrier, options: &SocketOptions) -> Result<Box<dyn ProbeSocket>, OpenError> {
        self.check(options)?;
        let set = self.shared.world().kernel.open(carrier, options.clone());
        Ok(Box::new(SimSocket::new(self.shared.clone(), set)))
    }
}

impl Sockets for SimSockets {
    fn open_icmp(&self, options: &SocketOptions) -> Result<Box<dyn ProbeSocket>, OpenError> {
        if self.shared.world().kernel.spec().icmp == IcmpAccess::Closed {
            return Err(OpenError::NotPermitted);
        }
        self.open(Carrier::Icmp, options)
    }

    fn open_udp(&self, options: &SocketOptions) -> Result<Box<dyn ProbeSocket>, OpenError> {
        self.open(Carrier::Udp, options)
    }

    fn open_connector(&self, options: &SocketOptions) -> Result<Box<dyn Connector>, OpenError> {
        self.check(options)?;
        let set = self.shared.world().kernel.open_connector(options.clone());
        Ok(Box::new(SimConnector::new(self.shared.clone(), set)))
    }

    fn open_witness(&self, options: &SocketOptions) -> Result<Box<dyn Witness>, OpenError> {
        if self.shared.world().kernel.spec().icmp == IcmpAccess::Closed {
            return Err(OpenError::NotPermitted);
        }
        self.check(options)?;
        let number = self.shared.world().kernel.call_witness(options.clone());
        Ok(Box::new(SimWitness::new(self.shared.clone(), number)))
    }
}
