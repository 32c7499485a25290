//! A run of ping from its plan to its exit code.

use std::future::poll_fn;
use std::task::Poll;

use clap::{ArgMatches, Args, FromArgMatches};
use netdiag_engine::driver::Outlet;
use netdiag_engine::port::{Backend, Connector, OpenError, SocketOptions, Sockets};
use netdiag_engine::prober::{Method, UdpPorts};
use netdiag_engine::watch::HostWatch;
use netdiag_tool::access::{self, Access};
use netdiag_tool::{Caller, Context, Exit, Right, Tool, ToolError};

use crate::opened::Opened;
use crate::options::{PingOptions, Via};
use crate::plan::{Form, Plan};
use crate::target::{is_broadcast, resolve, target_address, wishes};
use crate::{many, single};

/// The tool's name.
const TOOL: &str = crate::MANUAL.name;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct Ping;

impl Tool for Ping {
    type Plan = Plan;
    type Opened = Opened;

    fn command() -> clap::Command {
        let command =
            clap::Command::new("netdiag-ping").version(env!("CARGO_PKG_VERSION")).args_override_self(true);
        // The derived options would put the words of their own documentation here.
        PingOptions::augment_args(command).about(crate::MANUAL.about)
    }

    fn plan(matches: &ArgMatches, caller: Caller) -> Result<Plan, ToolError> {
        let options =
            PingOptions::from_arg_matches(matches).map_err(|error| ToolError::new(error.to_string()))?;
        Plan::new(&options, caller)
    }

    fn network_namespace(plan: &Plan) -> Option<&str> {
        plan.netns.as_deref()
    }

    fn keeps(plan: &Plan) -> &'static [Right] {
        match (plan.sockets.mark, plan.sockets.backend) {
            // Each TCP attempt, and each further socket of a large run, is marked when it is opened.
            (Some(_), _) => &[Right::NetAdmin],
            // Its sockets are opened inside the runtime, and may be raw.
            (None, Backend::Portable) => &[Right::NetRaw],
            (None, Backend::Native) => &[],
        }
    }

    fn is_json(matches: &ArgMatches) -> bool {
        matches.get_flag("json")
    }

    fn open(plan: Plan, sockets: &dyn Sockets) -> Result<Opened, ToolError> {
        let udp = Method::Udp { ports: UdpPorts::Spread };
        // The identifier that was asked for is that of echoes, not a local port.
        let udp_options = SocketOptions { identifier: None, ..plan.sockets.clone() };
        let mut fallback = None;
        let opened = match plan.via {
            Via::Icmp => {
                sockets.open_icmp(&plan.sockets).map(|socket| (Outlet::Socket(socket), Method::Icmp))
            }
            Via::Udp => sockets.open_udp(&udp_options).map(|socket| (Outlet::Socket(socket), udp)),
            Via::Tcp(port) => sockets
                .open_connector(&plan.sockets)
                .map(|connector| (Outlet::Connector(patient(connector, &plan)), Method::Tcp { port })),
            Via::Auto => {
                access::open_icmp_or_udp(sockets, (&plan.sockets, &udp_options), TOOL).map(|access| {
                    match access {
                        Access::Icmp(outlet) => (outlet, Method::Icmp),
                        Access::Udp(outlet, notice) => {
                            fallback = Some(notice);
                            (outlet, udp)
                        }
                    }
                })
            }
        };
        let (outlet, method) = opened.map_err(|error| open_error(&error, plan.sockets.backend))?;
        Ok(Opened { plan, outlet, method, fallback })
    }

    async fn run(opened: Opened, context: &mut Context) -> Result<Exit, ToolError> {
        let interface = context.interface_index(opened.plan.sockets.interface.as_deref());
        let mut watch = context.facts.take().map(|facts| HostWatch::new(facts, interface));
        let Some(host) = opened.plan.host() else {
            return many::run(opened, None, watch, context).await;
        };
        let wishes = wishes(&opened.plan, context);
        // ping(8) looks the name up before its time begins.
        let limit = opened.plan.deadline.filter(|_| opened.plan.form != Form::Text);
        let limit = limit.map(|limit| context.clock.now().mono + limit);
        let Context { names, clock, commands, .. } = &mut *context;
        let limit = poll_fn(|cx| limit.map_or(Poll::Pending, |limit| clock.poll_until(cx, limit)));
        let resolved = resolve(names.as_ref(), (host, wishes.family), commands, limit).await?;
        let Some(resolved) = resolved else { return Ok(Exit::NO) };
        let address = target_address(&resolved, host, &wishes)?;
        opened.plan.check_size(address.family())?;
        if let Some(watch) = &mut watch {
            watch.add_target(address);
        }
        if !opened.plan.sockets.is_broadcast_allowed && is_broadcast(&address, watch.as_ref()) {
            let message = format!("{} is a broadcast address", address.ip);
            return Err(ToolError::new(message).with_hint("to ask every host on the link: -b"));
        }
        match opened.plan.form {
            Form::Text => single::run(opened, (address, resolved.canonical), watch, context).await,
            _ => many::run(opened, Some(address), watch, context).await,
        }
    }
}

/// Gives each attempt as long as its probe may take.
fn patient(mut connector: Box<dyn Connector>, plan: &Plan) -> Box<dyn Connector> {
    if let Some(timeout) = plan.timeout {
        connector.set_timeout(timeout);
    }
    connector
}

fn open_error(error: &OpenError, backend: Backend) -> ToolError {
    let other = match backend {
        Backend::Native => "or ask in another way: --via udp, --via tcp:443",
        Backend::Portable => "or leave --backend out: the native one can ask by UDP",
    };
    access::open_error(error, TOOL, other)
}
