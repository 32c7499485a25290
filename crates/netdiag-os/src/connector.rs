//! TCP attempts: one non-blocking socket each, all watched by one epoll set.
//!
//! tcp(7), connect(2), and ip(7) on `IP_RECVERR`: the ICMP error behind a failed attempt stands on its error queue. An
//! open connection is reset at once (`SO_LINGER` of 0), so that a sweep leaves no TIME-WAIT behind.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::os::fd::AsFd;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use netdiag_engine::port::{Attempt, Connection, Connector, OpenError, Outcome, SocketOptions};
use netdiag_model::{Address, Errno, Family, Moment, Mono, ProbeId};
use netdiag_sys::epoll::{Epoll, Events, Interest};
use netdiag_sys::mmsg::ReceiveBatch;
use netdiag_sys::setting::Setting;
use netdiag_sys::socket::{Kind, Socket};
use netdiag_sys::timer::Timer;

use crate::opening::{self, done};
use crate::readiness::Readiness;
use crate::{clock, convert, options};

mod verdict;

/// Attempts are given up after this, unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Token of the timer in the epoll set. No probe has it: it would be the last user of the last slot of the last shard.
const TIMER: u64 = u64::MAX;

/// How many outcomes one call hands over before it lets others have their turn.
const ENOUGH: usize = 256;

/// Starts TCP attempts and tells how they end.
#[derive(Debug)]
pub(crate) struct TcpConnector {
    options: SocketOptions,
    timeout: Duration,
    under_way: HashMap<u64, UnderWay>,
    /// Attempts by the time at which they are given up. May name some that have ended.
    deadlines: VecDeque<(Mono, u64)>,
    timer: Timer,
    epoll: Readiness<Epoll>,
    ended: Vec<Outcome>,
    events: Events,
    errors: ReceiveBatch,
    waker: Option<Waker>,
}

/// An attempt that has not ended.
#[derive(Debug)]
struct UnderWay {
    probe: ProbeId,
    socket: Socket,
    since: Mono,
    /// Address and port that it is to connect with.
    to: (Address, u16),
}

impl TcpConnector {
    /// A connector. The options are tried on a socket first, so that what is not allowed shows now.
    pub(crate) fn open(options: &SocketOptions) -> Result<Self, OpenError> {
        let mut missing = None;
        let families = opening::families(options)?;
        for &family in &families {
            match prepared(family, options) {
                Err(OpenError::NoFamily(_)) if families.len() > 1 && missing.is_none() => {
                    missing = Some(family);
                }
                other => drop(other?),
            }
        }
        let epoll = done("create an epoll set", Epoll::new())?;
        let timer = done("create a timer", Timer::new())?;
        done("watch a timer", epoll.add(timer.as_fd(), TIMER, Interest::Read))?;
        Ok(Self {
            options: options.clone(),
            timeout: TIMEOUT,
            under_way: HashMap::new(),
            deadlines: VecDeque::new(),
            timer,
            epoll: Readiness::new(epoll),
            ended: Vec::new(),
            events: Events::default(),
            errors: ReceiveBatch::new(verdict::QUOTE),
            waker: None,
        })
    }

    /// Opens a socket and begins to connect. An error is the end of the attempt.
    fn begin(&self, attempt: &Attempt) -> Result<Socket, Errno> {
        let socket = prepared(attempt.to.family(), &self.options).map_err(|error| opening::errno(&error))?;
        let check = |result: io::Result<()>| result.map_err(|error| convert::errno(&error));
        if let Some(ttl) = attempt.ttl {
            check(socket.apply(Setting::Ttl(ttl)))?;
        }
        match check(socket.connect(convert::socket_addr(&attempt.to, attempt.port, 0))) {
            Ok(()) | Err(Errno::EINPROGRESS) => {}
            Err(errno) => return Err(errno),
        }
        if let Some(epoll) = self.epoll.get() {
            check(epoll.add(socket.as_fd(), attempt.probe.as_u64(), Interest::Write))?;
        }
        Ok(socket)
    }

    /// Takes note of when an attempt is to be given up.
    fn watch_deadline(&mut self, since: Mono, probe: ProbeId) {
        let deadline = since + self.timeout;
        // They are in order unless the timeout was shortened in between: then this one waits for those before it.
        let deadline = self.deadlines.back().map_or(deadline, |&(last, _)| last.max(deadline));
        self.deadlines.push_back((deadline, probe.as_u64()));
        if self.deadlines.len() == 1 {
            self.set_timer();
        }
    }

    /// Gives up what has waited for too long, and sets the timer to the next.
    fn give_up(&mut self) {
        let now = clock::now();
        while let Some(&(deadline, token)) = self.deadlines.front() {
            if deadline > now.mono && self.under_way.contains_key(&token) {
                break;
            }
            self.deadlines.pop_front();
            if let Some(attempt) = self.under_way.remove(&token) {
                self.ended.push(verdict::given_up(&attempt, Moment::user(now)));
            }
        }
        self.set_timer();
    }

    fn set_timer(&mut self) {
        // What cannot be set shows when the next attempt ends.
        let _ = match self.deadlines.front() {
            Some(&(deadline, _)) => self.timer.set(deadline.as_nanos()),
            None => self.timer.take(),
        };
    }

    /// Looks at the sockets that are ready. `None` when none is.
    fn collect(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let events = &mut self.events;
        let polled = self.epoll.poll_with(cx, |epoll| {
            epoll.ready(events).ok()?;
            (!events.is_empty()).then_some(())
        });
        if polled.is_pending() {
            return Poll::Pending;
        }
        let at = Moment::user(clock::now());
        let mut is_time_up = false;
        for token in self.events.tokens() {
            is_time_up |= token == TIMER;
            let Some(attempt) = self.under_way.get(&token) else { continue };
            if let Some(outcome) = verdict::of(attempt, at, &mut self.errors) {
                self.ended.push(outcome);
                self.under_way.remove(&token);
            }
        }
        if is_time_up {
            let _ = self.timer.take();
            self.give_up();
        }
        Poll::Ready(())
    }
}

/// A socket with all that the attempts of a connector have in common.
fn prepared(family: Family, options: &SocketOptions) -> Result<Socket, OpenError> {
    let socket = options::open(family, Kind::Tcp, options)?;
    done("receive ICMP errors", socket.apply(Setting::ReceiveErrors))?;
    done("reset connections on close", socket.reset_on_close())?;
    if options.source.is_some() {
        // Where the kernel cannot, the port is taken at once, and there are fewer of them.
        let _ = socket.apply(Setting::BindWithoutPort);
        options::bind(&socket, options.source, 0)?;
    }
    Ok(socket)
}

impl Connector for TcpConnector {
    fn start(&mut self, attempt: &Attempt) -> Moment {
        let at = Moment::user(clock::now());
        let (probe, since) = (attempt.probe, at.read.mono);
        match self.begin(attempt) {
            Ok(socket) => {
                self.under_way.insert(
                    probe.as_u64(),
                    UnderWay { probe, socket, since, to: (attempt.to, attempt.port) },
                );
                self.watch_deadline(since, probe);
            }
            Err(errno) => {
                let connection = Connection::Failed { errno, icmp: None, is_synchronous: true };
                let at = Moment::user(clock::now());
                self.ended.push(Outcome { probe, at, connection, syn_retransmits: 0 });
                if let Some(waker) = self.waker.take() {
                    waker.wake();
                }
            }
        }
        at
    }

    fn poll_outcome(&mut self, cx: &mut Context<'_>, outcomes: &mut Vec<Outcome>) -> Poll<()> {
        loop {
            if !self.ended.is_empty() {
                let count = self.ended.len().min(ENOUGH);
                outcomes.extend(self.ended.drain(..count));
                return Poll::Ready(());
            }
            if self.collect(cx).is_pending() {
                if !self.waker.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
                    self.waker = Some(cx.waker().clone());
                }
                return Poll::Pending;
            }
        }
    }

    fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }
}

#[cfg(test)]
mod tests;
