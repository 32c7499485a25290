//! The records of `netdiag.explain/1`: one JSON object per explanation.

use netdiag_model::knowledge::errno::{Phase, Speaker};
use netdiag_model::knowledge::flag::{self, judge};
use netdiag_model::{Family, Side};
use schemars::JsonSchema;
use serde::Serialize;

use crate::fact::{Fact, Kind};

/// Any line of the output.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(title = "netdiag.explain/1", extend("$id" = "netdiag.explain/1"))]
pub enum Line {
    /// The first line.
    Start(netdiag_tool::json::Start),
    /// What a term means.
    Record(Record),
    /// An error that ended the run.
    Error(netdiag_tool::json::Error),
}

/// What a term means, or that it is not known, or what there is.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Record {
    /// One meaning of a term.
    Explanation(Box<Explanation>),
    /// A term that is not known.
    Unknown(Unknown),
    /// One thing that can be explained (with `--list`).
    Entry(Entry),
}

/// One meaning of a term.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Explanation {
    /// The term, as typed.
    pub term: String,
    /// Of what kind the thing is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What it is, in a few words.
    pub title: String,
    /// What it is; paragraphs are parted by empty lines.
    pub what: String,
    /// What it usually means, the likeliest first.
    pub usually: Vec<&'static str>,
    /// What to run next.
    pub next: Vec<Next>,
    /// Where more stands: manual pages, RFCs, other terms.
    pub see: Vec<&'static str>,
    /// What only things of this kind have.
    #[serde(flatten)]
    pub details: Details,
}

/// A command.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Next {
    /// The command line; what has to be put in is in capitals.
    pub run: &'static str,
    /// What it answers.
    pub why: &'static str,
}

/// What only things of one kind have; fields of other kinds are absent.
#[derive(Debug, Clone, Default, Serialize, JsonSchema)]
pub struct Details {
    /// verdict: what it does not mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not: Option<&'static str>,
    /// verdict: who has to act, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acts: Option<&'static str>,
    /// verdict: who may have to act, as `side` of connect has it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sides: Vec<&'static str>,
    /// verdict: the exit code of `netdiag connect` where one target and port was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit: Option<u8>,
    /// errno, tcp-state (as in /proc/net/tcp), rcode: the number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i32>,
    /// errno: what it means, by when it comes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub senses: Vec<SenseRecord>,
    /// errno: what is different over IPv6.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<&'static str>,
    /// tcp-state: how it is entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entered: Option<&'static str>,
    /// tcp-state: how it is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<&'static str>,
    /// tcp-state: how long it can last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lasts: Option<&'static str>,
    /// tcp-flag: the flags.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flags: Option<Vec<&'static str>>,
    /// tcp-flag: whether a TCP ever sends these flags and no others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal: Option<bool>,
    /// icmp: the message in each protocol.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<MessageRecord>,
    /// sysctl: its default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'static str>,
    /// sysctl: what the number counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<&'static str>,
    /// sysctl: since which Linux it is as described.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<&'static str>,
    /// sysctl: the Linux that has it no more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<&'static str>,
    /// topic: the drawing, in lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drawing: Option<&'static str>,
}

/// What an error number means at one time.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct SenseRecord {
    /// When it comes: `at-once`, `later` (connect had begun) or `in-use`.
    pub phase: &'static str,
    /// What it means then.
    pub meaning: &'static str,
    /// Who may be behind it, the likeliest first.
    pub said_by: Vec<&'static str>,
}

/// An ICMP message.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct MessageRecord {
    /// 4 for ICMP, 6 for ICMPv6.
    pub family: u8,
    /// Type.
    pub r#type: u8,
    /// Code; absent where the whole type is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<u8>,
    /// Its name.
    pub name: &'static str,
    /// The error number that a connection then fails with, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub errno: Option<&'static str>,
}

/// A term that is not known.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Unknown {
    /// The term, as typed.
    pub term: String,
    /// Names that are spelt nearly so.
    pub nearest: Vec<String>,
}

/// One thing that can be explained.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Entry {
    /// Of what kind it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// What it is, in a few words.
    pub title: &'static str,
}

impl From<Fact> for Entry {
    fn from(fact: Fact) -> Self {
        Self { kind: fact.kind(), name: fact.name(), title: fact.lesson().title }
    }
}

impl Explanation {
    /// The record of one meaning of `term`.
    pub fn new(term: &str, fact: Fact) -> Self {
        let lesson = fact.lesson();
        Self {
            term: term.to_owned(),
            kind: fact.kind(),
            name: fact.name(),
            title: lesson.title.to_owned(),
            what: lesson.what.join("\n\n"),
            usually: lesson.usually.to_vec(),
            next: lesson.next.iter().map(|step| Next { run: step.run, why: step.why }).collect(),
            see: lesson.see.to_vec(),
            details: details(fact),
        }
    }
}

fn details(fact: Fact) -> Details {
    let none = Details::default();
    match fact {
        Fact::Topic(topic) => Details { drawing: Some(topic.drawing), ..none },
        Fact::Verdict(facts) => Details {
            not: Some(facts.not),
            acts: Some(facts.acts),
            sides: facts.sides().into_iter().map(Side::as_str).collect(),
            exit: Some(facts.exit),
            ..none
        },
        Fact::Errno(facts) => Details {
            number: Some(facts.errno.0),
            senses: facts.senses.iter().map(sense).collect(),
            ipv6: facts.ipv6,
            ..none
        },
        Fact::State(facts) => Details {
            number: Some(i32::from(facts.number)),
            entered: Some(facts.entered),
            left: Some(facts.left),
            lasts: Some(facts.lasts),
            ..none
        },
        Fact::Flags(flags) => {
            let names = flag::all().iter().filter(|facts| flags.has(facts.flag)).map(|facts| facts.name);
            Details { flags: Some(names.collect()), legal: Some(judge(flags).is_legal), ..none }
        }
        Fact::Icmp(facts) => Details { messages: facts.forms.iter().map(message).collect(), ..none },
        Fact::Sysctl(facts) => Details {
            default: Some(facts.default),
            unit: facts.unit,
            since: facts.since,
            removed: facts.removed,
            ..none
        },
        Fact::Rcode(facts) => Details { number: Some(i32::from(facts.number)), ..none },
    }
}

fn sense(sense: &netdiag_model::knowledge::errno::Sense) -> SenseRecord {
    let phase = match sense.phase {
        Phase::AtOnce => "at-once",
        Phase::Later => "later",
        Phase::InUse => "in-use",
    };
    let said_by = sense.said_by.iter().map(|speaker| match speaker {
        Speaker::Program => "program",
        Speaker::Kernel => "kernel",
        Speaker::Routes => "routes",
        Speaker::Firewall => "local-firewall",
        Speaker::Neighbour => "neighbour",
        Speaker::Router => "router",
        Speaker::Target => "target",
        Speaker::Nobody => "nobody",
    });
    SenseRecord { phase, meaning: sense.meaning, said_by: said_by.collect() }
}

fn message(form: &netdiag_model::knowledge::icmp::facts::Form) -> MessageRecord {
    let family = match form.family {
        Family::V4 => 4,
        Family::V6 => 6,
    };
    let errno = form.errno.and_then(netdiag_model::knowledge::errno::of).map(|facts| facts.name);
    MessageRecord { family, r#type: form.kind, code: form.code, name: form.name, errno }
}

/// The JSON Schema of the output, as text.
pub fn schema() -> String {
    netdiag_tool::json::schema::<Line>()
}
