//! Connections that are answered by TCP: open, closed, and reset by somebody in between.

use std::time::Duration;

use super::{Fault, PORT, Scene, tcp};
use crate::nft::{Hook, Reject};
use crate::server::{CLOSED_PORT, Server};

/// What a web server would say to begin with.
const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/// Half a round trip that nobody takes for one on the same link.
const FAR: Duration = Duration::from_millis(30);

pub(super) const FAULTS: &[Fault] = &[
    tcp("open-port", "A service accepts the connection and speaks.", |family| {
        Scene::new(family)?.serve(Server::tcp_greet(PORT, PAGE))?.ready()
    }),
    tcp("silent-service", "A service accepts the connection and never says a word.", |family| {
        Scene::new(family)?.with_service()?.ready()
    }),
    tcp("first-syn-lost", "A router loses the first SYN; the second one arrives.", |family| {
        let scene = Scene::new(family)?.with_service()?;
        let router = scene.router.clone();
        // Once in so many SYNs, beginning with the first.
        let first = format!("tcp dport {PORT} tcp flags & (syn|ack) == syn numgen inc mod 1000000 < 1");
        scene.drop(&router, Hook::Forward, &first)?.ready()
    })
    .by_rules(),
    tcp("closed-port", "Nobody listens on the port: the target answers with a RST.", |family| {
        let scene = Scene::new(family)?;
        let target = scene.target()?;
        scene.ready_for(target, CLOSED_PORT)
    }),
    tcp("server-firewall-resets", "The target's own firewall answers with a RST.", |family| {
        let scene = Scene::new(family)?.with_service()?;
        let server = scene.server.clone();
        scene.reject(&server, Hook::Input, Reject::TcpReset)?.ready()
    })
    .by_rules(),
    tcp("router-resets", "A firewall on the way answers with a RST in the target's name.", |family| {
        let scene = Scene::new(family)?.with_service()?;
        let router = scene.router.clone();
        scene.reject(&router, Hook::Forward, Reject::TcpReset)?.ready()
    })
    .by_rules(),
    tcp("far-closed-port", "As closed-port, with a long way to the target.", |family| {
        let scene = Scene::far(family, FAR)?;
        let target = scene.target()?;
        scene.ready_for(target, CLOSED_PORT)
    }),
    tcp("far-router-resets", "As router-resets, with a long way to the router.", |family| {
        let scene = Scene::far(family, FAR)?.with_service()?;
        let router = scene.router.clone();
        scene.reject(&router, Hook::Forward, Reject::TcpReset)?.ready()
    })
    .by_rules(),
];
