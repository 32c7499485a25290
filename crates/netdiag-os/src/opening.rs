//! What every way of opening sockets has in common: of which families, and errors that say what was tried.
//!
//! No system call is made here.

use std::fmt::Display;
use std::io;

use netdiag_engine::port::{OpenError, SocketOptions};
use netdiag_model::{Errno, Family};

use crate::convert;

/// The families to open sockets of: the one asked for, that of the source address, or both.
pub(crate) fn families(options: &SocketOptions) -> Result<Vec<Family>, OpenError> {
    let source = options.source.map(|ip| if ip.is_ipv4() { Family::V4 } else { Family::V6 });
    match (options.family, source) {
        (Some(asked), Some(source)) if asked != source => Err(OpenError::System {
            operation: format!("send {asked} from an {source} address"),
            errno: Errno::EAFNOSUPPORT,
        }),
        (Some(one), _) | (None, Some(one)) => Ok(vec![one]),
        (None, None) => Ok(vec![Family::V4, Family::V6]),
    }
}

/// What `open` opens for each family that `options` ask for. A family that this host lacks is an error only where no
/// other is left.
pub(crate) fn open_each_family<T>(
    options: &SocketOptions,
    open: impl Fn(Family) -> Result<T, OpenError>,
) -> Result<Vec<(Family, T)>, OpenError> {
    let (mut opened, mut missing) = (Vec::new(), None);
    for family in families(options)? {
        match open(family) {
            Ok(one) => opened.push((family, one)),
            Err(error @ OpenError::NoFamily(_)) => missing = Some(error),
            Err(error) => return Err(error),
        }
    }
    match missing {
        Some(error) if opened.is_empty() => Err(error),
        _ => Ok(opened),
    }
}

/// Turns the result of a system call into one that says what was tried.
pub(crate) fn done<T>(operation: impl Display, result: io::Result<T>) -> Result<T, OpenError> {
    result.map_err(|error| OpenError::System {
        operation: operation.to_string(),
        errno: convert::errno(&error),
    })
}

/// What a packet is told whose socket, opened late, cannot be had.
pub(crate) const fn errno(error: &OpenError) -> Errno {
    match error {
        OpenError::System { errno, .. } => *errno,
        OpenError::NotPermitted => Errno::EACCES,
        OpenError::NoInterface(_) => Errno::ENODEV,
        _ => Errno::EAFNOSUPPORT,
    }
}
