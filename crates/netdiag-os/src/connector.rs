//! TCP attempts: one non-blocking socket each, all watched by one epoll set.
//!
//! tcp(7), connect(2), and ip(7) on `IP_RECVERR`: the ICMP error behind a failed attempt stands on its error queue. An
//! open connection is reset when it is given up (`SO_LINGER` of 0), so that a sweep leaves no TIME-WAIT behind.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::net::IpAddr;
use std::os::fd::AsFd;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use netdiag_engine::port::{
    Attempt, Care, Connection, Connector, OpenError, Outcome, Sighting, SocketOptions,
};
use netdiag_model::{Address, Errno, Family, Moment, Mono, ProbeId};
use netdiag_sys::epoll::{Epoll, Events, Interest};
use netdiag_sys::mmsg::ReceiveBatch;
use netdiag_sys::setting::Setting;
use netdiag_sys::socket::{Kind, Socket};
use netdiag_sys::timer::Timer;

use crate::opening::{self, done};
use crate::readiness::Readiness;
use crate::{clock, convert, options};

mod ending;
mod stream;

use stream::LinuxStream;

/// Attempts are given up after this, unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Token of the timer in the epoll set. No probe has it: it would be the last user of the last slot of the last shard.
const TIMER: u64 = u64::MAX;

/// How many outcomes one call hands over before it lets others have their turn.
const ENOUGH: usize = 256;

/// Descriptors that are left for everything else: streams, clocks, netlink, name look-ups.
const RESERVED: usize = 32;

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
    capacity: usize,
}

/// An attempt that has not ended.
#[derive(Debug)]
struct UnderWay {
    probe: ProbeId,
    socket: Socket,
    /// Address and port that it is to connect with.
    to: (Address, u16),
    care: Care,
    /// When it is given up.
    deadline: Mono,
    /// What was read off its error queue last, and may be missing there when it ends.
    told: Option<ending::Told>,
    /// Whether it has opened, and its end is waited for.
    is_open: bool,
}

impl UnderWay {
    /// It has opened: from now on only segments from near enough are taken, and the handshake is completed.
    fn wait_for_reset(&mut self, least: u8) {
        if !std::mem::replace(&mut self.is_open, true) {
            // Where one of them fails, nothing comes of it: the attempt ends in silence.
            let _ = self.socket.apply(Setting::MinTtl(least));
            let _ = self.socket.apply(Setting::Acknowledge);
        }
    }
}

impl TcpConnector {
    /// A connector. The options are tried on a socket first, so that what is not allowed shows now.
    pub(crate) fn open(options: &SocketOptions) -> Result<Self, OpenError> {
        let mut missing = None;
        let families = opening::families(options)?;
        for &family in &families {
            match prepared(family, options, (options.source, Port::Any)) {
                Err(OpenError::NoFamily(_)) if families.len() > 1 && missing.is_none() => {
                    missing = Some(family);
                }
                other => drop(other?),
            }
        }
        let epoll = done("create an epoll set", Epoll::new())?;
        let timer = done("create a timer", Timer::new())?;
        done("watch a timer", epoll.add(timer.as_fd(), TIMER, Interest::Read))?;
        let files = usize::try_from(netdiag_sys::process::raise_open_files()).unwrap_or(usize::MAX);
        Ok(Self {
            options: options.clone(),
            timeout: TIMEOUT,
            under_way: HashMap::new(),
            deadlines: VecDeque::new(),
            timer,
            epoll: Readiness::new(epoll),
            ended: Vec::new(),
            events: Events::default(),
            errors: ReceiveBatch::new(ending::QUOTE),
            waker: None,
            capacity: files.saturating_sub(RESERVED).max(1),
        })
    }

    /// Opens a socket and begins to connect. An error is the end of the attempt.
    fn begin(&self, attempt: &Attempt) -> Result<Socket, Errno> {
        let port = match attempt.source_port {
            None | Some(0) => Port::Any,
            Some(port) if attempt.is_port_shared => Port::Shared(port),
            Some(port) => Port::Own(port),
        };
        let from = (attempt.source.or(self.options.source), port);
        let socket =
            prepared(attempt.to.family(), &self.options, from).map_err(|error| opening::errno(&error))?;
        let check = |result: io::Result<()>| result.map_err(|error| convert::errno(&error));
        if let Some(ttl) = attempt.ttl {
            check(socket.apply(Setting::Ttl(ttl)))?;
        }
        if let Some(ttl) = attempt.min_ttl {
            check(socket.apply(Setting::MinTtl(ttl)))?;
        }
        if matches!(attempt.care, Care::Reset { .. }) {
            check(socket.apply(Setting::HoldAcknowledgement))?;
        }
        match check(socket.connect(convert::socket_addr(&attempt.to, attempt.port, 0))) {
            Ok(()) | Err(Errno::EINPROGRESS) => Ok(socket),
            Err(errno) => Err(errno),
        }
    }

    /// Takes care of an attempt that has begun: it may have ended already, where the way is short.
    fn watch(&mut self, (socket, since): (Socket, Mono), attempt: &Attempt) {
        let token = attempt.probe.as_u64();
        let deadline = since + attempt.timeout.unwrap_or(self.timeout);
        let mut under_way = UnderWay {
            probe: attempt.probe,
            socket,
            to: (attempt.to, attempt.port),
            care: attempt.care,
            deadline,
            told: None,
            is_open: false,
        };
        if self.settle(&mut under_way) {
            return self.keep(under_way);
        }
        let watched =
            self.epoll.get().map(|epoll| epoll.add(under_way.socket.as_fd(), token, Interest::Write));
        if let Some(Err(error)) = watched {
            return self.refuse(attempt.probe, convert::errno(&error));
        }
        self.under_way.insert(token, under_way);
        let place = self.deadlines.partition_point(|&(other, _)| other <= deadline);
        self.deadlines.insert(place, (deadline, token));
        if place == 0 {
            self.set_timer();
        }
    }

    /// Looks whether an attempt has come to anything, and notes it; whether it has ended.
    fn settle(&mut self, attempt: &mut UnderWay) -> bool {
        let Some(outcome) = ending::of(attempt, || Moment::user(clock::now()), &mut self.errors) else {
            return false;
        };
        if let (Connection::Established { .. }, Care::Reset { least }) = (outcome.connection, attempt.care) {
            attempt.wait_for_reset(least);
            return false;
        }
        let has_ended = !matches!(outcome.connection, Connection::Objection { .. });
        self.tell(outcome);
        has_ended
    }

    fn tell(&mut self, outcome: Outcome) {
        self.ended.push(outcome);
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// An attempt that has ended: its connection is handed over, where that is wanted, else the socket is closed.
    fn keep(&mut self, attempt: UnderWay) {
        let Some(outcome) = self.ended.last_mut().filter(|outcome| outcome.probe == attempt.probe) else {
            return;
        };
        if !matches!(outcome.connection, Connection::Established { .. }) {
            return;
        }
        match attempt.care {
            Care::Close => outcome.stream = Some(Box::new(LinuxStream::new(attempt.socket))),
            // What cannot be reset is closed in the ordinary way.
            Care::Brief | Care::Reset { .. } => drop(attempt.socket.reset_on_close()),
        }
    }

    /// The attempt could not be made.
    fn refuse(&mut self, probe: ProbeId, errno: Errno) {
        let connection = Connection::Failed { errno, icmp: None, is_synchronous: true };
        let at = Moment::user(clock::now());
        self.tell(Outcome { probe, at, connection, sighting: Sighting::NONE, stream: None });
    }

    /// Gives up what has waited for too long, and sets the timer to the next.
    fn give_up(&mut self) {
        let now = clock::now();
        while let Some(&(deadline, token)) = self.deadlines.front() {
            // A later attempt may have the number of one that is over.
            let is_own = self.under_way.get(&token).is_some_and(|attempt| attempt.deadline == deadline);
            if deadline > now.mono && is_own {
                break;
            }
            self.deadlines.pop_front();
            if !is_own {
                continue;
            }
            if let Some(mut attempt) = self.under_way.remove(&token)
                && !self.settle(&mut attempt)
            {
                self.ended.push(ending::given_up(&attempt, Moment::user(now)));
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
        let mut is_time_up = false;
        let tokens: Vec<u64> = self.events.tokens().collect();
        for token in tokens {
            is_time_up |= token == TIMER;
            let Some(mut attempt) = self.under_way.remove(&token) else { continue };
            let was_open = attempt.is_open;
            if self.settle(&mut attempt) {
                self.release(attempt);
                continue;
            }
            if attempt.is_open && !was_open {
                self.watch_end(&attempt, token);
            }
            self.under_way.insert(token, attempt);
        }
        if is_time_up {
            let _ = self.timer.take();
            self.give_up();
        }
        Poll::Ready(())
    }

    /// From now on waits for the end of a connection.
    fn watch_end(&self, attempt: &UnderWay, token: u64) {
        let Some(epoll) = self.epoll.get() else { return };
        // What cannot be watched is given up in its time.
        let _ = epoll.remove(attempt.socket.as_fd());
        let _ = epoll.add(attempt.socket.as_fd(), token, Interest::Read);
    }

    /// Ends the watch over an attempt that has ended.
    fn release(&mut self, attempt: UnderWay) {
        if let Some(epoll) = self.epoll.get()
            && attempt.care == Care::Close
        {
            // A connection that is handed over has a registration of its own.
            let _ = epoll.remove(attempt.socket.as_fd());
        }
        self.keep(attempt);
    }
}

/// The port to connect from.
#[derive(Debug, Clone, Copy)]
enum Port {
    /// One that the kernel chooses.
    Any,
    /// This one, which nobody else has.
    Own(u16),
    /// This one, which attempts to other addresses may have as well.
    Shared(u16),
}

/// A socket with all that the attempts of a connector have in common.
fn prepared(
    family: Family,
    options: &SocketOptions,
    (source, port): (Option<IpAddr>, Port),
) -> Result<Socket, OpenError> {
    let socket = options::open(family, Kind::Tcp, options)?;
    done("receive ICMP errors", socket.apply(Setting::ReceiveErrors))?;
    let number = match port {
        Port::Any => {
            if source.is_some() {
                // Where the kernel cannot, the port is taken at once, and there are fewer of them.
                let _ = socket.apply(Setting::BindWithoutPort);
            }
            0
        }
        Port::Own(number) => number,
        Port::Shared(number) => {
            done("share a source port", socket.apply(Setting::ReuseAddress))?;
            number
        }
    };
    options::bind(&socket, source, number)?;
    Ok(socket)
}

impl Connector for TcpConnector {
    fn start(&mut self, attempt: &Attempt) -> Moment {
        let at = Moment::user(clock::now());
        match self.begin(attempt) {
            Ok(socket) => self.watch((socket, at.read.mono), attempt),
            Err(errno) => self.refuse(attempt.probe, errno),
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

    fn look(&self, probe: ProbeId) -> Option<Sighting> {
        self.under_way.get(&probe.as_u64()).map(|attempt| ending::sighting(&attempt.socket))
    }

    fn cancel(&mut self, probe: ProbeId) {
        self.under_way.remove(&probe.as_u64());
    }

    fn capacity(&self) -> usize {
        self.capacity
    }
}

#[cfg(test)]
mod tests;
