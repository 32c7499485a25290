//! A run of pathping from its plan to its exit code.

use std::future::poll_fn;
use std::task::Poll;
use std::time::Duration;

use clap::{ArgMatches, Args, FromArgMatches};
use netdiag_engine::driver::{self, Command, Outlet, Ports};
use netdiag_engine::port::{Clock, Sockets};
use netdiag_engine::prober::{Audience, Method, Prober};
use netdiag_engine::strategy::{Paths, Survey};
use netdiag_engine::watch::HostWatch;
use netdiag_model::path::PathEnd;
use netdiag_tool::access::{self, Access};
use netdiag_tool::targets::{Addresses, TargetStream, Wishes};
use netdiag_tool::{Caller, Context, Exit, Right, Terminal, Tool, ToolError};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::discovery::{Discovered, Discovery};
use crate::fold::Fold;
use crate::opened::{self, Opened};
use crate::options::PathpingOptions;
use crate::page::Page;
use crate::plan::{Form, Plan, Protocol};
use crate::report::Report;
use crate::route::{Route, Ways};
use crate::watch::{NAME_PATIENCE, Watch};
use crate::{json, text};

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct Pathping;

/// The tool's name.
const TOOL: &str = crate::MANUAL.name;

impl Tool for Pathping {
    type Plan = Plan;
    type Opened = Opened;

    fn command() -> clap::Command {
        let command = clap::Command::new("netdiag-pathping")
            .version(env!("CARGO_PKG_VERSION"))
            .args_override_self(true)
            // Its letter is Windows' for the last TTL.
            .disable_help_flag(true);
        // The derived options would put the words of their own documentation here.
        PathpingOptions::augment_args(command).about(crate::MANUAL.about)
    }

    fn plan(matches: &ArgMatches, _caller: Caller) -> Result<Plan, ToolError> {
        let options =
            PathpingOptions::from_arg_matches(matches).map_err(|error| ToolError::new(error.to_string()))?;
        Plan::new(&options)
    }

    fn network_namespace(plan: &Plan) -> Option<&str> {
        plan.netns.as_deref()
    }

    fn keeps(plan: &Plan) -> &'static [Right] {
        // A socket of a further flow is marked when it is opened.
        if plan.sockets.mark.is_some() { &[Right::NetAdmin] } else { &[] }
    }

    fn is_json(matches: &ArgMatches) -> bool {
        matches.get_flag("json")
    }

    fn open(plan: Plan, sockets: &dyn Sockets) -> Result<Opened, ToolError> {
        let udp = opened::udp(&plan);
        let options = &plan.sockets;
        let mut fallback = None;
        let opened = match plan.protocol {
            Protocol::Icmp => sockets.open_icmp(options).map(|socket| (Outlet::Socket(socket), Method::Icmp)),
            Protocol::Udp => sockets.open_udp(options).map(|socket| (Outlet::Socket(socket), udp)),
            Protocol::Auto => {
                access::open_icmp_or_udp(sockets, (options, options), TOOL).map(|access| match access {
                    Access::Icmp(outlet) => (outlet, Method::Icmp),
                    Access::Udp(outlet, notice) => {
                        fallback = Some(notice);
                        (outlet, udp)
                    }
                })
            }
        };
        let other = "or ask in another way: --protocol udp";
        let (outlet, method) = opened.map_err(|error| access::open_error(&error, TOOL, other))?;
        Ok(Opened { plan, outlet, method, fallback })
    }

    async fn run(opened: Opened, context: &mut Context) -> Result<Exit, ToolError> {
        let interface = context.interface_index(opened.plan.sockets.interface.as_deref());
        let stream = targets(&opened.plan, interface, context);
        let watch = context.facts.take().map(|facts| HostWatch::new(facts, interface));
        let config = opened.config(context.secret.clone());
        let Opened { plan, outlet, method, fallback } = opened;
        let Context { clock, names, interfaces, commands, streams, terminal, .. } = context;
        let mut page = Page::new((streams, terminal), interfaces, (&plan, method), names.clone());
        if let Some(notice) = &fallback {
            page.notice(notice);
        }
        let began = clock.now();
        let world = World { outlet, clock: clock.as_mut(), watch, commands };
        let limits = opened::limits(&plan, method);
        let prober = Prober::new(config, Paths::new(limits).with_deadline(plan.deadline));
        let run = Run { page: &mut page, world, terminal: *terminal };
        let (found, fold) = run.go(prober, stream).await?;
        let elapsed = clock.now().mono.since(began.mono);
        wait_for_names(&mut page, &fold, clock.as_mut(), commands).await;
        Ok(finish(&mut page, &found, &fold, elapsed))
    }
}

/// The ports of a run, lent to one half of it after the other.
struct World<'a> {
    outlet: Outlet,
    clock: &'a mut dyn Clock,
    watch: Option<HostWatch>,
    commands: &'a mut UnboundedReceiver<Command>,
}

/// Both halves.
struct Run<'r, 'a> {
    page: &'r mut Page<'a>,
    world: World<'r>,
    terminal: Terminal,
}

impl Run<'_, '_> {
    /// Searches the path, and asks its hops.
    async fn go(
        self,
        mut prober: Prober<Paths>,
        stream: TargetStream,
    ) -> Result<(Discovered, Fold), ToolError> {
        let Self { page, world, terminal } = self;
        let World { outlet, clock, mut watch, commands } = world;
        let began = clock.now();
        let mut discovery = Discovery::new(page, stream);
        let ports = Ports { outlet, clock: &mut *clock, watch: watch.as_mut(), commands: &mut *commands };
        let outlet = driver::run(&mut prober, ports, &mut discovery).await;
        let found = discovery.end()?;
        let route = Route::of(&found.trail);
        let now = clock.now();
        let mut view = Watch::new(page, terminal, (&found, &route), now.mono);
        if !view.is_asking() {
            let fold = view.end();
            return Ok((found, fold));
        }
        let ways = if found.trail.is_one_at_a_time() { Ways::Direct } else { Ways::Both };
        let (hops, targets) = route.survey(ways);
        let limits = opened::limits(view.page.plan, view.page.method);
        let aim = opened::aim(&limits, found.address.family(), route.flow);
        let left =
            view.page.plan.deadline.map(|deadline| deadline.saturating_sub(now.mono.since(began.mono)));
        let survey = Survey::new(view.page.plan.rhythm, aim, &hops).with_deadline(left);
        let mut prober = prober.go_on(now.mono, survey);
        for address in targets {
            prober.add_target(now.mono, address, Audience::One);
        }
        let ports = Ports { outlet, clock, watch: watch.as_mut(), commands };
        driver::run(&mut prober, ports, &mut view).await;
        let fold = view.end();
        Ok((found, fold))
    }
}

/// Shows the result; the exit code.
fn finish(page: &mut Page<'_>, found: &Discovered, fold: &Fold, elapsed: Duration) -> Exit {
    let report = Report::of(fold);
    let written = match page.plan.form {
        Form::Json => json::records(&report, found, page, elapsed),
        Form::Text if page.plan.look.is_quiet => {
            (text::ending(&found.trail, page) + &text::sentence(&report, page)).into_bytes()
        }
        Form::Text => text::result(&report, page).into_bytes(),
    };
    page.streams.out.write(&written);
    page.streams.flush();
    match found.trail.end() {
        Some(PathEnd::NotSent) => Exit::COULD_NOT_RUN,
        _ if found.trail.is_reached() && !report.has_loss() => Exit::YES,
        _ => Exit::NO,
    }
}

/// The stream of the one target.
fn targets(plan: &Plan, interface: Option<u32>, context: &Context) -> TargetStream {
    let wishes = Wishes {
        family: plan.sockets.family,
        addresses: Addresses::First,
        limit: 1,
        scope: interface,
        source: plan.sockets.source,
        interfaces: context.interfaces.values().cloned().collect(),
    };
    TargetStream::new(vec![plan.word.clone()], wishes, context.names.clone(), context.lists.clone())
}

/// Waits until the routers' names are known, or as long as they are waited for.
async fn wait_for_names(
    page: &mut Page<'_>,
    fold: &Fold,
    clock: &mut dyn Clock,
    commands: &mut UnboundedReceiver<Command>,
) {
    let until = clock.now().mono + NAME_PATIENCE;
    page.streams.flush();
    poll_fn(|cx| {
        page.labels.poll(cx);
        while let Poll::Ready(Some(command)) = commands.poll_recv(cx) {
            if command == Command::Quit {
                return Poll::Ready(());
            }
        }
        let mut addresses = fold.hops.iter().filter_map(|hop| hop.address);
        if addresses.all(|address| page.labels.is_settled(address.ip)) {
            return Poll::Ready(());
        }
        clock.poll_until(cx, until)
    })
    .await;
}
