//! The tool's side of a run to many targets: names them, folds what happens to them, and has it shown.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::task::{Context as TaskContext, Poll};

use netdiag_engine::driver::{Recruit, Sink};
use netdiag_model::event::Notice;
use netdiag_model::knowledge::silence::Silence;
use netdiag_model::{Event, Mono, Reading, TargetId};
use netdiag_tool::targets::{Failure, Found, Named, Position, TargetStream};

use super::meter::Meter;
use super::page::Page;
use super::{Ending, Renderer};
use crate::fold::fleet::{Fleet, Member};
use crate::fold::periods::{Period, Periods};
use crate::mishaps::mishaps;
use crate::plan::Plan;
use crate::text;

/// Where targets come from.
pub(super) enum Source {
    /// The one host that was typed.
    One(Option<Named>),
    /// The words.
    Stream(Box<TargetStream>),
}

/// The run as it is seen.
pub(super) struct View<'a> {
    pub(super) page: Page<'a>,
    pub(super) fleet: Fleet,
    /// The first word that gave no target.
    pub(super) first_failure: Option<Failure>,
    /// Whether the words have come to all their targets.
    pub(super) has_all_targets: bool,
    plan: &'a Plan,
    renderer: Box<dyn Renderer>,
    meter: Meter,
    periods: Option<Periods>,
    source: Source,
    /// Ways out that have been said: a list may have many faults of one kind.
    said_hints: BTreeSet<String>,
}

impl<'a> View<'a> {
    pub(super) fn new(
        page: Page<'a>,
        (renderer, meter): (Box<dyn Renderer>, Meter),
        source: Source,
        (plan, start): (&'a Plan, Reading),
    ) -> Self {
        let patience = |every| plan.timeout.unwrap_or(every);
        Self {
            page,
            fleet: Fleet::default(),
            first_failure: None,
            has_all_targets: false,
            plan,
            renderer,
            meter,
            periods: plan.report_every.map(|every| Periods::new(start, every, patience(every))),
            source,
            said_hints: BTreeSet::new(),
        }
    }

    pub(super) fn begin(&mut self, start: Reading, fallback: Option<&Notice>) {
        self.renderer.begin(&mut self.page, start.wall);
        if let Some(notice) = fallback {
            self.renderer.notice(&mut self.page, notice);
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.fleet.failed += 1;
        let is_new = failure.hint.as_ref().is_some_and(|hint| self.said_hints.insert(hint.clone()));
        let way_out = failure.hint.as_deref().filter(|_| is_new);
        self.renderer.failure(&mut self.page, &failure, way_out);
        self.first_failure.get_or_insert(failure);
    }

    fn show_period(&mut self, period: &Period) {
        if period.is_empty() {
            return;
        }
        self.renderer.begin_period(&mut self.page, period, &self.fleet);
        // Of a target that was not asked in it there is nothing to tell.
        for id in self.fleet.in_order().into_iter().filter(|id| period.sent(*id) > 0) {
            if let Some(member) = self.fleet.member(id) {
                self.renderer.period(&mut self.page, period, (member, &period.report(id)));
            }
        }
    }

    /// Shows the periods that have not been told, and what went wrong with the run itself.
    pub(super) fn end(&mut self, ending: &Ending) {
        self.meter.clear();
        if let Source::Stream(stream) = &mut self.source {
            self.fleet.is_cut = !stream.is_read();
            for failure in stream.unfinished() {
                self.fail(failure);
            }
        }
        let periods = self.periods.take();
        for period in periods.into_iter().flat_map(|periods| periods.finish(ending.end)) {
            self.show_period(&period);
        }
        for notice in mishaps(&ending.mishaps, self.page.left_out()) {
            self.renderer.notice(&mut self.page, &notice);
        }
    }

    /// The order in which sums are shown.
    pub(super) fn order(&mut self) -> Vec<TargetId> {
        self.renderer.order(&mut self.page, &self.fleet)
    }

    pub(super) fn show_target(
        &mut self,
        span: (Reading, Reading),
        (id, silence): (TargetId, Option<&Silence>),
    ) {
        if let Some(member) = self.fleet.member(id) {
            let report = member.tally.report(0);
            self.renderer.target(&mut self.page, span, (member, &report, silence));
        }
    }

    pub(super) fn finish(&mut self, ending: &Ending) {
        self.renderer.finish(&mut self.page, &self.fleet, ending);
    }
}

impl Sink for View<'_> {
    fn poll_target(&mut self, cx: &mut TaskContext<'_>, _now: Reading) -> Poll<Option<Recruit>> {
        loop {
            let found = match &mut self.source {
                Source::One(named) => named.take().map(|named| {
                    let position = Position { item: 0, address: 0 };
                    Found { position, outcome: Ok(named) }
                }),
                Source::Stream(stream) => std::task::ready!(stream.poll_next(cx)),
            };
            match found {
                None => {
                    self.has_all_targets = true;
                    self.meter.know_all(self.fleet.members().len());
                    return Poll::Ready(None);
                }
                Some(Found { position, outcome: Ok(named) }) => {
                    let address = named.address;
                    self.fleet.add(Member::new(named.label, address, position));
                    return Poll::Ready(Some(Recruit { address, audience: self.plan.audience(&address) }));
                }
                Some(Found { outcome: Err(failure), .. }) => self.fail(failure),
            }
        }
    }

    fn event(&mut self, now: Reading, event: &Event) -> ControlFlow<()> {
        if let Event::Notice(notice) = event {
            self.renderer.notice(&mut self.page, notice);
        } else {
            if let Some(periods) = &mut self.periods {
                let sent = self.fleet.members().iter().map(|member| member.tally.sent());
                periods.apply(event, sent);
            }
            let change = self.fleet.apply(event);
            if let Some(member) = event.subject().and_then(|subject| self.fleet.member(subject.target)) {
                self.renderer.event(&mut self.page, now.wall, event, (member, change));
            }
        }
        if self.page.is_gone() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn interim(&mut self, _now: Reading) {
        let line = text::fleet(&self.fleet);
        self.page.remark(&format!("{line}\n"));
    }

    fn poll_timeout(&self) -> Option<Mono> {
        let periods = self.periods.as_ref().map(Periods::poll_timeout);
        [periods, self.meter.poll_timeout()].into_iter().flatten().min()
    }

    fn handle_timeout(&mut self, now: Reading) {
        let sent = self.fleet.members().iter().map(|member| member.tally.sent());
        if let Some(period) = self.periods.as_mut().and_then(|periods| periods.handle_timeout(now, sent)) {
            self.show_period(&period);
        }
        self.meter.handle_timeout(now.mono, &self.fleet);
    }

    fn idle(&mut self) {
        self.page.flush();
    }
}
