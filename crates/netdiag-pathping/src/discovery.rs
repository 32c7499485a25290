//! The first half of a run: whom to ask, and by which hops the way there leads.

use std::ops::ControlFlow;
use std::task::{Context as TaskContext, Poll};

use netdiag_engine::driver::{Recruit, Sink};
use netdiag_engine::prober::Audience;
use netdiag_model::event::{Notice, NoticeCode};
use netdiag_model::path::PathNews;
use netdiag_model::trail::Trail;
use netdiag_model::{Address, Event, Reading};
use netdiag_tool::targets::{Failure, Found, Named, TargetStream};
use netdiag_tool::{Escaped, ToolError};

use crate::page::Page;
use crate::text;

/// The target and the way there.
pub(crate) struct Discovered {
    /// As typed, or its address.
    pub(crate) name: String,
    pub(crate) address: Address,
    pub(crate) trail: Trail,
}

/// The search as it is seen.
pub(crate) struct Discovery<'p, 'a> {
    page: &'p mut Page<'a>,
    stream: TargetStream,
    found: Option<Discovered>,
    failure: Option<Failure>,
}

impl<'p, 'a> Discovery<'p, 'a> {
    pub(crate) fn new(page: &'p mut Page<'a>, stream: TargetStream) -> Self {
        Self { page, stream, found: None, failure: None }
    }

    /// What was found, or why there is nobody to ask.
    pub(crate) fn end(mut self) -> Result<Discovered, ToolError> {
        if let Some(found) = self.found {
            return Ok(found);
        }
        let failure = self.failure.or_else(|| self.stream.unfinished().pop());
        let message = failure.as_ref().map(|failure| Escaped(&failure.to_string()).to_string());
        let mut error = ToolError::new(message.unwrap_or_else(|| "there is no target to ask".to_owned()));
        error.hint = failure.and_then(|failure| failure.hint);
        Err(error)
    }

    fn begin(&mut self, Named { label, address }: Named) -> Recruit {
        let name = label.map_or_else(|| self.page.shown(address), String::from);
        let heading = text::heading(&Escaped(&name).to_string(), address, self.page);
        self.page.write(&heading);
        self.found = Some(Discovered { name, address, trail: Trail::new(address) });
        Recruit { address, audience: Audience::One }
    }

    fn slow_down(&mut self) {
        let message = "a router on the way quotes too little of a probe to tell one from another: the path is asked for again, \
                       one probe at a time, and its hops are asked directly only";
        self.page.notice(&Notice { code: NoticeCode::OneAtATime, message: message.to_owned() });
    }
}

impl Sink for Discovery<'_, '_> {
    fn poll_target(&mut self, cx: &mut TaskContext<'_>, _now: Reading) -> Poll<Option<Recruit>> {
        match std::task::ready!(self.stream.poll_next(cx)) {
            Some(Found { outcome: Ok(named), .. }) if self.found.is_none() => {
                Poll::Ready(Some(self.begin(named)))
            }
            Some(Found { outcome: Err(failure), .. }) => {
                self.failure = Some(failure);
                Poll::Ready(None)
            }
            Some(_) | None => Poll::Ready(None),
        }
    }

    fn event(&mut self, _now: Reading, event: &Event) -> ControlFlow<()> {
        if let Some(found) = &mut self.found {
            found.trail.apply(event);
        }
        match event {
            Event::Notice(notice) => self.page.notice(notice),
            Event::Path { news: PathNews::OneAtATime { .. }, .. } => self.slow_down(),
            Event::IcmpError { from: Some(from), .. } => self.page.labels.ask(from.ip),
            Event::Reply(reply) => self.page.labels.ask(reply.from.ip),
            _ => {}
        }
        if self.page.streams.out.is_gone() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn interim(&mut self, _now: Reading) {
        self.page.streams.err.write(b"the path is being searched\n");
    }

    fn poll_others(&mut self, cx: &mut TaskContext<'_>) {
        self.page.labels.poll(cx);
    }

    fn idle(&mut self) {
        self.page.streams.flush();
    }
}
