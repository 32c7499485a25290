//! The map of a laboratory: nodes, links, addresses, and the routes that follow from them.
//!
//! Pure: it yields lines for `ip -batch` and never runs anything. Every link has a /24 of
//! 10.77.0.0/16 (and on from there) and a /64 of `fd77::/48`, in which the ends are 1 and 2.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, Ipv6Addr};

/// How many of several equally short paths a route uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paths {
    /// The first one: the path of the link that was made first.
    First,
    /// All: equal-cost multipath.
    All,
}

/// One end of a link.
#[derive(Clone, Debug)]
pub(crate) struct End {
    pub(crate) node: usize,
    pub(crate) interface: String,
    pub(crate) v4: Ipv4Addr,
    pub(crate) v6: Ipv6Addr,
}

/// A link with its two ends.
#[derive(Clone, Debug)]
pub(crate) struct Link {
    pub(crate) ends: [End; 2],
}

impl Link {
    /// The link of the given number between two nodes, each given by index and name.
    pub(crate) fn new(number: usize, a: (usize, &str), b: (usize, &str)) -> Self {
        let end = |node: usize, peer: &str, host: u8| End {
            node,
            interface: format!("to-{peer}"),
            v4: Ipv4Addr::new(10, 77 + (number / 256) as u8, (number % 256) as u8, host),
            v6: Ipv6Addr::new(0xfd77, 0, 0, number as u16, 0, 0, 0, host.into()),
        };
        Self { ends: [end(a.0, b.1, 1), end(b.0, a.1, 2)] }
    }

    /// The near and the far end as seen from a node, where it is on this link.
    pub(crate) fn seen_from(&self, node: usize) -> Option<(&End, &End)> {
        let [a, b] = &self.ends;
        if a.node == node {
            Some((a, b))
        } else if b.node == node {
            Some((b, a))
        } else {
            None
        }
    }

    fn prefixes(&self) -> [String; 2] {
        let [a, b, c, _] = self.ends[0].v4.octets();
        let v6 = Ipv6Addr::from_bits(self.ends[0].v6.to_bits() & !u128::from(u64::MAX));
        [format!("{a}.{b}.{c}.0/24"), format!("{v6}/64")]
    }
}

/// The nodes (by index) and links of a laboratory.
#[derive(Debug, Default)]
pub(crate) struct Topology {
    /// Prefixes that a node answers for beyond its own addresses; one entry per node.
    pub(crate) extra: Vec<Vec<String>>,
    pub(crate) links: Vec<Link>,
}

/// Somewhere to go: a prefix and the nodes that reach it without a route.
struct Destination {
    prefix: String,
    at: Vec<usize>,
}

impl Topology {
    /// The links of one node, near end first.
    pub(crate) fn links_of(&self, node: usize) -> impl Iterator<Item = (&End, &End)> {
        self.links.iter().filter_map(move |link| link.seen_from(node))
    }

    /// Lines for `ip -batch` in `node` that let it reach every prefix that is not its own.
    pub(crate) fn routes_of(&self, node: usize, paths: Paths) -> Vec<String> {
        self.destinations()
            .filter(|destination| !destination.at.contains(&node))
            .filter_map(|destination| self.route(node, &destination, paths))
            .collect()
    }

    fn destinations(&self) -> impl Iterator<Item = Destination> {
        let links = self.links.iter().flat_map(|link| {
            let at = vec![link.ends[0].node, link.ends[1].node];
            link.prefixes().map(|prefix| Destination { prefix, at: at.clone() })
        });
        let extra = self.extra.iter().enumerate().flat_map(|(node, prefixes)| {
            prefixes.iter().map(move |prefix| Destination { prefix: prefix.clone(), at: vec![node] })
        });
        links.chain(extra)
    }

    fn route(&self, node: usize, to: &Destination, paths: Paths) -> Option<String> {
        let distance = self.distances(&to.at);
        let here = distance[node]?;
        let is_v6 = to.prefix.contains(':');
        let mut hops = self
            .links_of(node)
            .filter(|(_, far)| distance[far.node].is_some_and(|there| there + 1 == here))
            .map(|(near, far)| {
                let gateway = if is_v6 { far.v6.to_string() } else { far.v4.to_string() };
                format!("via {gateway} dev {}", near.interface)
            });
        let first = hops.next()?;
        let mut line = format!("route replace {} ", to.prefix);
        let rest: Vec<String> = if paths == Paths::All { hops.collect() } else { Vec::new() };
        if rest.is_empty() {
            line += &first;
        } else {
            for hop in std::iter::once(&first).chain(&rest) {
                line.extend(["nexthop ", hop, " "]);
            }
        }
        Some(line)
    }

    /// Links between each node and the nearest of `targets`.
    fn distances(&self, targets: &[usize]) -> Vec<Option<u32>> {
        let mut distance = vec![None; self.extra.len()];
        let mut queue: VecDeque<(usize, u32)> = targets.iter().map(|node| (*node, 0)).collect();
        while let Some((node, far)) = queue.pop_front() {
            if distance[node].is_none() {
                distance[node] = Some(far);
                queue.extend(self.links_of(node).map(|(_, peer)| (peer.node, far + 1)));
            }
        }
        distance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square() -> Topology {
        let name = ["a", "b", "c", "d"];
        let pairs = [(0, 1), (0, 2), (1, 3), (2, 3)];
        let link = |(n, (a, b)): (usize, (usize, usize))| Link::new(n, (a, name[a]), (b, name[b]));
        Topology { extra: vec![Vec::new(); 4], links: pairs.into_iter().enumerate().map(link).collect() }
    }

    #[test]
    fn one_path_takes_the_link_made_first() {
        let mut square = square();
        square.extra[3].push("10.99.0.0/16".into());
        let routes = square.routes_of(0, Paths::First);
        assert!(routes.contains(&"route replace 10.99.0.0/16 via 10.77.0.2 dev to-b".into()), "{routes:?}");
        assert!(routes.contains(&"route replace 10.77.3.0/24 via 10.77.1.2 dev to-c".into()), "{routes:?}");
        assert_eq!(routes.len(), 5);
    }

    #[test]
    fn all_paths_are_next_hops_of_one_route() {
        let mut square = square();
        square.extra[3].push("fd99::/64".into());
        let routes = square.routes_of(0, Paths::All);
        let expected =
            "route replace fd99::/64 nexthop via fd77::2 dev to-b nexthop via fd77:0:0:1::2 dev to-c ";
        assert!(routes.contains(&expected.into()), "{routes:?}");
    }

    #[test]
    fn what_cannot_be_reached_has_no_route() {
        let mut square = square();
        square.extra.push(vec!["10.99.0.0/16".into()]);
        assert!(square.routes_of(0, Paths::All).iter().all(|route| !route.contains("10.99")));
        assert!(square.routes_of(4, Paths::All).is_empty());
    }

    #[test]
    fn addresses_leave_the_first_network_after_256_links() {
        let link = Link::new(300, (0, "a"), (1, "b"));
        assert_eq!(link.ends[1].v4, Ipv4Addr::new(10, 78, 44, 2));
        assert_eq!(link.prefixes(), ["10.78.44.0/24", "fd77:0:0:12c::/64"]);
    }
}
