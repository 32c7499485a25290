//! Names that are being looked up beside each other, so many at a time, in no order but that of their answers.
//!
//! A bell tells when one of them may have an answer; until it rings, asking costs one load. The stream that owns the
//! look-ups is woken by it too.

use std::cell::Cell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use netdiag_engine::port::{Lookup, LookupError, Names, Resolved};
use netdiag_model::Family;

use super::Place;

/// How many names are looked up at a time.
pub(super) const AT_A_TIME: usize = 32;
/// How many names may wait behind them. When so many do, no more words are read.
const WAITING: usize = 1024;

/// A name and where it stood.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) item: u32,
    pub(super) name: String,
    pub(super) place: Option<Place>,
}

/// What a name came to.
pub(super) type Answer = (Asked, Result<Resolved, LookupError>);

/// Rung by a look-up that wants to be polled; passes it on to the task that waits.
#[derive(Debug)]
struct Bell {
    is_rung: AtomicBool,
    waiting: Mutex<Waker>,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.is_rung.store(true, Ordering::Release);
        let waker = self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clone();
        waker.wake();
    }
}

/// The look-ups under way and those that wait for their turn.
pub(super) struct Lookups {
    names: Rc<dyn Names>,
    family: Option<Family>,
    under_way: Vec<(Asked, Lookup<Result<Resolved, LookupError>>)>,
    waiting: VecDeque<Asked>,
    bell: Arc<Bell>,
    waker: Waker,
}

impl Lookups {
    pub(super) fn new(names: Rc<dyn Names>, family: Option<Family>) -> Self {
        let bell =
            Arc::new(Bell { is_rung: AtomicBool::new(false), waiting: Mutex::new(Waker::noop().clone()) });
        let waker = Waker::from(bell.clone());
        Self { names, family, under_way: Vec::new(), waiting: VecDeque::new(), bell, waker }
    }

    /// Looks a name up as soon as there is room.
    pub(super) fn add(&mut self, asked: Asked) {
        self.waiting.push_back(asked);
        self.fill();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.under_way.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING
    }

    /// The next answer that is there already.
    pub(super) fn take(&mut self) -> Option<Answer> {
        if self.under_way.is_empty() || !self.bell.is_rung.swap(false, Ordering::AcqRel) {
            return None;
        }
        let mut cx = Context::from_waker(&self.waker);
        let found = Cell::new(None);
        let at = self.under_way.iter_mut().position(|(_, lookup)| match lookup.as_mut().poll(&mut cx) {
            Poll::Ready(answer) => {
                found.set(Some(answer));
                true
            }
            Poll::Pending => false,
        })?;
        // The ones behind it have not been polled.
        self.bell.is_rung.store(true, Ordering::Release);
        let (asked, _) = self.under_way.swap_remove(at);
        self.fill();
        Some((asked, found.take()?))
    }

    /// The names without an answer, in the order in which they were added; no answer will come any more.
    pub(super) fn end(&mut self) -> Vec<Asked> {
        let under_way = self.under_way.drain(..).map(|(asked, _)| asked);
        let mut unanswered: Vec<Asked> = under_way.chain(self.waiting.drain(..)).collect();
        unanswered.sort_by_key(|asked| asked.item);
        unanswered
    }

    /// Has the task of `cx` woken when an answer may be there.
    pub(super) fn wait(&self, cx: &Context<'_>) {
        let mut waiting = self.bell.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.clone_from(cx.waker());
        drop(waiting);
        // It may have rung before. Polling again at once could go on for ever with a runtime that wants its turn.
        if self.bell.is_rung.load(Ordering::Acquire) {
            cx.waker().wake_by_ref();
        }
    }

    fn fill(&mut self) {
        while self.under_way.len() < AT_A_TIME
            && let Some(asked) = self.waiting.pop_front()
        {
            let lookup = self.names.resolve(&asked.name, self.family);
            self.under_way.push((asked, lookup));
            // A look-up begins when it is polled.
            self.bell.is_rung.store(true, Ordering::Release);
        }
    }
}
