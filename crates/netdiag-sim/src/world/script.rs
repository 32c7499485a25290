//! Actions of the script: what changes when its time has come.

use netdiag_engine::port::HostChange;

use super::World;
use super::queue::Event;
use crate::network::{Action, LinkId, LinkState, NodeId};

impl World {
    /// The action with number `number` of the script happens.
    pub(super) fn act(&mut self, number: usize) {
        match self.script[number].clone() {
            Action::Way(way, spec) => {
                let way = &mut self.ways[way.index()];
                let is_rerouted = way.spec.cost != spec.cost;
                way.spec = *spec;
                if is_rerouted {
                    self.routes.forget();
                }
            }
            Action::Link(link, state) => self.turn(link, state),
            Action::Silence(node, silence) => self.node(node).spec.silent = silence,
            Action::AddRoute(node, route) => {
                self.node(node).routes.push(route);
                self.routes_changed(node);
            }
            Action::RemoveRoute(node, event) => {
                self.node(node).routes.retain(|route| route.event != event);
                self.routes_changed(node);
            }
            Action::Send(trouble) => {
                self.kernel.trouble = trouble;
                for waker in self.kernel.sets.iter_mut().filter_map(|set| set.ready_waker.take()) {
                    waker.wake();
                    self.has_news = true;
                }
            }
            Action::Stall(until) => {
                self.kernel.stalled_until = self.kernel.stalled_until.max(until);
                self.queue.push(until, Event::Resume);
            }
        }
    }

    fn turn(&mut self, link: LinkId, state: LinkState) {
        let own = &mut self.links[link.index()];
        let before = std::mem::replace(&mut own.1, state);
        let (interface, index) = (own.0.interface.clone(), self.interface_index(link));
        let Some(name) = interface else { return };
        let (was_up, is_up) = (before == LinkState::Up, state == LinkState::Up);
        if was_up != is_up {
            let change = if is_up {
                HostChange::InterfaceUp { name, index }
            } else {
                HostChange::InterfaceDown { name, index }
            };
            self.announce(change);
        }
        if (before == LinkState::Down) != (state == LinkState::Down) {
            self.announce(HostChange::Routes);
        }
    }

    fn routes_changed(&mut self, node: NodeId) {
        if node == NodeId::HERE {
            self.announce(HostChange::Routes);
        }
    }

    fn announce(&mut self, change: HostChange) {
        self.kernel.changes.push(change);
        for waker in self.kernel.change_wakers.drain(..) {
            waker.wake();
        }
        self.has_news = true;
    }
}
