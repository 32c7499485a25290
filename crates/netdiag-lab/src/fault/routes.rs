//! Connections that find no way: routes and neighbours, here and at a router.

use super::{Family, Fault, PORT, Scene, Staged, tcp};
use crate::error::Result;
use crate::node::Node;

pub(super) const FAULTS: &[Fault] = &[
    tcp("no-route", "This host has no route to the target.", |family| {
        let scene = Scene::new(family)?;
        let (_, target) = scene.elsewhere();
        scene.ready_for(target, PORT)
    }),
    tcp("local-unreachable-route", "This host has a route of type unreachable for the target.", |family| {
        local(family, "unreachable")
    }),
    tcp("local-prohibit-route", "This host has a route of type prohibit for the target.", |family| {
        local(family, "prohibit")
    }),
    tcp("local-blackhole-route", "This host has a route of type blackhole for the target.", |family| {
        local(family, "blackhole")
    }),
    tcp("silent-neighbour", "The target is on this host's link, and nobody answers for it.", |family| {
        let scene = Scene::new(family)?;
        let target = scene.nobody(&scene.client, "r1")?;
        scene.ready_for(target, PORT)
    }),
    tcp("dead-gateway", "The way leads through a gateway that is not there.", |family| {
        let scene = Scene::new(family)?;
        let (client, gateway) = (scene.client.clone(), scene.nobody(&scene.client, "r1")?);
        let (_, target) = scene.elsewhere();
        scene.route(&client, &format!("default via {gateway}"))?.ready_for(target, PORT)
    }),
    tcp(
        "silent-neighbour-of-the-router",
        "The target is on the last link, and nobody answers there.",
        |family| {
            let scene = Scene::new(family)?;
            let target = scene.nobody(&scene.router, "server")?;
            scene.ready_for(target, PORT)
        },
    ),
    tcp("routing-loop", "Two routers send packets for the target to each other.", looped),
    tcp("router-without-route", "The router has no route to the target and says so.", |family| {
        at_the_router(family, None)
    }),
    tcp("router-unreachable-route", "The router has a route of type unreachable.", |family| {
        at_the_router(family, Some("unreachable"))
    }),
    tcp("router-prohibit-route", "The router has a route of type prohibit.", |family| {
        at_the_router(family, Some("prohibit"))
    }),
    tcp(
        "router-without-route-says-so-rarely",
        "The router has no route, and its ICMP errors are limited.",
        rarely,
    ),
    tcp("ports-exhausted", "Every port that this host may use for a connection is taken.", exhausted),
];

/// The client has a route of this type.
fn local(family: Family, kind: &str) -> Result<Staged> {
    let scene = Scene::new(family)?;
    let (client, (prefix, target)) = (scene.client.clone(), scene.elsewhere());
    scene.route(&client, &format!("{kind} {prefix}"))?.ready_for(target, PORT)
}

/// The client sends packets to its router, which has a route of this type or none.
fn at_the_router(family: Family, kind: Option<&str>) -> Result<Staged> {
    let scene = Scene::new(family)?;
    let (client, router, (prefix, target)) = (scene.client.clone(), scene.router.clone(), scene.elsewhere());
    let gateway = scene.address(&router, Some("client"))?;
    let scene = scene.route(&client, &format!("{prefix} via {gateway}"))?;
    match kind {
        Some(kind) => scene.route(&router, &format!("{kind} {prefix}"))?,
        None => scene,
    }
    .ready_for(target, PORT)
}

fn looped(family: Family) -> Result<Staged> {
    let scene = Scene::behind(family, 2)?;
    let (client, first, second) = (scene.client.clone(), scene.router.clone(), scene.lab.node("r2")?);
    // Otherwise the routers tell the client, and each other, about the detour.
    for (node, interfaces) in
        [(&first, ["all", "to-client", "to-r2"]), (&second, ["all", "to-r1", "to-server"])]
    {
        for interface in interfaces {
            node.sysctl(&format!("net.ipv4.conf.{interface}.send_redirects"), "0")?;
        }
    }
    let (prefix, target) = scene.elsewhere();
    let via = |node: &Node, towards: &str| -> Result<String> {
        Ok(format!("{prefix} via {}", scene.address(node, Some(towards))?))
    };
    let [here, forth, back] = [via(&first, "client")?, via(&second, "r1")?, via(&first, "r2")?];
    scene.route(&client, &here)?.route(&first, &forth)?.route(&second, &back)?.ready_for(target, PORT)
}

/// The kernel's own rate limit, of which everything is spent: the first SYN gets no answer, a later one does.
///
/// IPv4 holds such errors back even where `icmp_ratelimit` is 0, a second for each (`ip_error` in the kernel's
/// route.c). Both limits together would let nothing through that comes once a second.
fn rarely(family: Family) -> Result<Staged> {
    /// More than the six errors that may come in a row.
    const SPENT: usize = 12;
    let staged = at_the_router(family, None)?;
    staged.lab.node("r1")?.sysctl("net.ipv6.icmp.ratelimit", "1500")?;
    let spend = format!("for n in $(seq {SPENT}); do echo > /dev/udp/{}/9; done 2> /dev/null", staged.target);
    staged.client.command("bash").args(["-c", &spend]).output()?;
    Ok(staged)
}

/// Two ports may be used, and on both something listens.
fn exhausted(family: Family) -> Result<Staged> {
    const PORTS: [u16; 2] = [50_000, 50_001];
    let mut scene = Scene::new(family)?.with_service()?;
    for port in PORTS {
        scene = scene.serve_here(crate::server::Server::tcp_hold(port))?;
    }
    scene.client.sysctl("net.ipv4.ip_local_port_range", &format!("{} {}", PORTS[0], PORTS[1]))?;
    scene.ready()
}
