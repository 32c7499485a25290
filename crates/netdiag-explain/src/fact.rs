//! One thing that can be explained, of whichever kind.

use netdiag_model::knowledge::Lesson;
use netdiag_model::knowledge::errno::ErrnoFacts;
use netdiag_model::knowledge::flag::Flags;
use netdiag_model::knowledge::icmp::facts::{Form, IcmpFacts};
use netdiag_model::knowledge::rcode::RcodeFacts;
use netdiag_model::knowledge::state::StateFacts;
use netdiag_model::knowledge::sysctl::SysctlFacts;
use netdiag_model::knowledge::verdict::VerdictFacts;
use netdiag_model::knowledge::{errno, flag, icmp, rcode, state, sysctl, verdict};
use schemars::JsonSchema;
use serde::Serialize;

use crate::topic::{self, Topic};

/// Of what kind a thing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A drawing.
    Topic,
    /// A verdict of `netdiag connect`.
    Verdict,
    /// An error number of the system.
    Errno,
    /// A state of a TCP connection.
    TcpState,
    /// A flag of a TCP segment, or several.
    TcpFlag,
    /// An ICMP or ICMPv6 message.
    Icmp,
    /// A setting of the kernel.
    Sysctl,
    /// A response code of the DNS.
    Rcode,
}

impl Kind {
    /// Every kind, in the order in which they are listed.
    pub const ALL: [Self; 8] = [
        Self::Topic,
        Self::Verdict,
        Self::Errno,
        Self::TcpState,
        Self::TcpFlag,
        Self::Icmp,
        Self::Sysctl,
        Self::Rcode,
    ];

    /// The kind in words, of many.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Topic => "drawings",
            Self::Verdict => "verdicts of connect",
            Self::Errno => "error numbers",
            Self::TcpState => "states of TCP",
            Self::TcpFlag => "flags of TCP",
            Self::Icmp => "ICMP messages",
            Self::Sysctl => "settings of the kernel",
            Self::Rcode => "response codes of the DNS",
        }
    }
}

/// One thing that can be explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fact {
    /// A drawing.
    Topic(&'static Topic),
    /// A verdict.
    Verdict(&'static VerdictFacts),
    /// An error number.
    Errno(&'static ErrnoFacts),
    /// A state of TCP.
    State(&'static StateFacts),
    /// A flag, several, or none.
    Flags(Flags),
    /// An ICMP message.
    Icmp(&'static IcmpFacts),
    /// A setting.
    Sysctl(&'static SysctlFacts),
    /// A response code.
    Rcode(&'static RcodeFacts),
}

impl Fact {
    /// Everything that `--list` names. Combinations of flags are not among it.
    pub fn all() -> impl Iterator<Item = Self> {
        let topics = topic::TOPICS.iter().map(Self::Topic);
        topics
            .chain(verdict::all().map(Self::Verdict))
            .chain(errno::all().map(Self::Errno))
            .chain(state::all().map(Self::State))
            .chain(flag::all().iter().map(|facts| Self::Flags(facts.flag)))
            .chain(icmp::facts::all().map(Self::Icmp))
            .chain(sysctl::all().map(Self::Sysctl))
            .chain(rcode::all().iter().map(Self::Rcode))
    }

    /// Of what kind it is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Topic(_) => Kind::Topic,
            Self::Verdict(_) => Kind::Verdict,
            Self::Errno(_) => Kind::Errno,
            Self::State(_) => Kind::TcpState,
            Self::Flags(_) => Kind::TcpFlag,
            Self::Icmp(_) => Kind::Icmp,
            Self::Sysctl(_) => Kind::Sysctl,
            Self::Rcode(_) => Kind::Rcode,
        }
    }

    /// Its name, by which it can be asked for.
    pub fn name(self) -> String {
        match self {
            Self::Topic(topic) => topic.name.to_owned(),
            Self::Verdict(facts) => facts.name().to_owned(),
            Self::Errno(facts) => facts.name.to_owned(),
            Self::State(facts) => facts.name.to_owned(),
            Self::Flags(flags) => flags.to_string(),
            Self::Icmp(facts) => facts.name().to_owned(),
            Self::Sysctl(facts) => facts.name.to_owned(),
            Self::Rcode(facts) => facts.name.to_owned(),
        }
    }

    /// Its other names and numbers, as they are asked for.
    pub fn also(self) -> Vec<String> {
        match self {
            Self::Topic(topic) => topic.also.iter().map(|&name| name.to_owned()).collect(),
            Self::Verdict(facts) => vec![format!("verdict {}", facts.name())],
            Self::Errno(facts) => vec![format!("errno {}", facts.errno.0)],
            Self::State(facts) => facts.spellings.iter().map(|&name| name.to_owned()).collect(),
            Self::Flags(_) => Vec::new(),
            Self::Icmp(facts) => facts.forms.iter().map(number).collect(),
            Self::Sysctl(facts) => vec![facts.short_name().to_owned()],
            Self::Rcode(facts) => {
                let alias = facts.alias.map(str::to_owned);
                std::iter::once(format!("rcode {}", facts.number)).chain(alias).collect()
            }
        }
    }

    /// What it is, what it usually means, what to run next.
    pub fn lesson(self) -> Lesson {
        match self {
            Self::Topic(topic) => topic.lesson,
            Self::Verdict(facts) => facts.lesson,
            Self::Errno(facts) => facts.lesson,
            Self::State(facts) => facts.lesson,
            Self::Flags(flags) => flag::lesson(flags),
            Self::Icmp(facts) => facts.lesson,
            Self::Sysctl(facts) => facts.lesson,
            Self::Rcode(facts) => facts.lesson,
        }
    }
}

/// The numbers of a message as they are asked for: `icmp 3/13`, `icmp6 1`.
pub(crate) fn number(form: &Form) -> String {
    let protocol = match form.family {
        netdiag_model::Family::V4 => "icmp",
        netdiag_model::Family::V6 => "icmp6",
    };
    match form.code {
        Some(code) => format!("{protocol} {}/{code}", form.kind),
        None => format!("{protocol} {}", form.kind),
    }
}
