//! JSON Lines: one object per line, each with a `type`; the first is `start`, and an error that ends the run is last.
//!
//! Numbers are numbers; durations end in `_ms` and carry nanoseconds as decimals; what is unknown is absent.

use netdiag_model::{Errno, Icmp, Rtt, Wall};
use schemars::JsonSchema;
use serde::Serialize;

/// Milliseconds with six decimals.
pub fn millis(rtt: Rtt) -> f64 {
    rtt.as_millis_f64()
}

/// Nanoseconds, as a float, to milliseconds with six decimals.
pub fn millis_from_nanos(nanos: f64) -> f64 {
    nanos.round() / 1e6
}

/// One line: `value` as an object, and the line's end.
pub fn line(value: &impl Serialize) -> Vec<u8> {
    // What a tool writes has string keys and no failing parts; should it fail all the same, the line says so.
    let mut bytes = serde_json::to_vec(value)
        .unwrap_or_else(|error| format!("{{\"type\":\"error\",\"message\":{:?}}}", error.to_string()).into());
    bytes.push(b'\n');
    bytes
}

/// The first line of every output.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "type", rename = "start")]
pub struct Start {
    /// The schema of the lines that follow: `netdiag.TOOL/1`.
    pub schema: String,
    /// The tool.
    pub tool: String,
    /// Its version.
    pub version: String,
    /// When it started: RFC 3339 in UTC with microseconds.
    pub time: String,
    /// The arguments it was given, without the program's name.
    pub args: Vec<String>,
}

/// What happened to the run itself.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "type", rename = "notice")]
pub struct Notice {
    /// What, for machines: `interface-down`, `fallback`, …
    pub code: String,
    /// What, for people.
    pub message: String,
    /// The target that it is about, where it is about one that cannot be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// An error that ended the run; the last line.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[serde(tag = "type", rename = "error")]
pub struct Error {
    /// What was wrong.
    pub message: String,
    /// The way out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// An ICMP or ICMPv6 message.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub struct IcmpRecord {
    /// Type.
    pub r#type: u8,
    /// Code.
    pub code: u8,
    /// A stable name; absent for a type or code without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'static str>,
}

impl From<Icmp> for IcmpRecord {
    fn from(icmp: Icmp) -> Self {
        Self { r#type: icmp.kind, code: icmp.code, name: icmp.name() }
    }
}

/// An error number of the system.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct ErrnoRecord {
    /// The number.
    pub code: i32,
    /// Its symbolic name; absent for a number that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'static str>,
    /// What it says.
    pub text: String,
}

impl From<Errno> for ErrnoRecord {
    fn from(errno: Errno) -> Self {
        Self { code: errno.0, name: errno.name(), text: errno.to_string() }
    }
}

/// A time of day as the lines write it.
pub fn time(wall: Wall) -> String {
    wall.to_string()
}
