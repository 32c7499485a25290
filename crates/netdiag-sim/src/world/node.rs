//! A node at work: its behaviour by the plan, and what it remembers.

use std::collections::HashMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use netdiag_model::{Family, Mono};

use super::bucket::Bucket;
use super::dice::Dice;
use super::nat::Nat;
use crate::network::{Kind, NodePlan, NodeSpec, Per, RoutePlan, Silence};
use crate::packet::family;

/// A node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) name: Arc<str>,
    pub(super) kind: Kind,
    pub(super) spec: NodeSpec,
    pub(super) routes: Vec<RoutePlan>,
    pub(super) nat: Option<Nat>,
    pub(super) dice: Dice,
    /// Sets this node's flow hash apart from others'.
    pub(super) salt: u64,
    /// Packets balanced so far.
    pub(super) turn: usize,
    /// The extension structure of its errors.
    pub(super) extensions: Rc<[u8]>,
    /// One bucket per limit, and per destination where the limit says so.
    buckets: HashMap<(usize, Option<IpAddr>), Bucket>,
}

impl Node {
    pub(super) fn new(plan: &NodePlan, mut dice: Dice) -> Self {
        Self {
            name: Arc::clone(&plan.name),
            kind: plan.kind,
            spec: plan.spec.clone(),
            routes: plan.routes.clone(),
            nat: plan.spec.nat.as_ref().map(|nat| Nat::new(nat, &plan.inside)),
            salt: dice.bits(),
            dice,
            turn: 0,
            extensions: plan.spec.extensions().into(),
            buckets: HashMap::new(),
        }
    }

    /// Its first address of a family.
    pub(super) fn address(&self, of: Family) -> Option<IpAddr> {
        self.spec.addresses.iter().map(|address| address.ip).find(|ip| family(*ip) == of)
    }

    /// Whether it sends no ICMP errors.
    pub(super) fn hides(&self) -> bool {
        self.kind == Kind::Switch || matches!(self.spec.silent, Silence::Errors | Silence::All)
    }

    /// Takes a token from every bucket that an ICMP error to `to` must pass.
    pub(super) fn may_send_error(&mut self, to: IpAddr, now: Mono) -> bool {
        self.spec.icmp_limit.iter().enumerate().all(|(number, limit)| {
            let share = (limit.per == Per::Destination).then_some(to);
            let bucket = self.buckets.entry((number, share)).or_insert_with(|| Bucket::full(limit, now));
            bucket.take(limit, now)
        })
    }

    /// The most specific of the routes that were set by hand.
    pub(super) fn route(&self, to: IpAddr) -> Option<&RoutePlan> {
        // The last of equals counts, so that an event's route stands over the file's.
        self.routes.iter().filter(|route| route.to.contains(to)).max_by_key(|route| route.to.len)
    }
}
