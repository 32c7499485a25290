//! Some attempts at once, for a question that takes several: whose RST is it, how far do SYNs come, do counters move?

use std::collections::VecDeque;
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::task::Context;
use std::time::Duration;

use netdiag_engine::dialer::{Agenda, Dialed, Dialer, Turn};
use netdiag_engine::driver::Command;
use netdiag_engine::driver::dial::{self, End, Line};
use netdiag_engine::pacer::Rate;
use netdiag_engine::port::{Attempt, Clock, Connector};
use netdiag_model::Reading;
use tokio::sync::mpsc::UnboundedReceiver;

/// How many attempts of a batch are under way at once.
const AT_ONCE: usize = 256;

/// What a question needs of the outside.
pub(crate) struct Tools<'a> {
    pub(crate) connector: &'a mut dyn Connector,
    pub(crate) clock: &'a mut dyn Clock,
    pub(crate) commands: &'a mut UnboundedReceiver<Command>,
    /// The address to connect from.
    pub(crate) source: Option<IpAddr>,
    /// When to end, whatever is under way.
    pub(crate) deadline: Option<netdiag_model::Mono>,
}

impl Tools<'_> {
    /// Makes all attempts at once; what became of those that have ended by the time the last one has. `None` when the
    /// run is to end.
    pub(crate) async fn dial(&mut self, attempts: impl IntoIterator<Item = Attempt>) -> Option<Vec<Dialed>> {
        let from_here = |attempt: Attempt| Attempt { source: self.source, ..attempt };
        let attempts = attempts.into_iter().map(from_here).collect();
        let mut batch = Batch { attempts, done: Vec::new() };
        let line = Line {
            connector: &mut *self.connector,
            clock: &mut *self.clock,
            commands: &mut *self.commands,
            deadline: self.deadline,
        };
        match dial::run(Dialer::new(Rate::Unlimited, AT_ONCE), line, &mut batch).await {
            End::Done => Some(batch.done),
            End::Deadline | End::Quit => None,
        }
    }

    /// Waits; whether the run may go on.
    pub(crate) async fn rest(&mut self, span: Duration) -> bool {
        let until = self.clock.now().mono + span;
        let until = self.deadline.map_or(until, |deadline| deadline.min(until));
        let clock = &mut *self.clock;
        let mut timer = std::pin::pin!(std::future::poll_fn(|cx| clock.poll_until(cx, until)));
        loop {
            tokio::select! {
                biased;
                () = &mut timer => break,
                Some(command) = self.commands.recv() => if command == Command::Quit { return false },
            }
        }
        self.deadline.is_none_or(|deadline| deadline > self.clock.now().mono)
    }
}

struct Batch {
    attempts: VecDeque<Attempt>,
    done: Vec<Dialed>,
}

impl Agenda for Batch {
    fn poll_next(&mut self, _cx: &mut Context<'_>, _now: Reading) -> Turn {
        self.attempts.pop_front().map_or(Turn::Over, Turn::Dial)
    }

    fn handle_dialed(&mut self, _now: Reading, dialed: Dialed) -> ControlFlow<()> {
        self.done.push(dialed);
        ControlFlow::Continue(())
    }
}
