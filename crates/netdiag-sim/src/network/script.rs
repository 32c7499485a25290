//! The `[[event]]` tables: what happens to the network, or to this host, at a time.
//!
//! An event with a `for` ends; its end is an action of its own that restores what the file says.

use netdiag_model::{Errno, Mono};
use serde::Deserialize;

use super::file::EventFile;
use super::lookup::Names;
use super::node::Silence;
use super::plan::{LinkId, NodeId, RoutePlan, WayId};
use super::way::{WaySpec, overlay};
use crate::error::SimError;

/// Something that changes.
#[derive(Debug, Clone)]
pub(crate) enum Action {
    /// A way gets other properties.
    Way(WayId, Box<WaySpec>),
    /// A link comes or goes.
    Link(LinkId, LinkState),
    /// A node falls silent or speaks again.
    Silence(NodeId, Silence),
    /// A route appears.
    AddRoute(NodeId, RoutePlan),
    /// The route that the event set vanishes.
    RemoveRoute(NodeId, usize),
    /// What this host's sends meet from now on.
    Send(Option<Trouble>),
    /// The process does not run until then.
    Stall(Mono),
}

/// The state of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LinkState {
    /// It carries packets.
    Up,
    /// Switched off. On this host's own link the routes vanish with it (ENETUNREACH).
    Down,
    /// The carrier is lost; routes stay, packets vanish.
    Unplugged,
}

/// What a send meets, by its errno or, where it is no failure, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) enum Trouble {
    /// The socket's buffer is full.
    Full,
    /// The device's queue is full.
    NoBuffers,
    /// The kernel refuses.
    Failed(Errno),
}

impl TryFrom<String> for Trouble {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        const FAILURES: [Errno; 8] = [
            Errno::EPERM,
            Errno::EACCES,
            Errno::EINVAL,
            Errno::ENOMEM,
            Errno::ENETDOWN,
            Errno::ENETUNREACH,
            Errno::EHOSTUNREACH,
            Errno::EADDRNOTAVAIL,
        ];
        match text.as_str() {
            "full" => Ok(Self::Full),
            "ENOBUFS" => Ok(Self::NoBuffers),
            _ => FAILURES.into_iter().find(|errno| errno.name() == Some(&text)).map(Self::Failed).ok_or_else(|| {
                format!("{text:?} is nothing a send meets; write \"full\", \"ENOBUFS\", \"EPERM\", \"ENETDOWN\" or such")
            }),
        }
    }
}

/// The actions of the event with number `number`, from 1.
pub(super) fn actions(
    number: usize,
    file: &EventFile,
    names: &Names<'_>,
) -> Result<Vec<(Mono, Action)>, SimError> {
    let key = format!("event[{}]", number - 1);
    let begin = file.at.moment();
    let end = file.r#for.map(|span| begin + span.0);
    let mut actions = Vec::new();
    let mut push = |does: Action, undoes: Option<Action>| {
        actions.push((begin, does));
        actions.extend(end.zip(undoes));
    };
    if let Some(link) = &file.link {
        link_actions(&key, file, names.link(&key, link)?, &mut push, names)?;
    } else if let (Some(node), Some(silence)) = (&file.node, file.silent) {
        let node = names.node(&key, node)?;
        push(Action::Silence(node, silence), Some(Action::Silence(node, names.plan_of(node).spec.silent)));
    } else if let Some(route) = &file.route {
        let node = names.node(&key, &route.on)?;
        let plan = names.route(&key, node, &route.route())?;
        push(
            Action::AddRoute(node, RoutePlan { event: number, ..plan }),
            Some(Action::RemoveRoute(node, number)),
        );
    } else if let Some(trouble) = file.send {
        push(Action::Send(Some(trouble)), Some(Action::Send(None)));
    } else if let (true, Some(end)) = (file.stall, end) {
        push(Action::Stall(end), None);
    } else {
        return Err(SimError::value(
            key,
            "says nothing that happens",
            "give it link and state, link and change, node and silent, route, send, or stall and for",
        ));
    }
    Ok(actions)
}

fn link_actions(
    key: &str,
    file: &EventFile,
    link: LinkId,
    push: &mut impl FnMut(Action, Option<Action>),
    names: &Names<'_>,
) -> Result<(), SimError> {
    if let Some(state) = file.state {
        push(Action::Link(link, state), Some(Action::Link(link, LinkState::Up)));
        return Ok(());
    }
    let Some(change) = &file.change else {
        return Err(SimError::value(
            key,
            "names a link and no change",
            "add state = \"down\" or change = { loss = 1.0 }",
        ));
    };
    for way in link.ways() {
        let base = names.table(way);
        let spec = |table| WaySpec::read(&format!("{key}.change"), table).map(Box::new);
        let (changed, usual) = (spec(overlay(base, change))?, spec(base.clone())?);
        push(Action::Way(way, changed), Some(Action::Way(way, usual)));
    }
    Ok(())
}
