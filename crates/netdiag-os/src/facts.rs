//! What this host knows of itself, asked of the kernel by rtnetlink(7), and news of it.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::task::{Context, Poll};

use netdiag_engine::port::{Counters, HostChange, HostFacts, Interface, Neighbour, NeighbourState, Route};
use netdiag_model::{Address, Errno};
use netdiag_sys::netlink::{LinkRecord, NeighbourRecord, Netlink, News};

use crate::readiness::Readiness;
use crate::{convert, counters};

/// What this host knows of itself, in the network namespace of the thread that opened it. What the kernel counts is of
/// the namespace of the thread that asks.
#[derive(Debug)]
pub struct LinuxFacts {
    questions: RefCell<Netlink>,
    news: Readiness<Netlink>,
    /// The interfaces as they were last told of, by index.
    known: HashMap<u32, LinkRecord>,
}

impl LinuxFacts {
    /// Opens the two sockets it needs. It may be made before there is a runtime; changes count from here on.
    ///
    /// # Errors
    /// EMFILE, ENFILE, or EPROTONOSUPPORT where there is no netlink.
    pub fn open() -> io::Result<Self> {
        let news = Netlink::subscribe()?;
        let mut questions = Netlink::open()?;
        let known = questions.links()?.into_iter().map(|link| (link.index, link)).collect();
        Ok(Self { questions: RefCell::new(questions), news: Readiness::new(news), known })
    }

    /// The names of the interfaces that were last told of, by index. Asks nobody.
    pub fn interface_names(&self) -> BTreeMap<u32, String> {
        self.known.values().map(|link| (link.index, link.name.clone())).collect()
    }

    /// What changed, from news that may repeat what is known.
    fn changes(&mut self, news: Vec<News>, changes: &mut Vec<HostChange>) {
        let mut are_routes_new = false;
        for piece in news {
            match piece {
                News::Link(link) => changes.extend(self.link(link)),
                News::LinkGone(link) => changes.extend(self.gone(link.index)),
                News::Route => are_routes_new = true,
            }
        }
        if are_routes_new {
            changes.push(HostChange::Routes);
        }
    }

    fn link(&mut self, link: LinkRecord) -> Option<HostChange> {
        let (index, name, is_up) = (link.index, link.name.clone(), link.is_up);
        let was_up = self.known.insert(index, link).is_some_and(|before| before.is_up);
        match (was_up, is_up) {
            (false, true) => Some(HostChange::InterfaceUp { name, index }),
            (true, false) => Some(HostChange::InterfaceDown { name, index }),
            _ => None,
        }
    }

    fn gone(&mut self, index: u32) -> Option<HostChange> {
        let LinkRecord { name, is_up, .. } = self.known.remove(&index)?;
        is_up.then_some(HostChange::InterfaceDown { name, index })
    }

    /// The interfaces as they are now; asked for only where there is news that has not been taken.
    fn links(&self) -> Result<Vec<LinkRecord>, Errno> {
        if self.news.get().is_some_and(|news| !news.has_news()) {
            return Ok(self.known.values().cloned().collect());
        }
        self.questions.borrow_mut().links().map_err(|error| convert::errno(&error))
    }

    /// Looks at everything again, after news were lost.
    fn resume(&mut self, changes: &mut Vec<HostChange>) {
        let Ok(links) = self.questions.borrow_mut().links() else { return };
        let there: Vec<u32> = links.iter().map(|link| link.index).collect();
        let gone: Vec<u32> = self.known.keys().copied().filter(|index| !there.contains(index)).collect();
        changes.extend(gone.into_iter().filter_map(|index| self.gone(index)));
        changes.extend(links.into_iter().filter_map(|link| self.link(link)));
        changes.push(HostChange::Routes);
    }
}

/// What one look at the news socket brought.
enum Heard {
    News(Vec<News>),
    Lost,
}

fn hear(netlink: &mut Netlink) -> Option<Heard> {
    let mut news = Vec::new();
    loop {
        match netlink.news(&mut news) {
            Ok(()) => {}
            Err(error) if convert::errno(&error) == Errno::ENOBUFS => return Some(Heard::Lost),
            Err(_) => return (!news.is_empty()).then_some(Heard::News(news)),
        }
    }
}

impl HostFacts for LinuxFacts {
    fn interfaces(&self) -> Result<Vec<Interface>, Errno> {
        let links = self.links()?;
        let addresses = self.questions.borrow_mut().addresses().map_err(|error| convert::errno(&error))?;
        let of = |index| {
            let mine = addresses.iter().filter(move |record| record.interface == index);
            mine.map(|record| (record.address, record.prefix)).collect()
        };
        let interface = |link: LinkRecord| {
            let LinkRecord { index, name, is_up, mtu } = link;
            Interface { index, name, is_up, mtu, addresses: of(index) }
        };
        Ok(links.into_iter().map(interface).collect())
    }

    fn route(&self, to: &Address, interface: Option<u32>) -> Result<Route, Errno> {
        let found = self.questions.borrow_mut().route(to.ip, interface.unwrap_or(to.scope));
        let route = found.map_err(|error| convert::errno(&error))?;
        Ok(Route {
            interface: route.interface,
            gateway: route.gateway,
            source: route.source,
            is_local: route.is_local,
            is_broadcast: route.is_broadcast,
        })
    }

    fn neighbour(&self, to: &Address, interface: u32) -> Result<Option<Neighbour>, Errno> {
        let found = self.questions.borrow_mut().neighbour(to.ip, interface);
        let found = found.map_err(|error| convert::errno(&error))?;
        Ok(found.map(|record| Neighbour {
            state: state(record.state),
            link_address: record.link_address.as_slice().try_into().ok(),
        }))
    }

    fn counters(&self) -> Result<Counters, Errno> {
        counters::read()
    }

    fn poll_change(&mut self, cx: &mut Context<'_>, changes: &mut Vec<HostChange>) -> Poll<()> {
        let before = changes.len();
        while changes.len() == before {
            match self.news.poll_with(cx, hear) {
                Poll::Ready(Heard::News(news)) => self.changes(news, changes),
                Poll::Ready(Heard::Lost) => self.resume(changes),
                Poll::Pending => return Poll::Pending,
            }
        }
        Poll::Ready(())
    }
}

/// The kernel's state (`NUD_…`) in the project's words.
const fn state(state: u16) -> NeighbourState {
    match state {
        NeighbourRecord::INCOMPLETE => NeighbourState::Incomplete,
        NeighbourRecord::REACHABLE => NeighbourState::Reachable,
        NeighbourRecord::FAILED => NeighbourState::Failed,
        NeighbourRecord::NOARP | NeighbourRecord::PERMANENT => NeighbourState::Fixed,
        _ => NeighbourState::Known,
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::net::IpAddr;

    use super::*;
    use crate::testing::{add_cable, in_own_network, run, skip};

    #[test]
    fn loopback_is_local_and_needs_no_gateway() {
        let facts = LinuxFacts::open().expect("netlink");
        let interfaces = facts.interfaces().expect("interfaces");
        let lo = interfaces.iter().find(|interface| interface.name == "lo").expect("loopback");
        assert_eq!(facts.interface_names().get(&lo.index), Some(&lo.name));
        if lo.is_up {
            let home = Address::new("127.0.0.1".parse().expect("address"));
            let route = facts.route(&home, None).expect("route");
            assert_eq!((route.interface, route.gateway, route.is_local), (lo.index, None, true));
            assert!(lo.addresses.contains(&(home.ip, 8)));
            assert_eq!(
                facts.neighbour(&Address::new("127.0.0.9".parse().expect("address")), lo.index),
                Ok(None)
            );
        }
    }

    #[test]
    fn an_interface_that_goes_down_and_comes_back_is_told_once_each_time() {
        in_own_network(|| async {
            add_cable();
            let mut facts = LinuxFacts::open().expect("netlink");
            // The kernel tells of a carrier a little later than it gives one.
            while facts.known.values().filter(|link| link.name.starts_with('d') && link.is_up).count() < 2 {
                poll_fn(|cx| facts.poll_change(cx, &mut Vec::new())).await;
            }
            for (command, is_up) in [("ip link set d1 down", false), ("ip link set d1 up", true)] {
                assert!(run(command));
                let mut told = Vec::new();
                while told.len() < 2 {
                    let mut changes = Vec::new();
                    poll_fn(|cx| facts.poll_change(cx, &mut changes)).await;
                    told.extend(changes.into_iter().filter(|change| *change != HostChange::Routes));
                }
                let mut names = told.iter().map(|change| match change {
                    HostChange::InterfaceUp { name, .. } if is_up => name.as_str(),
                    HostChange::InterfaceDown { name, .. } if !is_up => name.as_str(),
                    other => panic!("{other:?}"),
                });
                // The other end loses and regains its carrier.
                assert!(names.any(|name| name == "d0") && told.len() == 2, "{told:?}");
                let asked = facts.interfaces().expect("interfaces");
                let ends = asked.iter().filter(|interface| interface.name.starts_with('d'));
                assert!(ends.clone().count() == 2 && ends.clone().all(|end| end.is_up == is_up), "{asked:?}");
            }
            let to = Address::new("192.0.2.9".parse().expect("address"));
            let route = facts.route(&to, None).expect("route");
            assert_eq!((route.source, route.is_local), (Some("192.0.2.1".parse().expect("address")), false));
            assert!(run("ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 dev d0 nud permanent"));
            let link_address = Some([2, 0, 0, 0, 0, 9]);
            let fixed = Neighbour { state: NeighbourState::Fixed, link_address };
            assert_eq!(facts.neighbour(&to, route.interface), Ok(Some(fixed)));
            assert_eq!(
                facts.route(&Address::new("203.0.113.1".parse().expect("address")), None),
                Err(Errno::ENETUNREACH)
            );
        });
    }

    /// The answer to a question is the error that connect(2) gives at once.
    #[test]
    fn routes_that_forbid_are_told_by_the_error_of_a_send() {
        in_own_network(|| async {
            add_cable();
            let facts = LinuxFacts::open().expect("netlink");
            let expected = [
                ("unreachable", Errno::EHOSTUNREACH),
                ("prohibit", Errno::EACCES),
                ("blackhole", Errno::EINVAL),
                // Goes on to the next table, where there is nothing.
                ("throw", Errno::ENETUNREACH),
                ("", Errno::ENETUNREACH),
            ];
            let has_v6 = run("ip addr add 2001:db8::1/64 dev d0 nodad");
            for (kind, errno) in expected {
                for (block, to) in [("203.0.113.0/24", "203.0.113.9"), ("2001:db8:9::/48", "2001:db8:9::9")] {
                    let to: IpAddr = to.parse().expect("address");
                    if to.is_ipv6() && !has_v6 {
                        continue;
                    }
                    assert!(kind.is_empty() || run(&format!("ip route add {kind} {block}")));
                    assert_eq!(facts.route(&Address::new(to), None), Err(errno), "{kind} {to}");
                    let error = std::net::TcpStream::connect((to, 9)).expect_err("a connection");
                    assert_eq!(convert::errno(&error), errno, "{kind} {to}: connect");
                    assert!(kind.is_empty() || run(&format!("ip route del {kind} {block}")));
                }
            }
            if !has_v6 {
                skip("no IPv6");
            }
        });
    }

    #[test]
    fn news_that_repeat_what_is_known_are_no_changes() {
        let mut facts = LinuxFacts::open().expect("netlink");
        let link = |is_up| LinkRecord { index: 9_999, name: "x0".into(), is_up, mtu: 1500 };
        let mut changes = Vec::new();
        let news = [false, true, true, false, true].map(link).map(News::Link);
        facts.changes(news.into(), &mut changes);
        let (name, index) = (String::from("x0"), 9_999);
        let up = HostChange::InterfaceUp { name: name.clone(), index };
        let down = HostChange::InterfaceDown { name, index };
        assert_eq!(changes, [up.clone(), down.clone(), up]);
        changes.clear();
        facts.changes(vec![News::Route, News::LinkGone(link(false)), News::Route], &mut changes);
        assert_eq!(changes, [down, HostChange::Routes]);
    }
}
