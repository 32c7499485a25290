//! What the end of a TCP attempt means for its probe.

use netdiag_model::event::{Answer, Arrival, Reply, Subject, Transit};
use netdiag_model::{Address, Errno, Event, Moment, Mono, Rtt};

use super::Prober;
use crate::inflight::{Entry, State};
use crate::port::{Connection, Outcome};
use crate::strategy::Strategy;

impl<S: Strategy> Prober<S> {
    /// A TCP attempt ended.
    pub fn handle_outcome(&mut self, now: Mono, outcome: &Outcome) {
        let Some(entry) = self.inflight.get_mut(outcome.probe) else { return };
        if entry.state != State::Waiting {
            return;
        }
        let subject = entry.subject(outcome.probe);
        let from = self.targets[entry.target.index()].address;
        let at = outcome.at;
        // The SYN was lost and sent again: that is a loss, not a slow answer.
        let has_lost = outcome.sighting.retransmits > 0;
        let event = match outcome.connection {
            Connection::Established { .. }
            | Connection::Failed { errno: Errno::ECONNREFUSED | Errno::ECONNRESET, icmp: None, .. }
                if has_lost =>
            {
                Event::Timeout { subject }
            }
            Connection::Established { handshake } => {
                let (rtt, clock) = handshake.map_or_else(
                    || Rtt::measure(&entry.sent, &at),
                    |rtt| (rtt, netdiag_model::Clock::Kernel),
                );
                answered((entry, Answer::SynAck), subject, from, (rtt, clock, at))
            }
            // Attempts of a prober are not watched so closely that it would come.
            Connection::Objection { .. } => return,
            Connection::Failed { icmp: Some((icmp, offender)), .. } => {
                let (rtt, clock) = Rtt::measure(&entry.sent, &at);
                let (arrival, extensions) = (Arrival::InTime, Box::default());
                let transit = Transit { rtt, clock, ttl: None, arrival, extensions };
                Event::IcmpError { subject, from: offender, icmp, at, transit }
            }
            Connection::Failed { errno: Errno::ECONNREFUSED | Errno::ECONNRESET, .. } => {
                let (rtt, clock) = Rtt::measure(&entry.sent, &at);
                answered((entry, Answer::Reset), subject, from, (rtt, clock, at))
            }
            Connection::Silent | Connection::Failed { errno: Errno::ETIMEDOUT, .. } => {
                Event::Timeout { subject }
            }
            Connection::Failed { errno, .. } => Event::SendError { subject, errno, mtu: None, at },
        };
        if entry.state == State::Waiting {
            entry.state =
                if matches!(event, Event::Timeout { .. }) { State::TimedOut } else { State::Refused };
        }
        self.emit(now, event);
        self.strategy.handle_settled(&subject);
    }
}

/// Marks a TCP attempt as answered by its target.
fn answered(
    (entry, answer): (&mut Entry, Answer),
    subject: Subject,
    from: Address,
    (rtt, clock, at): (Rtt, netdiag_model::Clock, Moment),
) -> Event {
    entry.state = State::Answered;
    // A TCP segment without data: what a reader of "bytes from" expects is its header.
    let len = 20;
    Event::Reply(Reply {
        subject,
        answer,
        from,
        len,
        ttl: None,
        tos: None,
        rtt,
        clock,
        at,
        arrival: Arrival::InTime,
        damage: None,
    })
}
