//! Interfaces and their addresses: RTM_GETLINK and RTM_GETADDR, rtnetlink(7), linux/if_link.h, linux/if_addr.h.

use std::io;
use std::net::IpAddr;

use super::Netlink;
use super::message::{Message, Request, ip, number};
use crate::address::array;

pub(super) const RTM_NEWLINK: u16 = 16;
pub(super) const RTM_DELLINK: u16 = 17;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;

/// Octets of `struct ifinfomsg` and `struct ifaddrmsg`.
const LINK_RECORD: usize = 16;
const ADDRESS_RECORD: usize = 8;

const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
/// What a dump is to leave out (`RTEXT_FILTER_SKIP_STATS`): counters are most of it, and cost the most to gather.
const IFLA_EXT_MASK: u16 = 29;
const SKIP_STATS: u32 = 1 << 3;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;

/// `IFF_UP | IFF_RUNNING`: switched on, and with a carrier.
const UP_AND_RUNNING: u32 = 0x1 | 0x40;

/// An interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRecord {
    /// Its index.
    pub index: u32,
    /// Its name.
    pub name: String,
    /// Whether it is up and has a carrier.
    pub is_up: bool,
    /// Its MTU in octets.
    pub mtu: u32,
}

impl LinkRecord {
    pub(super) fn parse(message: &Message<'_>) -> Option<Self> {
        let index = i32::from_ne_bytes(array(message.body, 4)?) as u32;
        let flags = u32::from_ne_bytes(array(message.body, 8)?);
        let is_up = flags & UP_AND_RUNNING == UP_AND_RUNNING;
        let mut link = Self { index, name: String::new(), is_up, mtu: 0 };
        for (kind, data) in message.attributes(LINK_RECORD) {
            match kind {
                IFLA_IFNAME => {
                    let text = data.split(|&octet| octet == 0).next().unwrap_or_default();
                    link.name = String::from_utf8_lossy(text).into_owned();
                }
                IFLA_MTU => link.mtu = number(data)?,
                _ => {}
            }
        }
        Some(link)
    }
}

/// An address of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRecord {
    /// Index of the interface.
    pub interface: u32,
    /// The address: this end's on a point-to-point link.
    pub address: IpAddr,
    /// Prefix length.
    pub prefix: u8,
}

impl AddressRecord {
    pub(super) fn parse(message: &Message<'_>) -> Option<Self> {
        let prefix = *message.body.get(1)?;
        let interface = u32::from_ne_bytes(array(message.body, 4)?);
        let find = |wanted| {
            let mut all = message.attributes(ADDRESS_RECORD);
            all.find(|&(kind, _)| kind == wanted).and_then(|(_, data)| ip(data))
        };
        let address = find(IFA_LOCAL).or_else(|| find(IFA_ADDRESS))?;
        Some(Self { interface, address, prefix })
    }
}

impl Netlink {
    /// All interfaces.
    ///
    /// # Errors
    /// Those of netlink(7).
    pub fn links(&mut self) -> io::Result<Vec<LinkRecord>> {
        let mut links = Vec::new();
        let request = Request::dump(RTM_GETLINK, &[0; LINK_RECORD]);
        self.ask(request.with(IFLA_EXT_MASK, &SKIP_STATS.to_ne_bytes()), |message| {
            if message.kind == RTM_NEWLINK {
                links.extend(LinkRecord::parse(message));
            }
        })?;
        Ok(links)
    }

    /// All addresses of all interfaces.
    ///
    /// # Errors
    /// Those of netlink(7).
    pub fn addresses(&mut self) -> io::Result<Vec<AddressRecord>> {
        let mut addresses = Vec::new();
        self.ask(Request::dump(RTM_GETADDR, &[0; ADDRESS_RECORD]), |message| {
            if message.kind == RTM_NEWADDR {
                addresses.extend(AddressRecord::parse(message));
            }
        })?;
        Ok(addresses)
    }
}
