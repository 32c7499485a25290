//! A scenario: a network, whom to ask and how; and a run of it, with all that was said.

use std::future::poll_fn;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::net::IpAddr;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::pin::pin;
use std::time::Duration;

use netdiag_engine::driver::{self, Command, Outlet, Ports, Sink};
use netdiag_engine::pacer::{MilliHertz, Rate};
use netdiag_engine::port::{Clock, SocketOptions, Sockets};
use netdiag_engine::prober::{Audience, Config, Flows, Method, Mishaps, Prober};
use netdiag_engine::strategy::{Count, Echo, Ending, Pace};
use netdiag_engine::token::{Payload, Secret};
use netdiag_engine::watch::HostWatch;
use netdiag_model::event::{Arrival, NoticeCode, Reply};
use netdiag_model::{Address, Event, Icmp, Mono, Reading};
use netdiag_sim::{Network, Sim, Truth};
use tokio::sync::mpsc;

/// The simulator's addresses on this host's links have the first interface as their scope.
const FIRST_INTERFACE: u32 = 2;

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn at(millis: u64) -> Mono {
    Mono::ZERO + ms(millis)
}

pub(crate) fn per_second(rate: f64) -> Rate {
    Rate::PerSecond(MilliHertz::from_per_second(rate).expect("a rate"))
}

/// A network of this host and one target, `192.0.2.1`, with more keys for either and for the link between them.
pub(crate) fn pair(top: &str, here: &str, target: &str, link: &str) -> String {
    format!(
        "{top}\n[here]\naddresses = [\"192.0.2.10/24\"]\n{here}\n[host.target]\naddresses = [\"192.0.2.1/24\"]\n\
         {target}\n[[link]]\nends = [\"here\", \"target\"]\n{link}\n"
    )
}

/// What to run.
#[derive(Debug)]
pub(crate) struct Scenario {
    pub(crate) network: Network,
    pub(crate) method: Method,
    pub(crate) timeout: Option<Duration>,
    pub(crate) rate: Rate,
    pub(crate) size: usize,
    pub(crate) pace: Pace,
    pub(crate) count: Count,
    pub(crate) ending: Ending,
    pub(crate) preload: u64,
    pub(crate) deadline: Option<Duration>,
    pub(crate) targets: Vec<IpAddr>,
    pub(crate) audience: Audience,
    pub(crate) options: SocketOptions,
    pub(crate) quit_at: Option<Mono>,
}

impl Scenario {
    /// A file of `tests/networks`, and ten probes a second until ten have been settled.
    pub(crate) fn file(name: &str) -> Self {
        let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/networks"))
            .join(format!("{name}.toml"));
        Self::new(Network::from_file(path).expect("a network"))
    }

    pub(crate) fn toml(text: &str) -> Self {
        Self::new(Network::from_toml(text).expect("a network"))
    }

    fn new(network: Network) -> Self {
        Self {
            network,
            method: Method::Icmp,
            timeout: Some(Duration::from_secs(2)),
            rate: Rate::Max,
            size: 56,
            pace: Pace::Steady { interval: ms(100) },
            count: Count::Limit(10),
            ending: Ending::Settled,
            preload: 1,
            deadline: None,
            targets: Vec::new(),
            audience: Audience::One,
            options: SocketOptions::default(),
            quit_at: None,
        }
    }

    pub(crate) fn to(mut self, target: &str) -> Self {
        self.targets.push(ip(target));
        self
    }

    pub(crate) fn count(self, count: u32) -> Self {
        Self { count: Count::Limit(count), ..self }
    }

    pub(crate) fn every(self, interval: Duration) -> Self {
        Self { pace: Pace::Steady { interval }, ..self }
    }

    pub(crate) fn timeout(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    pub(crate) fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    fn open(&self, sim: &Sim) -> (Outlet, u16) {
        let sockets = sim.sockets();
        let socket = match self.method {
            Method::Icmp => sockets.open_icmp(&self.options),
            Method::Udp { .. } => sockets.open_udp(&self.options),
            Method::Tcp { .. } => {
                return (Outlet::Connector(sockets.open_connector(&self.options).expect("a connector")), 1);
            }
        };
        let socket = socket.expect("a socket");
        let shards = socket.max_shards();
        (Outlet::Socket(socket), shards)
    }

    fn prober(&self, max_shards: u16) -> Prober<Echo> {
        let config = Config {
            method: self.method,
            timeout: self.timeout,
            rate: self.rate,
            payload: Payload::counting(self.size),
            secret: Secret::new(BuildHasherDefault::<DefaultHasher>::default()),
            max_shards,
            flows: Flows::Any,
        };
        let echo = Echo::new(self.pace, self.count, self.ending)
            .with_preload(self.preload)
            .with_deadline(self.deadline);
        Prober::new(config, echo)
    }

    /// Runs it to its end on virtual time.
    pub(crate) fn run(self) -> Run {
        let sim = Sim::new(&self.network);
        let (outlet, shards) = self.open(&sim);
        let mut prober = self.prober(shards);
        let mut watch = HostWatch::new(Box::new(sim.facts()), None);
        for target in &self.targets {
            let address = Address::scoped(*target, FIRST_INTERFACE);
            prober.add_target(sim.now(), address, self.audience);
            watch.add_target(address);
        }
        let (mut clock, mut alarm) = (sim.clock(), sim.clock());
        let (sender, mut commands) = mpsc::unbounded_channel();
        let mut log = Log::default();
        let mut polls = 0;
        let mut quit_at = self.quit_at;
        {
            let ports = Ports { outlet, clock: &mut clock, watch: Some(&mut watch), commands: &mut commands };
            let mut driver = pin!(driver::run(&mut prober, ports, &mut log));
            sim.run(poll_fn(|cx| {
                polls += 1;
                if quit_at.is_some_and(|at| alarm.poll_until(cx, at).is_ready()) {
                    quit_at = None;
                    sender.send(Command::Quit).expect("a driver");
                }
                driver.as_mut().poll(cx)
            }));
        }
        let is_cut = self.quit_at.is_some() || self.deadline.is_some() || self.ending != Ending::Settled;
        Run {
            events: log.0,
            truth: sim.truth(),
            mishaps: *prober.mishaps(),
            end: sim.now(),
            polls,
            is_cut,
            has_timeout: self.timeout.is_some(),
        }
    }
}

#[derive(Debug, Default)]
struct Log(Vec<(Mono, Event)>);

impl Sink for Log {
    fn event(&mut self, now: Reading, event: &Event) -> ControlFlow<()> {
        self.0.push((now.mono, event.clone()));
        ControlFlow::Continue(())
    }

    fn interim(&mut self, _now: Reading) {}
}

/// What a run said, and what really happened.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) events: Vec<(Mono, Event)>,
    pub(crate) truth: Truth,
    pub(crate) mishaps: Mishaps,
    pub(crate) end: Mono,
    /// How often the driver was woken.
    pub(crate) polls: u64,
    /// It may have ended with probes under way.
    pub(crate) is_cut: bool,
    pub(crate) has_timeout: bool,
}

impl Run {
    pub(crate) fn count(&self, is_such: impl Fn(&Event) -> bool) -> usize {
        self.events.iter().filter(|(_, event)| is_such(event)).count()
    }

    pub(crate) fn sent(&self) -> usize {
        self.count(|event| matches!(event, Event::Sent { .. }))
    }

    pub(crate) fn timeouts(&self) -> Vec<u64> {
        let timeout = |event: &Event| match event {
            Event::Timeout { subject } => Some(subject.seq),
            _ => None,
        };
        self.events.iter().filter_map(|(_, event)| timeout(event)).collect()
    }

    pub(crate) fn replies(&self) -> impl Iterator<Item = &Reply> {
        self.events.iter().filter_map(|(_, event)| match event {
            Event::Reply(reply) => Some(reply),
            _ => None,
        })
    }

    pub(crate) fn arrivals(&self, arrival: Arrival) -> usize {
        self.replies().filter(|reply| reply.arrival == arrival).count()
    }

    /// Sequence number, sender and error of each ICMP error.
    pub(crate) fn errors(&self) -> Vec<(u64, String, Icmp)> {
        let error = |event: &Event| match event {
            Event::IcmpError { subject, from, icmp, .. } => {
                Some((subject.seq, from.expect("a sender").ip.to_string(), *icmp))
            }
            _ => None,
        };
        self.events.iter().filter_map(|(_, event)| error(event)).collect()
    }

    pub(crate) fn notices(&self) -> Vec<(Mono, NoticeCode, &str)> {
        fn notice((at, event): &(Mono, Event)) -> Option<(Mono, NoticeCode, &str)> {
            match event {
                Event::Notice(notice) => Some((*at, notice.code, notice.message.as_str())),
                _ => None,
            }
        }
        self.events.iter().filter_map(notice).collect()
    }

    pub(crate) fn codes(&self) -> Vec<NoticeCode> {
        self.notices().into_iter().map(|(_, code, _)| code).collect()
    }
}
