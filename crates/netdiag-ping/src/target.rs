//! Whom to ask: from what was typed to one address, on an interface where it needs one.

use std::net::IpAddr;

use netdiag_engine::driver::Command;
use netdiag_engine::port::{Names, Resolved};
use netdiag_engine::watch::HostWatch;
use netdiag_model::{Address, Family};
use netdiag_tool::targets::{Wishes, no_address, unresolved, usable};
use netdiag_tool::{Context, ToolError};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::plan::Plan;

/// What is wished for beyond the words that name the targets.
pub(crate) fn wishes(plan: &Plan, context: &Context) -> Wishes {
    Wishes {
        family: plan.sockets.family.or(plan.family),
        addresses: plan.addresses,
        limit: plan.max_targets,
        scope: context.interface_index(plan.sockets.interface.as_deref()),
        source: plan.sockets.source,
        interfaces: context.interfaces.values().cloned().collect(),
    }
}

/// Resolves a host before `limit` is ready; `None` if the run is ended meanwhile.
pub(crate) async fn resolve(
    names: &dyn Names,
    (host, family): (&str, Option<Family>),
    commands: &mut UnboundedReceiver<Command>,
    mut limit: impl Future<Output = ()> + Unpin,
) -> Result<Option<Resolved>, ToolError> {
    let mut lookup = names.resolve(host, family);
    loop {
        tokio::select! {
            biased;
            () = &mut limit => {
                return Err(ToolError::new(format!("{host}: not resolved within the deadline")));
            }
            answer = &mut lookup => return answer.map(Some).map_err(|error| unresolved(&error)),
            Some(command) = commands.recv() => if command == Command::Quit { return Ok(None) },
        }
    }
}

/// The address to ask: the first, on an interface if it needs one.
pub(crate) fn target_address(resolved: &Resolved, host: &str, wishes: &Wishes) -> Result<Address, ToolError> {
    match resolved.addresses.first() {
        Some(&address) => usable(address, wishes),
        None => Err(no_address(host)),
    }
}

/// Whether an address is everyone's on a link of this host, by the route that is known to it.
pub(crate) fn is_broadcast(address: &Address, watch: Option<&HostWatch>) -> bool {
    let route = watch.and_then(|watch| watch.known_route(address)).and_then(|route| route.as_ref().ok());
    matches!(address.ip, IpAddr::V4(ip) if ip.is_broadcast()) || route.is_some_and(|route| route.is_broadcast)
}
