//! What routers are called: names of addresses, asked for as the addresses come up, beside everything else.
//!
//! Nothing ever waits for a name but who wants to show it, and for as long as it likes. A look-up that fails is no name.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::rc::Rc;
use std::task::{Context, Poll};

use netdiag_engine::port::{Lookup, Names};

/// How many look-ups there are at a time.
const AT_A_TIME: usize = 32;

/// A name: asked for, or known.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Label {
    Asked,
    Known(Option<String>),
}

/// The names of addresses.
pub struct Labels {
    /// `None` where no names are wanted.
    names: Option<Rc<dyn Names>>,
    known: HashMap<IpAddr, Label>,
    waiting: VecDeque<IpAddr>,
    under_way: Vec<(IpAddr, Lookup<Option<String>>)>,
}

impl Labels {
    /// Labels without names: nothing is looked up.
    pub fn numeric() -> Self {
        Self { names: None, known: HashMap::new(), waiting: VecDeque::new(), under_way: Vec::new() }
    }

    /// Names from here.
    pub fn from(names: Rc<dyn Names>) -> Self {
        Self { names: Some(names), ..Self::numeric() }
    }

    /// Asks for the name of an address, if that has not been done before.
    pub fn ask(&mut self, address: IpAddr) {
        if self.names.is_some() && !self.known.contains_key(&address) {
            self.known.insert(address, Label::Asked);
            self.waiting.push_back(address);
        }
    }

    /// Goes on with the look-ups. `cx` is woken when an answer has come.
    pub fn poll(&mut self, cx: &mut Context<'_>) {
        let Some(names) = &self.names else { return };
        loop {
            while self.under_way.len() < AT_A_TIME
                && let Some(address) = self.waiting.pop_front()
            {
                self.under_way.push((address, names.reverse(address)));
            }
            let before = self.under_way.len();
            let known = &mut self.known;
            self.under_way.retain_mut(|(address, lookup)| match lookup.as_mut().poll(cx) {
                Poll::Pending => true,
                Poll::Ready(name) => {
                    known.insert(*address, Label::Known(name));
                    false
                }
            });
            if self.under_way.len() == before || self.waiting.is_empty() {
                return;
            }
        }
    }

    /// The name of an address, where it has one and that is known.
    pub fn name(&self, address: IpAddr) -> Option<&str> {
        match self.known.get(&address)? {
            Label::Known(Some(name)) => Some(name),
            Label::Known(None) | Label::Asked => None,
        }
    }

    /// Whether nothing about an address is still being looked up.
    pub fn is_settled(&self, address: IpAddr) -> bool {
        self.known.get(&address) != Some(&Label::Asked)
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

        fn origin(&self, _: IpAddr) -> Lookup<Option<netdiag_model::Origin>> {
            Box::pin(std::future::pending())
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
    fn numbers_have_no_names_to_wait_for() {
        let mut labels = Labels::numeric();
        labels.ask(address(1));
        assert!(labels.is_settled(address(1)) && labels.name(address(1)).is_none());
    }
}
