//! The agenda of a sweep: the next port of the next address, and what is made of each outcome.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use netdiag_engine::dialer::{Agenda, Dialed, Turn};
use netdiag_engine::driver::Command;
use netdiag_engine::port::{Attempt, Care, Clock, Connection, Connector, ProbeSocket};
use netdiag_model::event::{Notice, NoticeCode};
use netdiag_model::knowledge::cause;
use netdiag_model::{Address, Moment, Mono, ProbeId, Reading, Verdict};
use netdiag_tool::{Progress, Terminal, json};
use tokio::sync::mpsc::UnboundedReceiver;

use super::fleet::Fleet;
use super::is_tcp;
use super::source::{Next, Source, Target};
use crate::case::{Case, Place};
use crate::endpoint::{Endpoint, Transport};
use crate::evidence::{shown, span};
use crate::exchange::{self, Question};
use crate::fold::Try;
use crate::host::Host;
use crate::json::{AttemptRecord, Record};
use crate::judge;
use crate::look::Page;
use crate::plan::{Detail, Plan};
use crate::race::Finish;
use crate::text;
use crate::watch::{Aim, Watch};

/// How often the line that shows how far it is is drawn.
const TICK: Duration = Duration::from_millis(200);

/// A sweep.
pub(super) struct Sweep<'a> {
    pub(super) page: Page<'a>,
    pub(super) fleet: Fleet,
    /// Words that gave nothing to ask.
    pub(super) failed: u64,
    pub(super) first_hint: Option<String>,
    plan: &'a Plan,
    host: &'a Host,
    source: Source,
    current: Option<(Address, Box<dyn Iterator<Item = u16>>)>,
    /// Fresh connections that are watched.
    watches: Vec<(Finish, u16, Watch)>,
    by_datagram: Vec<(Address, Rc<Endpoint>)>,
    progress: Option<Progress>,
    next_tick: Mono,
    start: Reading,
    asked: u64,
    has_all: bool,
}

impl<'a> Sweep<'a> {
    pub(super) fn new(
        (page, terminal): (Page<'a>, &Terminal),
        plan: &'a Plan,
        (host, source): (&'a Host, Source),
        start: Reading,
    ) -> Self {
        let is_shown = terminal.is_stderr && !page.is_quiet();
        let progress = is_shown.then(|| Progress::new(page.streams, terminal, None));
        Self {
            page,
            fleet: Fleet::default(),
            failed: 0,
            first_hint: None,
            plan,
            host,
            source,
            current: None,
            watches: Vec::new(),
            by_datagram: Vec::new(),
            progress,
            next_tick: start.mono + TICK,
            start,
            asked: 0,
            has_all: false,
        }
    }

    /// Whether it ended before all was asked and answered.
    pub(super) fn is_cut(&self) -> bool {
        !self.has_all || self.fleet.done < self.asked
    }

    /// How far it came, where it ended before all was asked and answered.
    pub(super) fn cut_short(&self) -> Option<String> {
        let of = self.source.total().map_or(String::new(), |total| format!(" of {total}"));
        self.is_cut().then(|| format!("cut short: {}{of} ports were asked and settled", self.fleet.done))
    }

    pub(super) fn clear_progress(&mut self) {
        if let Some(progress) = &mut self.progress {
            progress.clear();
        }
    }

    /// A word gave nothing to ask.
    pub(super) fn fail(&mut self, message: &str, (label, hint): (&str, Option<String>)) {
        self.failed += 1;
        if self.page.is_json() {
            let code = NoticeCode::Unresolved.as_str().to_owned();
            let target = Some(label.to_owned());
            self.page.record(&json::Notice { code, message: message.to_owned(), target, hint: hint.clone() });
        } else {
            self.page.say(message);
            if let Some(hint) = hint.as_ref().filter(|_| self.first_hint.is_none()) {
                self.page.streams.err.write(format!("  {hint}\n").as_bytes());
            }
        }
        self.first_hint = self.first_hint.take().or(hint);
    }

    fn begin(&mut self, target: Target) {
        let Target { named, endpoint } = target;
        let single = endpoint.ports.single();
        self.fleet.enlist(&endpoint.label, (named.address, endpoint.transport), single);
        if is_tcp(&endpoint) {
            let ports = endpoint.ports.clone();
            let all: Vec<u16> = ports.iter().collect();
            self.current = Some((named.address, Box::new(all.into_iter())));
        } else {
            self.by_datagram.push((named.address, endpoint));
        }
    }

    fn attempt(&self, address: Address, port: u16) -> Attempt {
        Attempt {
            source: self.plan.source,
            timeout: Some(self.plan.timeout),
            care: if self.plan.dwell.is_zero() { Care::Brief } else { Care::Close },
            ..Attempt::new(ProbeId::new(0, 0, 0), address, port)
        }
    }

    /// What became of an attempt that has been looked at for long enough.
    fn conclude(&mut self, now: Reading, finish: Finish, (port, transport): (u16, Transport)) {
        let case = self.case(finish, (port, transport));
        let verdict = cause::of(judge::cause(&case)).verdict;
        let Some(index) = self.fleet.find((case.address, transport)) else { return };
        let said = case.icmp().map(|(icmp, from)| {
            let from = from.map_or("somebody".to_owned(), |from| shown(&from, self.page.interfaces));
            (icmp, from)
        });
        let one = Try {
            verdict,
            handshake: case.handshake().filter(|_| verdict == Verdict::Open),
            repeated: case.sighting.retransmits,
            span: (case.started.read, now),
        };
        self.fleet.apply(index, (port, &one), said);
        if self.plan.only.is_empty() || self.plan.only.contains(&verdict) {
            self.show(&case, index, verdict);
        }
    }

    fn show(&mut self, case: &Case, index: usize, verdict: Verdict) {
        let label = self.fleet.members[index].label.clone();
        let detail = self.page.look.detail;
        if self.page.is_json() {
            if !self.page.is_quiet() {
                let record = AttemptRecord::new((&label, 1), case, self.page.interfaces);
                self.page.streams.out.offer(&json::line(&Record::Attempt(Box::new(record))));
            }
        } else if detail == Detail::Quiet {
            let address = shown(&case.address, self.page.interfaces);
            let service = text::asked(&address, (case.port, case.transport));
            let line = format!("{service} {}\n", verdict.as_str());
            self.page.text(&line);
        } else if detail == Detail::Verbose {
            let line = text::line(&label, 1, (case, self.page.interfaces), self.page.paint);
            self.page.text(&line);
        }
    }

    fn case(&self, finish: Finish, (port, transport): (u16, Transport)) -> Case {
        let Finish { address, connection, .. } = finish;
        let place = self.host.place(&address);
        let offender = match connection {
            Connection::Failed { icmp: Some((_, from)), .. } => from,
            _ => None,
        };
        let is_offender_here = offender.is_some_and(|from| self.host.is_own(from.ip));
        let is_silent = matches!(connection, Connection::Silent);
        let source = self.plan.source;
        Case {
            transport,
            address,
            port,
            started: finish.started,
            ended: finish.ended,
            connection,
            sighting: finish.sighting,
            sent: finish.sent,
            objections: finish.objections,
            place,
            // Each costs a question to the kernel: only where the answer can matter.
            neighbour: (is_silent || is_offender_here).then(|| self.host.neighbour(&address)).flatten(),
            listeners: (is_silent && place == Place::Here)
                .then(|| self.host.listeners(&address, port))
                .flatten(),
            is_offender_here,
            proof: None,
            whose: None,
            early: finish.early,
            state: finish.state,
            greeting: finish.greeting,
            is_located: false,
            source: (source, self.plan.source_port),
            is_source_here: source.is_some_and(|source| self.host.is_own(source)),
        }
    }

    /// Asks the UDP services, one after the other.
    pub(super) async fn ask_by_datagram(
        &mut self,
        socket: &mut dyn ProbeSocket,
        (clock, commands): (&mut dyn Clock, &mut UnboundedReceiver<Command>),
        deadline: Option<Mono>,
    ) {
        for (address, endpoint) in std::mem::take(&mut self.by_datagram) {
            for port in endpoint.ports.iter() {
                let now = clock.now().mono;
                if deadline.is_some_and(|deadline| deadline <= now) {
                    self.has_all = false;
                    return;
                }
                let timeout = exchange::until(self.plan.timeout, deadline, now);
                let question = Question { to: address, port, payload: &self.plan.payload, timeout };
                let exchanged = exchange::ask(socket, clock, commands, &question).await;
                if exchanged.is_cut {
                    self.has_all = false;
                    return;
                }
                self.asked += 1;
                self.conclude(clock.now(), exchanged.into_finish(address), (port, Transport::Udp));
                self.page.streams.flush();
            }
        }
    }

    fn draw(&mut self, now: Mono) {
        let Some(progress) = &mut self.progress else { return };
        let (done, open) = (self.fleet.done, self.fleet.open);
        let elapsed = now.since(self.start.mono);
        let rate = done as f64 / elapsed.as_secs_f64().max(1e-9);
        let mut words = format!("{done} ports, {rate:.0}/s, {open} open");
        progress.set_total(self.source.total());
        if let Some(total) = self.source.total().filter(|_| rate > 0.0) {
            let left =
                Duration::try_from_secs_f64(total.saturating_sub(done) as f64 / rate).unwrap_or_default();
            // Text in memory takes everything.
            let _ = write!(words, ", {} left", span(left));
        }
        progress.draw(done, &words);
    }
}

impl Agenda for Sweep<'_> {
    fn poll_next(&mut self, cx: &mut Context<'_>, _now: Reading) -> Turn {
        loop {
            if let Some((address, ports)) = &mut self.current {
                let address = *address;
                if let Some(port) = ports.next() {
                    self.asked += 1;
                    return Turn::Dial(self.attempt(address, port));
                }
                self.current = None;
            }
            match self.source.poll_next(cx) {
                Poll::Ready(Some(Next::Target(target))) => self.begin(target),
                Poll::Ready(Some(Next::Failure(failure))) => {
                    let message = failure.to_string();
                    self.fail(&message, (&failure.label, failure.hint));
                }
                Poll::Ready(None) => {
                    self.has_all = true;
                    return if self.watches.is_empty() { Turn::Over } else { Turn::Event };
                }
                Poll::Pending => return Turn::Event,
            }
        }
    }

    fn poll_others(&mut self, cx: &mut Context<'_>, now: Reading) {
        let mut index = 0;
        while index < self.watches.len() {
            if self.watches[index].2.poll(cx, now.mono).is_pending() {
                index += 1;
                continue;
            }
            let (mut finish, port, watch) = self.watches.swap_remove(index);
            (finish.early, finish.state) = (watch.early, Some(watch.state()));
            finish.greeting.clone_from(&watch.greeting);
            self.conclude(now, finish, (port, Transport::Tcp));
        }
    }

    fn handle_dialed(&mut self, now: Reading, dialed: Dialed) -> ControlFlow<()> {
        let Dialed { attempt, started, mut outcome } = dialed;
        let connection = match outcome.connection {
            // Among many ports one answer is enough.
            Connection::Objection { errno, icmp } => {
                Connection::Failed { errno, icmp, is_synchronous: false }
            }
            other => other,
        };
        let stream = outcome.stream.take();
        let finish = Finish::of((attempt.to, started), (outcome.at, connection), outcome.sighting);
        match stream {
            Some(stream) if !self.plan.dwell.is_zero() => {
                let watch = Watch::new(stream, (now.mono, now.mono + self.plan.dwell), Aim::Stay);
                self.watches.push((finish, attempt.port, watch));
            }
            _ => self.conclude(now, finish, (attempt.port, Transport::Tcp)),
        }
        if self.page.streams.out.is_gone() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn handle_notice(&mut self, notice: Notice) {
        self.page.notice(&notice);
    }

    fn poll_timeout(&self) -> Option<Mono> {
        let watches = self.watches.iter().map(|(_, _, watch)| watch.until()).min();
        let tick = self.progress.is_some().then_some(self.next_tick);
        [watches, tick].into_iter().flatten().min()
    }

    fn handle_timeout(&mut self, now: Reading, _connector: &dyn Connector) {
        if self.progress.is_some() && self.next_tick <= now.mono {
            self.next_tick = now.mono + TICK;
            self.draw(now.mono);
        }
    }

    /// Connections that are still watched are open, as far as it is known.
    fn handle_cut(&mut self, now: Reading, _connector: &dyn Connector) {
        self.has_all &= self.watches.is_empty();
        for (mut finish, port, watch) in std::mem::take(&mut self.watches) {
            finish.state = Some(watch.state());
            finish.greeting = watch.greeting;
            self.conclude(now, finish, (port, Transport::Tcp));
        }
    }

    fn interim(&mut self, now: Reading) {
        let line = format!(
            "{} ports in {}: {} open\n",
            self.fleet.done,
            span(now.mono.since(self.start.mono)),
            self.fleet.open
        );
        self.page.streams.err.write(line.as_bytes());
    }

    fn idle(&mut self) {
        self.page.streams.flush();
    }
}

impl Finish {
    /// What is known of an attempt that was not watched any closer.
    fn of(
        (address, started): (Address, Moment),
        (ended, connection): (Moment, Connection),
        sighting: netdiag_engine::port::Sighting,
    ) -> Self {
        Self {
            address,
            started,
            ended,
            connection,
            sighting,
            sent: Vec::new(),
            objections: Vec::new(),
            early: None,
            state: None,
            greeting: Vec::new(),
            stream: None,
        }
    }
}
