//! Sending from this host: what its kernel refuses, and how a packet leaves.

use netdiag_engine::port::{Fragmentation, Sent, Stop, Transmit, TransmitBatch, Via};
use netdiag_model::{Address, Errno, Family, Moment, Stamp};

use super::World;
use super::inbox::Message;
use super::kernel::Carrier;
use super::queue::Event;
use crate::network::{LinkState, NodeId, Refusal, Stamps, Trouble, WayId};
use crate::packet::{Body, Goal, Packet, Trace};
use crate::truth::{Happening, Origin};

/// The TTL of packets whose sender does not say; multicasts get 1.
const DEFAULT_TTL: u8 = 64;

impl World {
    /// Sends packets of `batch` from `first` on.
    pub(crate) fn send(&mut self, set: u16, batch: &TransmitBatch, first: usize) -> Sent {
        let at = Moment::user(self.reading());
        let mut count = 0;
        for item in batch.items().iter().skip(first) {
            if let Err(stop) = self.send_one(set, item, batch.bytes(item)) {
                return Sent { count, at, stop: Some(stop) };
            }
            count += 1;
        }
        Sent { count, at, stop: None }
    }

    fn send_one(&mut self, set: u16, item: &Transmit, bytes: &[u8]) -> Result<(), Stop> {
        let failed = |errno| Stop::Failed { errno, mtu: None };
        match self.kernel.trouble {
            None => {}
            Some(Trouble::Full) => return Err(Stop::Full),
            Some(Trouble::NoBuffers) => return Err(Stop::NoBuffers),
            Some(Trouble::Failed(errno)) => return Err(failed(errno)),
        }
        if item.probe.shard() >= self.kernel.spec.max_shards {
            return Err(failed(Errno::EMFILE));
        }
        let mut packet = self.compose(set, item, bytes).map_err(failed)?;
        let exit = self.exit(set, &packet).map_err(failed)?;
        self.fit(set, exit, &mut packet)?;
        packet.seal();
        let packet = Box::new(packet);
        self.note(packet.trace, || Happening::Sent { to: item.to.ip });
        let cost = self.kernel.spec.send_cost.0;
        if cost.is_zero() {
            self.depart(packet);
        } else {
            self.queue.push(self.now + cost, Event::Depart(packet));
        }
        Ok(())
    }

    /// Makes the packet, with the socket's identifier or port.
    fn compose(&mut self, set: u16, item: &Transmit, bytes: &[u8]) -> Result<Packet, Errno> {
        let family = item.to.family();
        let options = &self.kernel.sets[usize::from(set)].options;
        if options.family.is_some_and(|only| only != family) {
            return Err(Errno::EAFNOSUPPORT);
        }
        let is_group = self.routes.group(item.to.ip).is_some();
        if is_group && !item.to.ip.is_multicast() && !options.is_broadcast_allowed {
            return Err(Errno::EACCES);
        }
        let usual = if item.to.ip.is_multicast() { 1 } else { DEFAULT_TTL };
        let ttl = item.ttl.or(options.ttl).unwrap_or(usual);
        if ttl == 0 {
            return Err(Errno::EINVAL);
        }
        let (tos, flow_label) = (item.tos.or(options.tos).unwrap_or(0), options.flow_label.unwrap_or(0));
        let chosen = options.source.filter(|source| source.is_ipv4() == item.to.ip.is_ipv4());
        let source = chosen.or_else(|| self.source_for(item.to)).ok_or(Errno::ENETUNREACH)?;
        let body = self.wrap(set, item, bytes)?;
        let mut packet = self.packet(NodeId::HERE, (source, item.to.ip), body);
        packet.trace = Some(Trace { origin: Origin::Sockets(set), probe: item.probe });
        (packet.ttl, packet.tos, packet.flow_label) = (ttl, tos, flow_label);
        packet.goal = self.routes.goal(NodeId::HERE, item.to.ip);
        Ok(packet)
    }

    fn wrap(&mut self, set: u16, item: &Transmit, bytes: &[u8]) -> Result<Body, Errno> {
        let family = item.to.family();
        let own = self.kernel.number(set, (family, item.probe.shard())).ok_or(Errno::EADDRINUSE)?;
        let carrier = self.kernel.sets[usize::from(set)].carrier;
        let bytes = match carrier {
            Carrier::Icmp => {
                let mut message = bytes.to_vec();
                message.get_mut(4..6).ok_or(Errno::EINVAL)?.copy_from_slice(&own.to_be_bytes());
                let seq = message.get(6..8).map_or(0, |seq| u16::from_be_bytes([seq[0], seq[1]]));
                self.kernel.last_echo[usize::from(family == Family::V6)] = Some((own, seq));
                message
            }
            Carrier::Udp => {
                let len = u16::try_from(bytes.len() + 8).map_err(|_| Errno::EMSGSIZE)?;
                let header = [own, item.port, len, 0].map(u16::to_be_bytes);
                let mut datagram = Vec::with_capacity(usize::from(len));
                datagram.extend_from_slice(header.as_flattened());
                datagram.extend_from_slice(bytes);
                datagram
            }
        };
        Ok(Body::Plain { protocol: carrier.number(family), bytes })
    }

    /// The way by which a packet leaves this host; `None` where it stays or nobody answers for it on its own net.
    fn exit(&mut self, set: u16, packet: &Packet) -> Result<Option<WayId>, Errno> {
        let interface = self.kernel.sets[usize::from(set)].options.interface.clone();
        self.way_out(interface.as_deref(), packet)
    }

    /// The same, for any socket: by `interface` alone where it is bound to one.
    pub(super) fn way_out(
        &mut self,
        interface: Option<&str>,
        packet: &Packet,
    ) -> Result<Option<WayId>, Errno> {
        if packet.goal == Goal::Node(NodeId::HERE) {
            return Ok(None);
        }
        let is_routed = self.nodes[0].route(packet.destination).is_some();
        let way = match interface.and_then(|name| self.way_by_interface(name)) {
            Some(way) => Ok(way),
            None if packet.goal == Goal::Net(NodeId::HERE) && !is_routed => {
                // Nobody answers there; by the first link, if it is up.
                return self.default_way().map(|_| None).ok_or(Errno::ENETUNREACH);
            }
            None => self.choose(NodeId::HERE, packet),
        };
        let way = way.map_err(|how| match how {
            Refusal::NoRoute => Errno::ENETUNREACH,
            Refusal::HostUnreachable => Errno::EHOSTUNREACH,
            Refusal::Drop => Errno::EINVAL,
            Refusal::PortUnreachable | Refusal::Prohibited | Refusal::Reset => Errno::EACCES,
        })?;
        if self.links[way.link().index()].1 == LinkState::Down {
            return Err(Errno::ENETUNREACH);
        }
        Ok(Some(way))
    }

    /// Holds the packet against the MTU of its first link and of its path.
    fn fit(&mut self, set: u16, exit: Option<WayId>, packet: &mut Packet) -> Result<(), Stop> {
        let Some(way) = exit else { return Ok(()) };
        let device = self.ways[way.index()].spec.mtu;
        let path = self.kernel.path_mtu.get(&packet.destination).map_or(device, |mtu| device.min(*mtu));
        let mode = self.kernel.sets[usize::from(set)].options.fragmentation.unwrap_or(Fragmentation::Locally);
        let too_long = |mtu: u32| packet.len() > mtu as usize;
        let limit = match mode {
            Fragmentation::Never => path,
            Fragmentation::Probe => device,
            Fragmentation::Locally | Fragmentation::Anywhere => u32::from(u16::MAX),
        };
        if too_long(limit) {
            return Err(Stop::Failed { errno: Errno::EMSGSIZE, mtu: Some(limit) });
        }
        packet.is_fragmentable = match mode {
            Fragmentation::Never | Fragmentation::Probe => false,
            Fragmentation::Locally => too_long(path),
            Fragmentation::Anywhere => packet.family() == Family::V4 || too_long(path),
        };
        Ok(())
    }

    /// The device takes a packet: it is stamped, and leaves.
    pub(super) fn depart(&mut self, packet: Box<Packet>) {
        if let Some(Trace { origin: Origin::Sockets(socket), probe }) = packet.trace
            && let Some(stamp) = self.stamp(self.now)
        {
            let family = packet.family();
            let nobody = match family {
                Family::V4 => Address::from(std::net::Ipv4Addr::UNSPECIFIED),
                Family::V6 => Address::from(std::net::Ipv6Addr::UNSPECIFIED),
            };
            let message = Message {
                shard: probe.shard(),
                family,
                from: nobody,
                via: Via::Departure { probe },
                ttl: None,
                tos: None,
                stamp: Some(stamp),
                bytes: Vec::new(),
            };
            self.enqueue(socket, message);
        }
        self.launch(packet);
    }

    fn launch(&mut self, mut packet: Box<Packet>) {
        if let Some(members) = self.routes.group(packet.destination).map(<[NodeId]>::to_vec) {
            for member in members {
                let mut copy = packet.clone();
                copy.goal = Goal::Node(member);
                self.emit(NodeId::HERE, copy);
            }
            return;
        }
        let exit = match packet.trace {
            Some(Trace { origin: Origin::Sockets(set), .. }) => self.exit(set, &packet),
            _ => Ok(None),
        };
        match exit {
            Ok(Some(way)) if packet.is_fragmentable => self.fragmented(way, packet),
            Ok(Some(way)) => self.transmit(way, packet),
            Ok(None) => {
                if packet.goal == Goal::Nowhere {
                    packet.goal = Goal::Net(NodeId::HERE);
                }
                self.emit(NodeId::HERE, packet);
            }
            Err(_) => self.swallow(NodeId::HERE, &packet),
        }
    }

    /// The kernel's stamp of a packet at the device, where it makes one.
    pub(super) fn stamp(&mut self, at: netdiag_model::Mono) -> Option<Stamp> {
        let spec = &self.kernel.spec;
        let has_stamp = spec.stamps == Stamps::Kernel && !self.kernel.dice.hits(spec.stamp_loss.0);
        has_stamp.then(|| Stamp::Kernel(self.wall(at)))
    }
}
