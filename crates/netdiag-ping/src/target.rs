//! Whom to ask: from what was typed to one address, on an interface where it needs one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netdiag_engine::driver::Command;
use netdiag_engine::port::{LookupFailure, Names, Resolved};
use netdiag_engine::watch::HostWatch;
use netdiag_model::Address;
use netdiag_tool::{Context, ToolError};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::plan::Plan;

/// Resolves the host; `None` if the run is ended meanwhile.
pub(crate) async fn resolve(
    names: &dyn Names,
    plan: &Plan,
    commands: &mut UnboundedReceiver<Command>,
) -> Result<Option<Resolved>, ToolError> {
    let mut lookup = names.resolve(&plan.host, plan.sockets.family.or(plan.family));
    loop {
        tokio::select! {
            biased;
            answer = &mut lookup => return answer.map(Some).map_err(|error| {
                let error_text = error.to_string();
                match error.failure {
                    LookupFailure::NoAnswer => ToolError::new(error_text).with_hint("try again later, or ask by address"),
                    _ => ToolError::new(error_text),
                }
            }),
            Some(command) = commands.recv() => if command == Command::Quit { return Ok(None) },
        }
    }
}

/// The address to ask: the first, on an interface if it needs one.
pub(crate) fn target_address(
    resolved: &Resolved,
    plan: &Plan,
    context: &Context,
) -> Result<Address, ToolError> {
    let Some(&address) = resolved.addresses.first() else {
        return Err(ToolError::new(format!("{}: the name has no address", plan.host)));
    };
    if address.ip.is_unspecified() {
        // As ping(8): "any address" of this host means this host.
        return Ok(Address::from(plan.sockets.source.unwrap_or(match address.ip {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        })));
    }
    if !address.needs_scope() || address.scope != 0 {
        return Ok(address);
    }
    let wanted = plan.sockets.interface.as_deref();
    let by_name =
        context.interfaces.iter().find(|(_, name)| Some(name.as_str()) == wanted).map(|(index, _)| *index);
    if let Some(index) = by_name {
        return Ok(Address::scoped(address.ip, index));
    }
    let names: Vec<&str> =
        context.interfaces.values().map(String::as_str).filter(|name| *name != "lo").collect();
    let message = format!("{} is a link-local address: it needs an interface", plan.host);
    let example = names.first().copied().unwrap_or("eth0");
    let hint = format!("write {}%{example} (interfaces here: {})", address.ip, names.join(", "));
    Err(ToolError::new(message).with_hint(hint))
}

/// Whether an address is everyone's on a link of this host.
pub(crate) fn is_broadcast(address: &Address, watch: Option<&HostWatch>) -> bool {
    let IpAddr::V4(target) = address.ip else { return false };
    let interfaces = watch.and_then(|watch| watch.facts().interfaces().ok()).unwrap_or_default();
    let mut prefixes = interfaces.into_iter().flat_map(|interface| interface.addresses);
    target.is_broadcast()
        || prefixes.any(|(own, len)| match (own, u32::MAX.checked_shr(len.into())) {
            // Prefixes of 31 and 32 have no address to spare for it (RFC 3021).
            (IpAddr::V4(own), Some(host)) => host > 1 && target.to_bits() == own.to_bits() | host,
            _ => false,
        })
}
