//! A run of trace from its plan to its exit code.

use std::future::poll_fn;
use std::task::Poll;

use clap::{ArgMatches, Args, FromArgMatches};
use netdiag_engine::driver::{self, Command, Outlet, Ports};
use netdiag_engine::port::{Backend, Clock, Sockets};
use netdiag_engine::prober::{Method, Prober};
use netdiag_engine::watch::HostWatch;
use netdiag_tool::access::{self, Access};
use netdiag_tool::targets::{Addresses, TargetStream, Wishes};
use netdiag_tool::{Caller, Context, Exit, Right, Tool, ToolError};

use crate::opened::Opened;
use crate::options::TraceOptions;
use crate::plan::{Plan, Protocol};
use crate::view::View;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct Trace;

/// The tool's name.
const TOOL: &str = crate::MANUAL.name;

impl Tool for Trace {
    type Plan = Plan;
    type Opened = Opened;

    fn command() -> clap::Command {
        let command =
            clap::Command::new("netdiag-trace").version(env!("CARGO_PKG_VERSION")).args_override_self(true);
        // The derived options would put the words of their own documentation here.
        TraceOptions::augment_args(command).about(crate::MANUAL.about)
    }

    fn plan(matches: &ArgMatches, _caller: Caller) -> Result<Plan, ToolError> {
        let options =
            TraceOptions::from_arg_matches(matches).map_err(|error| ToolError::new(error.to_string()))?;
        Plan::new(&options)
    }

    fn network_namespace(plan: &Plan) -> Option<&str> {
        plan.netns.as_deref()
    }

    fn keeps(plan: &Plan) -> &'static [Right] {
        // Each TCP attempt, and each socket of a further flow, is marked when it is opened.
        if plan.sockets.mark.is_some() { &[Right::NetAdmin] } else { &[] }
    }

    fn is_json(matches: &ArgMatches) -> bool {
        matches.get_flag("json")
    }

    fn open(plan: Plan, sockets: &dyn Sockets) -> Result<Opened, ToolError> {
        let (udp, tcp) = (Opened::udp(&plan), Method::Tcp { port: plan.tcp_port() });
        let mut fallback = None;
        let options = &plan.sockets;
        let opened = match plan.protocol {
            Protocol::Icmp => sockets.open_icmp(options).map(|socket| (Outlet::Socket(socket), Method::Icmp)),
            Protocol::Udp => sockets.open_udp(options).map(|socket| (Outlet::Socket(socket), udp)),
            Protocol::Tcp => sockets.open_connector(options).map(|mut connector| {
                connector.set_timeout(plan.limits.timeout);
                (Outlet::Connector(connector), tcp)
            }),
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
        debug_assert_eq!(options.backend, Backend::Native);
        let other = "or ask in another way: -U (UDP), -T -p 443 (TCP)";
        let (outlet, method) = opened.map_err(|error| access::open_error(&error, TOOL, other))?;
        Ok(Opened { plan, outlet, method, fallback })
    }

    async fn run(opened: Opened, context: &mut Context) -> Result<Exit, ToolError> {
        let interface = interface(&opened.plan, context);
        let mut watch = context.facts.take().map(|facts| HostWatch::new(facts, interface));
        let wishes = Wishes {
            family: opened.plan.sockets.family,
            addresses: Addresses::First,
            limit: u64::MAX,
            scope: interface,
            source: opened.plan.sockets.source,
            interfaces: context.interfaces.values().cloned().collect(),
        };
        let names = context.names.clone();
        let words = opened.plan.words.clone();
        let stream = TargetStream::new(words, wishes, names.clone(), context.lists.clone());
        let config = opened.config(context.secret.clone());
        let strategy = opened.strategy();
        let Opened { plan, outlet, method, fallback } = opened;
        let Context { clock, interfaces, commands, streams, terminal, .. } = context;
        let mut view = View::new((streams, interfaces), (&plan, method), (names, stream), terminal);
        if let Some(notice) = &fallback {
            view.notice(notice);
        }
        let mut prober = Prober::new(config, strategy);
        let ports = Ports { outlet, clock: clock.as_mut(), watch: watch.as_mut(), commands };
        driver::run(&mut prober, ports, &mut view).await;
        view.end(clock.now());
        wait_for_names(&mut view, clock.as_mut(), commands).await;
        view.finish(prober.mishaps());
        view.exit()
    }
}

/// The index of the interface that was asked for.
fn interface(plan: &Plan, context: &Context) -> Option<u32> {
    let wanted = plan.sockets.interface.as_deref()?;
    context.interfaces.iter().find(|(_, name)| *name == wanted).map(|(index, _)| *index)
}

/// Shows what has not been shown as its names become known, and for as long as names are waited for.
async fn wait_for_names(
    view: &mut View<'_>,
    clock: &mut dyn Clock,
    commands: &mut tokio::sync::mpsc::UnboundedReceiver<Command>,
) {
    poll_fn(|cx| {
        let now = clock.now();
        view.go_on(cx, now);
        while let Poll::Ready(Some(command)) = commands.poll_recv(cx) {
            if command == Command::Quit {
                return Poll::Ready(());
            }
        }
        match view.waits_until() {
            None => Poll::Ready(()),
            Some(until) if until <= now.mono => Poll::Ready(()),
            Some(until) => clock.poll_until(cx, until),
        }
    })
    .await;
}
