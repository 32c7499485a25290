//! This host's kernel: its sockets, what lies in their queues, and what it has learnt of paths.

use std::collections::HashMap;
use std::net::IpAddr;
use std::task::Waker;

use netdiag_engine::port::{HostChange, SocketOptions};
use netdiag_model::{Family, Mono};
use netdiag_wire::ip::protocol;

use super::dice::Dice;
use super::inbox::Inbox;
use super::tcp::Attempts;
use crate::network::{HereSpec, Trouble};

/// What a set of sockets carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Carrier {
    /// ICMP echo.
    Icmp,
    /// UDP.
    Udp,
}

impl Carrier {
    /// Its protocol number in a family.
    pub(super) const fn number(self, family: Family) -> u8 {
        match (self, family) {
            (Self::Icmp, Family::V4) => protocol::ICMP,
            (Self::Icmp, Family::V6) => protocol::ICMPV6,
            (Self::Udp, _) => protocol::UDP,
        }
    }
}

/// A set of sockets, as a port opens it.
#[derive(Debug)]
pub(crate) struct SocketSet {
    pub(super) carrier: Carrier,
    pub(super) options: SocketOptions,
    /// Identifier or port of each socket.
    pub(super) numbers: HashMap<(Family, u16), u16>,
    pub(crate) inbox: Inbox,
    pub(crate) ready_waker: Option<Waker>,
}

/// Someone who hears all ICMP errors.
#[derive(Debug)]
pub(crate) struct Ear {
    pub(super) options: SocketOptions,
    pub(super) is_open: bool,
    pub(crate) inbox: Inbox,
}

/// This host's kernel.
#[derive(Debug)]
pub(crate) struct Kernel {
    pub(super) spec: HereSpec,
    pub(super) dice: Dice,
    pub(crate) sets: Vec<SocketSet>,
    pub(crate) witnesses: Vec<Ear>,
    pub(crate) connectors: Vec<Attempts>,
    /// By protocol, family and identifier or port: set and shard.
    numbers: HashMap<(u8, Family, u16), (u16, u16)>,
    /// Path MTUs that ICMP errors have told.
    pub(super) path_mtu: HashMap<IpAddr, u32>,
    pub(super) trouble: Option<Trouble>,
    pub(crate) changes: Vec<HostChange>,
    pub(super) change_wakers: Vec<Waker>,
    pub(super) stalled_until: Mono,
    /// Identifier and sequence number of the last echo request of each family; for forgers.
    pub(super) last_echo: [Option<(u16, u16)>; 2],
    /// TCP: local port to connector and attempt.
    pub(super) tcp_ports: HashMap<u16, (u16, netdiag_model::ProbeId)>,
}

impl Kernel {
    pub(super) fn new(spec: HereSpec, dice: Dice) -> Self {
        Self {
            spec,
            dice,
            sets: Vec::new(),
            witnesses: Vec::new(),
            connectors: Vec::new(),
            numbers: HashMap::new(),
            path_mtu: HashMap::new(),
            trouble: None,
            changes: Vec::new(),
            change_wakers: Vec::new(),
            stalled_until: Mono::ZERO,
            last_echo: [None; 2],
            tcp_ports: HashMap::new(),
        }
    }

    pub(crate) fn spec(&self) -> &HereSpec {
        &self.spec
    }

    /// Opens a set of sockets; returns its number.
    pub(crate) fn open(&mut self, carrier: Carrier, options: SocketOptions) -> u16 {
        self.sets.push(SocketSet {
            carrier,
            options,
            numbers: HashMap::new(),
            inbox: Inbox::default(),
            ready_waker: None,
        });
        (self.sets.len() - 1) as u16
    }

    /// Wakes `waker` at the next change.
    pub(crate) fn await_change(&mut self, waker: &Waker) {
        if !self.change_wakers.iter().any(|known| known.will_wake(waker)) {
            self.change_wakers.push(waker.clone());
        }
    }

    /// Opens a connector; returns its number.
    pub(crate) fn open_connector(&mut self, options: SocketOptions) -> u16 {
        self.connectors.push(Attempts::new(options));
        (self.connectors.len() - 1) as u16
    }

    /// Closes a set: what comes for it is nobody's.
    pub(crate) fn close(&mut self, set: u16) {
        self.numbers.retain(|_, (owner, _)| *owner != set);
        let closed = &mut self.sets[usize::from(set)];
        closed.inbox.clear();
        closed.numbers.clear();
    }

    /// Opens a witness; returns its number.
    pub(crate) fn call_witness(&mut self, options: SocketOptions) -> usize {
        self.witnesses.push(Ear { options, is_open: true, inbox: Inbox::default() });
        self.witnesses.len() - 1
    }

    /// Closes a witness.
    pub(crate) fn dismiss(&mut self, number: usize) {
        let closed = &mut self.witnesses[number];
        closed.is_open = false;
        closed.inbox.clear();
    }

    /// The identifier or port of a shard, if it has one already.
    pub(crate) fn known_number(&self, set: u16, shard: (Family, u16)) -> Option<u16> {
        self.sets[usize::from(set)].numbers.get(&shard).copied()
    }

    /// The identifier or port of a shard, given to it by its first packet; `None` when all are taken.
    pub(super) fn number(&mut self, set: u16, (family, shard): (Family, u16)) -> Option<u16> {
        let own = &self.sets[usize::from(set)];
        if let Some(number) = own.numbers.get(&(family, shard)) {
            return Some(*number);
        }
        let carrier = own.carrier;
        let wish = own.options.identifier.map(|first| first.wrapping_add(shard));
        let protocol = carrier.number(family);
        let is_free = |number| !self.numbers.contains_key(&(protocol, family, number));
        let number = wish.or_else(|| free_port(&mut self.dice, is_free))?;
        self.sets[usize::from(set)].numbers.insert((family, shard), number);
        self.numbers.insert((protocol, family, number), (set, shard));
        Some(number)
    }

    /// Set and shard of an identifier or port.
    pub(super) fn owner(&self, protocol: u8, (family, number): (Family, u16)) -> Option<(u16, u16)> {
        self.numbers.get(&(protocol, family, number)).copied()
    }

    pub(super) fn has_udp(&self, family: Family, port: u16) -> bool {
        self.owner(protocol::UDP, (family, port)).is_some()
    }

    /// Whether a socket that was full may take packets again.
    pub(crate) fn may_send(&self) -> bool {
        self.trouble != Some(Trouble::Full)
    }
}

/// A local port, or an identifier, that is free; from Linux's range of local ports.
pub(super) fn free_port(dice: &mut Dice, is_free: impl Fn(u16) -> bool) -> Option<u16> {
    const PORTS: u16 = 28_232;
    let first = dice.below(u64::from(PORTS)) as u16;
    (0..PORTS).map(|n| 32_768 + (first + n) % PORTS).find(|port| is_free(*port))
}
