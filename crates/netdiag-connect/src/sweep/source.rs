//! Where targets come from: the words and the lines of lists as they come in, and the addresses of each endpoint, names
//! looked up beside each other.

use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use netdiag_engine::port::Names;
use netdiag_tool::lists::Lists;
use netdiag_tool::targets::{Failure, Found, Listed, Named, TargetStream, Wishes};

use crate::endpoint::{Endpoint, Wanted};

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
    words: VecDeque<Wanted>,
    /// The list that is being read.
    list: Option<Listed<Endpoint>>,
    /// Endpoints that wait for their turn.
    waiting: VecDeque<Endpoint>,
    open: VecDeque<(Rc<Endpoint>, TargetStream)>,
    /// How many services there are so far.
    count: Option<u64>,
    wishes: Wishes,
    names: Rc<dyn Names>,
    lists: Rc<dyn Lists>,
}

impl Source {
    pub(super) fn new(
        words: &[Wanted],
        wishes: Wishes,
        (names, lists): (Rc<dyn Names>, Rc<dyn Lists>),
    ) -> Self {
        let words = words.iter().cloned().collect();
        let (waiting, open) = (VecDeque::new(), VecDeque::new());
        Self { words, list: None, waiting, open, count: Some(0), wishes, names, lists }
    }

    /// How many services there are, once all words and lists have been read. Names count as one address.
    pub(super) fn total(&self) -> Option<u64> {
        self.count.filter(|_| self.words.is_empty() && self.list.is_none())
    }

    /// Reads on: why a line names nothing, and nothing where there is no more to read by now.
    fn poll_words(&mut self, cx: &mut Context<'_>) -> Poll<Option<Box<Failure>>> {
        loop {
            let endpoint = match &mut self.list {
                Some(list) => match ready!(list.poll_next(cx)) {
                    Some(Ok(endpoint)) => endpoint,
                    Some(Err(failure)) => return Poll::Ready(Some(failure)),
                    None => {
                        self.list = None;
                        continue;
                    }
                },
                None => match self.words.pop_front() {
                    Some(Wanted::Endpoint(endpoint)) => endpoint,
                    Some(Wanted::List(list)) => {
                        self.list = Some(Listed::open(&list, self.lists.as_ref()));
                        continue;
                    }
                    None => return Poll::Ready(None),
                },
            };
            let more = u64::try_from(endpoint.count()).ok();
            self.count = self.count.zip(more).and_then(|(count, more)| count.checked_add(more));
            self.waiting.push_back(endpoint);
        }
    }

    /// The next address, or why there is none; `None` at the end.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Next>> {
        let is_read = match self.poll_words(cx) {
            Poll::Ready(Some(failure)) => return Poll::Ready(Some(Next::Failure(failure))),
            Poll::Ready(None) => true,
            Poll::Pending => false,
        };
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
                return if is_read { Poll::Ready(None) } else { Poll::Pending };
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

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use netdiag_engine::port::{Lookup, LookupError, Resolved};
    use netdiag_model::Family;
    use netdiag_tool::lists::{Chunk, List};
    use netdiag_tool::targets::Addresses;
    use tokio::sync::mpsc::{Receiver, channel};

    use super::*;

    /// Standard input, as long as somebody may still write there.
    struct Pipe(RefCell<Option<Receiver<Chunk>>>);

    impl Lists for Pipe {
        fn open(&self, _list: &List) -> Receiver<Chunk> {
            self.0.take().expect("it is opened once")
        }
    }

    struct NoNames;

    impl Names for NoNames {
        fn resolve(&self, name: &str, _family: Option<Family>) -> Lookup<Result<Resolved, LookupError>> {
            unreachable!("{name} is an address")
        }

        fn reverse(&self, _address: std::net::IpAddr) -> Lookup<Option<String>> {
            unreachable!("nobody asks for names")
        }

        fn origin(&self, _address: std::net::IpAddr) -> Lookup<Option<netdiag_model::Origin>> {
            unreachable!("nobody asks for origins")
        }
    }

    #[test]
    fn a_line_is_asked_before_the_next_is_written() {
        let (pipe, receiver) = channel(4);
        let wishes = Wishes { addresses: Addresses::All, ..Wishes::default() };
        let lists = Rc::new(Pipe(RefCell::new(Some(receiver))));
        let mut source = Source::new(&[Wanted::List(List::Stdin)], wishes, (Rc::new(NoNames), lists));
        let mut cx = Context::from_waker(std::task::Waker::noop());
        let write = |text: &str| pipe.try_send(Ok(text.as_bytes().to_vec())).expect("room");
        assert!(source.poll_next(&mut cx).is_pending());
        write("192.0.2.1:22\nnonsense\n192.0.2.2:2");
        assert!(matches!(source.poll_next(&mut cx), Poll::Ready(Some(Next::Failure(_)))));
        let Poll::Ready(Some(Next::Target(target))) = source.poll_next(&mut cx) else { unreachable!() };
        assert_eq!(target.named.address.to_string(), "192.0.2.1");
        assert!(source.poll_next(&mut cx).is_pending());
        assert_eq!(source.total(), None, "there may be more");
        drop(pipe);
        let Poll::Ready(Some(Next::Target(target))) = source.poll_next(&mut cx) else { unreachable!() };
        assert_eq!((target.endpoint.ports.single(), source.total()), (Some(2), Some(2)));
        assert!(matches!(source.poll_next(&mut cx), Poll::Ready(None)));
    }
}
