//! The programs netdiag is measured against, and how to get them.
//!
//! A peer that is missing takes its figures out of a row, never the row.

use crate::programs;

/// A program and the command that installs it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Peer {
    pub(super) program: &'static str,
    debian: &'static str,
}

const PEERS: &[Peer] = &[
    Peer { program: "ping", debian: "iputils-ping" },
    Peer { program: "fping", debian: "fping" },
    Peer { program: "traceroute", debian: "traceroute" },
    Peer { program: "scamper", debian: "scamper" },
    Peer { program: "mtr", debian: "mtr-tiny" },
    Peer { program: "nmap", debian: "nmap" },
    Peer { program: "nc", debian: "netcat-openbsd" },
    Peer { program: "tcpdump", debian: "tcpdump" },
    Peer { program: "dnsperf", debian: "dnsperf" },
    Peer { program: "ss", debian: "iproute2" },
    Peer { program: "netstat", debian: "net-tools" },
    Peer { program: "lsof", debian: "lsof" },
    Peer { program: "kdig", debian: "knot-dnsutils" },
];

/// Those of `names` that are not on this machine, each once.
pub(super) fn missing<'a>(names: impl Iterator<Item = &'a &'a str>) -> Vec<&'static Peer> {
    let wanted: Vec<&str> = names.copied().collect();
    PEERS
        .iter()
        .filter(|peer| wanted.contains(&peer.program) && programs::find(peer.program).is_none())
        .collect()
}

/// What is missing and the command that gets it.
pub(super) fn how_to_get(missing: &[&Peer]) -> String {
    let programs: Vec<&str> = missing.iter().map(|peer| peer.program).collect();
    let packages: Vec<&str> = missing.iter().map(|peer| peer.debian).collect();
    format!(
        "not installed, so not measured: {}\n  sudo apt-get install -y {}",
        programs.join(", "),
        packages.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::{PEERS, how_to_get};
    use crate::bench::ROWS;

    #[test]
    fn every_peer_of_a_row_is_known() {
        for row in ROWS {
            for name in row.peers {
                assert!(PEERS.iter().any(|peer| peer.program == *name), "{}: who is {name}?", row.name);
            }
        }
    }

    #[test]
    fn what_is_missing_comes_with_its_command() {
        assert_eq!(
            how_to_get(&[&PEERS[0], &PEERS[4]]),
            "not installed, so not measured: ping, mtr\n  sudo apt-get install -y iputils-ping mtr-tiny"
        );
    }
}
