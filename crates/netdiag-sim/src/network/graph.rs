//! From the file to the plan: names become numbers, links become ways, and everything is checked.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use netdiag_model::Mono;

use super::file::{File, LinkFile};
use super::lookup::{Names, node_named};
use super::names::Lookups;
use super::node::NodeSpec;
use super::plan::{Kind, LinkPlan, NodeId, NodePlan, Plan, WayPlan};
use super::script;
use super::way::{WaySpec, overlay};
use crate::error::SimError;

/// The most nodes and the most links that a network may have.
const MOST: usize = 10_000;

/// Makes the plan of a file.
pub(super) fn plan(mut file: File) -> Result<Plan, SimError> {
    let mut nodes = nodes(&mut file)?;
    let mut wiring = Wiring::default();
    for (number, link) in file.link.iter().enumerate() {
        wiring.add(&format!("link[{number}]"), link, &nodes)?;
    }
    let Wiring { links, ways, tables, .. } = wiring;
    let names = Names { nodes: &nodes, links: &links, ways: &ways, tables: &tables };
    let routed = names.routes(&file)?;
    let mut script = Vec::new();
    for (number, event) in file.event.iter().enumerate() {
        script.extend(script::actions(number + 1, event, &names)?);
    }
    let forgers = file
        .forger
        .iter()
        .enumerate()
        .map(|(n, forger)| names.forger(n, forger))
        .collect::<Result<_, _>>()?;
    let mut groups = HashMap::new();
    for (address, members) in &file.group {
        let key = format!("group.{address}");
        groups.insert(*address, members.iter().map(|name| names.node(&key, name)).collect::<Result<_, _>>()?);
    }
    for (node, (routes, inside)) in nodes.iter_mut().zip(routed) {
        (node.routes, node.inside) = (routes, inside);
    }
    let mut steps: Vec<(Mono, i64)> =
        file.clock_step.iter().map(|step| (step.at.moment(), step.by.0)).collect();
    steps.sort_unstable();
    let lookups =
        Lookups { names: file.name, reverse: file.reverse, origins: file.origin, tables: file.table };
    Ok(Plan {
        here: file.here,
        nodes,
        links,
        ways,
        groups,
        script,
        forgers,
        lookups: lookups.checked()?,
        epoch: i64::from(file.epoch) * 1_000_000_000,
        steps,
    })
}

/// All nodes, this host first. Their routes are still to be found.
fn nodes(file: &mut File) -> Result<Vec<NodePlan>, SimError> {
    let own = NodeSpec {
        addresses: file.here.addresses.clone(),
        resolution: file.here.resolution,
        ..NodeSpec::default()
    };
    let node = |name: String, kind, spec| NodePlan {
        name: Arc::from(name),
        kind,
        spec,
        routes: Vec::new(),
        inside: Vec::new(),
    };
    let mut nodes = vec![node("here".to_owned(), Kind::Here, own)];
    let tables =
        [(&mut file.host, Kind::Host), (&mut file.router, Kind::Router), (&mut file.switch, Kind::Switch)];
    for (table, kind) in tables {
        nodes.extend(std::mem::take(table).into_iter().map(|(name, spec)| node(name, kind, spec)));
    }
    let mut seen = HashSet::new();
    for node in &nodes {
        if !seen.insert(node.name.clone()) {
            return Err(SimError::value(
                format!("{:?}", node.name),
                "is the name of two nodes",
                "call one of them otherwise",
            ));
        }
        check(node)?;
    }
    if nodes.len() > MOST {
        return Err(SimError::value(
            "host and router",
            "are more than 10000",
            "use serves = [\"10.1.0.0/16\"]",
        ));
    }
    Ok(nodes)
}

fn check(node: &NodePlan) -> Result<(), SimError> {
    let (name, spec) = (&node.name, &node.spec);
    if spec.reply.copies > 16 {
        return Err(SimError::value(format!("{name}.reply.copies"), "is over 16", "write 16 or less"));
    }
    if spec.quote < 8 {
        return Err(SimError::value(
            format!("{name}.quote"),
            "is under 8",
            "RFC 792 asks for 8 octets at least",
        ));
    }
    if spec.mpls.iter().any(|entry| entry.label >= 1 << 20 || entry.tc > 7) {
        return Err(SimError::value(
            format!("{name}.mpls"),
            "has a label over 1048575 or a tc over 7",
            "write { label = 16001, tc = 0, ttl = 1 }",
        ));
    }
    if spec.ttl == 0 {
        return Err(SimError::value(format!("{name}.ttl"), "is 0", "write 64, 128 or 255"));
    }
    Ok(())
}

/// Links as they are added.
#[derive(Default)]
struct Wiring {
    links: Vec<LinkPlan>,
    ways: Vec<WayPlan>,
    /// The keys of each way, for the events that change some of them.
    tables: Vec<toml::Table>,
    interfaces: usize,
}

impl Wiring {
    fn add(&mut self, key: &str, file: &LinkFile, nodes: &[NodePlan]) -> Result<(), SimError> {
        if file.ends.len() < 2 {
            return Err(SimError::value(
                format!("{key}.ends"),
                "has under two names",
                "name the nodes that it joins",
            ));
        }
        for pair in file.ends.windows(2) {
            let ends =
                [node_named(nodes, &format!("{key}.ends"), &pair[0])?, node_named(nodes, key, &pair[1])?];
            self.join(key, file, ends, nodes)?;
        }
        if self.links.len() > MOST {
            return Err(SimError::value("link", "has over 10000 links", "use serves = [\"10.1.0.0/16\"]"));
        }
        Ok(())
    }

    fn join(
        &mut self,
        key: &str,
        file: &LinkFile,
        ends: [NodeId; 2],
        nodes: &[NodePlan],
    ) -> Result<(), SimError> {
        let [near, far] = ends.map(|node| &nodes[node.index()].name);
        let name = file.name.as_ref().filter(|_| file.ends.len() == 2).cloned();
        let interface = ends.contains(&NodeId::HERE).then(|| {
            let number = self.interfaces;
            self.interfaces += 1;
            file.interface.clone().unwrap_or_else(|| format!("eth{number}"))
        });
        self.links.push(LinkPlan { name: name.unwrap_or_else(|| format!("{near}-{far}")).into(), interface });
        for (from, to, changes, what) in
            [(ends[0], ends[1], &file.forward, "forward"), (ends[1], ends[0], &file.back, "back")]
        {
            let table = overlay(&file.both, changes);
            let key = if changes.is_empty() { key.to_owned() } else { format!("{key}.{what}") };
            let addresses = file.addresses.get(&*nodes[to.index()].name).cloned().unwrap_or_default();
            self.ways.push(WayPlan { from, to, addresses, spec: WaySpec::read(&key, table.clone())? });
            self.tables.push(table);
        }
        Ok(())
    }
}
