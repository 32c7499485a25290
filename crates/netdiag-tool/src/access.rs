//! Where probes leave by, as far as this user may: ICMP sockets where they are open, else UDP; and the words for what
//! cannot be had.
//!
//! icmp(7) on `net.ipv4.ping_group_range`; capabilities(7) on `CAP_NET_RAW`.

use netdiag_engine::driver::Outlet;
use netdiag_engine::port::{Backend, OpenError, SocketOptions, Sockets};
use netdiag_model::Family;
use netdiag_model::event::{Notice, NoticeCode};

use crate::error::ToolError;

/// What probes leave by, where ICMP is the first choice and UDP the second.
pub enum Access {
    /// ICMP sockets.
    Icmp(Outlet),
    /// UDP sockets, and what the user should know about it.
    Udp(Outlet, Notice),
}

/// The two ways to open ICMP to the program of a tool.
pub fn ways_to_open_icmp(tool: &str) -> String {
    format!(
        "to open ICMP sockets: sudo sysctl -w net.ipv4.ping_group_range=\"0 2147483647\"\n\
         or give the program the right: sudo setcap cap_net_raw+p $(command -v netdiag-{tool})"
    )
}

/// Opens ICMP sockets with the first options, or UDP ones with the second where those are closed to this user.
pub fn open_icmp_or_udp(
    sockets: &dyn Sockets,
    (options, udp): (&SocketOptions, &SocketOptions),
    tool: &str,
) -> Result<Access, OpenError> {
    match sockets.open_icmp(options) {
        Ok(socket) => Ok(Access::Icmp(Outlet::Socket(socket))),
        Err(OpenError::NotPermitted) if options.backend == Backend::Native => {
            let message = format!(
                "ICMP sockets are closed to this user: asking by UDP instead, where the target's \
                 port-unreachable message is the answer\n{}",
                ways_to_open_icmp(tool)
            );
            let notice = Notice { code: NoticeCode::Fallback, message };
            sockets.open_udp(udp).map(|socket| Access::Udp(Outlet::Socket(socket), notice))
        }
        Err(other) => Err(other),
    }
}

/// What an error says to the user of a tool; `other` is a way that needs no ICMP sockets.
pub fn open_error(error: &OpenError, tool: &str, other: &str) -> ToolError {
    match error {
        OpenError::NotPermitted => {
            let message = "ICMP sockets are closed to this user, and it has no right to raw sockets";
            ToolError::new(message).with_hint(format!("{}\n{other}", ways_to_open_icmp(tool)))
        }
        _ => unavailable(error),
    }
}

/// The same where it is not ICMP that is asked for.
pub fn unavailable(error: &OpenError) -> ToolError {
    match error {
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
