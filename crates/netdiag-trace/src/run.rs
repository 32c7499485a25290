//! A run of trace from its plan to its exit code.

use std::future::poll_fn;
use std::net::IpAddr;
use std::task::Poll;

use clap::{ArgMatches, Args, FromArgMatches};
use netdiag_engine::driver::{self, Command, Outlet, Ports};
use netdiag_engine::port::{Clock, OpenError, SocketOptions, Sockets, WitnessedSocket};
use netdiag_engine::prober::{Method, Prober};
use netdiag_engine::watch::HostWatch;
use netdiag_model::event::{Notice, NoticeCode};
use netdiag_tool::access::{self, Access};
use netdiag_tool::targets::{Addresses, TargetStream, Wishes};
use netdiag_tool::{Caller, Context, Exit, Labels, Right, Tool, ToolError};

use crate::fold::Departed;
use crate::opened::Opened;
use crate::options::TraceOptions;
use crate::plan::{Names, Origins, Plan, Protocol, Quotes};
use crate::text::Paint;
use crate::view::View;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct Trace;

/// What branches found by ICMP do not prove.
const UNSPLIT: &str = "many routers send all ICMP to one host one way, whatever its flow: branches may be missing that UDP \
                       (-U, the default with --mda) shows";

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
        let mut notices = Vec::new();
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
                        notices.push(notice);
                        (outlet, udp)
                    }
                })
            }
        };
        let other = "or ask in another way: -U (UDP), -T -p 443 (TCP)";
        let (mut outlet, method) = opened.map_err(|error| access::open_error(&error, TOOL, other))?;
        if plan.mda.is_some() && method == Method::Icmp {
            notices.push(Notice { code: NoticeCode::Caveat, message: UNSPLIT.to_owned() });
        }
        if plan.quotes == Quotes::Heard {
            outlet = witnessed(outlet, sockets, options, &mut notices)?;
        }
        Ok(Opened { plan, outlet, method, notices })
    }

    async fn run(opened: Opened, context: &mut Context) -> Result<Exit, ToolError> {
        let interface = context.interface_index(opened.plan.sockets.interface.as_deref());
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
        let stream = TargetStream::new(words, wishes, names, context.lists.clone());
        let config = opened.config(context.secret.clone());
        let strategy = opened.strategy();
        let labels = labels(&opened.plan, context)?;
        let Opened { plan, outlet, method, notices } = opened;
        let Context { clock, interfaces, commands, streams, terminal, .. } = context;
        let departed = Departed {
            tos: plan.sockets.tos.unwrap_or_default(),
            destination: IpAddr::from([0, 0, 0, 0]),
            sources: own_addresses(watch.as_ref()),
            port: (!matches!(method, Method::Icmp)).then(|| plan.udp_port()),
        };
        let mut view = View::new((streams, interfaces), (&plan, method), (labels, stream), departed);
        if terminal.has_color(plan.look.color) {
            view.set_paint(Paint::Colour);
        }
        for notice in &notices {
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

/// The outlet with a raw socket beside it; without one, and a word about it, where there is no right to that.
fn witnessed(
    outlet: Outlet,
    sockets: &dyn Sockets,
    options: &SocketOptions,
    notices: &mut Vec<Notice>,
) -> Result<Outlet, ToolError> {
    let Outlet::Socket(socket) = outlet else { return Ok(outlet) };
    match sockets.open_witness(options) {
        Ok(witness) => Ok(Outlet::Socket(Box::new(WitnessedSocket::new(socket, witness)))),
        Err(OpenError::NotPermitted) => {
            let message = "--raw needs a raw socket, and there is no right to one: the TTL, TOS and addresses that \
                           routers saw are not shown, everything else is\n\
                           to give the program the right: sudo setcap cap_net_raw+p $(command -v netdiag-trace)";
            notices.push(Notice { code: NoticeCode::Fallback, message: message.to_owned() });
            Ok(Outlet::Socket(socket))
        }
        Err(error) => Err(ToolError::new(error.to_string())),
    }
}

/// What hops are called.
fn labels(plan: &Plan, context: &Context) -> Result<Labels, ToolError> {
    let labels = match plan.names {
        Names::Numeric => Labels::numeric(),
        Names::Shown => Labels::from(context.names.clone()),
    };
    Ok(match &plan.origins {
        Origins::None => labels,
        Origins::Dns => labels.with_origins_from(context.names.clone()),
        Origins::File(path) => {
            let table = context.origins.open(path).map_err(|error| {
                let hint = error.hint.clone();
                ToolError::new(error.to_string()).with_hint(hint)
            })?;
            labels.with_origins_of(table)
        }
    })
}

/// The addresses of this host.
fn own_addresses(watch: Option<&HostWatch>) -> Vec<IpAddr> {
    let interfaces = watch.and_then(|watch| watch.facts().interfaces().ok()).unwrap_or_default();
    interfaces.into_iter().flat_map(|interface| interface.addresses).map(|(ip, _)| ip).collect()
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
