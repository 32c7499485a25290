//! Takes the events of a run, folds them, and writes what is to be seen: lines or records. Computes nothing itself.
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
use netdiag_model::event::{Arrival, Damage, Notice, NoticeCode, Reply, Subject};
use netdiag_model::{Address, Event, Reading, Wall};
use netdiag_tool::{Escaped, Streams, json};

use crate::fold::Report;
use crate::json::{About, Record, ReplyRecord};
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
    pub(crate) look: Look,
    pub(crate) target: String,
    pub(crate) address: String,
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
            look,
            target: String::new(),
            address: String::new(),
            is_group: false,
            paint: Paint::Plain,
            streams,
            interfaces,
            names,
            reverse_names,
            known: HashMap::new(),
        }
    }

    /// Writes a line or more of text, or nothing where records are wanted.
    pub(crate) fn text(&mut self, text: &str) {
        if !self.look.is_json {
            self.streams.out.write(text.as_bytes());
        }
    }

    /// Writes a record, or nothing where text is wanted.
    pub(crate) fn record(&mut self, record: &impl serde::Serialize) {
        if self.look.is_json {
            self.streams.out.write(&json::line(record));
        }
    }

    /// Says something on standard error.
    pub(crate) fn say(&mut self, message: &str) {
        self.streams.err.write(format!("{PROGRAM}: {message}\n").as_bytes());
    }

    /// What happened to the run: a record, or a line on standard error.
    pub(crate) fn notice(&mut self, notice: &Notice) {
        if self.look.is_json {
            let code = notice.code.as_str().to_owned();
            if !self.look.is_quiet {
                self.record(&json::Notice { code, message: notice.message.clone() });
            }
        } else {
            self.say(&notice.message);
        }
    }

    pub(crate) fn show(&self, address: &Address) -> String {
        text::address(address, self.interfaces)
    }

    /// Asks for the name of an address, if names are wanted.
    pub(crate) fn ask_name(&mut self, address: &Address) {
        if self.reverse_names == ReverseNames::All && !self.look.is_json {
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

    fn about(&self, subject: &Subject) -> About {
        About { target: self.target.clone(), address: self.address.clone(), seq: subject.seq }
    }

    fn show_event(&mut self, now: Wall, event: &Event) {
        if let Event::Notice(notice) = event {
            return self.notice(notice);
        }
        if let Event::Stray(reply) = event {
            return self.show_stray(now, reply);
        }
        match (self.look.is_quiet, self.look.is_json) {
            (true, _) => {}
            (false, true) => self.show_record(event),
            (false, false) if self.look.is_flood => self.show_flood(event),
            (false, false) => self.show_text(now, event),
        }
    }

    fn show_record(&mut self, event: &Event) {
        let record = match event {
            Event::Reply(reply) => {
                Record::Reply(Box::new(ReplyRecord::new(self.about(&reply.subject), reply)))
            }
            Event::Timeout { subject } => Record::Timeout(self.about(subject)),
            Event::IcmpError { subject, from, icmp, .. } => Record::IcmpError {
                about: self.about(subject),
                from: from.map(|from| self.show(&from)),
                icmp: (*icmp).into(),
                mtu: icmp.mtu(),
            },
            Event::SendError { subject, errno, mtu, .. } => {
                Record::SendError { about: self.about(subject), errno: (*errno).into(), mtu: *mtu }
            }
            _ => return,
        };
        self.record(&record);
    }

    fn show_text(&mut self, now: Wall, event: &Event) {
        let time = text::timestamp(&self.look, now);
        match event {
            Event::Reply(reply) => {
                let is_said = reply.arrival == Arrival::Duplicate && (!self.is_group || self.look.is_verbose);
                let remark = if is_said { Remark::Duplicate } else { Remark::None };
                let from = self.named(&reply.from);
                let line = text::reply(reply, &from, remark, &self.look);
                self.text(&(time + &line));
            }
            Event::IcmpError { subject, from, icmp, .. } => {
                let from = from.map_or_else(|| "an unknown router".to_owned(), |from| self.named(&from));
                self.text(&(time + &text::icmp_error(&from, subject.seq, *icmp)));
            }
            Event::SendError { errno, mtu, .. } => self.say(&text::send_error(*errno, *mtu)),
            _ => {}
        }
    }

    /// A dot for each probe, taken back by its answer.
    fn show_flood(&mut self, event: &Event) {
        match event {
            Event::Sent { .. } => self.text("."),
            Event::Reply(reply) if reply.damage == Some(Damage::Checksum) => self.text("\x08C"),
            Event::Reply(_) => self.text("\x08 \x08"),
            Event::IcmpError { .. } => self.text("\x08E"),
            Event::SendError { .. } => self.text("E"),
            _ => {}
        }
    }

    fn show_stray(&mut self, now: Wall, reply: &Reply) {
        if self.look.is_json {
            let message = format!(
                "the answer to probe {} of {} came from {}; it is not counted",
                reply.subject.seq,
                self.target,
                self.show(&reply.from)
            );
            self.notice(&Notice { code: NoticeCode::DifferentAddress, message });
        } else if !self.look.is_quiet {
            let from = self.named(&reply.from);
            let line = text::reply(reply, &from, Remark::OtherAddress, &self.look);
            self.text(&(text::timestamp(&self.look, now) + &line));
        }
    }
}

impl Sink for View<'_> {
    fn event(&mut self, now: Reading, event: &Event) -> ControlFlow<()> {
        if let Event::Sent { subject, .. } | Event::SendError { subject, .. } = event
            && self.look.has_outstanding
            && subject.seq > 1
            && !self.report.is_last_answered
        {
            let line = text::timestamp(&self.look, now.wall) + &text::outstanding(subject.seq - 1);
            self.text(&line);
        }
        self.report.apply(event);
        self.show_event(now.wall, event);
        if self.streams.out.is_gone() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn interim(&mut self, _now: Reading) {
        let line = text::interim(&self.report);
        self.streams.err.write(line.as_bytes());
    }
}
