//! What this machine allows, so that a test runner can name what it leaves out and why.

use std::path::Path;
use std::sync::OnceLock;

use crate::agent::Rights;
use crate::lab::Lab;
use crate::remote::search_path;

/// Programs that laboratories and their tests use: name, Debian package, and what for.
const PROGRAMS: [(&str, &str, &str); 10] = [
    ("ip", "iproute2", "every laboratory needs it to make links"),
    ("nft", "nftables", "filters and faults need it"),
    ("ping", "iputils-ping", "it is the peer that ping is compared with"),
    ("fping", "fping", "it is the peer that sweeps are compared with"),
    ("python3", "python3", "faults are tried with a small program in it"),
    ("openssl", "openssl", "it is the server that TLS is tried with"),
    ("traceroute", "traceroute", "it is the peer that paths are compared with"),
    ("scamper", "scamper", "it is the peer that branches of paths are compared with"),
    ("tracepath", "iputils-tracepath", "it is the peer that MTUs of paths are compared with"),
    ("tcpdump", "tcpdump", "it is the witness for captures"),
];

/// Something that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The program, or "namespaces", or "ipv6".
    pub what: String,
    /// A sentence: what is the matter and what would help.
    pub why: String,
    /// The Debian package that brings it.
    pub package: Option<&'static str>,
}

/// What this machine allows.
#[derive(Clone, Debug)]
pub struct Support {
    rights: Option<Rights>,
    missing: Vec<Missing>,
}

impl Support {
    /// By what right laboratories are made; `None` where they cannot be.
    pub fn rights(&self) -> Option<Rights> {
        self.rights
    }

    /// Everything that is not there.
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }

    /// The first of the given programs (or "namespaces", "ipv6") that is not there.
    pub fn lacks(&self, needed: &[&str]) -> Option<&Missing> {
        self.missing.iter().find(|missing| needed.contains(&missing.what.as_str()))
    }

    /// Whether laboratories can be made at all: namespaces and `ip`.
    pub fn has_labs(&self) -> bool {
        self.lacks(&["namespaces", "ip"]).is_none()
    }
}

/// Looks once what this machine allows.
pub fn support() -> &'static Support {
    static SUPPORT: OnceLock<Support> = OnceLock::new();
    SUPPORT.get_or_init(look)
}

fn look() -> Support {
    let mut missing: Vec<Missing> = PROGRAMS
        .iter()
        .filter(|(name, ..)| !is_installed(name))
        .map(|(name, package, purpose)| Missing {
            what: (*name).into(),
            why: format!("{name} is not installed (apt-get install {package}); {purpose}"),
            package: Some(package),
        })
        .collect();
    if !Path::new("/proc/sys/net/ipv6").exists() {
        let why = "this kernel runs without IPv6 (ipv6.disable=1?), and laboratory links have both families";
        missing.push(Missing { what: "ipv6".into(), why: why.into(), package: None });
    }
    let rights = match Lab::new("probe") {
        Ok(lab) => Some(lab.rights()),
        Err(error) => {
            missing.push(Missing { what: "namespaces".into(), why: error.to_string(), package: None });
            None
        }
    };
    Support { rights, missing }
}

fn is_installed(program: &str) -> bool {
    std::env::split_paths(&search_path()).any(|directory| directory.join(program).is_file())
}
