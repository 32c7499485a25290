//! Connections that come about and do not last, or last and carry nothing.

use super::{Fault, PORT, Scene, tcp};
use crate::nft::{Hook, Reject, Ruleset, Traffic};
use crate::server::Server;

pub(super) const FAULTS: &[Fault] = &[
    tcp("reset-after-accept", "The service accepts the connection and resets it.", |family| {
        Scene::new(family)?.serve(Server::tcp_reset(PORT))?.ready()
    }),
    tcp("closed-after-accept", "The service accepts the connection and closes it.", |family| {
        Scene::new(family)?.serve(Server::tcp_close(PORT))?.ready()
    }),
    tcp(
        "reset-after-the-handshake-by-a-router",
        "A firewall on the way resets what comes after the SYN.",
        |family| {
            let scene = Scene::new(family)?.with_service()?;
            let later = format!("tcp dport {PORT} tcp flags & (syn|ack) == ack");
            scene.router.filter(&Ruleset::reject(
                Hook::Forward,
                &Traffic::Matching(later),
                Reject::TcpReset,
            ))?;
            scene.ready()
        },
    )
    .by_rules(),
    tcp("silence-after-the-handshake", "The handshake passes, and nothing that carries data.", |family| {
        let scene = Scene::new(family)?.with_service()?;
        let router = scene.router.clone();
        // What carries data, or ends a connection: a small write always has PSH.
        scene.drop(&router, Hook::Forward, &format!("tcp dport {PORT} tcp flags & (psh|fin) != 0x0"))?.ready()
    })
    .by_rules(),
];
