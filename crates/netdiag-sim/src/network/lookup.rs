//! What names mean while a plan is being made: nodes, links, neighbours, each by its name in the file.

use std::time::Duration;

use super::file::{File, ForgerFile};
use super::node::RouteSpec;
use super::plan::{ForgerPlan, Kind, LinkId, LinkPlan, NodeId, NodePlan, RoutePlan, WayId, WayPlan};
use super::units::Span;
use crate::error::SimError;

/// How long a forger is at it where the file does not say.
const FORGING_TIME: Duration = Duration::from_secs(3600);

/// What a node gets when all names are known: its routes, and the neighbours inside of its address translation.
pub(super) type Routed = (Vec<RoutePlan>, Vec<NodeId>);

/// What names mean, while a plan is being made.
pub(super) struct Names<'a> {
    pub(super) nodes: &'a [NodePlan],
    pub(super) links: &'a [LinkPlan],
    pub(super) ways: &'a [WayPlan],
    /// The keys of each way, for the events that change some of them.
    pub(super) tables: &'a [toml::Table],
}

/// The node with that name.
pub(super) fn node_named(nodes: &[NodePlan], key: &str, name: &str) -> Result<NodeId, SimError> {
    nodes.iter().position(|node| &*node.name == name).map(|at| NodeId(at as u16)).ok_or_else(|| {
        SimError::Unknown {
            key: key.to_owned(),
            name: name.to_owned(),
            there: format!("there are {}", list(nodes.iter().map(|node| &*node.name))),
        }
    })
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.take(20).collect::<Vec<_>>().join(", ")
}

impl Names<'_> {
    pub(super) fn node(&self, key: &str, name: &str) -> Result<NodeId, SimError> {
        node_named(self.nodes, key, name)
    }

    pub(super) fn plan_of(&self, node: NodeId) -> &NodePlan {
        &self.nodes[node.index()]
    }

    pub(super) fn table(&self, way: WayId) -> &toml::Table {
        &self.tables[way.index()]
    }

    pub(super) fn link(&self, key: &str, name: &str) -> Result<LinkId, SimError> {
        let found = self.links.iter().position(|link| &*link.name == name).map(|at| LinkId(at as u16));
        found.ok_or_else(|| SimError::Unknown {
            key: format!("{key}.link"),
            name: name.to_owned(),
            there: format!("there are {}", list(self.links.iter().map(|link| &*link.name))),
        })
    }

    /// The route `spec` on `node`, its neighbours as ways.
    pub(super) fn route(&self, key: &str, node: NodeId, spec: &RouteSpec) -> Result<RoutePlan, SimError> {
        let via = spec.via.iter().map(|name| self.way_to(key, node, name)).collect::<Result<_, _>>()?;
        Ok(RoutePlan { to: spec.to, via, refuse: spec.refuse, event: 0 })
    }

    fn way_to(&self, key: &str, node: NodeId, name: &str) -> Result<WayId, SimError> {
        let to = self.node(key, name)?;
        let found = self.ways.iter().position(|way| way.from == node && way.to == to);
        found.map(|at| WayId(at as u16)).ok_or_else(|| SimError::Unknown {
            key: format!("{key}.via"),
            name: name.to_owned(),
            there: format!("{} has no link to it", self.plan_of(node).name),
        })
    }

    /// For each node: its routes, and the neighbours inside of its translation.
    pub(super) fn routes(&self, file: &File) -> Result<Vec<Routed>, SimError> {
        let mut all = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            let specs = if node.kind == Kind::Here { &file.here.routes } else { &node.spec.routes };
            let key = format!("{}.routes", node.name);
            let routes = specs
                .iter()
                .map(|spec| self.route(&key, NodeId(at as u16), spec))
                .collect::<Result<_, _>>()?;
            let names = node.spec.nat.iter().flat_map(|nat| &nat.inside);
            let key = format!("{}.nat.inside", node.name);
            all.push((routes, names.map(|name| self.node(&key, name)).collect::<Result<_, _>>()?));
        }
        Ok(all)
    }

    pub(super) fn forger(&self, number: usize, file: &ForgerFile) -> Result<ForgerPlan, SimError> {
        let key = format!("forger[{number}]");
        if !(0.001..=100_000.0).contains(&file.rate) {
            return Err(SimError::value(
                format!("{key}.rate"),
                "is not between 0.001 and 100000",
                "write how many a second",
            ));
        }
        if file.about.is_some_and(|about| about.is_ipv4() != file.r#as.is_ipv4()) {
            return Err(SimError::value(
                format!("{key}.about"),
                "is of another family than as",
                "write one of the same",
            ));
        }
        let from = file.from.moment();
        let until = file.until.map_or(from + FORGING_TIME, Span::moment);
        let (source, about) = (file.r#as, file.about.unwrap_or(file.r#as));
        Ok(ForgerPlan {
            at: self.node(&key, &file.at)?,
            source,
            about,
            kind: file.kind,
            knows: file.knows,
            gap: (1e9 / file.rate) as u64,
            from,
            until,
        })
    }
}
