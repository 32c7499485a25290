//! From [`SocketOptions`] to surge-ping's `Config`, and what it has no way to express: that is refused by name.
//!
//! The one file of this backend that looks at which system it is built for.

use std::io;
use std::net::{IpAddr, SocketAddr};

use netdiag_engine::port::{OpenError, SocketOptions};
use netdiag_model::{Errno, Family};
use surge_ping::{AsyncSocket, Config, ICMP};

use crate::convert;

/// Whether surge-ping can bind a socket to an interface by its name (`SO_BINDTODEVICE`); elsewhere it ignores the name.
const BINDS_TO_DEVICE: bool = cfg!(any(target_os = "linux", target_os = "android", target_os = "fuchsia"));

/// Whether the port that a datagram ICMP socket is bound to is its identifier; elsewhere its owner writes it.
const PORT_IS_IDENTIFIER: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// Refuses the first option that cannot be had. The sizes that a run asks of its receive buffer are left to the system.
pub(super) fn check(options: &SocketOptions) -> Result<(), OpenError> {
    let refused = [
        (options.tos.is_some(), "set TOS or traffic class (--tos)"),
        (options.mark.is_some(), "set a firewall mark (--mark)"),
        (options.fragmentation.is_some(), "set path MTU discovery (--pmtu)"),
        (options.flow_label.is_some(), "set a flow label (--flow-label)"),
        (options.is_direct_only, "bypass the routing table (--direct-only)"),
        (options.is_broadcast_allowed, "send to a broadcast address (--broadcast)"),
        (options.is_multicast_loop_off, "switch multicast loop off (--no-loop)"),
        (options.send_buffer.is_some(), "size the send buffer (--send-buffer)"),
        (options.interface.is_some() && !BINDS_TO_DEVICE, "choose an interface on this system (--interface)"),
    ];
    match refused.into_iter().find_map(|(is_asked, what)| is_asked.then_some(what)) {
        Some(what) => Err(OpenError::Unsupported(what)),
        None => Ok(()),
    }
}

/// Opens a socket: a datagram one where that is allowed, else a raw one. It belongs to the runtime that is entered.
pub(super) fn socket(family: Family, options: &SocketOptions) -> Result<AsyncSocket, OpenError> {
    AsyncSocket::new(&config(family, options)).map_err(|error| refused(family, options, &error))
}

fn config(family: Family, options: &SocketOptions) -> Config {
    let mut config = Config::builder().kind(match family {
        Family::V4 => ICMP::V4,
        Family::V6 => ICMP::V6,
    });
    let port = options.identifier.filter(|_| PORT_IS_IDENTIFIER);
    if options.source.is_some() || port.is_some() {
        let source = options.source.unwrap_or(convert::unspecified(family).ip);
        config = config.bind(SocketAddr::new(source, port.unwrap_or(0)));
    }
    if let Some(name) = &options.interface {
        config = config.interface(name);
    }
    if let Some(ttl) = options.ttl {
        config = config.ttl(ttl.into());
    }
    config.build()
}

/// surge-ping does not tell which of its steps failed: all that was asked for is named.
fn refused(family: Family, options: &SocketOptions, error: &io::Error) -> OpenError {
    // Where both kinds of socket are closed, it tells so in words of its own, without a number.
    if error.kind() == io::ErrorKind::PermissionDenied {
        return OpenError::NotPermitted;
    }
    match (convert::errno(error), &options.interface) {
        (Errno::EAFNOSUPPORT, _) => OpenError::NoFamily(family),
        (Errno::EPROTONOSUPPORT, _) => OpenError::NotPermitted,
        (Errno::ENODEV, Some(name)) => OpenError::NoInterface(name.clone()),
        (errno, _) => OpenError::System { operation: operation(family, options), errno },
    }
}

fn operation(family: Family, options: &SocketOptions) -> String {
    let source = options.source.map(|ip: IpAddr| format!(" from {ip}"));
    let identifier = options.identifier.map(|id| format!(" with identifier {id}"));
    let interface = options.interface.as_ref().map(|name| format!(" by {name}"));
    let parts = [source, identifier, interface].into_iter().flatten();
    parts.fold(format!("open an {family} echo socket"), |text, part| text + &part)
}
