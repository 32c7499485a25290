//! Connections from a host to itself that are refused or not answered.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Fault, PORT, Scene, tcp};
use crate::server::{CLOSED_PORT, Server};

pub(super) const FAULTS: &[Fault] = &[
    tcp("closed-port-here", "Nobody listens on this port of this host.", |family| {
        let scene = Scene::new(family)?;
        let target = scene.this_host();
        scene.ready_for(target, CLOSED_PORT)
    }),
    tcp("other-address-here", "The service of this host listens on another of its addresses.", |family| {
        let scene = Scene::new(family)?;
        let (target, other) = (scene.this_host(), scene.address(&scene.client, None)?);
        scene.serve_here(Server::tcp_hold(PORT).on(other))?.ready_for(target, PORT)
    }),
    tcp("other-family-here", "The service of this host listens in the other address family.", |family| {
        let scene = Scene::new(family)?;
        let target = scene.this_host();
        let other = scene.pick(IpAddr::from(Ipv6Addr::LOCALHOST), Ipv4Addr::LOCALHOST.into());
        scene.serve_here(Server::tcp_hold(PORT).on(other))?.ready_for(target, PORT)
    }),
    tcp("full-queue-here", "The service of this host does not accept, and its queue is full.", |family| {
        let scene = Scene::new(family)?;
        let target = scene.this_host();
        scene.serve_here(Server::tcp_full(PORT))?.ready_for(target, PORT)
    }),
];
