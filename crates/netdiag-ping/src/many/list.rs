//! The addresses that answer, or those that do not, one per line and nothing else.

use netdiag_model::knowledge::silence::Silence;
use netdiag_model::{Event, Reading, TargetId, Wall};

use super::{Page, Renderer};
use crate::fold::Report;
use crate::fold::fleet::{Change, Fleet, Member};

/// Each address as soon as it answers.
pub(super) struct Alive;

impl Renderer for Alive {
    fn event(
        &mut self,
        page: &mut Page<'_>,
        _now: Wall,
        _event: &Event,
        (member, change): (&Member, Change),
    ) {
        if change == Change::Answers {
            line(page, member);
        }
    }

    fn order(&mut self, _page: &mut Page<'_>, _fleet: &Fleet) -> Vec<TargetId> {
        Vec::new()
    }

    fn target(&mut self, _: &mut Page<'_>, _: (Reading, Reading), _: (&Member, &Report, Option<&Silence>)) {}
}

/// Each address that was asked and has not answered, at the end, in the order typed.
pub(super) struct Unreachable;

impl Renderer for Unreachable {
    fn event(&mut self, _page: &mut Page<'_>, _now: Wall, _event: &Event, _of: (&Member, Change)) {}

    fn order(&mut self, _page: &mut Page<'_>, fleet: &Fleet) -> Vec<TargetId> {
        let is_silent = |id: &TargetId| fleet.member(*id).is_some_and(Member::is_silent);
        fleet.in_order().into_iter().filter(is_silent).collect()
    }

    fn target(
        &mut self,
        page: &mut Page<'_>,
        _: (Reading, Reading),
        (member, ..): (&Member, &Report, Option<&Silence>),
    ) {
        line(page, member);
    }
}

fn line(page: &mut Page<'_>, member: &Member) {
    let mut line = page.address(&member.address);
    line.push('\n');
    page.write(line.as_bytes());
}
