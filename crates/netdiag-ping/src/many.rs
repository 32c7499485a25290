//! A run to many targets, or in a form that is for machines.

mod csv;
mod fping;
mod list;
mod meter;
mod page;
mod records;
mod table;
mod view;

use std::collections::BTreeMap;

use netdiag_engine::driver::{self, Command, Ports};
use netdiag_engine::prober::{Method, Mishaps, Prober};
use netdiag_engine::watch::{HostWatch, WATCHED_TARGETS};
use netdiag_model::event::Notice;
use netdiag_model::knowledge::silence::Silence;
use netdiag_model::{Address, Event, Reading, TargetId, Wall};
use netdiag_tool::targets::{Failure, Named, TargetStream};
use netdiag_tool::{Context, Exit, ToolError};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::fold::Report;
use crate::fold::fleet::{Change, Fleet, Member};
use crate::fold::periods::Period;
use crate::opened::Opened;
use crate::plan::{Form, Plan};
use crate::silence::silence;
use crate::single;
use crate::target::wishes;
use meter::Meter;
use page::Page;
use view::{Source, View};

/// How a run looks. Each form is one of these; all that it shows has been summed up before.
trait Renderer {
    /// Before the first target.
    fn begin(&mut self, _page: &mut Page<'_>, _now: Wall) {}

    /// Something happened to a probe of `member`, which changed so much about it.
    fn event(&mut self, page: &mut Page<'_>, now: Wall, event: &Event, of: (&Member, Change));

    /// Something happened to the run itself.
    fn notice(&mut self, page: &mut Page<'_>, notice: &Notice) {
        page.say(&notice.message);
    }

    /// A word gave no target. The way out is `None` where it has been said before.
    fn failure(&mut self, page: &mut Page<'_>, failure: &Failure, way_out: Option<&str>) {
        page.say(&failure.to_string());
        if let Some(way_out) = way_out {
            page.remark(&format!("  {way_out}\n"));
        }
    }

    /// A period is over; the sums of those asked in it follow.
    fn begin_period(&mut self, _page: &mut Page<'_>, _period: &Period, _fleet: &Fleet) {}

    /// The sums of `member` over a period.
    fn period(&mut self, _page: &mut Page<'_>, _period: &Period, _of: (&Member, &Report)) {}

    /// The run is over: in which order the targets' sums are to come, those left out that are not to be shown.
    fn order(&mut self, page: &mut Page<'_>, fleet: &Fleet) -> Vec<TargetId>;

    /// The sums of a target over the whole run, which lasted from the one reading to the other.
    fn target(
        &mut self,
        page: &mut Page<'_>,
        span: (Reading, Reading),
        of: (&Member, &Report, Option<&Silence>),
    );

    /// The end.
    fn finish(&mut self, _page: &mut Page<'_>, _fleet: &Fleet, _ending: &Ending) {}
}

/// How a run ended.
struct Ending {
    start: Reading,
    end: Reading,
    mishaps: Mishaps,
}

fn renderer(plan: &Plan) -> Box<dyn Renderer> {
    match plan.form {
        Form::Text | Form::Table => Box::new(table::Table::default()),
        Form::Alive => Box::new(list::Alive),
        Form::Unreachable => Box::new(list::Unreachable),
        Form::Fping => Box::new(fping::Fping::new(&plan.words, plan.count.unwrap_or_default())),
        Form::Csv => Box::new(csv::Csv),
        Form::Json => Box::new(records::Records),
    }
}

/// Runs it: to `address` if the one host that was typed has been looked up, else to whatever the words come to.
pub(crate) async fn run(
    opened: Opened,
    address: Option<Address>,
    mut watch: Option<HostWatch>,
    context: &mut Context,
) -> Result<Exit, ToolError> {
    let config = opened.config(context.secret.clone());
    let source = source(&opened.plan, address, context);
    let start = context.clock.now();
    let Opened { plan, outlet, method, fallback } = opened;
    let Context { clock, interfaces, commands, streams, terminal, .. } = context;
    let meter = Meter::new((&*streams, terminal), &plan, start.mono);
    let page = Page::new(streams, interfaces, (&plan, method));
    let mut view = View::new(page, (renderer(&plan), meter), source, (&plan, start));
    view.begin(start, fallback.as_ref());

    let mut prober = Prober::new(config, plan.strategy());
    let ports = Ports { outlet, clock: clock.as_mut(), watch: watch.as_mut(), commands };
    driver::run(&mut prober, ports, &mut view).await;
    let ending = Ending { start, end: clock.now(), mishaps: *prober.mishaps() };
    let silences = silences((&plan, method), &view, watch.as_ref());
    show(&mut view, (&ending, &silences), commands).await;
    if view.has_all_targets && view.fleet.members().is_empty() {
        let mut error = ToolError::new("there is no target that can be asked");
        error.hint = view.first_failure.and_then(|failure| failure.hint);
        return Err(error);
    }
    if !view.has_all_targets {
        // Those that were not known yet have not answered.
        return Ok(Exit::NO);
    }
    Ok(exit(&plan, &view.fleet))
}

fn source(plan: &Plan, address: Option<Address>, context: &Context) -> Source {
    let Some(address) = address else {
        let names = context.names.clone();
        let stream =
            TargetStream::new(plan.words.clone(), wishes(plan, context), names, context.lists.clone());
        return Source::Stream(Box::new(stream));
    };
    let label = plan.host().map(Into::into);
    Source::One(Some(Named { label, address }))
}

/// What is known of the targets that did not answer, where these are few: each costs two questions to the kernel.
fn silences(
    (plan, method): (&Plan, Method),
    view: &View<'_>,
    watch: Option<&HostWatch>,
) -> BTreeMap<TargetId, Silence> {
    let members = view.fleet.members();
    let is_silent = |(_, member): &(u32, &Member)| member.is_silent();
    let silent: Vec<(u32, &Member)> =
        (0..).zip(members).filter(is_silent).take(WATCHED_TARGETS + 1).collect();
    if silent.len() > WATCHED_TARGETS {
        return BTreeMap::new();
    }
    let of = |(id, member): (u32, &Member)| {
        let name = view.page.name(member);
        let report = member.tally.report(0);
        (TargetId(id), silence((plan, method), (&name, member.address), &report, watch))
    };
    silent.into_iter().map(of).collect()
}

/// Writes the sums out as their reader takes them. A signal ends that.
async fn show(
    view: &mut View<'_>,
    (ending, silences): (&Ending, &BTreeMap<TargetId, Silence>),
    commands: &mut UnboundedReceiver<Command>,
) {
    view.end(ending);
    for id in view.order() {
        view.show_target((ending.start, ending.end), (id, silences.get(&id)));
        while view.page.is_behind() {
            tokio::select! {
                biased;
                () = view.page.room() => {}
                Some(command) = commands.recv() => if command == Command::Quit { return },
            }
        }
    }
    view.finish(ending);
}

/// 0 if all targets answered, 1 if one did not or is none. One host follows ping(8), but not where it is only listed; fping
/// counts what was answered in time.
fn exit(plan: &Plan, fleet: &Fleet) -> Exit {
    let in_time = |member: &Member| {
        let report = member.tally.report(0);
        report.received > report.late
    };
    let is_yes = match (plan.form, plan.host(), fleet.members()) {
        (Form::Csv | Form::Json, Some(_), [member]) => return single::exit(plan, &member.tally.report(0)),
        (Form::Fping, _, members) => members.iter().all(in_time),
        (_, _, members) => fleet.answering == members.len() as u64,
    };
    if is_yes && fleet.failed == 0 { Exit::YES } else { Exit::NO }
}
