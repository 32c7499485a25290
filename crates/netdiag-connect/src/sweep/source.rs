//! Where targets come from: the addresses of each endpoint, names looked up beside each other.

use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll};

use netdiag_engine::port::Names;
use netdiag_tool::lists::Lists;
use netdiag_tool::targets::{Failure, Found, Named, TargetStream, Wishes};

use crate::endpoint::Endpoint;

/// How many endpoints are looked up at a time.
const AT_A_TIME: usize = 32;

/// An address of an endpoint.
pub(super) struct Target {
    pub(super) named: Named,
    pub(super) endpoint: Rc<Endpoint>,
}

/// What comes next.
pub(super) enum Next {
    Target(Target),
    Failure(Box<Failure>),
}

/// The endpoints' addresses, as they become known.
pub(super) struct Source {
    waiting: VecDeque<Endpoint>,
    open: VecDeque<(Rc<Endpoint>, TargetStream)>,
    wishes: Wishes,
    names: Rc<dyn Names>,
    lists: Rc<dyn Lists>,
}

impl Source {
    pub(super) fn new(
        endpoints: Vec<Endpoint>,
        wishes: Wishes,
        (names, lists): (Rc<dyn Names>, Rc<dyn Lists>),
    ) -> Self {
        Self { waiting: endpoints.into(), open: VecDeque::new(), wishes, names, lists }
    }

    /// How many services there are, where the words tell. Names count as one address.
    pub(super) fn total(&self) -> Option<u64> {
        self.waiting.iter().map(|endpoint| u64::try_from(endpoint.count()).ok()).sum()
    }

    /// The next address, or why there is none; `None` at the end.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Next>> {
        loop {
            while self.open.len() < AT_A_TIME
                && let Some(endpoint) = self.waiting.pop_front()
            {
                let words = vec![endpoint.host.clone()];
                let stream =
                    TargetStream::new(words, self.wishes.clone(), self.names.clone(), self.lists.clone());
                self.open.push_back((Rc::new(endpoint), stream));
            }
            if self.open.is_empty() {
                return Poll::Ready(None);
            }
            let mut ended = None;
            for (index, (endpoint, stream)) in self.open.iter_mut().enumerate() {
                match stream.poll_next(cx) {
                    Poll::Ready(Some(Found { outcome: Ok(named), .. })) => {
                        return Poll::Ready(Some(Next::Target(Target { named, endpoint: endpoint.clone() })));
                    }
                    Poll::Ready(Some(Found { outcome: Err(failure), .. })) => {
                        return Poll::Ready(Some(Next::Failure(Box::new(failure))));
                    }
                    Poll::Ready(None) => {
                        ended = Some(index);
                        break;
                    }
                    Poll::Pending => {}
                }
            }
            match ended {
                Some(index) => drop(self.open.remove(index)),
                None => return Poll::Pending,
            }
        }
    }
}
