//! A run of ping from its plan to its exit code.

use clap::{ArgMatches, Args, FromArgMatches};
use netdiag_engine::driver::{self, Outlet, Ports};
use netdiag_engine::port::{Connector, NeighbourState, OpenError, Sockets};
use netdiag_engine::prober::{Audience, Config, Method, Prober};
use netdiag_engine::token::Secret;
use netdiag_engine::watch::HostWatch;
use netdiag_model::event::{Notice, NoticeCode};
use netdiag_model::knowledge::silence::{Place, Question, Resolution, Silence, Wrong};
use netdiag_model::{Address, Errno, Family, Mono};
use netdiag_tool::{Caller, Context, Escaped, Exit, Right, Tool, ToolError};

use crate::fold::Report;
use crate::json::{Record, Subject, Summary};
use crate::options::{PingOptions, Via};
use crate::plan::Plan;
use crate::target::{is_broadcast, resolve, target_address};
use crate::text::{self, Content, Heading, Paint};
use crate::view::View;

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct Ping;

/// A plan and the sockets that it needs.
pub struct Opened {
    plan: Plan,
    outlet: Outlet,
    method: Method,
    fallback: Option<Notice>,
}

/// The two ways to open ICMP to a user.
const WAYS_TO_OPEN_ICMP: &str = "to open ICMP sockets: sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"\n\
                                 or give the program the right: sudo setcap cap_net_raw+p $(command -v netdiag-ping)";

/// Octets before the data of a UDP probe that name it; the data is shorter by as many, so that the size is as asked.
const UDP_KEY_LEN: u32 = 4;

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
        // Each TCP attempt, and each further socket of a large run, is marked when it is opened.
        if plan.sockets.mark.is_some() { &[Right::NetAdmin] } else { &[] }
    }

    fn is_json(matches: &ArgMatches) -> bool {
        matches.get_flag("json")
    }

    fn open(plan: Plan, sockets: &dyn Sockets) -> Result<Opened, ToolError> {
        let icmp = |plan: &Plan| {
            sockets.open_icmp(&plan.sockets).map(|socket| (Outlet::Socket(socket), Method::Icmp))
        };
        let udp =
            |plan: &Plan| sockets.open_udp(&plan.sockets).map(|socket| (Outlet::Socket(socket), Method::Udp));
        let mut fallback = None;
        let opened = match plan.via {
            Via::Icmp => icmp(&plan),
            Via::Udp => udp(&plan),
            Via::Tcp(port) => sockets
                .open_connector(&plan.sockets)
                .map(|connector| (Outlet::Connector(patient(connector, &plan)), Method::Tcp { port })),
            Via::Auto => icmp(&plan).or_else(|error| match error {
                OpenError::NotPermitted => {
                    let message = format!(
                        "ICMP sockets are closed to this user: asking by UDP instead, where the target's \
                         port-unreachable message is the answer\n{WAYS_TO_OPEN_ICMP}"
                    );
                    fallback = Some(Notice { code: NoticeCode::Fallback, message });
                    udp(&plan)
                }
                other => Err(other),
            }),
        };
        let (outlet, method) = opened.map_err(|error| open_error(&error))?;
        Ok(Opened { plan, outlet, method, fallback })
    }

    async fn run(opened: Opened, context: &mut Context) -> Result<Exit, ToolError> {
        let Opened { plan, outlet, method, fallback } = opened;
        let Some(resolved) = resolve(context.names.as_ref(), &plan, &mut context.commands).await? else {
            return Ok(Exit::NO);
        };
        let address = target_address(&resolved, &plan, context)?;
        plan.check_size(address.family())?;
        Session { plan, method, address, host: resolved.canonical }.run(outlet, fallback, context).await
    }
}

/// Gives each attempt as long as its probe may take.
fn patient(mut connector: Box<dyn Connector>, plan: &Plan) -> Box<dyn Connector> {
    if let Some(timeout) = plan.timeout {
        connector.set_timeout(timeout);
    }
    connector
}

fn open_error(error: &OpenError) -> ToolError {
    match error {
        OpenError::NotPermitted => {
            let message = "ICMP sockets are closed to this user, and it has no right to raw sockets";
            ToolError::new(message)
                .with_hint(format!("{WAYS_TO_OPEN_ICMP}\nor ask in another way: --via udp, --via tcp:443"))
        }
        OpenError::NoInterface(_) => {
            ToolError::new(error.to_string()).with_hint("to see what there is: ip link")
        }
        OpenError::NoFamily(family) => {
            let other = if *family == Family::V4 { "-6" } else { "-4" };
            ToolError::new(error.to_string()).with_hint(format!("use {other}, or leave the family open"))
        }
        _ => ToolError::new(error.to_string()),
    }
}

/// A run that knows its target.
struct Session {
    plan: Plan,
    method: Method,
    address: Address,
    host: Option<String>,
}

impl Session {
    async fn run(
        self,
        outlet: Outlet,
        fallback: Option<Notice>,
        context: &mut Context,
    ) -> Result<Exit, ToolError> {
        let audience = self.audience();
        let wanted = self.plan.sockets.interface.as_deref();
        let index = context.interfaces.iter().find(|(_, name)| Some(name.as_str()) == wanted);
        let index = index.map(|(index, _)| *index);
        let mut watch = context.facts.take().map(|facts| HostWatch::new(facts, index));
        if let Some(watch) = &mut watch {
            watch.add_target(self.address);
        }
        if !self.plan.sockets.is_broadcast_allowed && is_broadcast(&self.address, watch.as_ref()) {
            let message = format!("{} is a broadcast address", self.address.ip);
            return Err(ToolError::new(message).with_hint("to ask every host on the link: -b"));
        }
        let Context { streams, interfaces, names, .. } = context;
        let mut view =
            View::new(streams, interfaces, names.clone(), (self.plan.look, self.plan.reverse_names));
        view.target.clone_from(&self.plan.host);
        view.address = view.show(&self.address);
        view.is_group = audience == Audience::Group;
        if context.terminal.has_color(self.plan.look.color) {
            view.paint = Paint::Colour;
        }
        view.ask_name(&self.address);
        if let Some(notice) = &fallback {
            view.notice(notice);
        }
        self.begin(&mut view, watch.as_ref());

        let mut prober = Prober::new(self.config(context.secret.clone(), &outlet), self.plan.strategy());
        let start = context.clock.now().mono;
        prober.add_target(start, self.address, audience);
        let ports = Ports {
            outlet,
            clock: context.clock.as_mut(),
            watch: watch.as_mut(),
            commands: &mut context.commands,
        };
        driver::run(&mut prober, ports, &mut view).await;
        let end = context.clock.now().mono;
        self.finish(&mut view, watch.as_ref(), end);
        Ok(self.exit(&view.report))
    }

    fn audience(&self) -> Audience {
        if self.address.ip.is_multicast() || self.plan.sockets.is_broadcast_allowed {
            Audience::Group
        } else {
            Audience::One
        }
    }

    fn config(&self, secret: Secret, outlet: &Outlet) -> Config {
        let max_shards = match outlet {
            Outlet::Socket(socket) => socket.max_shards(),
            Outlet::Connector(_) => 1,
        };
        let less = if self.method == Method::Udp { UDP_KEY_LEN } else { 0 };
        Config {
            method: self.method,
            timeout: self.plan.timeout,
            rate: self.plan.rate,
            payload: self.plan.payload(less),
            secret,
            max_shards,
        }
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
            address: view.address.clone(),
            family: self.address.family(),
            from,
            content: match self.method {
                Method::Tcp { port } => Content::Connections(port),
                Method::Icmp | Method::Udp => Content::Data(self.plan.size),
            },
            // Which one the kernel chose for 0 is not known here.
            flow_label: sockets.flow_label.filter(|&label| label != 0),
        };
        view.text(&heading.line());
    }

    /// The source address that packets by the interface that was asked for will have.
    fn source(&self, watch: Option<&HostWatch>) -> Option<std::net::IpAddr> {
        let facts = watch?.facts();
        let name = self.plan.sockets.interface.as_deref()?;
        let interface = facts.interfaces().ok()?.into_iter().find(|interface| interface.name == name)?;
        if let Ok(route) = watch?.route(&self.address)
            && route.interface == interface.index
            && route.source.is_some()
        {
            return route.source;
        }
        let is_alike = |ip: &std::net::IpAddr| ip.is_ipv4() == self.address.ip.is_ipv4();
        interface.addresses.into_iter().map(|(ip, _)| ip).find(is_alike)
    }

    /// As ping(8): the canonical name over IPv4, what was typed over IPv6.
    fn shown_host(&self) -> String {
        match (&self.host, self.address.family()) {
            (Some(canonical), Family::V4) => Escaped(canonical).to_string(),
            _ => self.plan.host.clone(),
        }
    }

    fn finish(&self, view: &mut View<'_>, watch: Option<&HostWatch>, end: Mono) {
        let summary = text::summary(&self.shown_host(), &view.report, &self.plan.look);
        view.text(&summary);
        let silence =
            (view.report.received == 0 && view.report.sent > 0).then(|| self.silence(&view.report, watch));
        if let Some(silence) = &silence {
            view.text(&text::silence(silence, view.paint));
        }
        let via = match self.method {
            Method::Icmp => "icmp".to_owned(),
            Method::Udp => "udp".to_owned(),
            Method::Tcp { port } => format!("tcp:{port}"),
        };
        let address = view.address.clone();
        let subject = Subject { target: &self.plan.host, address: &address, via: &via };
        let mut summary = Summary::new(subject, &view.report, view.report.elapsed(end));
        summary.meaning = silence.as_ref().map(Silence::meaning).unwrap_or_default();
        summary.advice = silence.as_ref().map(Silence::advice).unwrap_or_default();
        view.record(&Record::Summary(Box::new(summary)));
    }

    /// What is known about a target that did not answer.
    fn silence(&self, report: &Report, watch: Option<&HostWatch>) -> Silence {
        let (place, resolution) =
            watch.map_or((Place::Unknown, Resolution::Unknown), |watch| self.place(report, watch));
        let question = match self.method {
            Method::Icmp => Question::Echo,
            Method::Udp => Question::Udp,
            Method::Tcp { .. } => Question::Tcp,
        };
        let has_errors = report.last_error.is_some() || report.last_failure.is_some();
        let target = self.plan.host.clone();
        let wrong = match (report.strays, report.bad_checksums) {
            (1.., _) => Some(Wrong::Address),
            (0, 1..) => Some(Wrong::Checksum),
            (0, 0) => None,
        };
        Silence { target, family: self.address.family(), question, place, resolution, has_errors, wrong }
    }

    fn place(&self, report: &Report, watch: &HostWatch) -> (Place, Resolution) {
        let facts = watch.facts();
        let route = match watch.route(&self.address) {
            // A mark may choose another way than the one that can be asked for.
            _ if self.plan.sockets.mark.is_some() => return (Place::Unknown, Resolution::Unknown),
            Ok(route) => route,
            Err(errno) if report.is_all_refused_here() => {
                return (Place::NoRoute(errno.to_string()), Resolution::Unknown);
            }
            Err(_) => return (Place::Unknown, Resolution::Unknown),
        };
        if route.is_local {
            return (Place::Here, Resolution::Unknown);
        }
        let hop = route.gateway.map_or(self.address, |gateway| Address::scoped(gateway, route.interface));
        let resolution = match facts.neighbour(&hop, route.interface) {
            Ok(Some(neighbour)) => match neighbour.state {
                NeighbourState::Reachable | NeighbourState::Known => Resolution::Answers,
                NeighbourState::Incomplete | NeighbourState::Failed => Resolution::Silent,
                NeighbourState::Fixed => Resolution::Unknown,
            },
            Ok(None) | Err(_) => Resolution::Unknown,
        };
        let place = route.gateway.map_or(Place::Link, |gateway| Place::Behind(gateway.to_string()));
        (place, resolution)
    }

    /// As ping(8): one answer is a yes; under count and deadline, as many as were asked for; without a way to the target
    /// it could not run.
    fn exit(&self, report: &Report) -> Exit {
        let wanted = match (self.plan.deadline, self.plan.count) {
            (Some(_), Some(count)) => count,
            _ => 1,
        };
        if report.is_all_refused_here() && report.last_failure == Some(Errno::ENETUNREACH) {
            return Exit::COULD_NOT_RUN;
        }
        if report.received > 0 && report.received >= wanted { Exit::YES } else { Exit::NO }
    }
}
