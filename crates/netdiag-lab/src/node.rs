//! One node of a laboratory: a network stack of its own, to be configured and used.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::agent::{Rights, inside};
use crate::capture::Capture;
use crate::command::Command;
use crate::error::{Error, Result};
use crate::nft::Ruleset;
use crate::premises::Premises;
use crate::responder::{Responder, Script};
use crate::server::{Server, Serving};
use crate::site::Site;

/// Whether an interface takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It carries frames.
    Up,
    /// It is switched off at this end.
    Down,
}

/// Whether datagram ICMP sockets are open to ordinary users (`net.ipv4.ping_group_range`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IcmpSockets {
    /// To every group: `0 2147483647`, or the caller's own in a user namespace, which has no other.
    Open,
    /// To none: `1 0`, as in a bare kernel and in Debian 12.
    Closed,
}

/// A handle on a node; clones mean the same node.
#[derive(Clone, Debug)]
pub struct Node {
    premises: Arc<Premises>,
    index: usize,
}

impl Node {
    pub(crate) fn new(premises: Arc<Premises>, index: usize) -> Self {
        Self { premises, index }
    }

    pub(crate) fn index(&self) -> usize {
        self.index
    }

    pub(crate) fn net(&self) -> i32 {
        self.premises.map().net(self.index)
    }

    fn site(&self) -> Site {
        Site::new(Arc::clone(&self.premises), self.net(), &self.name())
    }

    /// The name it was made with.
    pub fn name(&self) -> String {
        self.premises.map().name(self.index).into()
    }

    /// A path that opens this node's network namespace, for `setns(2)`, `nsenter --net=` or an
    /// option `--netns`. Valid while the laboratory lives.
    pub fn netns(&self) -> String {
        self.premises.place(self.net()).path()
    }

    /// The IPv4 address on the link that was made first.
    ///
    /// # Errors
    /// [`Error::NoLink`] before the first link.
    pub fn v4(&self) -> Result<Ipv4Addr> {
        self.addresses(None).map(|(v4, _)| v4)
    }

    /// The IPv6 address on the link that was made first.
    ///
    /// # Errors
    /// [`Error::NoLink`] before the first link.
    pub fn v6(&self) -> Result<Ipv6Addr> {
        self.addresses(None).map(|(_, v6)| v6)
    }

    /// The IPv4 address on the link towards a neighbour.
    ///
    /// # Errors
    /// [`Error::NoLink`] when they are not neighbours.
    pub fn v4_towards(&self, peer: &str) -> Result<Ipv4Addr> {
        self.addresses(Some(peer)).map(|(v4, _)| v4)
    }

    /// The IPv6 address on the link towards a neighbour.
    ///
    /// # Errors
    /// [`Error::NoLink`] when they are not neighbours.
    pub fn v6_towards(&self, peer: &str) -> Result<Ipv6Addr> {
        self.addresses(Some(peer)).map(|(_, v6)| v6)
    }

    /// The link-local address of an interface (`to-PEER`), as the kernel made it.
    ///
    /// # Errors
    /// [`Error::NoLink`] when there is no such interface or it has none.
    pub fn link_local(&self, interface: &str) -> Result<Ipv6Addr> {
        let table = self.command("cat").args(["/proc/net/if_inet6"]).output()?.stdout;
        table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|fields| fields.len() == 6 && fields[5] == interface && fields[3] == "20")
            .find_map(|fields| u128::from_str_radix(fields[0], 16).ok())
            .map(Ipv6Addr::from_bits)
            .ok_or_else(|| Error::NoLink { node: self.name(), towards: interface.into() })
    }

    /// Makes every address of a prefix the node's own; [`crate::Lab::routes`] called
    /// afterwards leads there.
    ///
    /// # Errors
    /// [`Error::Refused`] with the words of `ip`.
    pub fn answers_for(&self, prefix: &str) -> Result<()> {
        self.ip(&[format!("route add local {prefix} dev lo")])?;
        self.premises.map().topology.extra[self.index].push(prefix.into());
        Ok(())
    }

    /// Adds one address to an interface, usable at once. `bits` is the length of its prefix.
    ///
    /// # Errors
    /// [`Error::Refused`] with the words of `ip`.
    pub fn add_address(&self, interface: &str, address: IpAddr, bits: u8) -> Result<()> {
        let nodad = if address.is_ipv6() { "nodad" } else { "" };
        self.ip(&[format!("address add {address}/{bits} dev {interface} {nodad}")])
    }

    /// Switches an interface on or off. When it comes back, so do its routes, and the call returns
    /// when it carries.
    ///
    /// # Errors
    /// [`Error::Refused`] with the words of `ip`.
    pub fn set_link(&self, interface: &str, state: LinkState) -> Result<()> {
        if state == LinkState::Down {
            return self.ip(&[format!("link set {interface} down")]);
        }
        self.ip(&[format!("link set {interface} up")])?;
        self.premises.settle(self.net(), interface)?;
        let routes = self.premises.map().routes(self.index).to_vec();
        self.ip(&routes)
    }

    /// Sets a kernel setting of this node's network stack.
    ///
    /// # Errors
    /// [`Error::Refused`] when the kernel does not know or not allow it.
    pub fn sysctl(&self, key: &str, value: &str) -> Result<()> {
        self.premises.settings(self.net(), &[(key, value)])
    }

    /// Opens or closes datagram ICMP sockets to ordinary users. In a fresh node they are closed.
    ///
    /// # Errors
    /// [`Error::Refused`] for closing them again in a user namespace.
    pub fn icmp_sockets(&self, sockets: IcmpSockets) -> Result<()> {
        let range = match (sockets, self.premises.rights()) {
            (IcmpSockets::Closed, Rights::Root) => "1 0".to_owned(),
            (IcmpSockets::Closed, Rights::UserNamespace) => return self.keep_icmp_closed(),
            (IcmpSockets::Open, Rights::Root) => "0 2147483647".to_owned(),
            (IcmpSockets::Open, Rights::UserNamespace) => {
                let own = inside(rustix::process::getgid().as_raw());
                format!("{own} {own}")
            }
        };
        self.sysctl("net.ipv4.ping_group_range", &range)?;
        self.premises.map().open_icmp(self.index);
        Ok(())
    }

    /// The kernel takes no range with a group that the user namespace lacks, and `1 0` has one.
    fn keep_icmp_closed(&self) -> Result<()> {
        if self.premises.map().is_icmp_open(self.index) {
            return Err(Error::Refused {
                operation: format!("closing datagram ICMP sockets in {}", self.name()),
                reason: "a user namespace can open them but not close them again; use a fresh node, or root"
                    .into(),
            });
        }
        Ok(())
    }

    /// Switches an interface's offloads off, so that what it sends has its checksum from the beginning. Otherwise packets
    /// cross cables with a half-made one, and routers quote that.
    ///
    /// # Errors
    /// [`Error::Refused`] when there is no such interface.
    pub fn plain_frames(&self, interface: &str) -> Result<()> {
        self.premises.plain_frames(self.net(), interface)
    }

    /// Runs lines of `ip -batch` in this node (without the leading `ip`).
    ///
    /// # Errors
    /// [`Error::Refused`] with the words of `ip`.
    pub fn ip(&self, lines: &[String]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        self.premises.run(Some(self.net()), &["ip", "-batch", "-"], &lines.join("\n"))
    }

    /// Adds rules in the language of nftables.
    ///
    /// # Errors
    /// [`Error::Refused`] with the words of `nft`.
    pub fn nft(&self, rules: &str) -> Result<()> {
        self.premises.run(Some(self.net()), &["nft", "-f", "-"], rules)
    }

    /// Adds a ready-made set of rules to those in force.
    ///
    /// # Errors
    /// [`Error::Refused`] with the words of `nft`.
    pub fn filter(&self, rules: &Ruleset) -> Result<()> {
        self.nft(rules.text())
    }

    /// Removes all rules.
    ///
    /// # Errors
    /// [`Error::Refused`] with the words of `nft`.
    pub fn clear_filters(&self) -> Result<()> {
        self.nft("flush ruleset\n")
    }

    /// A program to run inside this node.
    pub fn command(&self, program: &str) -> Command {
        Command::new(self.site(), program)
    }

    /// Puts a puppet in this node: an agent answers echo requests by script, and the kernel keeps quiet.
    ///
    /// # Errors
    /// [`Error::Lost`] when the agent could not open its socket.
    pub fn respond(&self, script: Script) -> Result<Responder> {
        Responder::start(self.site(), script)
    }

    /// Runs a small server in this node.
    ///
    /// # Errors
    /// [`Error::Lost`] when it could not bind.
    pub fn serve(&self, server: Server) -> Result<Serving> {
        Serving::start(self.site(), server)
    }

    /// Records the echo traffic of an interface with kernel stamps.
    ///
    /// # Errors
    /// [`Error::Lost`] when there is no such interface.
    pub fn capture(&self, interface: &str) -> Result<Capture> {
        Capture::start(self.site(), interface)
    }

    fn addresses(&self, towards: Option<&str>) -> Result<(Ipv4Addr, Ipv6Addr)> {
        let map = self.premises.map();
        map.topology
            .links_of(self.index)
            .find(|(_, far)| towards.is_none_or(|peer| map.name(far.node) == peer))
            .map(|(near, _)| (near.v4, near.v6))
            .ok_or_else(|| Error::NoLink {
                node: map.name(self.index).into(),
                towards: towards.unwrap_or("anyone").into(),
            })
    }
}
