//! One try: the attempts themselves, and then whatever else has to be asked before anything is concluded from them.

use std::rc::Rc;
use std::time::Duration;

use netdiag_engine::dialer::Dialer;
use netdiag_engine::driver::Command;
use netdiag_engine::driver::dial::{self, End, Line};
use netdiag_engine::port::{Clock, Connection, Counters, Stream};
use netdiag_model::{Address, Errno, Mono};
use netdiag_tool::{Progress, Terminal, Trust};
use tokio::sync::mpsc::UnboundedReceiver;

use super::SHORT;
use crate::batch::Tools;
use crate::case::{Case, Origin, Place, Whose};
use crate::endpoint::{Endpoint, Transport};
use crate::evidence::Interfaces;
use crate::exchange::{self, Question};
use crate::host::Host;
use crate::json::{LocateRecord, Record};
use crate::look::Page;
use crate::opened::Opened;
use crate::plan::After;
use crate::race::{Finish, Manner, Race};
use crate::watch::Aim;
use crate::{locate, own, proof, text, whose};

/// All that is needed to inquire into a service.
pub(crate) struct Inquest<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) port: u16,
    pub(crate) addresses: Vec<Address>,
    pub(crate) opened: Opened,
    pub(crate) host: Host,
    pub(crate) interfaces: Interfaces,
    pub(crate) clock: &'a mut dyn Clock,
    pub(crate) commands: &'a mut UnboundedReceiver<Command>,
    pub(crate) terminal: &'a Terminal,
    pub(crate) trust: Rc<dyn Trust>,
    pub(crate) deadline: Option<Mono>,
}

/// What a try came to.
pub(crate) struct Tried {
    pub(crate) cases: Vec<Case>,
    /// The first open connection, where it is to be looked at more closely.
    pub(crate) stream: Option<(Address, Box<dyn Stream>)>,
    /// Whether the run is to end.
    pub(crate) is_over: bool,
}

impl Inquest<'_> {
    pub(crate) fn tools(&mut self) -> Tools<'_> {
        Tools {
            connector: &mut *self.opened.connector,
            clock: &mut *self.clock,
            commands: &mut *self.commands,
            deadline: self.deadline,
        }
    }

    /// Tries all addresses once.
    pub(crate) async fn inquire(&mut self, page: &mut Page<'_>, seq: u64) -> Tried {
        match self.endpoint.transport {
            Transport::Tcp => self.connect(page, seq).await,
            Transport::Udp => self.exchange().await,
        }
    }

    async fn connect(&mut self, page: &mut Page<'_>, seq: u64) -> Tried {
        let before = self.host.counters();
        let mut race = Race::new(&self.addresses, self.manner(), self.progress(page, seq));
        let line = Line {
            connector: &mut *self.opened.connector,
            clock: &mut *self.clock,
            commands: &mut *self.commands,
            deadline: self.deadline,
        };
        let dialer = Dialer::new(self.opened.plan.rate, netdiag_engine::dialer::WINDOW);
        let end = dial::run(dialer, line, &mut race).await;
        let (finishes, notices) = race.finish();
        for notice in &notices {
            page.notice(notice);
        }
        let mut tried = Tried { cases: Vec::new(), stream: None, is_over: end != End::Done };
        for mut finish in finishes {
            if let (Some(stream), true, None) =
                (finish.stream.take(), self.opened.plan.after != After::Nothing, &tried.stream)
            {
                tried.stream = Some((finish.address, stream));
            }
            let mut case = self.case(finish);
            if !tried.is_over {
                self.inquire_further(&mut case, before.as_ref()).await;
            }
            if self.opened.plan.is_locating && !tried.is_over {
                self.locate(page, &case).await;
            }
            tried.cases.push(case);
        }
        tried
    }

    fn manner(&self) -> Manner {
        let plan = &self.opened.plan;
        let dwell = match plan.after {
            After::Nothing => (!plan.dwell.is_zero()).then_some((plan.dwell, Aim::Stay)),
            After::Banner => Some((plan.timeout, Aim::Greeting)),
            After::Tls | After::Keepalive(_) | After::Heartbeat(_) => None,
        };
        Manner { port: self.port, source_port: plan.source_port, timeout: plan.timeout, dwell }
    }

    fn progress(&self, page: &Page<'_>, seq: u64) -> Option<(Progress, String)> {
        if page.is_quiet() || !self.terminal.is_stderr {
            return None;
        }
        let words = if seq == 1 { String::new() } else { format!("try {seq}: ") };
        Some((Progress::new(page.streams, self.terminal, None), words))
    }

    /// What is known of an attempt by itself, and of the way to its target.
    fn case(&self, finish: Finish) -> Case {
        let Finish { address, connection, .. } = finish;
        let place = self.host.place(&address);
        let source = self.opened.plan.sockets.source;
        let mut case = Case {
            transport: self.endpoint.transport,
            address,
            port: self.port,
            started: finish.started,
            ended: finish.ended,
            connection,
            sighting: finish.sighting,
            sent: finish.sent,
            objections: finish.objections,
            place,
            neighbour: self.host.neighbour(&address),
            is_offender_here: false,
            listeners: self.host.listeners(&address, self.port),
            proof: None,
            whose: None,
            early: finish.early,
            state: finish.state,
            greeting: finish.greeting,
            source: (source, self.opened.plan.source_port),
            is_source_here: source.is_some_and(|source| self.host.is_own(source)),
        };
        let offender = case.icmp().and_then(|(_, from)| from);
        case.is_offender_here = offender.is_some_and(|from| self.host.is_own(from.ip));
        case
    }

    /// Asks what the attempt alone does not tell.
    async fn inquire_further(&mut self, case: &mut Case, before: Option<&Counters>) {
        match case.connection {
            Connection::Failed { errno: Errno::ECONNREFUSED, icmp: None, is_synchronous: false }
                if case.place != Place::Here =>
            {
                if self.opened.plan.is_who || case.elapsed() <= SHORT {
                    case.whose = self.whose(case).await;
                }
            }
            Connection::Established { .. } if self.opened.plan.is_who => case.whose = self.whose(case).await,
            Connection::Silent if !case.is_stuck() && case.sighting.timeouts > 0 => {
                if let Some(before) = before {
                    let Self { opened, clock, commands, host, deadline, .. } = self;
                    let mut tools = Tools {
                        connector: &mut *opened.connector,
                        clock: &mut **clock,
                        commands: &mut **commands,
                        deadline: *deadline,
                    };
                    case.proof = proof::prove(&mut tools, host, (case.address, case.port), before).await;
                }
            }
            _ => {}
        }
    }

    /// Whose the answer is.
    async fn whose(&mut self, case: &Case) -> Option<Whose> {
        let rtt = case.handshake().map_or(case.elapsed(), Duration::from);
        let subject = whose::Subject { address: case.address, port: case.port, rtt };
        let ttl = whose::ttl(&mut self.tools(), &subject).await?;
        if whose::INITIAL.contains(&ttl) && self.is_answered_here(case, rtt).await {
            return Some(Whose { ttl, own: None, origin: Origin::Here });
        }
        let own = self.own_ttl(case.address, rtt).await;
        Some(whose::judge(ttl, own, case.place))
    }

    /// Whether it is this host that answers: nothing leaves by the interface.
    async fn is_answered_here(&mut self, case: &Case, rtt: Duration) -> bool {
        let (Place::Link { interface } | Place::Behind { interface, .. }) = case.place else { return false };
        let Some(name) = self.interfaces.get(&interface).cloned() else { return false };
        let timeout = (rtt * 4).max(Duration::from_millis(10));
        let Self { opened, clock, commands, host, deadline, .. } = self;
        let mut tools = Tools {
            connector: &mut *opened.connector,
            clock: &mut **clock,
            commands: &mut **commands,
            deadline: *deadline,
        };
        proof::is_answered_here(&mut tools, host, (case.address, case.port), (&name, timeout)).await
    }

    /// The TTL of packets that are the target's own.
    async fn own_ttl(&mut self, address: Address, rtt: Duration) -> Option<u8> {
        let timeout = (rtt * 4).max(Duration::from_millis(10));
        let Self { opened, clock, commands, deadline, .. } = self;
        let mut tools = Tools {
            connector: &mut *opened.connector,
            clock: &mut **clock,
            commands: &mut **commands,
            deadline: *deadline,
        };
        if let Some(udp) = &mut opened.udp
            && let Some(ttl) = own::by_datagram(&mut **udp, &mut tools, (address, timeout)).await
        {
            return Some(ttl);
        }
        own::by_echo(opened.icmp.as_deref_mut()?, &mut tools, (address, timeout)).await
    }

    async fn locate(&mut self, page: &mut Page<'_>, case: &Case) {
        let Some(path) = locate::locate(&mut self.tools(), case.address, case.port).await else { return };
        let target = &self.endpoint.label;
        if page.is_json() {
            let (of, path) = ((&case.address, case.port), (&path, page.interfaces));
            page.record(&Record::Locate(LocateRecord::new(target, of, path)));
        } else {
            let address = crate::evidence::shown(&case.address, page.interfaces);
            let text = text::path((&address, case.port), &path, (page.interfaces, page.paint));
            page.text(&text);
        }
    }

    /// Asks all addresses by datagram, one after the other.
    async fn exchange(&mut self) -> Tried {
        let mut tried = Tried { cases: Vec::new(), stream: None, is_over: false };
        for address in self.addresses.clone() {
            let Some(socket) = &mut self.opened.udp else { break };
            let now = self.clock.now().mono;
            if self.deadline.is_some_and(|deadline| deadline <= now) {
                tried.is_over = true;
                break;
            }
            let timeout = exchange::until(self.opened.plan.timeout, self.deadline, now);
            let question =
                Question { to: address, port: self.port, payload: &self.opened.plan.payload, timeout };
            let exchanged =
                exchange::ask(&mut **socket, &mut *self.clock, &mut *self.commands, &question).await;
            let Some(exchanged) = exchanged else {
                tried.is_over = true;
                break;
            };
            tried.cases.push(self.case(exchanged.into_finish(address)));
            let now = self.clock.now().mono;
            tried.is_over = self.deadline.is_some_and(|deadline| deadline <= now);
        }
        tried
    }
}
