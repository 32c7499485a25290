//! The tool's side of a run: names the targets, folds what happens to them, and has each shown as soon as it is known.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use netdiag_engine::driver::{Recruit, Sink};
use netdiag_engine::prober::{Audience, Method, Mishaps};
use netdiag_model::event::{Notice, NoticeCode};
use netdiag_model::path::{PathEnd, PathNews};
use netdiag_model::trail::Trail;
use netdiag_model::{Address, Event, Mono, Reading, TargetId};
use netdiag_tool::targets::{Failure, Found, Named, TargetStream, shown};
use netdiag_tool::{Escaped, Exit, Labels, Streams, ToolError, json as lines};

use crate::fold::Departed;
use crate::plan::{Form, Plan};
use crate::text::{Context, Lines, Paint, Subject};
use crate::{drawing, json, text};

/// How long a path that is known waits for the names of its routers.
const NAME_PATIENCE: Duration = Duration::from_millis(1_500);

/// The prefix of what goes to standard error.
const PROGRAM: &str = "netdiag trace";

/// A target.
pub(crate) struct Member {
    /// As typed; `None` where that is the address.
    pub(crate) label: Option<Box<str>>,
    pub(crate) address: Address,
    pub(crate) started: Mono,
    /// Since when nothing more is asked.
    ended: Option<Mono>,
    /// What is known of its path; nothing any more once it has been shown.
    trail: Option<Box<Trail>>,
    lines: Lines,
    /// Whether somebody else has answered for it.
    has_stray: bool,
}

/// What all lines need to know beside the path.
struct Around<'a> {
    labels: Labels,
    interfaces: &'a BTreeMap<u32, String>,
    plan: &'a Plan,
    paint: Paint,
    departed: Departed,
}

impl Around<'_> {
    const fn context(&self) -> Context<'_> {
        let Self { labels, interfaces, plan, paint, departed } = self;
        Context { labels, interfaces, plan, paint: *paint, departed }
    }
}

/// How a path stands among what is written.
#[derive(Debug, Clone, Copy)]
enum Manner {
    /// It is the only one, and its hops are written as they become known.
    Going,
    /// It is the only one.
    Single,
    /// There are others.
    OneOfMany,
}

/// The run as it is seen.
pub(crate) struct View<'a> {
    streams: &'a mut Streams,
    around: Around<'a>,
    method: Method,
    stream: TargetStream,
    members: Vec<Member>,
    /// Those whose path is known and that have not been shown, in the order in which they became known.
    ended: VecDeque<TargetId>,
    failed: u64,
    unreached: u64,
    not_sent: u64,
    first_failure: Option<Failure>,
    has_all_targets: bool,
}

impl<'a> View<'a> {
    pub(crate) fn new(
        (streams, interfaces): (&'a mut Streams, &'a BTreeMap<u32, String>),
        (plan, method): (&'a Plan, Method),
        (labels, stream): (Labels, TargetStream),
        departed: Departed,
    ) -> Self {
        Self {
            streams,
            around: Around { labels, interfaces, plan, paint: Paint::Plain, departed },
            method,
            stream,
            members: Vec::new(),
            ended: VecDeque::new(),
            failed: 0,
            unreached: 0,
            not_sent: 0,
            first_failure: None,
            has_all_targets: false,
        }
    }

    pub(crate) const fn set_paint(&mut self, paint: Paint) {
        self.around.paint = paint;
    }

    fn say(&mut self, message: &str) {
        self.streams.err.write(format!("{PROGRAM}: {message}\n").as_bytes());
    }

    /// What happened to the run.
    pub(crate) fn notice(&mut self, notice: &Notice) {
        if self.around.plan.form != Form::Json {
            self.say(&notice.message);
        } else if !self.around.plan.look.is_quiet {
            let code = notice.code.as_str().to_owned();
            let record = lines::Notice { code, message: notice.message.clone(), target: None, hint: None };
            self.streams.out.write(&lines::line(&record));
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.failed += 1;
        if self.around.plan.form == Form::Json {
            let (code, message) = (failure.kind.notice_code().as_str().to_owned(), failure.to_string());
            let (target, hint) = (Some(failure.label.to_string()), failure.hint.clone());
            self.streams.out.write(&lines::line(&lines::Notice { code, message, target, hint }));
        } else {
            self.say(&Escaped(&failure.to_string()).to_string());
            if let Some(hint) = &failure.hint
                && self.first_failure.is_none()
            {
                self.streams.err.write(format!("  {hint}\n").as_bytes());
            }
        }
        self.first_failure.get_or_insert(failure);
    }

    /// Whether lines are written as hops become known: where one path is all that is shown.
    fn is_flowing(&self) -> bool {
        let is_single = self.has_all_targets && self.members.len() == 1;
        self.around.plan.form == Form::Text
            && is_single
            && self.around.plan.mda.is_none()
            && !self.around.plan.look.is_quiet
    }

    /// The first line of the path whose hops are written as they become known.
    fn head(&mut self) {
        // It may have been shown as one of several, of which the others came to nothing.
        if !self.is_flowing() || self.members[0].trail.is_none() {
            return;
        }
        let member = &self.members[0];
        let name = Escaped(&shown_name(member, self.around.interfaces)).to_string();
        let subject = Subject { target: &name, address: member.address, method: self.method };
        let heading = text::heading(&name, &subject, &self.around.context());
        self.streams.out.write(heading.as_bytes());
    }

    /// Shows what can be shown by now.
    fn show(&mut self, now: Mono) {
        while let Some(&target) = self.ended.front() {
            let member = &self.members[target.index()];
            let is_patient = member.ended.is_some_and(|ended| now < ended + NAME_PATIENCE);
            if is_patient && !self.is_named(member) {
                break;
            }
            self.ended.pop_front();
            self.show_member(target, now);
        }
        if self.is_flowing() && self.members[0].trail.is_some() {
            let context = self.around.context();
            let member = &mut self.members[0];
            if let Some(trail) = &member.trail {
                let lines = member.lines.more(trail, &context);
                self.streams.out.write(lines.as_bytes());
            }
        }
    }

    /// Whether no name on a target's path is still being looked up.
    fn is_named(&self, member: &Member) -> bool {
        let Some(trail) = &member.trail else { return true };
        trail
            .hops()
            .flat_map(|(_, hop)| hop.addresses())
            .all(|address| self.around.labels.is_settled(address.ip))
    }

    fn show_member(&mut self, target: TargetId, now: Mono) {
        let is_single = self.has_all_targets && self.members.len() == 1;
        let manner = match (is_single, self.is_flowing()) {
            (_, true) => Manner::Going,
            (true, false) => Manner::Single,
            (false, false) => Manner::OneOfMany,
        };
        let member = &mut self.members[target.index()];
        let Some(trail) = member.trail.take() else { return };
        let elapsed = member.ended.unwrap_or(now).since(member.started);
        let departed = Departed { destination: member.address.ip, ..self.around.departed.clone() };
        let context = Context { departed: &departed, ..self.around.context() };
        self.unreached += u64::from(!trail.is_reached());
        self.not_sent += u64::from(matches!(trail.end(), Some(PathEnd::NotSent)));
        let name = shown_name(member, self.around.interfaces);
        let subject = Subject { target: &name, address: member.address, method: self.method };
        let written = match self.around.plan.form {
            Form::Json => json::records(&trail, &subject, &context, elapsed),
            Form::Dot => drawing::dot(&trail, &name, &context).into_bytes(),
            Form::Mermaid => drawing::mermaid(&trail, &context).into_bytes(),
            Form::Text | Form::Wide => {
                let ending = text::ending(&trail, &context, elapsed);
                let hops = |lines: &mut Lines| lines.rest(&trail, &context);
                let heading = || text::heading(&Escaped(&name).to_string(), &subject, &context);
                let written = match manner {
                    _ if self.around.plan.look.is_quiet => ending,
                    Manner::Going => hops(&mut member.lines) + &ending,
                    Manner::Single => heading() + &hops(&mut member.lines) + &ending,
                    Manner::OneOfMany => heading() + &hops(&mut member.lines) + &ending + "\n",
                };
                written.into_bytes()
            }
        };
        self.streams.out.write(&written);
    }

    /// Goes on with names, and shows what that allows.
    pub(crate) fn go_on(&mut self, cx: &mut TaskContext<'_>, now: Reading) {
        self.around.labels.poll(cx);
        self.show(now.mono);
        self.streams.flush();
    }

    /// Until when something is still waited for; `None` when all has been shown.
    pub(crate) fn waits_until(&self) -> Option<Mono> {
        let ended = self.members[self.ended.front()?.index()].ended?;
        Some(ended + NAME_PATIENCE)
    }

    /// The run is over: whatever has not ended by itself ends now.
    pub(crate) fn end(&mut self, now: Reading) {
        for failure in self.stream.unfinished() {
            self.fail(failure);
        }
        for (index, member) in self.members.iter_mut().enumerate() {
            if member.ended.is_none() {
                member.ended = Some(now.mono);
                self.ended.push_back(TargetId(index as u32));
            }
        }
    }

    /// Shows the rest, and what went wrong with the run itself.
    pub(crate) fn finish(&mut self, mishaps: &Mishaps) {
        while let Some(target) = self.ended.pop_front() {
            let at = self.members[target.index()].ended.unwrap_or_default();
            self.show_member(target, at);
        }
        if mishaps.forged > 1 {
            let message =
                format!("messages that looked like answers and were not: {} in all", mishaps.forged);
            self.notice(&Notice { code: NoticeCode::Forged, message });
        }
        self.streams.flush();
    }

    /// What the run amounts to.
    pub(crate) fn exit(mut self) -> Result<Exit, ToolError> {
        if self.members.is_empty() && self.has_all_targets {
            let mut error = ToolError::new("there is no target that can be asked");
            error.hint = self.first_failure.take().and_then(|failure| failure.hint);
            return Err(error);
        }
        let is_none_sent = self.not_sent > 0 && self.not_sent == self.members.len() as u64;
        Ok(match self.unreached + self.failed {
            _ if is_none_sent => Exit::COULD_NOT_RUN,
            0 if self.has_all_targets => Exit::YES,
            _ => Exit::NO,
        })
    }
}

/// A target as typed, or its address.
fn shown_name(member: &Member, interfaces: &BTreeMap<u32, String>) -> String {
    member.label.as_ref().map_or_else(|| shown(&member.address, interfaces), ToString::to_string)
}

impl Sink for View<'_> {
    fn poll_target(&mut self, cx: &mut TaskContext<'_>, now: Reading) -> Poll<Option<Recruit>> {
        loop {
            match std::task::ready!(self.stream.poll_next(cx)) {
                None => {
                    self.has_all_targets = true;
                    self.head();
                    return Poll::Ready(None);
                }
                Some(Found { outcome: Ok(Named { label, address }), .. }) => {
                    self.members.push(Member {
                        label,
                        address,
                        started: now.mono,
                        ended: None,
                        trail: Some(Box::new(Trail::new(address))),
                        lines: Lines::default(),
                        has_stray: false,
                    });
                    return Poll::Ready(Some(Recruit { address, audience: Audience::One }));
                }
                Some(Found { outcome: Err(failure), .. }) => self.fail(failure),
            }
        }
    }

    fn event(&mut self, now: Reading, event: &Event) -> ControlFlow<()> {
        let target = match event {
            Event::Notice(notice) => {
                self.notice(notice);
                None
            }
            Event::Path { target, .. } => Some(*target),
            _ => event.subject().map(|subject| subject.target),
        };
        if let Some(member) = target.and_then(|target| self.members.get_mut(target.index()))
            && let Some(trail) = &mut member.trail
        {
            trail.apply(event);
            match event {
                Event::Path { target, news: PathNews::Complete } => {
                    member.ended = Some(now.mono);
                    self.ended.push_back(*target);
                }
                Event::Path { news: PathNews::OneAtATime { .. }, .. } => {
                    let name = shown_name(member, self.around.interfaces);
                    let has_lines = std::mem::take(&mut member.lines).has_some();
                    self.notice(&text::one_at_a_time(&name));
                    if has_lines {
                        self.head();
                    }
                }
                Event::Stray(reply) if !std::mem::replace(&mut member.has_stray, true) => {
                    let name = shown_name(member, self.around.interfaces);
                    self.notice(&text::stray(&name, &shown(&reply.from, self.around.interfaces)));
                }
                Event::IcmpError { from: Some(from), .. } => self.around.labels.ask(from.ip),
                Event::Reply(reply) => self.around.labels.ask(reply.from.ip),
                _ => {}
            }
        }
        if self.streams.out.is_gone() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn interim(&mut self, _now: Reading) {
        let asked = self.members.len();
        let known = self.members.iter().filter(|member| member.ended.is_some()).count();
        self.streams.err.write(format!("{known} of {asked} paths are known\n").as_bytes());
    }

    fn poll_others(&mut self, cx: &mut TaskContext<'_>) {
        self.around.labels.poll(cx);
    }

    fn poll_timeout(&self) -> Option<Mono> {
        self.waits_until()
    }

    fn handle_timeout(&mut self, now: Reading) {
        self.show(now.mono);
    }

    fn idle(&mut self) {
        // Whoever waits for names longer than that has its own alarm.
        self.show(Mono::ZERO);
        self.streams.flush();
    }
}
