//! Forged answers: what someone sends who is not on the path and has to guess.

use netdiag_model::{Family, Icmp};
use netdiag_wire::icmp;

use super::World;
use super::errors::{refusal, time_exceeded};
use super::queue::Event;
use crate::network::{ForgedKind, Knowledge, NodeId, Refusal};
use crate::packet::{Body, ErrorBody, Goal, Quote, family, icmp_number, icmp_of};

/// Octets of data in a forged message: what ping sends by default.
const DATA_LEN: usize = 56;

impl World {
    /// The forger with number `number` sends one message and sets out for the next.
    pub(super) fn forge(&mut self, number: usize) {
        let plan = self.forgers[number].0.clone();
        if self.now >= plan.until {
            return;
        }
        self.queue.push(self.now + std::time::Duration::from_nanos(plan.gap), Event::Forge(number));
        let of = family(plan.source);
        let Some(victim) = self.nodes[0].address(of) else { return };
        let message = self.guess(number, of);
        let body = match forged_error(plan.kind, of) {
            None => Body::Plain { protocol: icmp_number(of), bytes: message },
            Some(icmp) => {
                let (source, destination, protocol) = (victim, plan.about, icmp_number(of));
                let (ttl, tos, len, bytes) = (1, 0, message.len(), message);
                let quote = Quote { source, destination, protocol, ttl, tos, len, bytes };
                Body::Error(Box::new(ErrorBody::plain(icmp, quote)))
            }
        };
        let mut packet = self.packet(plan.at, (plan.source, victim), body);
        packet.goal = Goal::Node(NodeId::HERE);
        packet.seal();
        self.emit(plan.at, Box::new(packet));
    }

    /// The echo message that is forged, or that a forged error quotes.
    fn guess(&mut self, number: usize, of: Family) -> Vec<u8> {
        let known = self.kernel.last_echo[usize::from(of == Family::V6)];
        let (plan, dice) = &mut self.forgers[number];
        let (id, seq) = (dice.bits() as u16, dice.bits() as u16);
        let (id, seq) = match (plan.knows, known) {
            (Knowledge::Identifier, Some((known, _))) => (known, seq),
            (Knowledge::Sequence, Some(known)) => known,
            _ => (id, seq),
        };
        let mut data = [0; DATA_LEN];
        for chunk in data.chunks_exact_mut(8) {
            chunk.copy_from_slice(&dice.bits().to_le_bytes());
        }
        let mut message = Vec::with_capacity(icmp::HEADER_LEN + DATA_LEN);
        icmp::emit_echo_request(icmp_of(of), &icmp::Echo { id, seq, data: &data }, &mut message);
        if plan.kind == ForgedKind::EchoReply {
            message[0] = icmp_of(of).echo_reply();
        }
        message
    }
}

/// The error that is forged; `None` for a reply.
fn forged_error(kind: ForgedKind, of: Family) -> Option<Icmp> {
    match kind {
        ForgedKind::EchoReply => None,
        ForgedKind::TimeExceeded => Some(time_exceeded(of)),
        ForgedKind::Unreachable => refusal(of, Refusal::HostUnreachable),
    }
}
