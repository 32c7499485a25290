//! The route that the kernel would take, and neighbours: RTM_GETROUTE and RTM_GETNEIGH for one address, rtnetlink(7).

use std::io;
use std::net::IpAddr;

use super::Netlink;
use super::message::{Message, Request, ip, number};
use crate::address::{Family, array};

pub(super) const RTM_NEWROUTE: u16 = 24;
pub(super) const RTM_DELROUTE: u16 = 25;
const RTM_GETROUTE: u16 = 26;
const RTM_GETNEIGH: u16 = 30;

/// Octets of `struct rtmsg` and `struct ndmsg`.
const ROUTE_RECORD: usize = 12;
const NEIGHBOUR_RECORD: usize = 12;

const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;
const RTA_PREFSRC: u16 = 7;
const RTA_VIA: u16 = 18;
const RTN_LOCAL: u8 = 2;
const RTN_BROADCAST: u8 = 3;
const NDA_DST: u16 = 1;
const NDA_LLADDR: u16 = 2;

/// A route to one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RouteRecord {
    /// Index of the interface it leaves by.
    pub interface: u32,
    /// The next hop, where there is one.
    pub gateway: Option<IpAddr>,
    /// The source address that would be used.
    pub source: Option<IpAddr>,
    /// Whether the address is this host's own.
    pub is_local: bool,
    /// Whether the address is everyone's on a link.
    pub is_broadcast: bool,
}

impl RouteRecord {
    pub(super) fn parse(message: &Message<'_>) -> Option<Self> {
        let kind = *message.body.get(7)?;
        let (is_local, is_broadcast) = (kind == RTN_LOCAL, kind == RTN_BROADCAST);
        let mut route = Self { interface: 0, gateway: None, source: None, is_local, is_broadcast };
        for (kind, data) in message.attributes(ROUTE_RECORD) {
            match kind {
                RTA_OIF => route.interface = number(data)?,
                RTA_GATEWAY => route.gateway = ip(data),
                // A next hop of the other family: a family number, then the address.
                RTA_VIA => route.gateway = data.get(2..).and_then(ip),
                RTA_PREFSRC => route.source = ip(data),
                _ => {}
            }
        }
        Some(route)
    }
}

/// An entry of the neighbour table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeighbourRecord {
    /// Its state: one of the `NUD_…` bits of linux/neighbour.h.
    pub state: u16,
    /// Its link-layer address; empty where it is not known.
    pub link_address: Vec<u8>,
}

/// `NUD_…` of linux/neighbour.h.
impl NeighbourRecord {
    /// A request is out.
    pub const INCOMPLETE: u16 = 0x01;
    /// Confirmed.
    pub const REACHABLE: u16 = 0x02;
    /// It did not answer.
    pub const FAILED: u16 = 0x20;
    /// Needs no resolution.
    pub const NOARP: u16 = 0x40;
    /// Set by hand.
    pub const PERMANENT: u16 = 0x80;

    pub(super) fn parse(message: &Message<'_>) -> Option<Self> {
        let state = u16::from_ne_bytes(array(message.body, 8)?);
        let mut all = message.attributes(NEIGHBOUR_RECORD);
        let link_address = all.find(|&(kind, _)| kind == NDA_LLADDR).map(|(_, data)| data.to_vec());
        Some(Self { state, link_address: link_address.unwrap_or_default() })
    }
}

impl Netlink {
    /// The route that the kernel would take to `to`, which is reached by `interface` (0 for any).
    ///
    /// # Errors
    /// What a send would give: ENETUNREACH, EHOSTUNREACH, EACCES, EINVAL (a blackhole).
    pub fn route(&mut self, to: IpAddr, interface: u32) -> io::Result<RouteRecord> {
        let mut record = [0u8; ROUTE_RECORD];
        record[0] = family(to);
        record[1] = if to.is_ipv4() { 32 } else { 128 };
        let mut request = Request::one(RTM_GETROUTE, &record).with_ip(RTA_DST, to);
        if interface != 0 {
            request = request.with(RTA_OIF, &interface.to_ne_bytes());
        }
        let mut route = None;
        self.ask(request, |message| {
            if message.kind == RTM_NEWROUTE {
                route = RouteRecord::parse(message);
            }
        })?;
        route.ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    /// The neighbour entry for `to` on `interface`; `None` when there is none.
    ///
    /// # Errors
    /// ENODEV for an interface that is gone, EOPNOTSUPP before Linux 5.0.
    pub fn neighbour(&mut self, to: IpAddr, interface: u32) -> io::Result<Option<NeighbourRecord>> {
        let mut record = [0u8; NEIGHBOUR_RECORD];
        record[0] = family(to);
        record[4..8].copy_from_slice(&interface.to_ne_bytes());
        let mut found = None;
        let asked = self.ask(Request::one(RTM_GETNEIGH, &record).with_ip(NDA_DST, to), |message| {
            found = NeighbourRecord::parse(message);
        });
        match asked {
            Err(error) if error.raw_os_error() == Some(libc::ENOENT) => Ok(None),
            Err(error) => Err(error),
            Ok(()) => Ok(found),
        }
    }
}

fn family(address: IpAddr) -> u8 {
    Family::of(address).number() as u8
}
