//! A run to one target that is shown as iputils' ping shows it.

mod view;

use std::net::IpAddr;

use netdiag_engine::driver::{self, Ports};
use netdiag_engine::prober::{Audience, Method, Prober};
use netdiag_engine::watch::HostWatch;
use netdiag_model::{Address, Errno, Family, Reading};
use netdiag_tool::{Context, Escaped, Exit, ToolError};

use crate::fold::Report;
use crate::fold::periods::Periods;
use crate::opened::Opened;
use crate::plan::Plan;
use crate::silence::silence;
use crate::text::{self, Content, Heading, Paint};
use view::View;

/// Runs it: to `address`, whose name is canonically `canonical`.
pub(crate) async fn run(
    opened: Opened,
    (address, canonical): (Address, Option<String>),
    mut watch: Option<HostWatch>,
    context: &mut Context,
) -> Result<Exit, ToolError> {
    let audience = opened.plan.audience(&address);
    let config = opened.config(context.secret.clone());
    let Opened { plan, outlet, method, fallback } = opened;
    let session = Session { plan, method, address, canonical };
    let start = context.clock.now();
    let Context { streams, interfaces, names, .. } = context;
    let mut view =
        View::new(streams, interfaces, names.clone(), (session.plan.look, session.plan.reverse_names));
    view.is_group = audience == Audience::Group;
    view.periods = session.periods(start);
    view.host = session.shown_host();
    if context.terminal.has_color(session.plan.look.color) {
        view.paint = Paint::Colour;
    }
    view.ask_name(&address);
    if let Some(notice) = &fallback {
        view.notice(notice);
    }
    session.begin(&mut view, watch.as_ref());

    let mut prober = Prober::new(config, session.plan.strategy());
    prober.add_target(start.mono, address, audience);
    let ports = Ports {
        outlet,
        clock: context.clock.as_mut(),
        watch: watch.as_mut(),
        commands: &mut context.commands,
    };
    driver::run(&mut prober, ports, &mut view).await;
    let end = context.clock.now();
    view.finish(end, prober.mishaps());
    if view.report.received == 0 && view.report.sent > 0 {
        let host = (session.plan.host().unwrap_or_default(), address);
        let silence = silence((&session.plan, method), host, &view.report, watch.as_ref());
        view.text(&text::silence(&silence, view.paint));
    }
    Ok(exit(&session.plan, &view.report))
}

/// A run that knows its target.
struct Session {
    plan: Plan,
    method: Method,
    address: Address,
    canonical: Option<String>,
}

impl Session {
    fn periods(&self, now: Reading) -> Option<Periods> {
        let every = self.plan.report_every?;
        Some(Periods::new(now, every, self.plan.timeout.unwrap_or(every)))
    }

    fn begin(&self, view: &mut View<'_>, watch: Option<&HostWatch>) {
        if let Some(pattern) = &self.plan.pattern
            && !self.plan.look.is_quiet
        {
            view.text(&text::pattern(pattern));
        }
        let sockets = &self.plan.sockets;
        let from = (sockets.interface.is_some() || sockets.source.is_some()).then(|| {
            let source = sockets.source.or_else(|| self.source(watch));
            let source = source.map_or_else(|| "?".to_owned(), |source| source.to_string());
            (source, sockets.interface.clone().unwrap_or_default())
        });
        let heading = Heading {
            host: self.shown_host(),
            address: view.show(&self.address),
            family: self.address.family(),
            from,
            content: match self.method {
                Method::Tcp { port } => Content::Connections(port),
                Method::Icmp | Method::Udp { .. } => Content::Data(self.plan.size),
            },
            // Which one the kernel chose for 0 is not known here.
            flow_label: sockets.flow_label.filter(|&label| label != 0),
        };
        view.text(&heading.line());
    }

    /// The source address that packets by the interface that was asked for will have.
    fn source(&self, watch: Option<&HostWatch>) -> Option<IpAddr> {
        let facts = watch?.facts();
        let name = self.plan.sockets.interface.as_deref()?;
        let interface = facts.interfaces().ok()?.into_iter().find(|interface| interface.name == name)?;
        if let Ok(route) = watch?.route(&self.address)
            && route.interface == interface.index
            && route.source.is_some()
        {
            return route.source;
        }
        let is_alike = |ip: &IpAddr| ip.is_ipv4() == self.address.ip.is_ipv4();
        interface.addresses.into_iter().map(|(ip, _)| ip).find(is_alike)
    }

    /// As ping(8): the canonical name over IPv4, what was typed over IPv6.
    fn shown_host(&self) -> String {
        match (&self.canonical, self.address.family()) {
            (Some(canonical), Family::V4) => Escaped(canonical).to_string(),
            _ => self.plan.host().unwrap_or_default().to_owned(),
        }
    }
}

/// The exit code of a run to one target. As ping(8): one answer is a yes; under count and deadline, as many as were asked
/// for; without a way to the target it could not run.
pub(crate) fn exit(plan: &Plan, report: &Report) -> Exit {
    let wanted = match (plan.deadline, plan.count) {
        (Some(_), Some(count)) => u64::from(count),
        _ => 1,
    };
    if report.is_all_refused_here() && report.last_failure == Some(Errno::ENETUNREACH) {
        return Exit::COULD_NOT_RUN;
    }
    if report.received > 0 && report.received >= wanted { Exit::YES } else { Exit::NO }
}
