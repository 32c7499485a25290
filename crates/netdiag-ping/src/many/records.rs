//! JSON Lines: a record per event, and a summary per target.

use netdiag_model::event::{Notice, NoticeCode, Subject};
use netdiag_model::knowledge::silence::Silence;
use netdiag_model::{Event, Reading, TargetId, Wall};
use netdiag_tool::json;
use netdiag_tool::targets::Failure;

use super::{Page, Renderer};
use crate::fold::Report;
use crate::fold::fleet::{Change, Fleet, Member};
use crate::fold::periods::Period;
use crate::json::{self as records, About, Interval, Record, ReplyRecord, Summary};

/// JSON Lines.
pub(super) struct Records;

impl Renderer for Records {
    fn event(&mut self, page: &mut Page<'_>, _now: Wall, event: &Event, (member, _): (&Member, Change)) {
        if page.look.is_quiet {
            return;
        }
        let about = |subject: &Subject| About {
            target: target(page, member),
            address: page.address(&member.address),
            seq: subject.seq,
        };
        let record = match event {
            Event::Reply(reply) => Record::Reply(Box::new(ReplyRecord::new(about(&reply.subject), reply))),
            Event::Timeout { subject } => Record::Timeout(about(subject)),
            Event::IcmpError { subject, from, icmp, .. } => Record::IcmpError {
                about: about(subject),
                from: from.map(|from| page.address(&from)),
                icmp: (*icmp).into(),
                mtu: icmp.mtu(),
            },
            Event::SendError { subject, errno, mtu, .. } => {
                Record::SendError { about: about(subject), errno: (*errno).into(), mtu: *mtu }
            }
            Event::Stray(reply) => {
                let message = format!(
                    "the answer to probe {} of {} came from {}; it is not counted",
                    reply.subject.seq,
                    target(page, member),
                    page.address(&reply.from)
                );
                return self.notice(page, &Notice { code: NoticeCode::DifferentAddress, message });
            }
            _ => return,
        };
        page.offer(&json::line(&record));
    }

    fn notice(&mut self, page: &mut Page<'_>, notice: &Notice) {
        if !page.look.is_quiet {
            let code = notice.code.as_str().to_owned();
            page.record(&json::Notice { code, message: notice.message.clone(), target: None, hint: None });
        }
    }

    /// Said even where notices are not wanted: there will be no summary of it.
    fn failure(&mut self, page: &mut Page<'_>, failure: &Failure, _way_out: Option<&str>) {
        let (code, message) = (failure.kind.notice_code().as_str().to_owned(), failure.to_string());
        page.record(&json::Notice {
            code,
            message,
            target: Some(failure.label.to_string()),
            hint: failure.hint.clone(),
        });
    }

    fn period(&mut self, page: &mut Page<'_>, period: &Period, (member, report): (&Member, &Report)) {
        let to = period.to.unwrap_or(period.from);
        let sums = summary(page, (member, report), to);
        let (from, to) = (json::time(period.from.wall), json::time(to.wall));
        let record = Record::Interval(Box::new(Interval { from, to, sums }));
        page.offer(&json::line(&record));
    }

    fn order(&mut self, _page: &mut Page<'_>, fleet: &Fleet) -> Vec<TargetId> {
        fleet.in_order()
    }

    fn target(
        &mut self,
        page: &mut Page<'_>,
        (_, end): (Reading, Reading),
        (member, report, silence): (&Member, &Report, Option<&Silence>),
    ) {
        let mut summary = summary(page, (member, report), end);
        summary.meaning = silence.map(Silence::meaning).unwrap_or_default();
        summary.advice = silence.map(Silence::advice).unwrap_or_default();
        page.record(&Record::Summary(Box::new(summary)));
    }
}

/// A target as typed. What came from the command line is not escaped in JSON: JSON does that.
fn target(page: &Page<'_>, member: &Member) -> String {
    member.label.as_ref().map_or_else(|| page.address(&member.address), ToString::to_string)
}

fn summary(page: &Page<'_>, (member, report): (&Member, &Report), end: Reading) -> Summary {
    let (target, address) = (target(page, member), page.address(&member.address));
    let subject = records::Subject { target: &target, address: &address, via: &page.via };
    Summary::new(subject, report, report.elapsed(end.mono))
}
