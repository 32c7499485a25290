//! The simulated world: nodes, ways, this host's kernel, and the events that move them.
//!
//! Time stands still while anyone outside may still act. [`World::step`] lets it go on to the next event that anyone
//! outside can notice, or to the next point in time that anyone waits for.

mod bucket;
mod dice;
mod errors;
mod facts;
mod forger;
mod host;
mod inbox;
mod kernel;
mod nat;
mod node;
mod queue;
mod receive;
mod router;
mod routes;
mod script;
mod send;
mod stream;
mod tcp;
mod timers;
mod way;

use std::net::IpAddr;
use std::time::Duration;

use netdiag_model::{Mono, Reading, Wall};

pub(crate) use kernel::Carrier;

use crate::network::{ForgerPlan, Kind, LinkPlan, LinkState, Network, NodeId, WayId};
use crate::packet::{Body, Goal, Packet, Trace};
use crate::truth::{Direction, Entry, Happening, Truth};
use dice::{Dice, mix};
use kernel::Kernel;
use node::Node;
use queue::{Event, Queue};
use routes::Routes;
use timers::Timers;
use way::{Passage, Way};

/// How often links may double one packet; a loop of doubling links would otherwise fill the memory.
const MOST_DOUBLINGS: u8 = 3;

/// How long a packet takes to its own sender.
const LOOPBACK: Duration = Duration::from_micros(10);

/// Everything that moves.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) now: Mono,
    epoch: i64,
    steps: Vec<(Mono, i64)>,
    queue: Queue,
    nodes: Vec<Node>,
    ways: Vec<Way>,
    links: Vec<(LinkPlan, LinkState)>,
    routes: Routes,
    forgers: Vec<(ForgerPlan, Dice)>,
    script: Vec<crate::network::Action>,
    pub(crate) kernel: Kernel,
    pub(crate) timers: Timers,
    /// What is told of the probes; none where the run is too long to tell of each.
    pub(crate) truth: Option<Truth>,
    /// Something happened that someone outside can notice.
    has_news: bool,
}

impl World {
    pub(crate) fn new(network: &Network) -> Self {
        let (seed, plan) = (network.seed(), network.plan());
        let ways: Vec<Way> = plan
            .ways
            .iter()
            .enumerate()
            .map(|(at, way)| {
                let dice = Dice::new(seed, "way", at);
                Way::new(way.from, way.to, (way.addresses.clone(), way.spec.clone()), dice)
            })
            .collect();
        let nodes =
            plan.nodes.iter().enumerate().map(|(at, node)| Node::new(node, Dice::new(seed, "node", at)));
        let mut world = Self {
            now: Mono::ZERO,
            epoch: plan.epoch,
            steps: plan.steps.clone(),
            queue: Queue::default(),
            nodes: nodes.collect(),
            routes: Routes::new(&plan.nodes, &ways, plan.groups.clone()),
            ways,
            links: plan.links.iter().map(|link| (link.clone(), LinkState::Up)).collect(),
            forgers: plan.forgers.iter().cloned().zip((0..).map(|n| Dice::new(seed, "forger", n))).collect(),
            script: plan.script.iter().map(|(_, action)| action.clone()).collect(),
            kernel: Kernel::new(plan.here.clone(), Dice::new(seed, "kernel", 0)),
            timers: Timers::default(),
            truth: Some(Truth::default()),
            has_news: false,
        };
        for (number, (at, _)) in plan.script.iter().enumerate() {
            world.queue.push(*at, Event::Script(number));
        }
        for (number, forger) in plan.forgers.iter().enumerate() {
            world.queue.push(forger.from, Event::Forge(number));
        }
        world
    }

    /// The wall clock at a point in time that has been reached.
    pub(crate) fn wall(&self, at: Mono) -> Wall {
        let stepped: i64 = self.steps.iter().take_while(|(when, _)| *when <= at).map(|(_, by)| by).sum();
        Wall::from_nanos(self.epoch.saturating_add(at.as_nanos() as i64).saturating_add(stepped))
    }

    /// Both clocks.
    pub(crate) fn reading(&self) -> Reading {
        Reading { mono: self.now, wall: self.wall(self.now) }
    }

    /// Lets time go on until something happens that someone outside can notice. False if nothing ever will.
    pub(crate) fn step(&mut self) -> bool {
        self.has_news = false;
        loop {
            let timer = self.timers.earliest().map(|at| at.max(self.kernel.stalled_until).max(self.now));
            match (self.queue.next_at(), timer) {
                (None, None) => return self.has_news,
                (Some(event), timer) if timer.is_none_or(|timer| event <= timer) => {
                    if event > self.now && self.has_news && self.kernel.stalled_until <= self.now {
                        return true;
                    }
                    self.now = self.now.max(event);
                    if let Some(event) = self.queue.pop() {
                        self.happen(event);
                    }
                }
                (_, timer) => {
                    if self.has_news
                        && timer.is_some_and(|at| at > self.now)
                        && self.kernel.stalled_until <= self.now
                    {
                        return true;
                    }
                    self.now = timer.unwrap_or(self.now);
                    self.timers.fire(self.now);
                    return true;
                }
            }
        }
    }

    /// The same, unless something has happened that nobody has been woken for since the last call.
    pub(crate) fn nudge(&mut self) -> bool {
        std::mem::take(&mut self.has_news) || self.step()
    }

    /// How many events are to come; for the message of a simulation that cannot go on.
    pub(crate) fn pending(&self) -> usize {
        self.queue.len()
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Arrive(way, packet) => self.arrive(way, packet),
            Event::Emit(node, packet) => self.emit(node, packet),
            Event::Loop(node, packet) => self.take_in(node, None, packet),
            Event::Unresolved(node, packet) => self.unresolved(node, &packet),
            Event::Depart(packet) => self.depart(packet),
            Event::Hand(arrived, packet) => self.hand(arrived, &packet),
            Event::Script(number) => self.act(number),
            Event::Forge(number) => self.forge(number),
            Event::Syn(set, which, before) => self.syn(set, which, before),
            Event::GiveUp(set, which) => self.give_up(set, which),
            Event::Resume => self.has_news = true,
        }
    }

    fn node(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    /// `node` sends a packet of its own.
    fn emit(&mut self, node: NodeId, mut packet: Box<Packet>) {
        if packet.goal == Goal::Nowhere {
            packet.goal = self.routes.goal(node, packet.destination);
        }
        if packet.goal == Goal::Node(node) {
            self.queue.push(self.now + LOOPBACK, Event::Loop(node, packet));
            return;
        }
        if packet.goal == Goal::Net(node) && self.nodes[node.index()].route(packet.destination).is_none() {
            self.resolve(node, packet);
            return;
        }
        match self.choose(node, &packet) {
            Ok(way) if packet.is_fragmentable => self.fragmented(way, packet),
            Ok(way) => self.transmit(way, packet),
            Err(_) => self.swallow(node, &packet),
        }
    }

    /// A packet enters a way.
    fn transmit(&mut self, id: WayId, mut packet: Box<Packet>) {
        let state = self.links[id.link().index()].1;
        let way = &mut self.ways[id.index()];
        let passage = way.carry(self.now, packet.len(), state);
        let may_double = packet.doublings < MOST_DOUBLINGS;
        let link = || self.links[id.link().index()].0.name.clone();
        match passage {
            Passage::Lost(cause) => {
                let direction = if id.is_forward() { Direction::Forward } else { Direction::Back };
                let lost = Happening::Lost { link: link(), direction, cause };
                self.note(packet.trace, || lost);
            }
            Passage::Arrives { at, again, held_back, flip } => {
                let again = again.filter(|_| may_double);
                packet.doublings += u8::from(again.is_some());
                let mut notes = Vec::new();
                notes.extend(held_back.map(|by| Happening::HeldBack { link: link(), by }));
                notes.extend(again.map(|_| Happening::Duplicated { link: link() }));
                notes.extend(flip.map(|_| Happening::Corrupted { link: link() }));
                for what in notes {
                    self.note(packet.trace, || what);
                }
                if let Some(bits) = flip {
                    let was_damaged = packet.is_damaged;
                    corrupt(&mut packet, bits);
                    if self.ways[id.index()].spec.fix_checksum && !was_damaged {
                        packet.seal();
                    }
                }
                if let Some(again) = again {
                    self.queue.push(again, Event::Arrive(id, packet.clone()));
                }
                self.queue.push(at, Event::Arrive(id, packet));
            }
        }
    }

    /// A packet reaches the end of a way.
    fn arrive(&mut self, id: WayId, mut packet: Box<Packet>) {
        let node = self.ways[id.index()].to;
        packet.hops = packet.hops.saturating_add(1);
        if packet.hops == u8::MAX {
            self.swallow(node, &packet);
            return;
        }
        match self.nodes[node.index()].kind {
            Kind::Here | Kind::Host => self.take_in(node, Some(id), packet),
            Kind::Router | Kind::Switch => self.forward(node, id, packet),
        }
    }

    /// Nobody but `node` could know where the packet's destination is: it asks its neighbours.
    fn resolve(&mut self, node: NodeId, packet: Box<Packet>) {
        let takes = self.nodes[node.index()].spec.resolution.0;
        self.queue.push(self.now + takes, Event::Unresolved(node, packet));
    }

    fn note(&mut self, trace: Option<Trace>, what: impl FnOnce() -> Happening) {
        if let (Some(Trace { origin, probe }), Some(truth)) = (trace, &mut self.truth) {
            truth.push(Entry { at: self.now, origin, probe, what: what() });
        }
    }

    /// A packet of `node` without a body, on its way to `to`.
    fn packet(&self, node: NodeId, (source, to): (IpAddr, IpAddr), body: Body) -> Packet {
        Packet {
            source,
            destination: to,
            ttl: self.nodes[node.index()].spec.ttl,
            tos: 0,
            flow_label: 0,
            // Linux answers without DF; over IPv6 it has found the path's MTU by the time that matters.
            is_fragmentable: true,
            hops: 0,
            doublings: 0,
            goal: Goal::Nowhere,
            trace: None,
            is_damaged: false,
            body,
        }
    }
}

/// Flips one bit of what is above the transport header, so that ports and numbers stay right.
fn corrupt(packet: &mut Packet, bits: u64) {
    packet.is_damaged = true;
    let Body::Plain { bytes, .. } = &mut packet.body else { return };
    let Some(data) = bytes.get_mut(8..).filter(|data| !data.is_empty()) else { return };
    let at = (mix(bits) % data.len() as u64) as usize;
    data[at] ^= 1 << (bits % 8);
}
