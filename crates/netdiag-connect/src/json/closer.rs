//! Records of closer looks: an idle connection, heartbeats, TLS.

use schemars::JsonSchema;
use serde::Serialize;

use crate::tls::TlsRecord;

/// An idle connection, and how a peer that vanishes was noticed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct KeepaliveRecord {
    /// The host, as typed.
    pub target: String,
    /// The address.
    pub address: String,
    /// The port.
    pub port: u16,
    /// How long the connection was idle.
    pub idle_ms: f64,
    /// After how long the end was noticed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noticed_after_ms: Option<f64>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// After how long these settings notice a peer that vanishes.
    pub expected_ms: f64,
    /// After how long the system's defaults do.
    pub system_default_ms: f64,
    /// The sysctl lines and calls that a program needs.
    pub settings: Vec<String>,
}

/// One question on a connection that stays open.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct HeartbeatRecord {
    /// The host, as typed.
    pub target: String,
    /// The address.
    pub address: String,
    /// The port.
    pub port: u16,
    /// The how-manieth it is, from 1.
    pub seq: u64,
    /// How long the answer took, where it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt_ms: Option<f64>,
    /// What went wrong, where something did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// A TLS handshake with its target.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct TlsLine {
    /// The host, as typed.
    pub target: String,
    /// The address.
    pub address: String,
    /// The port.
    pub port: u16,
    /// What the handshake showed.
    #[serde(flatten)]
    pub record: Option<TlsRecord>,
    /// Why there was no handshake.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}
