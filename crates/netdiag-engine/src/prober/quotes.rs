//! What a witness hears: which probe a quoted packet was, and what the router saw of it.

use netdiag_model::event::Quote;
use netdiag_model::{Event, Mono, ProbeId};
use netdiag_wire::quote::{self, Checksum, Content};

use super::matching::{Quoted, UDP_KEY_LEN};
use super::{Method, Prober};
use crate::port::Datagram;
use crate::strategy::Strategy;
use crate::token::TOKEN_LEN;

impl<S: Strategy> Prober<S> {
    /// Takes in what a witness has heard. What is about no probe is somebody else's.
    pub(super) fn handle_witnessed(&mut self, now: Mono, datagram: &Datagram<'_>) {
        let Ok(quoted) = quote::read(datagram.bytes) else { return };
        let Some(probe) = self.find_witnessed(datagram, &quoted) else { return };
        let Some(entry) = self.inflight.get_mut(probe) else { return };
        let subject = entry.subject(probe);
        let ports = match quoted.content {
            Content::Udp { source, destination, .. } => Some((source, destination)),
            Content::Echo(_) | Content::Other => None,
        };
        let quote = Quote {
            ttl: quoted.header.ttl,
            tos: quoted.header.tos,
            source: quoted.header.source,
            destination: quoted.header.destination,
            ports,
            is_checksum_wrong: quoted.checksum == Checksum::Wrong,
        };
        self.emit(now, Event::Quoted { subject, from: datagram.incoming.from, quote });
    }

    /// The probe, whatever has been rewritten of its addresses: where it quotes the token, by that; else by its number, if the
    /// destination is right.
    fn find_witnessed(&mut self, datagram: &Datagram<'_>, quoted: &quote::Quote<'_>) -> Option<ProbeId> {
        let shard = datagram.incoming.shard;
        let to = quoted.header.destination.into();
        match (self.config.method, quoted.content) {
            (Method::Icmp, Content::Echo(echo)) => {
                let (probe, entry) = self.inflight.find(shard, echo.seq)?;
                let is_target = self.targets[entry.target.index()].address.matches(&to);
                let token = entry.token.to_be_bytes();
                let room = TOKEN_LEN.min(echo.data.len()).min(self.config.payload.len());
                let is_ours = echo.data[..room] == token[..room];
                (is_ours && (is_target || room == TOKEN_LEN)).then_some(probe)
            }
            (Method::Udp { .. }, Content::Udp { data, .. }) if data.len() >= UDP_KEY_LEN + TOKEN_LEN => {
                let (probe, entry) = self
                    .inflight
                    .find(u16::from_be_bytes([data[0], data[1]]), u16::from_be_bytes([data[2], data[3]]))?;
                let token = entry.token.to_be_bytes();
                (data[UDP_KEY_LEN..UDP_KEY_LEN + TOKEN_LEN] == token).then_some(probe)
            }
            (Method::Udp { .. }, Content::Udp { .. }) => match self.find_by_flow(shard, to) {
                Quoted::Probe(probe) => Some(probe),
                Quoted::OneOfSeveral(_) | Quoted::Nobodys => None,
            },
            _ => None,
        }
    }
}
