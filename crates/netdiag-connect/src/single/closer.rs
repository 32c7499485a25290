//! Closer looks at an open connection: TLS, keepalive, heartbeats.

use std::fmt::Write;
use std::time::Duration;

use netdiag_engine::port::{Keepalive, Stream};
use netdiag_model::{Address, Rtt};
use netdiag_tool::{Escaped, json};

use super::inquest::Inquest;
use crate::evidence::{quoted, shown, span};
use crate::idle::{self, Idled, SYSTEM_DEFAULT};
use crate::json::{HeartbeatRecord, KeepaliveRecord, Record, TlsLine};
use crate::look::Page;
use crate::plan::{After, Heartbeat};
use crate::tls::{self, TlsRecord, Wish};

/// What a closer look came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// Nothing is wrong.
    Passed,
    /// The service does not do what was asked of it, or a program would not trust it.
    Failed,
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
            After::Keepalive(keepalive) => {
                self.keepalive(page, (address, &mut *stream), keepalive).await;
                Check::Passed
            }
            After::Heartbeat(heartbeat) => self.heartbeat(page, (address, &mut *stream), &heartbeat).await,
        }
    }

    async fn tls(&mut self, page: &mut Page<'_>, address: Address, stream: &mut dyn Stream) -> Check {
        let roots = self.trust.roots();
        let wish = Wish::new(&self.endpoint.label);
        let start = self.clock.now();
        let until = start.mono + self.opened.plan.timeout.max(Duration::from_secs(5));
        let clock = &mut *self.clock;
        let answer = {
            let mut timer = std::pin::pin!(std::future::poll_fn(|cx| clock.poll_until(cx, until)));
            tokio::select! {
                biased;
                answer = tls::shake(stream, &wish, &roots, start.wall) => Some(answer),
                () = &mut timer => None,
            }
        };
        let took = self.clock.now().mono.since(start.mono);
        let rtt = Rtt::from_nanos(took.as_nanos() as u64);
        let (record, failure) = match answer {
            None => (None, Some(format!("the service did not answer the TLS handshake in {}", span(took)))),
            Some(Ok(report)) => (Some(TlsRecord::new(&report, rtt)), None),
            Some(Err(failure)) => {
                let text = failure.to_string();
                (failure.report.map(|report| TlsRecord::new(&report, rtt)), Some(text))
            }
        };
        let is_valid =
            record.as_ref().and_then(|record| record.certificate.as_ref()).is_some_and(|one| one.valid);
        let check = if failure.is_none() && is_valid { Check::Passed } else { Check::Failed };
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
            let text = tls_text(record.as_ref(), failure.as_deref());
            page.text(&text);
        }
        check
    }

    async fn keepalive(
        &mut self,
        page: &mut Page<'_>,
        (address, stream): (Address, &mut dyn Stream),
        keepalive: Keepalive,
    ) {
        let expected = keepalive.idle + keepalive.interval * keepalive.count;
        if !page.is_json() && !page.is_quiet() {
            let line = format!(
                "  idle from now on; a peer that vanishes is noticed after {} (with the system's defaults after {})\n",
                span(expected),
                long(SYSTEM_DEFAULT)
            );
            page.text(&line);
            page.streams.flush();
        }
        let idled = match idle::idle(&mut self.tools(), stream, keepalive).await {
            Ok(idled) => idled,
            Err(errno) => return page.say(&format!("setting the keepalive: {errno}")),
        };
        let settings = settings(keepalive);
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
            page.text(&idled_text(&idled, &settings));
        }
    }

    async fn heartbeat(
        &mut self,
        page: &mut Page<'_>,
        (address, stream): (Address, &mut dyn Stream),
        heartbeat: &Heartbeat,
    ) {
        let plan = self.opened.plan.clone();
        let start = self.clock.now().mono;
        let mut seq = 0;
        loop {
            seq += 1;
            let Some(beat) = idle::beat(&mut self.tools(), stream, (heartbeat, plan.timeout)).await else {
                return;
            };
            let problem = beat.ending.map(idle::Ending::words);
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
                let heard =
                    if beat.heard.is_empty() { String::new() } else { format!(" {}", quoted(&beat.heard)) };
                let text = match problem {
                    None => format!("  heartbeat seq={seq} time={}{heard}\n", span(beat.took)),
                    Some(problem) => {
                        format!("  heartbeat seq={seq}: {problem}, after {}{heard}\n", span(beat.took))
                    }
                };
                page.text(&text);
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
            page.text("  a program needs: a question like this one at every interval, and a timeout on its answer;\n");
            let millis = plan.timeout.as_millis();
            page.text(&format!(
                "  and setsockopt(IPPROTO_TCP, TCP_USER_TIMEOUT, {millis}) for what it sends and nobody acknowledges\n"
            ));
        }
        check
    }
}

/// `2 h 11 min 15 s`.
fn long(span: Duration) -> String {
    let seconds = span.as_secs();
    format!("{} h {} min {} s", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// What sets the same for the whole system, and what for one socket.
fn settings(keepalive: Keepalive) -> Vec<String> {
    let Keepalive { idle, interval, count } = keepalive;
    let (idle, interval) = (idle.as_secs(), interval.as_secs());
    vec![
        format!("sysctl -w net.ipv4.tcp_keepalive_time={idle}"),
        format!("sysctl -w net.ipv4.tcp_keepalive_intvl={interval}"),
        format!("sysctl -w net.ipv4.tcp_keepalive_probes={count}"),
        "setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)".to_owned(),
        format!("setsockopt(IPPROTO_TCP, TCP_KEEPIDLE, {idle})"),
        format!("setsockopt(IPPROTO_TCP, TCP_KEEPINTVL, {interval})"),
        format!("setsockopt(IPPROTO_TCP, TCP_KEEPCNT, {count})"),
    ]
}

fn idled_text(idled: &Idled, settings: &[String]) -> String {
    let mut text = match idled.ending {
        Some(ending) => format!("  noticed after {} of idleness: {}\n", span(idled.idle), ending.words()),
        None => format!("  nothing was noticed in {} of idleness: the connection stands\n", span(idled.idle)),
    };
    text.push_str("  what sets this for every socket (that asks for keepalive), and what for one:\n");
    for line in settings {
        let _ = writeln!(text, "    {line}");
    }
    text
}

fn tls_text(record: Option<&TlsRecord>, failure: Option<&str>) -> String {
    let mut text = String::new();
    if let Some(failure) = failure {
        let _ = writeln!(text, "  TLS         failed: {}", Escaped(failure));
    }
    let Some(record) = record else { return text };
    let alpn = record.alpn.as_ref().map_or("no ALPN".to_owned(), |alpn| format!("ALPN {}", Escaped(alpn)));
    let _ = writeln!(
        text,
        "  TLS         {}, {}, {alpn}, handshake {:.3} ms",
        record.version, record.cipher, record.handshake_ms
    );
    if let Some(certificate) = &record.certificate {
        let _ = writeln!(text, "  certificate {}", Escaped(&certificate.subject));
        let _ = writeln!(text, "  for         {}", Escaped(&certificate.names.join(", ")));
        let _ = writeln!(text, "  signed by   {}", Escaped(&certificate.issuer));
        let _ = writeln!(text, "  valid       from {} to {}", certificate.not_before, certificate.not_after);
    }
    for (index, link) in record.chain.iter().enumerate().skip(1) {
        let head = if index == 1 { "chain" } else { "" };
        let _ = writeln!(text, "  {head:<11} {} until {}", Escaped(&link.subject), link.not_after);
    }
    for (index, statement) in record.statements.iter().enumerate() {
        let head = if index == 0 { "says" } else { "" };
        let _ = writeln!(text, "  {head:<11} - {}", Escaped(statement));
    }
    if record.certificate.as_ref().is_some_and(|certificate| certificate.valid) {
        let _ = writeln!(
            text,
            "  {:<11} the certificate is valid for this host, and this system trusts its issuer",
            ""
        );
    }
    text
}
