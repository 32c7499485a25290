//! What an attempt to connect amounts to: the verdict, who has to act, and how far the attempt came.
//!
//! The words are the contract's, for people and machines alike. What they mean is `knowledge::cause`'s matter.

/// What an attempt to connect amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// The handshake was completed; of UDP, a datagram came back.
    Open,
    /// The target itself said no: a TCP RST, or its own port-unreachable to UDP.
    Refused,
    /// A firewall said no: an ICMP port-unreachable or prohibited message, or a RST that is not the target's.
    Rejected,
    /// SYN-SENT to the end: nothing came back.
    Filtered,
    /// No route, a neighbour that does not resolve, an ICMP net or host unreachable, or the TTL ran out.
    Unreachable,
    /// This host's own firewall, policy or route stopped it.
    BlockedLocally,
    /// It opened, and was closed or reset at once.
    ClosedEarly,
    /// This host could not even try: ports exhausted, a bad source address, too many open files.
    LocalError,
    /// Not enough was seen for a verdict: a timeout that is too short, or UDP silence.
    Inconclusive,
}

impl Verdict {
    /// Every verdict, in the order in which tables show them.
    pub const ALL: [Self; 9] = [
        Self::Open,
        Self::Refused,
        Self::Rejected,
        Self::Filtered,
        Self::Unreachable,
        Self::BlockedLocally,
        Self::ClosedEarly,
        Self::LocalError,
        Self::Inconclusive,
    ];

    /// The word for people and machines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Filtered => "filtered",
            Self::Unreachable => "unreachable",
            Self::BlockedLocally => "blocked-locally",
            Self::ClosedEarly => "closed-early",
            Self::LocalError => "local-error",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// The verdict of this word.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }
}

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// Whoever runs this host.
    ThisHost,
    /// Whoever runs the link that this host is on.
    LocalNetwork,
    /// Whoever runs a router or firewall on the way.
    Path,
    /// Whoever runs the firewall of the target.
    RemoteFirewall,
    /// Whoever runs the target.
    RemoteHost,
    /// Whoever runs the service.
    Service,
    /// It cannot be known from here.
    Unknown,
}

impl Side {
    /// The word for machines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ThisHost => "this-host",
            Self::LocalNetwork => "local-network",
            Self::Path => "path",
            Self::RemoteFirewall => "remote-firewall",
            Self::RemoteHost => "remote-host",
            Self::Service => "service",
            Self::Unknown => "unknown",
        }
    }
}

/// How far an attempt came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// A name was being looked up.
    Resolve,
    /// connect(2) itself failed: nothing was sent.
    Route,
    /// A SYN was sent (or, of UDP, a datagram) and the answer waited for.
    SynSent,
    /// The handshake was completed.
    Established,
    /// TLS was being spoken.
    Tls,
}

impl Phase {
    /// The word for machines.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Resolve => "resolve",
            Self::Route => "route",
            Self::SynSent => "syn-sent",
            Self::Established => "established",
            Self::Tls => "tls",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_again() {
        for verdict in Verdict::ALL {
            assert_eq!(Verdict::find(verdict.as_str()), Some(verdict));
        }
        assert_eq!(Verdict::find("closed"), None);
    }
}
