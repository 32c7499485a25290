//! Why a name did not resolve: what was asked of whom, and what came back.
//!
//! getaddrinfo(3) tells no more than one code, so the sources it goes through are asked again, each by itself and all
//! at once. hickory's resolver would merge questions, pick among the servers and resend, and hide which one said what.

mod answer;
mod ask;

use std::net::IpAddr;
use std::time::Duration;

use hickory_proto::op::Query;
use hickory_proto::rr::{Name, RecordType};
use netdiag_engine::port::LookupFailure;
use netdiag_model::Family;

use crate::setup::Setup;
use crate::setup::hosts::Hosts;
use ask::Patience;

/// How long the servers have, in all.
const LIMIT: Duration = Duration::from_secs(2);
/// How long they have where the look-up took as long as [`LIMIT`] already.
const SHORT_LIMIT: Duration = Duration::from_secs(1);
/// How long the others have once one server has answered, where the system had a definite answer too.
const GRACE: Duration = Duration::from_millis(300);

/// A look-up that failed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    /// The name in ASCII.
    pub(crate) name: &'a str,
    /// The family asked for.
    pub(crate) family: Option<Family>,
    /// What the system said.
    pub(crate) failure: LookupFailure,
    /// How long it took to say so.
    pub(crate) elapsed: Duration,
}

impl Question<'_> {
    fn patience(&self) -> Patience {
        let is_definite = matches!(self.failure, LookupFailure::NoName | LookupFailure::NoAddress);
        let limit = if self.elapsed < LIMIT { LIMIT } else { SHORT_LIMIT };
        Patience { limit, grace: is_definite.then_some(GRACE) }
    }

    /// Whether an address of `ip`'s family was asked for.
    fn wants(&self, ip: IpAddr) -> bool {
        self.family.is_none_or(|family| family == netdiag_model::Address::new(ip).family())
    }

    fn is_local(&self) -> bool {
        let name = self.name.strip_suffix('.').unwrap_or(self.name);
        name.rsplit('.').next().is_some_and(|label| label.eq_ignore_ascii_case("local"))
    }
}

/// One line for each source, in the order in which the system goes through them, as far as that is known. Takes 2 s at
/// most, and no longer than the servers do where they answer.
pub(crate) async fn explain(setup: &Setup, question: &Question<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    if !setup.switch.is_plain() {
        lines.push(format!("/etc/nsswitch.conf: hosts: {}", setup.switch));
    }
    if setup.switch.has_files() {
        lines.push(format!("/etc/hosts: {}", in_hosts(setup.hosts.as_ref(), question)));
    }
    if !setup.switch.has_servers() {
        lines.push("name servers: not asked (/etc/nsswitch.conf)".to_owned());
    } else if let Some(keeper) = setup.switch.keeps_local().filter(|_| question.is_local()) {
        lines.push(format!("{keeper}: no answer, and name servers are not asked for names in .local"));
    } else {
        lines.extend(in_dns(setup, question).await);
    }
    lines
}

fn in_hosts(hosts: Result<&Hosts, &String>, question: &Question<'_>) -> String {
    let found = match hosts {
        Ok(hosts) => hosts.addresses(question.name),
        Err(reason) => return reason.clone(),
    };
    let listed: Vec<String> = found.iter().map(ToString::to_string).collect();
    match found.iter().any(|ip| question.wants(*ip)) {
        true => format!("has {}", listed.join(", ")),
        false if listed.is_empty() => "no entry".to_owned(),
        false => format!("only {}", listed.join(", ")),
    }
}

async fn in_dns(setup: &Setup, question: &Question<'_>) -> Vec<String> {
    let resolver = &setup.resolver;
    let queries: Vec<Query> = resolver
        .forms(question.name)
        .iter()
        .filter_map(|form| absolute(form))
        .flat_map(|name| types(question.family).iter().map(move |kind| Query::query(name.clone(), *kind)))
        .collect();
    let fallback = resolver.fallback.as_ref();
    let mut lines: Vec<String> =
        fallback.map(|why| format!("/etc/resolv.conf: {why}, which leaves 127.0.0.1")).into_iter().collect();
    for (server, outcomes) in ask::ask_all(&resolver.servers, &queries, question.patience()).await {
        lines.extend(answer::lines(server, &queries, &outcomes));
    }
    lines
}

/// The name as it goes on the wire. `None` if it is too long with the domain that was put behind it.
fn absolute(name: &str) -> Option<Name> {
    let mut name = Name::from_labels(name.split('.').map(str::as_bytes)).ok()?;
    name.set_fqdn(true);
    Some(name)
}

const fn types(family: Option<Family>) -> &'static [RecordType] {
    match family {
        Some(Family::V4) => &[RecordType::A],
        Some(Family::V6) => &[RecordType::AAAA],
        None => &[RecordType::A, RecordType::AAAA],
    }
}

#[cfg(test)]
mod tests;
