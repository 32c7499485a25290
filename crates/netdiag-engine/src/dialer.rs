//! The dialer: a value that decides when each TCP attempt starts. It has no clock and no socket; the loop in
//! [`crate::driver::dial`] feeds it and asks it.
//!
//! What to dial is the [`Agenda`]'s matter, which also hears what came of it. The dialer keeps to the global rate, to so
//! many attempts under way as the limit of open files allows, and to a window of *young* ones: where answers come back
//! fast, few sockets at a time are the fastest (they stay in the caches); an attempt without an answer is young for
//! [`YOUNG`] only, so silence does not hold up the rest. When the system runs out of files or ports, the attempt is put
//! off until others have ended, and the run is told once.

use std::collections::{HashMap, VecDeque};
use std::ops::ControlFlow;
use std::task::Context;
use std::time::Duration;

use netdiag_model::event::{Notice, NoticeCode};
use netdiag_model::{Errno, Moment, Mono, ProbeId, Reading};

use crate::pacer::{Pacer, Rate};
use crate::port::{Attempt, Connection, Connector, Outcome};

/// For how long an attempt without an answer counts against the window.
pub const YOUNG: Duration = Duration::from_millis(10);

/// How many young attempts there may be. More of them make a sweep slower, not faster.
pub const WINDOW: usize = 64;

/// What an agenda wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// This attempt. Its probe is the dialer's to fill in.
    Dial(Attempt),
    /// Nothing before this time, unless an outcome changes that.
    At(Mono),
    /// Nothing until an outcome, or until whatever the agenda waits for wakes the task.
    Event,
    /// Nothing any more.
    Over,
}

/// What became of an attempt, and which one it was.
#[derive(Debug)]
pub struct Dialed {
    /// The attempt.
    pub attempt: Attempt,
    /// When it started: both clocks, read before the first system call.
    pub started: Moment,
    /// What became of it.
    pub outcome: Outcome,
}

/// What to dial, and the ear for what comes of it.
pub trait Agenda {
    /// What next? Asked whenever there is room for an attempt. A [`Turn::Dial`] is taken as done: `handle_dialed` follows
    /// unless the run ends before.
    fn poll_next(&mut self, cx: &mut Context<'_>, now: Reading) -> Turn;

    /// Whatever else the agenda waits for, such as connections that are open: looked at on every turn, and `cx` is woken
    /// by it.
    fn poll_others(&mut self, _cx: &mut Context<'_>, _now: Reading) {}

    /// An attempt has left.
    fn handle_started(&mut self, _probe: ProbeId, _attempt: &Attempt, _at: Moment) {}

    /// An attempt has ended, or met an objection. [`ControlFlow::Break`] ends the run.
    fn handle_dialed(&mut self, now: Reading, dialed: Dialed) -> ControlFlow<()>;

    /// Something happened to the run itself.
    fn handle_notice(&mut self, _notice: Notice) {}

    /// Attempts that are of no use any more: they are ended without an outcome.
    fn poll_cancel(&mut self) -> Option<ProbeId> {
        None
    }

    /// When the agenda has something of its own to do.
    fn poll_timeout(&self) -> Option<Mono> {
        None
    }

    /// That time has come. The connector can be asked how attempts are doing.
    fn handle_timeout(&mut self, _now: Reading, _connector: &dyn Connector) {}

    /// The run ends before the agenda is done: what is under way is about to be cancelled, and can be asked for a last
    /// time.
    fn handle_cut(&mut self, _now: Reading, _connector: &dyn Connector) {}

    /// Someone wants to know where the run stands.
    fn interim(&mut self, _now: Reading) {}

    /// There is nothing more to do for the moment: what has gathered may be shown.
    fn idle(&mut self) {}
}

/// An attempt that has not ended.
#[derive(Debug)]
struct UnderWay {
    attempt: Attempt,
    started: Moment,
    is_young: bool,
}

/// The dialer.
#[derive(Debug)]
pub struct Dialer {
    pacer: Pacer,
    window: usize,
    capacity: usize,
    next_id: u64,
    under_way: HashMap<ProbeId, UnderWay>,
    /// Those that may still be young, in the order in which they started.
    young: VecDeque<(Mono, ProbeId)>,
    young_count: usize,
    put_off: VecDeque<Attempt>,
    has_told_shortage: bool,
    wake_at: Option<Mono>,
    is_over: bool,
}

impl Dialer {
    /// A dialer at `rate` with at most `window` young attempts.
    pub fn new(rate: Rate, window: usize) -> Self {
        Self {
            pacer: Pacer::new(rate),
            window,
            capacity: usize::MAX,
            next_id: 0,
            under_way: HashMap::new(),
            young: VecDeque::new(),
            young_count: 0,
            put_off: VecDeque::new(),
            has_told_shortage: false,
            wake_at: None,
            is_over: false,
        }
    }

    /// Keeps to so many attempts under way.
    pub fn set_capacity(&mut self, capacity: usize) {
        self.capacity = self.capacity.min(capacity.max(1));
    }

    /// The attempt that may start now. Whoever asks starts it and says so by [`Dialer::handle_started`].
    pub fn poll_attempt(
        &mut self,
        agenda: &mut dyn Agenda,
        cx: &mut Context<'_>,
        now: Reading,
    ) -> Option<Attempt> {
        self.wake_at = None;
        self.grow_old(now.mono);
        if self.under_way.len() >= self.capacity {
            if !std::mem::replace(&mut self.has_told_shortage, true) {
                agenda.handle_notice(short(Errno::EMFILE, self.capacity));
            }
            return None;
        }
        if self.young_count >= self.window {
            self.wake_at = self.young.front().map(|&(started, _)| started + YOUNG);
            return None;
        }
        let due = self.pacer.due(now.mono);
        if due > now.mono {
            self.wake_at = Some(due);
            return None;
        }
        if let Some(attempt) = self.put_off.pop_front() {
            return Some(self.issue(attempt, now.mono));
        }
        match agenda.poll_next(cx, now) {
            Turn::Dial(attempt) => {
                self.pacer.resume(now.mono);
                Some(self.issue(attempt, now.mono))
            }
            turn => {
                self.pacer.rest(now.mono);
                self.is_over = turn == Turn::Over;
                self.wake_at = if let Turn::At(at) = turn { Some(at) } else { None };
                None
            }
        }
    }

    fn issue(&mut self, attempt: Attempt, now: Mono) -> Attempt {
        self.pacer.issue(now);
        let id = self.next_id;
        self.next_id += 1;
        Attempt { probe: ProbeId::new((id >> 16) as u32, 0, id as u16), ..attempt }
    }

    /// The attempt has started at `at`.
    pub fn handle_started(&mut self, attempt: Attempt, at: Moment) {
        self.young.push_back((at.read.mono, attempt.probe));
        self.young_count += 1;
        self.under_way.insert(attempt.probe, UnderWay { attempt, started: at, is_young: true });
    }

    /// What became of an attempt, for the agenda; `None` for one that is put off. `notice` is what the run should know.
    pub fn handle_outcome(&mut self, outcome: Outcome, notice: &mut Option<Notice>) -> Option<Dialed> {
        if matches!(outcome.connection, Connection::Objection { .. }) {
            let of = self.under_way.get(&outcome.probe)?;
            return Some(Dialed { attempt: of.attempt, started: of.started, outcome });
        }
        let UnderWay { attempt, started, is_young } = self.under_way.remove(&outcome.probe)?;
        self.young_count -= usize::from(is_young);
        if let Some(errno) = shortage(&outcome.connection)
            && !self.under_way.is_empty()
        {
            // As many as are under way now are as many as there can be.
            self.capacity = self.under_way.len();
            if !self.has_told_shortage {
                self.has_told_shortage = true;
                *notice = Some(short(errno, self.capacity));
            }
            self.put_off.push_back(attempt);
            return None;
        }
        Some(Dialed { attempt, started, outcome })
    }

    /// Forgets an attempt that has been cancelled.
    pub fn handle_cancelled(&mut self, probe: ProbeId) {
        if let Some(of) = self.under_way.remove(&probe) {
            self.young_count -= usize::from(of.is_young);
        }
    }

    /// When to ask for an attempt again, if nothing comes in before; by what was known at the last asking.
    pub const fn poll_timeout(&self) -> Option<Mono> {
        self.wake_at
    }

    /// Whether all that was on the agenda has come to its end.
    pub fn is_finished(&self) -> bool {
        self.is_over && self.under_way.is_empty() && self.put_off.is_empty()
    }

    /// The attempts that are under way.
    pub fn probes(&self) -> Vec<ProbeId> {
        self.under_way.keys().copied().collect()
    }

    fn grow_old(&mut self, now: Mono) {
        while let Some(&(started, probe)) = self.young.front() {
            let of = self.under_way.get_mut(&probe).filter(|of| of.is_young);
            if of.is_some() && started + YOUNG > now {
                return;
            }
            self.young.pop_front();
            if let Some(of) = of {
                of.is_young = false;
                self.young_count -= 1;
            }
        }
    }
}

/// The error of an attempt that could not be made for want of something that comes back.
const fn shortage(connection: &Connection) -> Option<Errno> {
    match connection {
        Connection::Failed { errno, is_synchronous: true, .. } => match *errno {
            Errno::EMFILE
            | Errno::ENFILE
            | Errno::ENOBUFS
            | Errno::ENOMEM
            | Errno::EAGAIN
            | Errno::EADDRNOTAVAIL => Some(*errno),
            _ => None,
        },
        _ => None,
    }
}

fn short(errno: Errno, capacity: usize) -> Notice {
    let what = match errno {
        Errno::EADDRNOTAVAIL => "this host has no local port left for more",
        Errno::EMFILE | Errno::ENFILE => "no more files can be opened",
        _ => "this host has no memory for more sockets",
    };
    let plural = if capacity == 1 { "" } else { "s" };
    let message = format!("{what}: going on with {capacity} attempt{plural} at a time");
    Notice { code: NoticeCode::SendBlocked, message }
}

#[cfg(test)]
mod tests;
