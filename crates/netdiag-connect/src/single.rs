//! One service: all its addresses, as often as asked, with everything that can be found out about each.

mod closer;
mod inquest;
mod proxy;

use std::collections::HashMap;
use std::time::Duration;

use netdiag_engine::driver::Command;
use netdiag_engine::port::Resolved;
use netdiag_model::knowledge::cause;
use netdiag_model::{Address, Mono, Verdict};
use netdiag_tool::targets::{Wishes, no_address, unresolved, usable};
use netdiag_tool::{Context, Exit, ToolError, json};

use crate::case::Case;
use crate::endpoint::Endpoint;
use crate::evidence::shown;
use crate::fold::{Report, Try};
use crate::host::Host;
use crate::json::{AttemptRecord, LocateRecord, Record, ResolveRecord, SummaryRecord};
use crate::judge;
use crate::locate::Path;
use crate::look::Page;
use crate::opened::Opened;
use crate::plan::{Detail, Plan};
use crate::text;
use closer::Check;
use inquest::Inquest;

/// Runs it.
pub(crate) async fn run(
    opened: Opened,
    endpoint: &Endpoint,
    context: &mut Context,
) -> Result<Exit, ToolError> {
    let start = context.clock.now();
    let deadline = opened.plan.deadline.map(|deadline| start.mono + deadline);
    let interface = interface(&opened.plan, context);
    let wishes = wishes(&opened.plan, interface, context);
    let host = Host::new(context.facts.take(), context.table.clone(), interface);
    let Some(resolved) = resolve(endpoint, (&wishes, deadline), context).await? else {
        return Ok(Exit::NO);
    };
    let addresses = usable_addresses(endpoint, &resolved, &wishes)?;
    let proxies = std::mem::take(&mut context.proxies);
    let trust = context.trust.clone();
    let Context { clock, commands, streams, interfaces, terminal, .. } = context;
    let mut page = Page::new(streams, interfaces, (opened.plan.look, terminal));
    show_resolved(&mut page, endpoint, (&resolved, &addresses));
    proxy::show(&mut page, endpoint, &proxies);
    let port = endpoint.ports.single().unwrap_or_default();
    let mut inquest = Inquest {
        endpoint,
        port,
        addresses,
        opened,
        host,
        interfaces: interfaces.clone(),
        clock: clock.as_mut(),
        commands,
        terminal,
        trust,
        deadline,
        learned: HashMap::new(),
    };
    let mut round = Rounds {
        page,
        report: Report::default(),
        exits: Exits { has_been_open: false, check: Check::Passed, last: None },
        told: None,
        endpoint,
        port,
    };
    round.run(&mut inquest).await
}

/// The index of the interface that was asked for.
pub(crate) fn interface(plan: &Plan, context: &Context) -> Option<u32> {
    let wanted = plan.sockets.interface.as_deref()?;
    context.interfaces.iter().find(|(_, name)| *name == wanted).map(|(index, _)| *index)
}

/// What is wished for beyond the words.
pub(crate) fn wishes(plan: &Plan, scope: Option<u32>, context: &Context) -> Wishes {
    Wishes {
        family: plan.sockets.family.or(plan.family),
        scope,
        source: plan.source,
        interfaces: context.interfaces.values().cloned().collect(),
        ..Wishes::default()
    }
}

/// Looks the host up; `None` when the run is to end.
async fn resolve(
    endpoint: &Endpoint,
    (wishes, deadline): (&Wishes, Option<Mono>),
    context: &mut Context,
) -> Result<Option<Resolved>, ToolError> {
    let netdiag_tool::targets::Word::Host(host) = &endpoint.host else {
        return Err(no_address(&endpoint.label));
    };
    let Context { names, clock, commands, .. } = context;
    let mut lookup = names.resolve(host, wishes.family);
    let mut timer = std::pin::pin!(std::future::poll_fn(|cx| match deadline {
        Some(deadline) => clock.poll_until(cx, deadline),
        None => std::task::Poll::Pending,
    }));
    loop {
        tokio::select! {
            biased;
            answer = &mut lookup => return answer.map(Some).map_err(|error| unresolved(&error)),
            () = &mut timer => {
                let text = format!("{}: not resolved within the deadline", netdiag_tool::Escaped(host));
                return Err(ToolError::new(text).with_hint("give it more time (-w), or ask by address"));
            }
            Some(command) = commands.recv() => if command == Command::Quit { return Ok(None) },
        }
    }
}

/// The addresses that can be asked, each once, in their order. Those that cannot are left out where others can.
fn usable_addresses(
    endpoint: &Endpoint,
    resolved: &Resolved,
    wishes: &Wishes,
) -> Result<Vec<Address>, ToolError> {
    let mut addresses = Vec::new();
    let mut error = no_address(&endpoint.label);
    for &address in &resolved.addresses {
        match usable(address, wishes) {
            Ok(address) if !addresses.contains(&address) => addresses.push(address),
            Ok(_) => {}
            Err(refused) => error = refused,
        }
    }
    if addresses.is_empty() { Err(error) } else { Ok(addresses) }
}

/// Whether the host was typed as a name.
fn is_name(endpoint: &Endpoint, addresses: &[Address]) -> bool {
    let typed = endpoint.label.split('%').next().unwrap_or_default();
    typed.parse::<std::net::IpAddr>().is_err() && !addresses.is_empty()
}

fn show_resolved(page: &mut Page<'_>, endpoint: &Endpoint, (resolved, addresses): (&Resolved, &[Address])) {
    if !is_name(endpoint, addresses) || page.is_quiet() {
        return;
    }
    let names: Vec<String> = addresses.iter().map(|address| shown(address, page.interfaces)).collect();
    if page.is_json() {
        page.record(&Record::Resolve(ResolveRecord {
            target: endpoint.label.clone(),
            addresses: names,
            elapsed_ms: json::millis_from_nanos(resolved.elapsed.as_nanos() as f64),
            source: "getaddrinfo",
        }));
    } else {
        page.text(&text::resolved(&endpoint.label, &names, resolved.elapsed));
    }
}

/// The exit codes of the verdicts.
pub(crate) const fn exit(verdict: Verdict) -> Exit {
    Exit(match verdict {
        Verdict::Open => 0,
        Verdict::Refused => 3,
        Verdict::Filtered => 4,
        Verdict::Unreachable => 5,
        Verdict::Rejected => 6,
        Verdict::BlockedLocally => 7,
        Verdict::ClosedEarly => 8,
        Verdict::Inconclusive => 9,
        Verdict::LocalError => 2,
    })
}

/// What the exit code depends on.
#[derive(Debug)]
struct Exits {
    has_been_open: bool,
    /// Whether a closer look at an open connection failed.
    check: Check,
    last: Option<Verdict>,
}

/// The tries, one after the other.
struct Rounds<'a> {
    page: Page<'a>,
    report: Report,
    exits: Exits,
    /// The verdict that was told last while another one is waited for.
    told: Option<Verdict>,
    endpoint: &'a Endpoint,
    port: u16,
}

impl Rounds<'_> {
    async fn run(&mut self, inquest: &mut Inquest<'_>) -> Result<Exit, ToolError> {
        let plan = inquest.opened.plan.clone();
        let first = inquest.clock.now().mono;
        let (mut seq, mut last) = (0, Vec::new());
        loop {
            seq += 1;
            let tried = inquest.inquire(&mut self.page, seq).await;
            self.show(&plan, seq, &tried.cases);
            last.clone_from(&tried.cases);
            self.show_paths(&tried.cases, &tried.paths);
            let verdict = self.apply(&tried.cases);
            let check = inquest.look_closer(&mut self.page, tried.stream).await;
            if check != Check::Passed {
                self.exits.check = check;
            }
            let is_over = tried.is_over || check == Check::Cut;
            let is_reached = plan.until.is_some_and(|until| verdict == Some(until));
            if is_over || is_reached || plan.count.is_some_and(|count| seq >= u64::from(count)) {
                break;
            }
            if plan.until.is_some() && !self.page.is_json() {
                self.wait_for(&plan, seq, verdict);
            }
            let due = first + plan.interval * u32::try_from(seq).unwrap_or(u32::MAX);
            let rest = due.since(inquest.clock.now().mono);
            self.page.streams.flush();
            if !inquest.tools().rest(rest).await || self.page.streams.out.is_gone() {
                break;
            }
        }
        self.show_missed(&plan, &last);
        self.sum_up(&plan, &last);
        if self.exits.check != Check::Passed {
            return Ok(Exit::NO);
        }
        Ok(match (self.exits.last, plan.until) {
            (Some(_), None) if self.exits.has_been_open => Exit::YES,
            // It was to end otherwise.
            (Some(Verdict::Open), Some(until)) if until != Verdict::Open => Exit::NO,
            (Some(verdict), _) => exit(verdict),
            (None, _) => Exit::NO,
        })
    }

    /// What the run waits for, on standard error: once, and when the verdict has changed.
    fn wait_for(&mut self, plan: &Plan, seq: u64, verdict: Option<Verdict>) {
        let (Some(verdict), Some(until)) = (verdict, plan.until) else { return };
        if self.page.is_quiet() || self.told == Some(verdict) {
            return;
        }
        let is_now = if self.told.is_none() { "is" } else { "is now" };
        self.told = Some(verdict);
        let message = format!(
            "{} {is_now} {} (try {seq}): waiting until it is {}",
            text::service(&self.endpoint.label, self.port),
            verdict.as_str(),
            until.as_str()
        );
        self.page.say(&message);
    }

    fn show(&mut self, plan: &Plan, seq: u64, cases: &[Case]) {
        let is_repeated = plan.count != Some(1);
        let is_waiting = plan.until.is_some();
        for case in cases {
            let verdict = cause::of(judge::cause(case)).verdict;
            let is_reached = plan.until == Some(verdict);
            if self.page.is_json() {
                if !self.page.is_quiet() {
                    let record = AttemptRecord::new((&self.endpoint.label, seq), case, self.page.interfaces);
                    self.page.record(&Record::Attempt(Box::new(record)));
                }
                continue;
            }
            let (paint, detail) = (self.page.paint, self.page.look.detail);
            let text = if is_repeated && detail != Detail::Verbose && !is_reached {
                if is_waiting || self.page.is_quiet() {
                    continue;
                }
                text::line(&self.endpoint.label, seq, (case, self.page.interfaces), paint)
            } else {
                text::attempt(case, self.page.interfaces, (paint, detail))
            };
            self.page.text(&text);
        }
        if cases.len() > 1 && !is_repeated && !self.page.is_json() && !self.page.is_quiet() {
            let all = judged(cases);
            let text = text::choice(&all, raced(&all), self.page.interfaces);
            self.page.text(&text);
        }
    }

    /// What was waited for did not come: how it stands.
    fn show_missed(&mut self, plan: &Plan, last: &[Case]) {
        if plan.until.is_none_or(|until| self.exits.last == Some(until)) || self.page.is_json() {
            return;
        }
        let (paint, detail) = (self.page.paint, self.page.look.detail);
        for case in last {
            let text = text::attempt(case, self.page.interfaces, (paint, detail));
            self.page.text(&text);
        }
    }

    fn show_paths(&mut self, cases: &[Case], paths: &[Path]) {
        for (case, path) in cases.iter().zip(paths) {
            if self.page.is_json() {
                let (of, path) = ((&case.address, case.port), (path, self.page.interfaces));
                self.page.record(&Record::Locate(LocateRecord::new(&self.endpoint.label, of, path)));
            } else {
                let address = shown(&case.address, self.page.interfaces);
                let look = (self.page.interfaces, self.page.paint);
                self.page.text(&text::path((&address, case.port), path, look));
            }
        }
    }

    /// Counts a try; its verdict: open if any address is, else that of the first.
    fn apply(&mut self, cases: &[Case]) -> Option<Verdict> {
        let mut verdicts = Vec::new();
        for case in cases {
            let verdict = cause::of(judge::cause(case)).verdict;
            verdicts.push(verdict);
            self.report.apply(&Try {
                verdict,
                handshake: case.handshake().filter(|_| verdict == Verdict::Open),
                repeated: case.sighting.retransmits,
                span: (case.started.read, case.ended.read),
            });
        }
        let verdict =
            verdicts.iter().copied().find(|verdict| *verdict == Verdict::Open).or(verdicts.first().copied());
        if let (Some(verdict), Some(first)) = (verdict, cases.first()) {
            self.report.apply_whole(verdict, first.started.read);
        }
        self.exits.has_been_open |= verdict == Some(Verdict::Open);
        self.exits.last = verdict.or(self.exits.last);
        verdict
    }

    fn sum_up(&mut self, plan: &Plan, last: &[Case]) {
        if self.page.is_json() {
            let mut summary = SummaryRecord::new(&self.endpoint.label, Some(self.port), &self.report);
            if last.len() > 1 {
                let all = judged(last);
                summary.chosen =
                    text::first_open(&all).map(|case| shown(&case.address, self.page.interfaces));
                summary.finding = text::choice(&all, raced(&all), self.page.interfaces)
                    .lines()
                    .map(str::to_owned)
                    .collect();
            }
            self.page.record(&Record::Summary(Box::new(summary)));
        } else if plan.count != Some(1)
            && self.report.sent > 0
            && (plan.until.is_none() || !self.page.is_quiet())
        {
            let text = text::summary(&self.endpoint.label, self.port, &self.report);
            self.page.text(&text);
        }
    }
}

/// Cases with their verdicts.
fn judged(cases: &[Case]) -> Vec<(&Case, Verdict)> {
    cases.iter().map(|case| (case, cause::of(judge::cause(case)).verdict)).collect()
}

/// The one that would have won: the first to be open, counted from the start of the first.
fn raced<'a>(cases: &[(&'a Case, Verdict)]) -> Option<&'a Case> {
    let open = cases.iter().filter(|(_, verdict)| *verdict == Verdict::Open);
    open.map(|(case, _)| *case).min_by_key(|case| case.ended.read.mono)
}

/// Round-trip times up to this are short enough to look whose a RST is without being asked: it may come from this host or
/// from the first hops, and to find out takes no longer than a person notices.
pub(crate) const SHORT: Duration = Duration::from_millis(5);
