//! A run of connect from its plan to its exit code.

use clap::{ArgMatches, Args, FromArgMatches};
use netdiag_engine::port::Sockets;
use netdiag_tool::access;
use netdiag_tool::{Caller, Context, Exit, Right, Tool, ToolError};

use crate::endpoint::{Transport, Wanted};
use crate::opened::Opened;
use crate::options::ConnectOptions;
use crate::plan::Plan;
use crate::{exchange, single, sweep};

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct Connect;

impl Tool for Connect {
    type Plan = Plan;
    type Opened = Opened;

    fn command() -> clap::Command {
        let command =
            clap::Command::new("netdiag-connect").version(env!("CARGO_PKG_VERSION")).args_override_self(true);
        // The derived options would put the words of their own documentation here.
        ConnectOptions::augment_args(command).about(crate::MANUAL.about)
    }

    fn plan(matches: &ArgMatches, _caller: Caller) -> Result<Plan, ToolError> {
        let options =
            ConnectOptions::from_arg_matches(matches).map_err(|error| ToolError::new(error.to_string()))?;
        Plan::new(&options)
    }

    fn network_namespace(plan: &Plan) -> Option<&str> {
        plan.netns.as_deref()
    }

    fn keeps(plan: &Plan) -> &'static [Right] {
        // Each attempt has a socket of its own, marked or bound when it is made.
        match (plan.sockets.mark, plan.source_port) {
            (Some(_), Some(..1024)) => &[Right::NetAdmin, Right::NetBindService],
            (Some(_), _) => &[Right::NetAdmin],
            (None, Some(..1024)) => &[Right::NetBindService],
            _ => &[],
        }
    }

    fn is_json(matches: &ArgMatches) -> bool {
        matches.get_flag("json")
    }

    fn open(plan: Plan, sockets: &dyn Sockets) -> Result<Opened, ToolError> {
        // What cannot be bound shows with the attempt, and is a verdict.
        let connector = match sockets.open_connector(&plan.sockets) {
            Ok(connector) => connector,
            Err(error) => return Err(access::unavailable(&error)),
        };
        let is_udp = |wanted: &Wanted| match wanted {
            Wanted::Endpoint(endpoint) => endpoint.transport == Transport::Udp,
            Wanted::List(_) => true,
        };
        let wants_udp = plan.wanted.iter().any(is_udp);
        // Of one service the target's own packets may have to be looked at.
        let options = exchange::options(&plan);
        let is_single = plan.single().is_some();
        let udp = if wants_udp {
            Some(sockets.open_udp(&options).map_err(|error| access::unavailable(&error))?)
        } else {
            is_single.then(|| sockets.open_udp(&options).ok()).flatten()
        };
        let icmp = is_single.then(|| sockets.open_icmp(&options).ok()).flatten();
        Ok(Opened { plan, connector, udp, icmp })
    }

    async fn run(opened: Opened, context: &mut Context) -> Result<Exit, ToolError> {
        match opened.plan.single().cloned() {
            Some(endpoint) => single::run(opened, &endpoint, context).await,
            None => sweep::run(opened, context).await,
        }
    }
}
