//! How this system is set up to look names up: `/etc/nsswitch.conf`, `/etc/hosts`, `/etc/resolv.conf`.
//!
//! Read after a failure only, to explain it; the look-up itself is the C library's. Its environment variables
//! (`RES_OPTIONS`, `LOCALDOMAIN`) are not looked at. See nsswitch.conf(5), hosts(5), resolv.conf(5).

pub(crate) mod hosts;
pub(crate) mod resolver;
pub(crate) mod switch;

use std::fs;
use std::io::{self, ErrorKind};
use std::net::Ipv6Addr;
use std::path::Path;

use netdiag_model::Errno;

use hosts::Hosts;
use resolver::Resolver;
use switch::Switch;

/// All that bears on a look-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setup {
    /// Which sources are asked, in which order.
    pub(crate) switch: Switch,
    /// The names in files, or why they could not be read.
    pub(crate) hosts: Result<Hosts, String>,
    /// The name servers and how names are put to them.
    pub(crate) resolver: Resolver,
}

impl Setup {
    /// Reads the files. `interface` gives the index of the interface that is the zone of a server's address.
    pub(crate) fn read(interface: impl Fn(Ipv6Addr, &str) -> Option<u32>) -> Self {
        let switch =
            text("/etc/nsswitch.conf").map_or_else(|_| Switch::default(), |text| Switch::parse(&text));
        let hosts = text("/etc/hosts").map(Hosts::new).map_err(|error| reason(&error));
        let resolver = match text("/etc/resolv.conf") {
            Ok(text) => Resolver::parse(&text, interface),
            Err(error) => Resolver::unread(reason(&error)),
        };
        Self { switch, hosts, resolver }
    }
}

/// The text of a file; what is not UTF-8 in it is replaced.
fn text(path: impl AsRef<Path>) -> io::Result<String> {
    fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn reason(error: &io::Error) -> String {
    match (error.kind(), error.raw_os_error()) {
        (ErrorKind::NotFound, _) => "no such file".to_owned(),
        (_, Some(errno)) => Errno(errno).to_string(),
        _ => error.to_string(),
    }
}
