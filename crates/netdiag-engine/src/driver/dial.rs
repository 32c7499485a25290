//! The loop that connects a dialer to a connector: outcomes first, then attempts, then sleep.

use std::ops::ControlFlow;
use std::task::{Context, Poll};

use netdiag_model::{Mono, Reading};
use tokio::sync::mpsc;

use super::Command;
use crate::dialer::{Agenda, Dialer};
use crate::port::{Clock, Connector, Outcome};

/// How many turns are taken before others have theirs.
const TURNS: usize = 16;
/// How many attempts are started before outcomes are looked for.
const BATCH: usize = 64;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Everything on the agenda was done, or the agenda broke off.
    Done,
    /// The deadline came first.
    Deadline,
    /// Someone wanted it to end.
    Quit,
}

/// Everything outside that a run needs.
pub struct Line<'a> {
    /// Where attempts are made.
    pub connector: &'a mut dyn Connector,
    /// What time it is.
    pub clock: &'a mut dyn Clock,
    /// What someone outside wants. A closed channel is fine.
    pub commands: &'a mut mpsc::UnboundedReceiver<Command>,
    /// When to end, whatever is under way.
    pub deadline: Option<Mono>,
}

/// Dials what is on the agenda until it is done, it breaks off, or a command or the deadline ends it. What is under way
/// then is cancelled.
pub async fn run(mut dialer: Dialer, line: Line<'_>, agenda: &mut dyn Agenda) -> End {
    dialer.set_capacity(line.connector.capacity());
    let mut driver = Driver { dialer, line, agenda, outcomes: Vec::new(), under_way: Vec::new() };
    let end = std::future::poll_fn(|cx| driver.poll(cx)).await;
    if end != End::Done {
        let now = driver.line.clock.now();
        driver.agenda.handle_cut(now, &*driver.line.connector);
    }
    for probe in std::mem::take(&mut driver.under_way) {
        driver.line.connector.cancel(probe);
    }
    end
}

struct Driver<'a, 'b> {
    dialer: Dialer,
    line: Line<'b>,
    agenda: &'a mut dyn Agenda,
    outcomes: Vec<Outcome>,
    /// Attempts that may have to be cancelled at the end.
    under_way: Vec<netdiag_model::ProbeId>,
}

impl Driver<'_, '_> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        for _ in 0..TURNS {
            let now = self.line.clock.now();
            let ControlFlow::Continue(has_received) = self.receive(cx, now) else {
                return self.end(End::Done);
            };
            self.agenda.poll_others(cx, now);
            while let Some(probe) = self.agenda.poll_cancel() {
                self.line.connector.cancel(probe);
                self.dialer.handle_cancelled(probe);
            }
            if self.obey(cx, now).is_break() {
                return self.end(End::Quit);
            }
            if self.line.deadline.is_some_and(|deadline| deadline <= now.mono) {
                return self.end(End::Deadline);
            }
            if self.agenda.poll_timeout().is_some_and(|due| due <= now.mono) {
                self.agenda.handle_timeout(now, &*self.line.connector);
            }
            let has_started = self.start(cx);
            if self.dialer.is_finished() {
                return Poll::Ready(End::Done);
            }
            if has_received || has_started {
                continue;
            }
            self.agenda.idle();
            match self.due() {
                Some(due) if self.line.clock.poll_until(cx, due).is_ready() => {}
                _ => return Poll::Pending,
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// The run ends with attempts under way.
    fn end(&mut self, end: End) -> Poll<End> {
        self.under_way = self.dialer.probes();
        Poll::Ready(end)
    }

    /// Hands on what has become of attempts; whether that was anything. The agenda may break off.
    fn receive(&mut self, cx: &mut Context<'_>, now: Reading) -> ControlFlow<(), bool> {
        self.outcomes.clear();
        if self.line.connector.poll_outcome(cx, &mut self.outcomes).is_pending() {
            return ControlFlow::Continue(false);
        }
        for outcome in self.outcomes.drain(..) {
            let mut notice = None;
            let dialed = self.dialer.handle_outcome(outcome, &mut notice);
            if let Some(notice) = notice {
                self.agenda.handle_notice(notice);
            }
            if let Some(dialed) = dialed {
                self.agenda.handle_dialed(now, dialed)?;
            }
        }
        ControlFlow::Continue(true)
    }

    /// Starts what may start; whether anything did.
    fn start(&mut self, cx: &mut Context<'_>) -> bool {
        let mut has_started = false;
        for _ in 0..BATCH {
            let now = self.line.clock.now();
            let Some(attempt) = self.dialer.poll_attempt(self.agenda, cx, now) else { break };
            let at = self.line.connector.start(&attempt);
            self.agenda.handle_started(attempt.probe, &attempt, at);
            self.dialer.handle_started(attempt, at);
            has_started = true;
        }
        has_started
    }

    fn due(&self) -> Option<Mono> {
        [self.dialer.poll_timeout(), self.agenda.poll_timeout(), self.line.deadline]
            .into_iter()
            .flatten()
            .min()
    }

    fn obey(&mut self, cx: &mut Context<'_>, now: Reading) -> ControlFlow<()> {
        while let Poll::Ready(Some(command)) = self.line.commands.poll_recv(cx) {
            match command {
                Command::Quit => return ControlFlow::Break(()),
                Command::Interim => self.agenda.interim(now),
            }
        }
        ControlFlow::Continue(())
    }
}
