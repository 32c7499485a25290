//! Connections to which nothing comes back, for reasons here, on the way and at the target.

use super::{Family, Fault, PORT, Scene, Staged, tcp};
use crate::error::Result;
use crate::nft::{Hook, Reject};
use crate::server::Server;

pub(super) const FAULTS: &[Fault] = &[
    tcp("forward-drop", "A firewall on the way drops the SYN.", |family| {
        let scene = Scene::new(family)?.with_service()?;
        let router = scene.router.clone();
        scene.drop(&router, Hook::Forward, &to_service())?.ready()
    })
    .by_rules(),
    tcp("router-blackhole-route", "A router has a blackhole route for the target.", |family| {
        let scene = Scene::new(family)?.with_service()?;
        let (router, target) = (scene.router.clone(), scene.target()?);
        scene.route(&router, &format!("blackhole {target}"))?.ready()
    }),
    tcp("syn-ack-lost-on-the-way-back", "A firewall on the way drops the SYN-ACK.", |family| {
        let scene = Scene::new(family)?.with_service()?;
        let router = scene.router.clone();
        scene.drop(&router, Hook::Forward, &from_service())?.ready()
    })
    .by_rules(),
    tcp("accept-queue-full", "The service does not accept, and its queue is full.", |family| {
        Scene::new(family)?.serve(Server::tcp_full(PORT))?.ready()
    }),
    tcp("server-input-drop", "The target's own firewall drops the SYN.", |family| {
        let scene = Scene::new(family)?.with_service()?;
        let server = scene.server.clone();
        scene.drop(&server, Hook::Input, &to_service())?.ready()
    })
    .by_rules(),
    tcp("local-input-drop", "This host's own firewall drops the SYN-ACK.", |family| {
        let scene = Scene::new(family)?.with_service()?;
        let client = scene.client.clone();
        scene.drop(&client, Hook::Input, &from_service())?.ready()
    })
    .by_rules(),
    tcp("local-output-drop", "This host's own firewall drops the SYN.", |family| {
        let scene = Scene::new(family)?.with_service()?;
        let client = scene.client.clone();
        scene.drop(&client, Hook::Output, &to_service())?.ready()
    })
    .by_rules(),
    tcp(
        "local-output-says-port-unreachable",
        "This host's own firewall rejects: port-unreachable.",
        |family| here(family, [Reject::PortUnreachable, Reject::V6PortUnreachable]),
    )
    .by_rules(),
    tcp(
        "local-output-says-host-unreachable",
        "This host's own firewall rejects: host-unreachable.",
        |family| here(family, [Reject::HostUnreachable, Reject::V6AddrUnreachable]),
    )
    .by_rules(),
    tcp(
        "local-output-says-admin-prohibited",
        "This host's own firewall rejects: admin-prohibited.",
        |family| here(family, [Reject::AdminProhibited, Reject::V6AdminProhibited]),
    )
    .by_rules(),
    tcp("local-output-resets", "This host's own firewall rejects with a RST.", |family| {
        here(family, [Reject::TcpReset, Reject::TcpReset])
    })
    .by_rules(),
];

fn to_service() -> String {
    format!("tcp dport {PORT}")
}

fn from_service() -> String {
    format!("tcp sport {PORT}")
}

fn here(family: Family, rejects: [Reject; 2]) -> Result<Staged> {
    let scene = Scene::new(family)?.with_service()?;
    let client = scene.client.clone();
    let [v4, v6] = rejects;
    let reject = scene.pick(v4, v6);
    scene.reject(&client, Hook::Output, reject)?.ready()
}
