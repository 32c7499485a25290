//! Many services: lists and ranges of ports, blocks of addresses, lists of both; asked once each, under the global rate and
//! the limit of open files, and shown grouped by verdict.

mod agenda;
mod fleet;
mod source;
mod table;

use netdiag_engine::dialer::{Dialer, WINDOW};
use netdiag_engine::driver::dial::{self, Line};
use netdiag_tool::targets::{Addresses, Wishes};
use netdiag_tool::{Context, Exit, ToolError};

use crate::endpoint::{Endpoint, Transport};
use crate::evidence::shown;
use crate::host::Host;
use crate::json::{Record, SummaryRecord};
use crate::look::Page;
use crate::opened::Opened;
use crate::plan::Plan;
use crate::single::{interface, wishes};
use agenda::Sweep;
use source::Source;

/// Runs it.
pub(crate) async fn run(mut opened: Opened, context: &mut Context) -> Result<Exit, ToolError> {
    let start = context.clock.now();
    let deadline = opened.plan.deadline.map(|deadline| start.mono + deadline);
    let interface = interface(&opened.plan, context);
    let wishes = Wishes { addresses: Addresses::All, ..wishes(&opened.plan, interface, context) };
    let host = Host::new(context.facts.take(), context.table.clone(), interface);
    let source = Source::new(&opened.plan.wanted, wishes, (context.names.clone(), context.lists.clone()));
    let Context { clock, commands, streams, interfaces, terminal, .. } = context;
    let page = Page::new(streams, interfaces, (opened.plan.look, terminal));
    let mut sweep = Sweep::new((page, terminal), &opened.plan, (&host, source), start);
    let line = Line { connector: &mut *opened.connector, clock: clock.as_mut(), commands, deadline };
    dial::run(Dialer::new(opened.plan.rate, WINDOW), line, &mut sweep).await;
    if let Some(socket) = &mut opened.udp {
        sweep.ask_by_datagram(&mut **socket, (clock.as_mut(), commands), deadline).await;
    }
    finish(&mut sweep, &opened.plan)
}

/// The sums, and the exit code.
fn finish(sweep: &mut Sweep<'_>, plan: &Plan) -> Result<Exit, ToolError> {
    sweep.clear_progress();
    if sweep.fleet.members.is_empty() && !sweep.is_cut() {
        let mut error = ToolError::new("there is nothing that can be asked");
        error.hint.clone_from(&sweep.first_hint);
        return Err(error);
    }
    if sweep.page.is_json() {
        for member in &sweep.fleet.members {
            let mut summary = SummaryRecord::new(&member.label, member.single_port, &member.report);
            summary.address = Some(shown(&member.address, sweep.page.interfaces));
            summary.protocol = Some(member.transport.as_str());
            summary.ports = member.single_port.is_none().then(|| member.ports_by_word());
            sweep.page.streams.out.write(&netdiag_tool::json::line(&Record::Summary(Box::new(summary))));
        }
    } else if !sweep.page.is_quiet() {
        let text = table::table(&sweep.fleet, plan, (sweep.page.interfaces, sweep.page.paint));
        sweep.page.text(&text);
        if let Some(cut) = sweep.cut_short() {
            sweep.page.say(&cut);
        }
    }
    let is_all_open = sweep.fleet.is_all_open() && sweep.failed == 0 && !sweep.is_cut();
    Ok(if is_all_open { Exit::YES } else { Exit::NO })
}

/// Whether a service is asked by TCP.
fn is_tcp(endpoint: &Endpoint) -> bool {
    endpoint.transport == Transport::Tcp
}
