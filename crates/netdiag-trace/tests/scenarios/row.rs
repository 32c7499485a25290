//! Networks in a row, made to measure: this host, routers, the target, both families.

use std::fmt::Write;

use netdiag_stage::Scene;

/// The target's address, and its other one.
pub(crate) const TARGET: &str = "203.0.113.7";
/// See [`TARGET`].
pub(crate) const TARGET_V6: &str = "2001:db8:ff::7";

/// A row. Router `rN` is `10.0.N.1` and `2001:db8:N::1`.
pub(crate) struct Row {
    /// The keys of each router.
    pub(crate) routers: Vec<String>,
    /// The keys of the target.
    pub(crate) target: String,
    /// Those of each link.
    pub(crate) link: String,
    /// Those of this host.
    pub(crate) here: String,
    /// Whatever else there is.
    pub(crate) rest: String,
}

impl Row {
    /// So many routers with nothing special about them, and 5 ms from each to the next.
    pub(crate) fn of(routers: usize) -> Self {
        Self {
            routers: vec![String::new(); routers],
            target: String::new(),
            link: "delay = \"5ms\"".to_owned(),
            here: String::new(),
            rest: String::new(),
        }
    }

    /// The router at this TTL has these keys.
    pub(crate) fn router(mut self, ttl: usize, keys: &str) -> Self {
        self.routers[ttl - 1] += keys;
        self
    }

    /// The target has these.
    pub(crate) fn target(mut self, keys: &str) -> Self {
        self.target += keys;
        self
    }

    /// Each link has these, and no delay but what they say.
    pub(crate) fn link(mut self, keys: &str) -> Self {
        keys.clone_into(&mut self.link);
        self
    }

    /// This host has these.
    pub(crate) fn here(mut self, keys: &str) -> Self {
        self.here += keys;
        self
    }

    /// And this there is as well.
    pub(crate) fn and(mut self, tables: &str) -> Self {
        self.rest += tables;
        self
    }

    pub(crate) fn scene(&self) -> Scene {
        let Self { routers, target, link, here, rest } = self;
        let mut toml = format!("[here]\naddresses = [\"192.0.2.10/24\", \"2001:db8::10/64\"]\n{here}\n");
        let mut ends = vec!["\"here\"".to_owned()];
        for (index, keys) in routers.iter().enumerate() {
            let ttl = index + 1;
            let _ = write!(
                toml,
                "[router.r{ttl}]\naddresses = [\"10.0.{ttl}.1/24\", \"2001:db8:{ttl}::1/64\"]\n{keys}\n"
            );
            ends.push(format!("\"r{ttl}\""));
        }
        ends.push("\"target\"".to_owned());
        let ends = ends.join(", ");
        let addresses = format!("\"{TARGET}/24\", \"{TARGET_V6}/64\"");
        let _ = write!(
            toml,
            "[host.target]\naddresses = [{addresses}]\n{target}\n[[link]]\nends = [{ends}]\n{link}\n{rest}\n"
        );
        Scene::toml(&toml)
    }
}
