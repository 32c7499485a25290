//! What routers are called and who announces their addresses, asked for as the addresses come up, beside everything else.
//!
//! Nothing ever waits for a name but who wants to show it, and for as long as it likes. A look-up that fails is no name.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::rc::Rc;
use std::task::{Context, Poll};

use netdiag_engine::port::{Lookup, Names, OriginTable};
use netdiag_model::Origin;

/// How many look-ups there are at a time.
const AT_A_TIME: usize = 32;

/// What is known of an address: asked for, or known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Label {
    name: Option<String>,
    origin: Option<Origin>,
    /// Look-ups without an answer.
    open: u8,
}

/// Who announces addresses, and where that is to be had.
enum Origins {
    /// Nobody wants to know.
    Ignored,
    /// From DNS.
    Dns(Rc<dyn Names>),
    /// From a table.
    Table(Box<dyn OriginTable>),
}

/// One look-up under way.
enum Question {
    Name(Lookup<Option<String>>),
    Origin(Lookup<Option<Origin>>),
}

/// What an address is asked for.
#[derive(Debug, Clone, Copy)]
enum Wanted {
    Name,
    Origin,
}

/// The names of addresses, and who announces them.
pub struct Labels {
    /// `None` where no names are wanted.
    names: Option<Rc<dyn Names>>,
    origins: Origins,
    known: HashMap<IpAddr, Label>,
    waiting: VecDeque<(IpAddr, Wanted)>,
    under_way: Vec<(IpAddr, Question)>,
}

impl Labels {
    /// Labels without names: nothing is looked up.
    pub fn numeric() -> Self {
        Self {
            names: None,
            origins: Origins::Ignored,
            known: HashMap::new(),
            waiting: VecDeque::new(),
            under_way: Vec::new(),
        }
    }

    /// Names from here.
    pub fn from(names: Rc<dyn Names>) -> Self {
        Self { names: Some(names), ..Self::numeric() }
    }

    /// And who announces the addresses, by DNS.
    #[must_use]
    pub fn with_origins_from(self, names: Rc<dyn Names>) -> Self {
        Self { origins: Origins::Dns(names), ..self }
    }

    /// And who announces the addresses, by a table.
    #[must_use]
    pub fn with_origins_of(self, table: Box<dyn OriginTable>) -> Self {
        Self { origins: Origins::Table(table), ..self }
    }

    /// Asks about an address, if that has not been done before.
    pub fn ask(&mut self, address: IpAddr) {
        if self.known.contains_key(&address) {
            return;
        }
        let mut label = Label::default();
        let mut wanted = Vec::new();
        if self.names.is_some() {
            wanted.push(Wanted::Name);
        }
        match &self.origins {
            Origins::Ignored => {}
            Origins::Dns(_) => wanted.push(Wanted::Origin),
            Origins::Table(table) => label.origin = table.origin(address),
        }
        label.open = wanted.len() as u8;
        self.known.insert(address, label);
        self.waiting.extend(wanted.into_iter().map(|wanted| (address, wanted)));
    }

    fn begin(&mut self, address: IpAddr, wanted: Wanted) {
        let question = match (wanted, &self.names, &self.origins) {
            (Wanted::Name, Some(names), _) => Question::Name(names.reverse(address)),
            (Wanted::Origin, _, Origins::Dns(names)) => Question::Origin(names.origin(address)),
            _ => return,
        };
        self.under_way.push((address, question));
    }

    /// Goes on with the look-ups. `cx` is woken when an answer has come.
    pub fn poll(&mut self, cx: &mut Context<'_>) {
        loop {
            while self.under_way.len() < AT_A_TIME
                && let Some((address, wanted)) = self.waiting.pop_front()
            {
                self.begin(address, wanted);
            }
            let before = self.under_way.len();
            let known = &mut self.known;
            self.under_way.retain_mut(|(address, question)| {
                let label = known.entry(*address).or_default();
                let is_open = match question {
                    Question::Name(lookup) => keep(lookup.as_mut().poll(cx), &mut label.name),
                    Question::Origin(lookup) => keep(lookup.as_mut().poll(cx), &mut label.origin),
                };
                label.open -= u8::from(!is_open);
                is_open
            });
            if self.under_way.len() == before || self.waiting.is_empty() {
                return;
            }
        }
    }

    /// The name of an address, where it has one and that is known.
    pub fn name(&self, address: IpAddr) -> Option<&str> {
        self.known.get(&address)?.name.as_deref()
    }

    /// Who announces an address, where somebody does and that is known.
    pub fn origin(&self, address: IpAddr) -> Option<&Origin> {
        self.known.get(&address)?.origin.as_ref()
    }

    /// Whether nothing about an address is still being looked up.
    pub fn is_settled(&self, address: IpAddr) -> bool {
        self.known.get(&address).is_none_or(|label| label.open == 0)
    }
}

/// Keeps an answer that has come; whether it is still open.
fn keep<T>(answer: Poll<Option<T>>, place: &mut Option<T>) -> bool {
    match answer {
        Poll::Pending => true,
        Poll::Ready(answer) => {
            *place = answer;
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use netdiag_engine::port::{LookupError, Resolved};
    use netdiag_model::Family;

    use super::*;

    /// Names that come when they are told to.
    #[derive(Default)]
    struct Slow {
        answered: Rc<RefCell<HashMap<IpAddr, Option<String>>>>,
        asked: RefCell<Vec<IpAddr>>,
    }

    impl Names for Slow {
        fn resolve(&self, _: &str, _: Option<Family>) -> Lookup<Result<Resolved, LookupError>> {
            Box::pin(std::future::pending())
        }

        fn origin(&self, address: IpAddr) -> Lookup<Option<Origin>> {
            let asns = vec![netdiag_model::Asn(64_500)];
            let origin = Origin { asns, prefix: None, country: None, registry: None, name: None };
            Box::pin(std::future::ready((address == super::tests::address(3)).then_some(origin)))
        }

        fn reverse(&self, address: IpAddr) -> Lookup<Option<String>> {
            self.asked.borrow_mut().push(address);
            let answered = self.answered.clone();
            Box::pin(std::future::poll_fn(move |_| match answered.borrow().get(&address) {
                Some(name) => Poll::Ready(name.clone()),
                None => Poll::Pending,
            }))
        }
    }

    fn address(number: u32) -> IpAddr {
        std::net::Ipv4Addr::from_bits(number).into()
    }

    #[test]
    fn names_come_when_they_come_and_each_is_asked_for_once() {
        let slow = Rc::new(Slow::default());
        let mut labels = Labels::from(slow.clone());
        let mut cx = Context::from_waker(std::task::Waker::noop());
        (0..100).for_each(|number| labels.ask(address(number % 50)));
        labels.poll(&mut cx);
        assert_eq!(slow.asked.borrow().len(), AT_A_TIME);
        assert!(!labels.is_settled(address(3)) && labels.name(address(3)).is_none());
        slow.answered.borrow_mut().extend((0..50).map(|n| (address(n), (n != 4).then(|| format!("r{n}")))));
        labels.poll(&mut cx);
        assert_eq!((labels.name(address(3)), labels.name(address(4))), (Some("r3"), None));
        assert!((0..50).all(|number| labels.is_settled(address(number))));
        assert_eq!(slow.asked.borrow().len(), 50);
    }

    #[test]
    fn who_announces_an_address_is_asked_beside_its_name() {
        let slow = Rc::new(Slow::default());
        let mut labels = Labels::numeric().with_origins_from(slow);
        let mut cx = Context::from_waker(std::task::Waker::noop());
        for number in [3, 4] {
            labels.ask(address(number));
        }
        labels.poll(&mut cx);
        assert_eq!(labels.origin(address(3)).map(ToString::to_string).as_deref(), Some("AS64500"));
        assert!(labels.origin(address(4)).is_none() && labels.is_settled(address(4)));
    }

    #[test]
    fn numbers_have_no_names_to_wait_for() {
        let mut labels = Labels::numeric();
        labels.ask(address(1));
        assert!(labels.is_settled(address(1)) && labels.name(address(1)).is_none());
    }
}
