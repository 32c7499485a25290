//! One try: the attempts themselves, and then whatever else has to be asked before anything is concluded from them.

use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use netdiag_engine::dialer::Dialer;
use netdiag_engine::driver::Command;
use netdiag_engine::driver::dial::{self, End, Line};
use netdiag_engine::port::{Clock, Connection, Counters, ProbeSocket, Stream};
use netdiag_model::{Address, Errno, Mono};
use netdiag_tool::{Progress, Terminal, Trust};
use tokio::sync::mpsc::UnboundedReceiver;

use super::SHORT;
use crate::batch::Tools;
use crate::case::{Case, Origin, Place, Proof, Whose};
use crate::endpoint::{Endpoint, Transport};
use crate::evidence::Interfaces;
use crate::exchange::{self, Question};
use crate::host::Host;
use crate::locate::Path;
use crate::look::Page;
use crate::opened::Opened;
use crate::plan::After;
use crate::race::{Finish, Manner, Race};
use crate::watch::Aim as Watching;
use crate::whose::Aim;
use crate::{judge, locate, own, proof, whose};

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
    /// Whose the RSTs of an address are, which is not searched for again while they arrive with the same TTL.
    pub(crate) learned: HashMap<Address, Whose>,
}

/// Sockets for datagrams: UDP, ICMP.
type Datagrams<'a> =
    (Option<&'a mut (dyn ProbeSocket + 'static)>, Option<&'a mut (dyn ProbeSocket + 'static)>);

/// What a try came to.
pub(crate) struct Tried {
    pub(crate) cases: Vec<Case>,
    /// How far SYNs come, in the order of the cases, where that was asked for.
    pub(crate) paths: Vec<Path>,
    /// The first open connection, where it is to be looked at more closely.
    pub(crate) stream: Option<(Address, Box<dyn Stream>)>,
    /// Whether the run is to end.
    pub(crate) is_over: bool,
}

impl Inquest<'_> {
    pub(crate) fn tools(&mut self) -> Tools<'_> {
        self.parts().0
    }

    /// The tools, and beside them what this host knows and the sockets for datagrams.
    fn parts(&mut self) -> (Tools<'_>, &Host, Datagrams<'_>) {
        let Opened { plan, connector, udp, icmp } = &mut self.opened;
        let tools = Tools {
            connector: &mut **connector,
            clock: &mut *self.clock,
            commands: &mut *self.commands,
            source: plan.source,
            deadline: self.deadline,
        };
        (tools, &self.host, (udp.as_deref_mut(), icmp.as_deref_mut()))
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
        let mut tried =
            Tried { cases: Vec::new(), paths: Vec::new(), stream: None, is_over: end != End::Done };
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
                match locate::locate(&mut self.tools(), case.address, case.port).await {
                    Some(path) => tried.paths.push(path),
                    None => tried.is_over = true,
                }
            }
            tried.cases.push(case);
        }
        tried
    }

    fn manner(&self) -> Manner {
        let plan = &self.opened.plan;
        let dwell = match plan.after {
            After::Nothing => (!plan.dwell.is_zero()).then_some((plan.dwell, Watching::Stay)),
            After::Banner => Some((plan.timeout, Watching::Greeting)),
            After::Tls | After::Keepalive(_) | After::Heartbeat(_) => None,
        };
        Manner { port: self.port, source: (plan.source, plan.source_port), timeout: plan.timeout, dwell }
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
        let source = self.opened.plan.source;
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
            listeners: (self.endpoint.transport == Transport::Tcp)
                .then(|| self.host.listeners(&address, self.port))
                .flatten(),
            proof: None,
            whose: None,
            early: finish.early,
            state: finish.state,
            greeting: finish.greeting,
            is_located: self.opened.plan.is_locating,
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
            // Refused although it listens: is it the firewall of this host?
            connection if whose::is_reset(&connection) && judge::is_listened_to(case) => {
                case.proof = self.prove(case, before).await;
            }
            connection if whose::is_reset(&connection) && case.place != Place::Here => {
                // An answer to what has not left is evidence that disagrees.
                let has_left = self
                    .way_out(case)
                    .zip(before)
                    .is_none_or(|(name, before)| !proof::has_nothing_left(&self.host, before, name));
                if self.opened.plan.is_who || case.elapsed() <= SHORT || !has_left {
                    case.whose = match self.learned.get(&case.address).copied() {
                        Some(whose) if has_left && self.is_still(case, whose).await => Some(whose),
                        _ => self.whose(case).await,
                    };
                    self.learned.extend(case.whose.map(|whose| (case.address, whose)));
                }
            }
            Connection::Established { .. } | Connection::Failed { errno: Errno::ECONNRESET, .. }
                if self.opened.plan.is_who =>
            {
                case.whose = if judge::is_reset_at_once(case) {
                    self.whose_reset(case).await
                } else {
                    self.whose(case).await
                };
            }
            Connection::Silent if !case.is_stuck() && case.sighting.timeouts > 0 => {
                case.proof = self.prove(case, before).await;
                if case.proof.is_none() && is_hurried(&case.sent) {
                    let words = "the kernel repeated the SYN after half a second, as it does where a device does not take one";
                    case.proof = Some(Proof::Suspected(words.to_owned()));
                }
            }
            _ => {}
        }
    }

    /// Whether this host itself stops the packets.
    async fn prove(&mut self, case: &Case, before: Option<&Counters>) -> Option<Proof> {
        let (mut tools, host, _) = self.parts();
        proof::prove(&mut tools, host, (case.address, case.port), before?).await
    }

    /// Whether the RSTs of an address still arrive as they did.
    async fn is_still(&mut self, case: &Case, whose: Whose) -> bool {
        whose.origin != Origin::Here && whose::is_still(&mut self.tools(), &answers(case), whose.ttl).await
    }

    /// Whose the answer is.
    async fn whose(&mut self, case: &Case) -> Option<Whose> {
        let subject = answers(case);
        let ttl = whose::ttl(&mut self.tools(), &subject).await?;
        if whose::INITIAL.contains(&ttl) && self.is_answered_here(case, subject.rtt).await {
            return Some(Whose { ttl, own: None, origin: Origin::Here });
        }
        let own = self.own_ttl(case.address, subject.rtt).await;
        Some(whose::judge(ttl, own, self.near(case, subject.rtt).await.as_ref()))
    }

    /// Whose a RST after the handshake is, beside the answer to the SYN.
    async fn whose_reset(&mut self, case: &Case) -> Option<Whose> {
        let subject = answers(case);
        let own = whose::ttl(&mut self.tools(), &subject).await;
        let ttl = whose::ttl(&mut self.tools(), &whose::Subject { aim: Aim::Reset, ..subject }).await?;
        Some(whose::judge(ttl, own, self.near(case, subject.rtt).await.as_ref()))
    }

    /// What becomes of a SYN that the next hop, if there is one, does not pass on.
    async fn near(&mut self, case: &Case, rtt: Duration) -> Option<Connection> {
        if !matches!(case.place, Place::Behind { .. }) {
            return None;
        }
        whose::near(&mut self.tools(), (case.address, case.port), patience(rtt)).await
    }

    /// The name of the interface that packets to the target leave by.
    fn way_out(&self, case: &Case) -> Option<&String> {
        match case.place {
            Place::Link { interface } | Place::Behind { interface, .. } => self.interfaces.get(&interface),
            _ => None,
        }
    }

    /// Whether it is this host that answers: nothing leaves by the interface.
    async fn is_answered_here(&mut self, case: &Case, rtt: Duration) -> bool {
        let Some(name) = self.way_out(case).cloned() else { return false };
        let timeout = patience(rtt);
        let (mut tools, host, _) = self.parts();
        proof::is_answered_here(&mut tools, host, case, (&name, timeout)).await
    }

    /// The TTL of packets that are the target's own.
    async fn own_ttl(&mut self, address: Address, rtt: Duration) -> Option<u8> {
        let timeout = patience(rtt);
        let (mut tools, _, (udp, icmp)) = self.parts();
        if let Some(udp) = udp
            && let Some(ttl) = own::by_datagram(udp, &mut tools, (address, timeout)).await
        {
            return Some(ttl);
        }
        own::by_echo(icmp?, &mut tools, (address, timeout)).await
    }

    /// Asks all addresses by datagram, one after the other.
    async fn exchange(&mut self) -> Tried {
        let mut tried = Tried { cases: Vec::new(), paths: Vec::new(), stream: None, is_over: false };
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
            let is_cut = exchanged.is_cut;
            tried.cases.push(self.case(exchanged.into_finish(address)));
            let now = self.clock.now().mono;
            tried.is_over = is_cut || self.deadline.is_some_and(|deadline| deadline <= now);
            if is_cut {
                break;
            }
        }
        tried
    }
}

/// Whether SYNs were repeated sooner than a timeout would have it: the kernel tries again after half a second where a device
/// does not take one (`TCP_RESOURCE_PROBE_INTERVAL`), and else after one or more (RFC 6298).
fn is_hurried(sent: &[Duration]) -> bool {
    sent.windows(2).any(|pair| pair[1].saturating_sub(pair[0]) < Duration::from_millis(800))
}

/// The answers to SYNs to the service.
fn answers(case: &Case) -> whose::Subject {
    let rtt = case.handshake().map_or(case.elapsed(), Duration::from);
    whose::Subject { address: case.address, port: case.port, aim: Aim::Answer, rtt }
}

/// How long an answer is waited for that should take as long as another one took.
fn patience(rtt: Duration) -> Duration {
    (rtt * 4).max(Duration::from_millis(10))
}
