//! One direction of a link: what a packet meets on it.
//!
//! A `[[link]]` table holds these keys for both directions; its `forward` and `back` tables change them for one. The
//! model of bursts is Gilbert's and Elliott's (two states, each with its own loss).

use serde::Deserialize;

use super::units::{Share, Span};
use crate::error::SimError;

/// What a packet meets on one direction of a link.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct WaySpec {
    /// Propagation delay.
    pub(crate) delay: Span,
    /// Spread of the delay: half width, standard deviation or scale, by `shape`.
    pub(crate) jitter: Span,
    pub(crate) shape: Shape,
    /// Whether a packet may overtake the one before it.
    pub(crate) order: Order,
    pub(crate) loss: Share,
    pub(crate) bursts: Option<Bursts>,
    pub(crate) duplicate: Share,
    /// Share of packets that are held back by `reorder_by`.
    pub(crate) reorder: Share,
    pub(crate) reorder_by: Span,
    /// Share of packets in which one bit of the payload is flipped.
    pub(crate) corrupt: Share,
    /// Whether a corrupted packet still has a right checksum, so that its receiver takes it.
    pub(crate) fix_checksum: bool,
    /// Largest IP packet, in octets.
    pub(crate) mtu: u32,
    /// Bits per second; none for no limit.
    pub(crate) rate: Option<u64>,
    /// How many packets may wait where there is a rate.
    pub(crate) queue: u32,
    /// What the routing counts it as.
    pub(crate) cost: u32,
}

impl Default for WaySpec {
    fn default() -> Self {
        Self {
            delay: Span::millis(1),
            jitter: Span::default(),
            shape: Shape::Uniform,
            order: Order::Keep,
            loss: Share::default(),
            bursts: None,
            duplicate: Share::default(),
            reorder: Share::default(),
            reorder_by: Span::millis(10),
            corrupt: Share::default(),
            fix_checksum: false,
            mtu: 1500,
            rate: None,
            queue: 100,
            cost: 1,
        }
    }
}

/// The distribution of the jitter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Shape {
    /// Delay ± jitter, all alike.
    Uniform,
    /// A bell around the delay with the jitter as standard deviation, cut at 0.
    Normal,
    /// Delay plus a long tail: Pareto (Lomax) with shape 3 and the jitter as scale.
    Pareto,
}

/// Whether packets stay in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Order {
    /// First in, first out.
    Keep,
    /// Each packet for itself.
    Free,
}

/// Loss in bursts (Gilbert–Elliott).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bursts {
    /// Chance, per packet, that a burst begins.
    pub(crate) enter: Share,
    /// Chance, per packet, that it ends.
    pub(crate) leave: Share,
    /// Loss within a burst.
    #[serde(default = "Bursts::total")]
    pub(crate) loss: Share,
}

impl Bursts {
    const fn total() -> Share {
        Share(1.0)
    }
}

impl WaySpec {
    /// Reads the keys of `table`; `key` says where they stand.
    pub(crate) fn read(key: &str, table: toml::Table) -> Result<Self, SimError> {
        let spec: Self = table
            .try_into()
            .map_err(|error: toml::de::Error| SimError::Toml(format!("{key}: {}", error.message())))?;
        if spec.mtu < 68 {
            return Err(SimError::value(
                format!("{key}.mtu"),
                "is under 68 octets",
                "no IPv4 link is smaller (RFC 791)",
            ));
        }
        if spec.rate == Some(0) {
            return Err(SimError::value(
                format!("{key}.rate"),
                "is 0",
                "leave it out, or take the link down by an event",
            ));
        }
        Ok(spec)
    }
}

/// `base`, with the keys of `changes` put over it.
pub(crate) fn overlay(base: &toml::Table, changes: &toml::Table) -> toml::Table {
    let mut table = base.clone();
    table.extend(changes.iter().map(|(key, value)| (key.clone(), value.clone())));
    table
}
