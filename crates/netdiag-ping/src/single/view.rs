//! Takes the events of a run to one target, folds them, and writes iputils' lines. Computes nothing itself.
//!
//! Reverse names are asked for as soon as an address is seen and used from the first line after their arrival on: no
//! line and no probe waits for them.

use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context as TaskContext, Poll, Waker};

use netdiag_engine::driver::Sink;
use netdiag_engine::port::{Lookup, Names};
use netdiag_engine::prober::Mishaps;
use netdiag_model::event::{Arrival, Damage, Notice, Reply};
use netdiag_model::{Address, Event, Mono, Reading, TargetId, Wall};
use netdiag_tool::targets::shown;
use netdiag_tool::{Escaped, Streams};

use crate::fold::periods::{Period, Periods};
use crate::fold::{Course, Report};
use crate::plan::{Look, ReverseNames};
use crate::text::{self, Paint, Remark};

/// A reverse name: asked for, or known.
enum Name {
    Asked(Lookup<Option<String>>),
    Known(Option<String>),
}

/// Shows one run.
pub(crate) struct View<'a> {
    pub(crate) report: Report,
    pub(crate) course: Course,
    pub(crate) periods: Option<Periods>,
    pub(crate) look: Look,
    /// The host as shown.
    pub(crate) host: String,
    pub(crate) is_group: bool,
    pub(crate) paint: Paint,
    streams: &'a mut Streams,
    interfaces: &'a BTreeMap<u32, String>,
    names: Rc<dyn Names>,
    reverse_names: ReverseNames,
    known: HashMap<IpAddr, Name>,
}

/// The prefix of what goes to standard error.
const PROGRAM: &str = "netdiag ping";

impl<'a> View<'a> {
    pub(crate) fn new(
        streams: &'a mut Streams,
        interfaces: &'a BTreeMap<u32, String>,
        names: Rc<dyn Names>,
        (look, reverse_names): (Look, ReverseNames),
    ) -> Self {
        Self {
            report: Report::default(),
            course: Course::default(),
            periods: None,
            look,
            host: String::new(),
            is_group: false,
            paint: Paint::Plain,
            streams,
            interfaces,
            names,
            reverse_names,
            known: HashMap::new(),
        }
    }

    /// Writes a line or more.
    pub(crate) fn text(&mut self, text: &str) {
        self.streams.out.write(text.as_bytes());
    }

    /// Writes what is about a single probe: it may be left out when the reader does not keep up.
    fn line(&mut self, text: &str) {
        self.streams.out.offer(text.as_bytes());
    }

    /// Says something on standard error.
    fn say(&mut self, message: &str) {
        self.streams.err.write(format!("{PROGRAM}: {message}\n").as_bytes());
    }

    /// What happened to the run.
    pub(crate) fn notice(&mut self, notice: &Notice) {
        self.say(&notice.message);
    }

    /// The periods that have not been told, the summary, and what went wrong with the run itself.
    pub(crate) fn finish(&mut self, end: Reading, mishaps: &Mishaps) {
        let periods = self.periods.take();
        for period in periods.into_iter().flat_map(|periods| periods.finish(end)) {
            self.show_period(&period);
        }
        self.text(&text::summary(&self.host, (&self.report, &self.course), &self.look));
        for notice in crate::mishaps::mishaps(mishaps, self.streams.dropped()) {
            self.notice(&notice);
        }
    }

    fn show_period(&mut self, period: &Period) {
        if period.is_empty() {
            return;
        }
        let summary = text::period(&self.host, (period.from, period.to), &period.report(TargetId(0)));
        self.text(&summary);
    }

    pub(crate) fn show(&self, address: &Address) -> String {
        shown(address, self.interfaces)
    }

    /// Asks for the name of an address, if names are wanted.
    pub(crate) fn ask_name(&mut self, address: &Address) {
        if self.reverse_names == ReverseNames::All {
            let names = &self.names;
            self.known.entry(address.ip).or_insert_with(|| Name::Asked(names.reverse(address.ip)));
        }
    }

    /// `NAME (ADDRESS)` where the name is known by now, else the address.
    fn named(&mut self, address: &Address) -> String {
        self.ask_name(address);
        let shown = self.show(address);
        let Some(name) = self.known.get_mut(&address.ip) else { return shown };
        if let Name::Asked(lookup) = name
            && let Poll::Ready(answer) = Pin::new(lookup).poll(&mut TaskContext::from_waker(Waker::noop()))
        {
            *name = Name::Known(answer);
        }
        match name {
            Name::Known(Some(name)) => format!("{} ({shown})", Escaped(name)),
            Name::Known(None) | Name::Asked(_) => shown,
        }
    }

    fn show_event(&mut self, now: Wall, event: &Event) {
        match event {
            Event::Notice(notice) => self.notice(notice),
            _ if self.look.is_quiet => {}
            Event::Stray(reply) => self.show_stray(now, reply),
            _ if self.look.is_flood => self.show_flood(event),
            _ => self.show_text(now, event),
        }
    }

    fn show_text(&mut self, now: Wall, event: &Event) {
        let time = text::timestamp(&self.look, now);
        match event {
            Event::Reply(reply) => {
                let is_said = reply.arrival == Arrival::Duplicate && (!self.is_group || self.look.is_verbose);
                let remark = if is_said { Remark::Duplicate } else { Remark::None };
                let from = self.named(&reply.from);
                let line = text::reply(reply, &from, remark, &self.look);
                self.line(&(time + &line));
            }
            Event::IcmpError { subject, from, icmp, .. } => {
                let from = from.map_or_else(|| "an unknown router".to_owned(), |from| self.named(&from));
                self.line(&(time + &text::icmp_error(&from, subject.seq, *icmp)));
            }
            Event::SendError { errno, mtu, .. } => self.say(&text::send_error(*errno, *mtu)),
            _ => {}
        }
    }

    /// A dot for each probe, taken back by its answer.
    fn show_flood(&mut self, event: &Event) {
        match event {
            Event::Sent { .. } => self.line("."),
            Event::Reply(reply) if reply.damage == Some(Damage::Checksum) => self.line("\x08C"),
            Event::Reply(_) => self.line("\x08 \x08"),
            Event::IcmpError { .. } => self.line("\x08E"),
            Event::SendError { .. } => self.line("E"),
            _ => {}
        }
    }

    fn show_stray(&mut self, now: Wall, reply: &Reply) {
        let from = self.named(&reply.from);
        let line = text::reply(reply, &from, Remark::OtherAddress, &self.look);
        self.line(&(text::timestamp(&self.look, now) + &line));
    }
}

impl Sink for View<'_> {
    fn event(&mut self, now: Reading, event: &Event) -> ControlFlow<()> {
        if let Event::Sent { subject, .. } | Event::SendError { subject, .. } = event
            && self.look.has_outstanding
            && subject.seq > 1
            && !self.course.is_last_answered
        {
            let line = text::timestamp(&self.look, now.wall) + &text::outstanding(subject.seq - 1);
            self.line(&line);
        }
        if let Some(periods) = &mut self.periods {
            periods.apply(event, std::iter::once(self.report.sent));
        }
        self.report.apply(event);
        self.course.apply(event);
        self.show_event(now.wall, event);
        if self.streams.out.is_gone() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn interim(&mut self, _now: Reading) {
        let line = text::interim(&self.report, &self.course);
        self.streams.err.write(line.as_bytes());
    }

    fn poll_timeout(&self) -> Option<Mono> {
        self.periods.as_ref().map(Periods::poll_timeout)
    }

    fn handle_timeout(&mut self, now: Reading) {
        let sent = std::iter::once(self.report.sent);
        if let Some(period) = self.periods.as_mut().and_then(|periods| periods.handle_timeout(now, sent)) {
            self.show_period(&period);
        }
    }

    fn idle(&mut self) {
        self.streams.flush();
    }
}
