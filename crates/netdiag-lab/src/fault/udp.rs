//! Datagrams that are answered, refused or not.

use super::{Family, Fault, PORT, Scene, Staged, tcp};
use crate::error::Result;
use crate::nft::{Hook, Reject, Ruleset, Traffic};
use crate::node::Node;
use crate::server::{CLOSED_PORT, Server};

pub(super) const FAULTS: &[Fault] = &[
    tcp("udp-answered", "A service answers the datagram.", |family| service(family)?.ready()).of_udp(),
    tcp("udp-closed-port", "Nobody listens on the port: the target says port-unreachable.", |family| {
        let scene = Scene::new(family)?;
        let target = scene.target()?;
        scene.ready_for(target, CLOSED_PORT)
    })
    .of_udp(),
    tcp("udp-router-says-port-unreachable", "A firewall on the way says port-unreachable.", |family| {
        let router = |scene: &Scene| scene.router.clone();
        refused(family, (router, Hook::Forward), [Reject::PortUnreachable, Reject::V6PortUnreachable])
    })
    .by_rules()
    .of_udp(),
    tcp("udp-router-says-admin-prohibited", "A firewall on the way says admin-prohibited.", |family| {
        let router = |scene: &Scene| scene.router.clone();
        refused(family, (router, Hook::Forward), [Reject::AdminProhibited, Reject::V6AdminProhibited])
    })
    .by_rules()
    .of_udp(),
    tcp("udp-server-says-admin-prohibited", "The target's own firewall says admin-prohibited.", |family| {
        let server = |scene: &Scene| scene.server.clone();
        refused(family, (server, Hook::Input), [Reject::AdminProhibited, Reject::V6AdminProhibited])
    })
    .by_rules()
    .of_udp(),
    tcp("udp-router-says-host-unreachable", "A router says that it cannot reach the target.", |family| {
        let router = |scene: &Scene| scene.router.clone();
        refused(family, (router, Hook::Forward), [Reject::HostUnreachable, Reject::V6AddrUnreachable])
    })
    .by_rules()
    .of_udp(),
    tcp("udp-dropped", "A firewall on the way drops the datagram.", |family| {
        let scene = service(family)?;
        let router = scene.router.clone();
        scene.drop(&router, Hook::Forward, &format!("udp dport {PORT}"))?.ready()
    })
    .by_rules()
    .of_udp(),
    tcp("udp-answer-lost", "The answer to the datagram is lost on the way back.", |family| {
        let scene = service(family)?;
        let router = scene.router.clone();
        scene.drop(&router, Hook::Forward, &format!("udp sport {PORT}"))?.ready()
    })
    .by_rules()
    .of_udp(),
    tcp("udp-local-output-drop", "This host's own firewall drops the datagram.", |family| {
        let scene = service(family)?;
        let client = scene.client.clone();
        scene.drop(&client, Hook::Output, &format!("udp dport {PORT}"))?.ready()
    })
    .by_rules()
    .of_udp(),
];

fn service(family: Family) -> Result<Scene> {
    let scene = Scene::new(family)?;
    // On its one address: what it sends comes from there.
    let own = scene.target()?;
    scene.serve(Server::udp_echo(PORT).on(own))
}

/// Somebody refuses datagrams for the service.
fn refused(family: Family, (who, hook): (fn(&Scene) -> Node, Hook), [v4, v6]: [Reject; 2]) -> Result<Staged> {
    let scene = service(family)?;
    let rules = Ruleset::reject(hook, &Traffic::Udp(Some(PORT)), scene.pick(v4, v6));
    who(&scene).filter(&rules)?;
    scene.ready()
}
