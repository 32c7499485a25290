//! JSON Lines: one object per line, each with a `type`; the first is `start`, and an error that ends the run is last.
//!
//! Numbers are numbers; durations end in `_ms` and carry nanoseconds as decimals; what is unknown is absent.

use netdiag_model::stats::{Jitter, Percentiles, Spread};
use netdiag_model::{Clock, Errno, Icmp, Rtt, Wall};
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

/// The clock that both ends of a round-trip time were read from.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClockName {
    /// The network card's own.
    Hardware,
    /// The kernel's, at the device.
    Kernel,
    /// This process's, around the system call.
    User,
}

impl From<Clock> for ClockName {
    fn from(clock: Clock) -> Self {
        match clock {
            Clock::Hardware => Self::Hardware,
            Clock::Kernel => Self::Kernel,
            Clock::User => Self::User,
        }
    }
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

/// Round-trip times in milliseconds. What one sample cannot have is absent.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct RttRecord {
    /// The smallest.
    pub min: f64,
    /// The mean.
    pub avg: f64,
    /// The largest.
    pub max: f64,
    /// The population standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mdev: Option<f64>,
    /// Median.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50: Option<f64>,
    /// 90th percentile, nearest rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90: Option<f64>,
    /// 95th percentile, nearest rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95: Option<f64>,
    /// 99th percentile, nearest rank.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
}

/// Jitter in milliseconds over consecutive answered probes in send order.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct JitterRecord {
    /// The mean difference.
    pub mean: f64,
    /// The largest difference.
    pub max: f64,
    /// Smoothed as in RFC 3550, the final value.
    pub rfc3550: f64,
}

impl RttRecord {
    /// The record of so many answers; `None` without any.
    pub fn of((spread, percentiles): (&Spread, &Percentiles), answers: u64) -> Option<Self> {
        let has_several = answers >= 2;
        let percentiles = percentiles.at([50.0, 90.0, 95.0, 99.0]).filter(|_| has_several);
        let at = |index: usize| percentiles.map(|percentiles: [Rtt; 4]| millis(percentiles[index]));
        Some(Self {
            min: millis(spread.min()?),
            avg: millis(spread.mean()?),
            max: millis(spread.max()?),
            mdev: spread.mdev().filter(|_| has_several).map(millis),
            p50: at(0),
            p90: at(1),
            p95: at(2),
            p99: at(3),
        })
    }
}

impl JitterRecord {
    /// The record of a jitter; `None` with fewer than two answers.
    pub fn of(jitter: &Jitter) -> Option<Self> {
        Some(Self {
            mean: millis_from_nanos(jitter.mean()?),
            max: millis_from_nanos(jitter.max as f64),
            rfc3550: millis_from_nanos(jitter.rfc3550),
        })
    }
}

/// The JSON Schema of an output whose lines are `L`, as text.
pub fn schema<L: JsonSchema>() -> String {
    // Of what is written, not of what would be read: a field that is left out when it says nothing is not required.
    let settings = schemars::generate::SchemaSettings::default().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<L>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// A time of day as the lines write it.
pub fn time(wall: Wall) -> String {
    wall.to_string()
}
