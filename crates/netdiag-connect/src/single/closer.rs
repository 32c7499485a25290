//! Closer looks at an open connection: TLS, keepalive, heartbeats.

use std::time::Duration;

use netdiag_engine::driver::Command;
use netdiag_engine::port::{Keepalive, Stream};
use netdiag_model::{Address, Rtt};
use netdiag_tool::json;

use super::inquest::Inquest;
use crate::arguments::Heartbeat;
use crate::evidence::{shown, span};
use crate::exchange;
use crate::idle::{self, SYSTEM_DEFAULT};
use crate::json::{HeartbeatRecord, KeepaliveRecord, Record, TlsLine};
use crate::look::Page;
use crate::plan::After;
use crate::text;
use crate::tls::{self, TlsRecord, Wish};

/// What a closer look came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// Nothing is wrong.
    Passed,
    /// The service does not do what was asked of it, or a program would not trust it.
    Failed,
    /// The run was to end before it was known.
    Cut,
}

/// What became of a TLS handshake.
enum Shaken {
    Answered(Box<Result<tls::Report, tls::Failure>>),
    /// It was not waited for any longer.
    Late,
    /// The run is to end.
    Cut,
}

impl Inquest<'_> {
    /// Looks at an open connection as was asked for.
    pub(crate) async fn look_closer(
        &mut self,
        page: &mut Page<'_>,
        open: Option<(Address, Box<dyn Stream>)>,
    ) -> Check {
        let Some((address, mut stream)) = open else { return Check::Passed };
        page.streams.flush();
        match self.opened.plan.after.clone() {
            After::Nothing | After::Banner => Check::Passed,
            After::Tls => self.tls(page, address, &mut *stream).await,
            After::Keepalive(keepalive) => self.keepalive(page, (address, &mut *stream), keepalive).await,
            After::Heartbeat(heartbeat) => self.heartbeat(page, (address, &mut *stream), &heartbeat).await,
        }
    }

    async fn tls(&mut self, page: &mut Page<'_>, address: Address, stream: &mut dyn Stream) -> Check {
        let start = self.clock.now();
        let shaken = self.shake(stream).await;
        let took = self.clock.now().mono.since(start.mono);
        let rtt = Rtt::from_nanos(took.as_nanos() as u64);
        let (record, failure) = match &shaken {
            Shaken::Cut => (None, Some(format!("interrupted {} into the TLS handshake", span(took)))),
            Shaken::Late => {
                (None, Some(format!("the service did not answer the TLS handshake in {}", span(took))))
            }
            Shaken::Answered(answer) => match &**answer {
                Ok(report) => (Some(TlsRecord::new(report, rtt)), None),
                Err(failure) => (
                    failure.report.as_ref().map(|report| TlsRecord::new(report, rtt)),
                    Some(failure.to_string()),
                ),
            },
        };
        let is_valid =
            record.as_ref().and_then(|record| record.certificate.as_ref()).is_some_and(|one| one.valid);
        let check = match &failure {
            _ if matches!(shaken, Shaken::Cut) => Check::Cut,
            None if is_valid => Check::Passed,
            _ => Check::Failed,
        };
        if page.is_json() {
            let (target, address) = (self.endpoint.label.clone(), shown(&address, page.interfaces));
            page.record(&Record::Tls(Box::new(TlsLine {
                target,
                address,
                port: self.port,
                record,
                failure,
            })));
        } else {
            page.text(&text::tls(record.as_ref(), failure.as_deref()));
        }
        check
    }

    /// Shakes hands, as long as a connection is waited for.
    async fn shake(&mut self, stream: &mut dyn Stream) -> Shaken {
        let roots = self.trust.roots();
        let wish = Wish::new(&self.endpoint.label);
        let start = self.clock.now();
        let until = start.mono + exchange::until(self.opened.plan.timeout, self.deadline, start.mono);
        let (clock, commands) = (&mut *self.clock, &mut *self.commands);
        let mut timer = std::pin::pin!(std::future::poll_fn(|cx| clock.poll_until(cx, until)));
        let mut answer = std::pin::pin!(tls::shake(stream, &wish, &roots, start.wall));
        loop {
            tokio::select! {
                biased;
                answer = &mut answer => return Shaken::Answered(Box::new(answer)),
                () = &mut timer => return Shaken::Late,
                Some(command) = commands.recv() => if command == Command::Quit { return Shaken::Cut },
            }
        }
    }

    async fn keepalive(
        &mut self,
        page: &mut Page<'_>,
        (address, stream): (Address, &mut dyn Stream),
        keepalive: Keepalive,
    ) -> Check {
        let expected = keepalive.idle + keepalive.interval * keepalive.count;
        if !page.is_json() && !page.is_quiet() {
            page.text(&text::idling(expected));
            page.streams.flush();
        }
        let idled = match idle::idle(&mut self.tools(), stream, keepalive).await {
            Ok(idled) => idled,
            Err(errno) => {
                page.say(&format!("setting the keepalive: {errno}"));
                return Check::Failed;
            }
        };
        let settings = text::keepalive_settings(keepalive);
        if page.is_json() {
            let millis = |span: Duration| json::millis_from_nanos(span.as_nanos() as f64);
            page.record(&Record::Keepalive(KeepaliveRecord {
                target: self.endpoint.label.clone(),
                address: shown(&address, page.interfaces),
                port: self.port,
                idle_ms: millis(idled.idle),
                noticed_after_ms: idled.ending.map(|_| millis(idled.idle)),
                how: idled.ending.map(idle::Ending::words),
                expected_ms: millis(expected),
                system_default_ms: millis(SYSTEM_DEFAULT),
                settings,
            }));
        } else {
            page.text(&text::idled(&idled, &settings));
        }
        if idled.ending.is_some() { Check::Failed } else { Check::Passed }
    }

    async fn heartbeat(
        &mut self,
        page: &mut Page<'_>,
        (address, stream): (Address, &mut dyn Stream),
        heartbeat: &Heartbeat,
    ) -> Check {
        let plan = self.opened.plan.clone();
        let start = self.clock.now().mono;
        let (mut seq, mut check) = (0, Check::Passed);
        loop {
            seq += 1;
            let Some(beat) = idle::beat(&mut self.tools(), stream, (heartbeat, plan.timeout)).await else {
                break;
            };
            let problem = beat.ending.map(idle::Ending::words);
            if problem.is_some() {
                check = Check::Failed;
            }
            if page.is_json() {
                page.record(&Record::Heartbeat(HeartbeatRecord {
                    target: self.endpoint.label.clone(),
                    address: shown(&address, page.interfaces),
                    port: self.port,
                    seq,
                    rtt_ms: problem.is_none().then(|| json::millis_from_nanos(beat.took.as_nanos() as f64)),
                    problem,
                }));
            } else {
                page.text(&text::beat(seq, &beat));
            }
            page.streams.flush();
            let is_last = plan.beats.is_some_and(|beats| seq >= u64::from(beats));
            if beat.ending.is_some() || is_last {
                break;
            }
            let due = start + plan.interval * u32::try_from(seq).unwrap_or(u32::MAX);
            let rest = due.since(self.clock.now().mono);
            if !self.tools().rest(rest).await {
                break;
            }
        }
        if !page.is_json() && !page.is_quiet() {
            page.text(&text::heartbeat_settings(plan.timeout));
        }
        check
    }
}
