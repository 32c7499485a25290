//! From [`SocketOptions`] to options of one socket, with an error that says which one failed and what it needs.

use std::io;
use std::net::{IpAddr, SocketAddr};

use netdiag_engine::port::{Fragmentation, OpenError, SocketOptions};
use netdiag_model::{Errno, Family};
use netdiag_sys::interface;
use netdiag_sys::setting::{PathMtu, Setting};
use netdiag_sys::socket::{Kind, Socket};

use crate::opening::done;
use crate::{convert, kernel};

/// Opens a socket and sets what `options` say, except what only one kind of socket has (the identifier, buffers).
pub(crate) fn open(family: Family, kind: Kind, options: &SocketOptions) -> Result<Socket, OpenError> {
    let socket = open_unset(family, kind)?;
    set_route(&socket, options)?;
    set_header(&socket, options)?;
    Ok(socket)
}

/// Opens a socket and sets nothing.
pub(crate) fn open_unset(family: Family, kind: Kind) -> Result<Socket, OpenError> {
    Socket::open(kernel::family(family), kind).map_err(|error| refused(family, kind, &error))
}

fn refused(family: Family, kind: Kind, error: &io::Error) -> OpenError {
    let errno = convert::errno(error);
    let is_icmp = matches!(kind, Kind::IcmpDatagram | Kind::IcmpRaw);
    match errno {
        Errno::EAFNOSUPPORT => OpenError::NoFamily(family),
        Errno::EACCES | Errno::EPERM | Errno::EPROTONOSUPPORT if is_icmp => OpenError::NotPermitted,
        _ => OpenError::System { operation: format!("open an {family} socket"), errno },
    }
}

/// Where packets go out: interface, mark, routing, multicast.
fn set_route(socket: &Socket, options: &SocketOptions) -> Result<(), OpenError> {
    if let Some(name) = &options.interface {
        set_interface(socket, name)?;
    }
    if let Some(mark) = options.mark {
        let what =
            format_args!("set firewall mark {mark} (needs CAP_NET_ADMIN: setcap cap_net_admin+ep, or root)");
        done(what, socket.apply(Setting::Mark(mark)))?;
    }
    if options.is_direct_only {
        done("bypass the routing tables", socket.apply(Setting::DontRoute))?;
    }
    if options.is_broadcast_allowed {
        done("allow broadcasts", socket.apply(Setting::Broadcast))?;
    }
    if options.is_multicast_loop_off {
        done("switch multicast loop off", socket.apply(Setting::MulticastLoopOff))?;
    }
    Ok(())
}

/// Binds to the interface; where an old kernel asks for a right to do so, the interface is only chosen for what is
/// sent.
pub(crate) fn set_interface(socket: &Socket, name: &str) -> Result<(), OpenError> {
    let index = interface::index(name).ok_or_else(|| OpenError::NoInterface(name.to_owned()))?;
    match socket.bind_to_device(name) {
        Err(error) if convert::errno(&error) == Errno::EPERM => {
            done(format_args!("send by {name}"), socket.apply(Setting::UnicastInterface(index)))?;
        }
        other => done(format_args!("bind to {name}"), other)?,
    }
    // TCP knows no multicast, and says so in one way or another.
    match socket.apply(Setting::MulticastInterface(index)) {
        Err(error) if matches!(convert::errno(&error), Errno::ENOPROTOOPT | Errno::EINVAL) => Ok(()),
        other => done(format_args!("send multicasts by {name}"), other),
    }
}

/// What stands in the IP header.
fn set_header(socket: &Socket, options: &SocketOptions) -> Result<(), OpenError> {
    if let Some(ttl) = options.ttl {
        done(format_args!("set TTL {ttl}"), socket.apply(Setting::Ttl(ttl)))?;
        // TCP knows no multicast, and says so in one way or another.
        match socket.apply(Setting::MulticastTtl(ttl)) {
            Err(error) if matches!(convert::errno(&error), Errno::ENOPROTOOPT | Errno::EINVAL) => {}
            other => done(format_args!("set TTL {ttl} of multicasts"), other)?,
        }
    }
    if let Some(tos) = options.tos {
        done(format_args!("set TOS {tos}"), socket.apply(Setting::Tos(tos)))?;
    }
    if let Some(fragmentation) = options.fragmentation {
        let how = match fragmentation {
            Fragmentation::Never => PathMtu::Do,
            Fragmentation::Locally => PathMtu::Want,
            Fragmentation::Anywhere => PathMtu::Dont,
            Fragmentation::Probe => PathMtu::Probe,
        };
        done("set path MTU discovery", socket.apply(Setting::PathMtu(how)))?;
    }
    Ok(())
}

/// What a message takes of the receive buffer beside its octets: the kernel's own records (`truesize`), of which a
/// driver's page-sized ones are the largest, and that of a departure.
const RECORD_LEN: usize = 2048 + 768;

/// Receive buffers: what every system gives, and what is enough for any run.
const BUFFER: std::ops::RangeInclusive<usize> = 212_992..=134_217_728;

/// Sizes the receive buffer so that `count` messages of `len` octets fit; beyond the system's limit only where the right is
/// held.
pub(crate) fn size_receive_buffer(socket: &Socket, count: usize, len: usize) -> Result<(), OpenError> {
    let octets = count.saturating_mul(RECORD_LEN.saturating_add(len));
    if octets > *BUFFER.start() {
        // The kernel doubles what it is given.
        let half = (octets.min(*BUFFER.end()) / 2) as u32;
        done("size the receive buffer", socket.apply(Setting::ReceiveBuffer(half)))?;
        let _ = socket.apply(Setting::ReceiveBufferForce(half));
    }
    Ok(())
}

/// Binds to the source address, where one is asked for, and to `port` (for datagram ICMP the identifier), where it is
/// not 0.
pub(crate) fn bind(socket: &Socket, source: Option<IpAddr>, port: u16) -> Result<(), OpenError> {
    let ip = match (source, socket.family()) {
        (None, _) if port == 0 => return Ok(()),
        (Some(ip), _) => ip,
        (None, netdiag_sys::address::Family::V4) => std::net::Ipv4Addr::UNSPECIFIED.into(),
        (None, netdiag_sys::address::Family::V6) => std::net::Ipv6Addr::UNSPECIFIED.into(),
    };
    done(format_args!("bind to {}", SocketAddr::new(ip, port)), socket.bind(SocketAddr::new(ip, port)))
}
