//! The second half of a run, as it is seen: the route once its names are known, how far the survey is, and where it stands
//! when somebody wants to know.

use std::ops::ControlFlow;
use std::task::Context as TaskContext;
use std::time::Duration;

use netdiag_engine::driver::Sink;
use netdiag_model::event::{Notice, NoticeCode};
use netdiag_model::path::PathEnd;
use netdiag_model::{Event, Mono, Reading};
use netdiag_tool::Terminal;

use crate::discovery::Discovered;
use crate::fold::{Change, Fold};
use crate::meter::Meter;
use crate::page::Page;
use crate::report::Report;
use crate::route::Route;
use crate::text;

/// How long the route, and at the end the table, wait for the names of routers.
pub(crate) const NAME_PATIENCE: Duration = Duration::from_millis(1_500);

/// The survey as it is seen.
pub(crate) struct Watch<'p, 'a> {
    pub(crate) page: &'p mut Page<'a>,
    pub(crate) fold: Fold,
    found: &'p Discovered,
    route: &'p Route,
    meter: Meter,
    /// Until when the route waits for names; `None` once it has been shown.
    route_due: Option<Mono>,
}

impl<'p, 'a> Watch<'p, 'a> {
    pub(crate) fn new(
        page: &'p mut Page<'a>,
        terminal: Terminal,
        (found, route): (&'p Discovered, &'p Route),
        now: Mono,
    ) -> Self {
        let meter = Meter::new((page.streams, &terminal), page.plan, route, now);
        let fold = Fold::new(route);
        Self { page, fold, found, route, meter, route_due: Some(now + NAME_PATIENCE) }
    }

    /// Whether there are hops to be asked.
    pub(crate) fn is_asking(&self) -> bool {
        let is_known = self.found.trail.end().is_some_and(|end| end != PathEnd::NotSent);
        is_known && !self.route.hops.is_empty()
    }

    fn is_named(&self) -> bool {
        self.route
            .hops
            .iter()
            .filter_map(|hop| hop.address)
            .all(|address| self.page.labels.is_settled(address.ip))
    }

    fn show_route(&mut self) {
        self.route_due = None;
        let lines = text::route(self.route, &self.found.trail, self.page);
        self.page.write(&lines);
        if self.is_asking() {
            let announcement = text::announcement(self.route, self.page);
            self.page.write(&announcement);
        }
    }

    fn tell(&mut self, change: &Change) {
        self.page.labels.ask(change.after.ip);
        let (before, after) = (self.page.shown(change.before), self.page.shown(change.after));
        let message = format!(
            "hop {} answers from {after} instead of {before} since round {}: the path changed",
            change.ttl, change.round
        );
        self.page.notice(&Notice { code: NoticeCode::RouteChange, message });
    }

    /// Shows what is due in any case, and takes the line of progress away. What was counted comes back.
    pub(crate) fn end(mut self) -> Fold {
        self.meter.clear();
        if self.route_due.is_some() {
            self.show_route();
        }
        self.fold
    }
}

impl Sink for Watch<'_, '_> {
    fn event(&mut self, _now: Reading, event: &Event) -> ControlFlow<()> {
        if let Event::Notice(notice) = event {
            self.page.notice(notice);
        }
        if let Some(change) = self.fold.apply(event) {
            self.tell(&change);
        }
        if self.page.streams.out.is_gone() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    fn interim(&mut self, _now: Reading) {
        let rounds = self.fold.rounds();
        let table = text::result(&Report::of(&self.fold), self.page);
        let text = format!("--- after {rounds} rounds ---\n{table}");
        self.page.streams.err.write(text.as_bytes());
    }

    fn poll_others(&mut self, cx: &mut TaskContext<'_>) {
        self.page.labels.poll(cx);
    }

    fn poll_timeout(&self) -> Option<Mono> {
        [self.route_due, self.meter.poll_timeout()].into_iter().flatten().min()
    }

    fn handle_timeout(&mut self, now: Reading) {
        if self.route_due.is_some_and(|due| due <= now.mono) {
            self.show_route();
        }
        self.meter.handle_timeout(now.mono, &self.fold);
        self.page.streams.flush();
    }

    fn idle(&mut self) {
        if self.route_due.is_some() && self.is_named() {
            self.show_route();
        }
        self.page.streams.flush();
    }
}
