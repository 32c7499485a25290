//! The stream of targets: words are read one after the other, names are looked up meanwhile, and whatever is ready is
//! handed out.

use std::collections::VecDeque;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use netdiag_engine::port::Names;
use netdiag_model::Address;

use super::listed::{Entry, Listed};
use super::lookups::{Answer, Asked, Lookups};
use super::{
    Addresses, Block, BlockAddresses, Failure, FailureKind, Found, Named, Place, Position, Wishes, Word,
    no_address, unresolved, usable,
};
use crate::error::ToolError;
use crate::lists::{List, Lists};

/// More targets than this cannot be told apart by a number.
const MOST: u64 = u32::MAX as u64 - 1;

/// Targets, one after the other, in the order in which they become known.
pub struct TargetStream {
    words: std::vec::IntoIter<Word>,
    wishes: Wishes,
    lists: Rc<dyn Lists>,
    list: Option<Listed<Entry>>,
    block: Option<Counted>,
    lookups: Lookups,
    /// Further addresses of a name.
    ready: VecDeque<Found>,
    next_item: u32,
    given: u64,
    is_over: bool,
}

/// A block that is being counted up.
struct Counted {
    block: Block,
    addresses: BlockAddresses,
    place: Option<Place>,
}

/// What the words came to next.
enum Step {
    Found(Found),
    /// A name was read, or a block or list begun.
    Begun,
}

impl TargetStream {
    /// The targets of `words`. Nothing is read or asked before the first poll.
    pub fn new(words: Vec<Word>, wishes: Wishes, names: Rc<dyn Names>, lists: Rc<dyn Lists>) -> Self {
        Self {
            words: words.into_iter(),
            lookups: Lookups::new(names, wishes.family),
            wishes,
            lists,
            list: None,
            block: None,
            ready: VecDeque::new(),
            next_item: 0,
            given: 0,
            is_over: false,
        }
    }

    /// The next target, or why a word gave none, as soon as one is known; `None` when there are no more. An address waits
    /// for no name, and no name for another, unless more than a thousand names wait.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Found>> {
        loop {
            if self.is_over {
                return Poll::Ready(None);
            }
            if let Some(found) = self.ready.pop_front() {
                return Poll::Ready(Some(self.hand_out(found)));
            }
            if let Some(answer) = self.lookups.take() {
                self.keep(answer);
                continue;
            }
            if self.lookups.is_full() {
                self.lookups.wait(cx);
                return Poll::Pending;
            }
            if let Some(found) = self.next_of_block() {
                return Poll::Ready(Some(self.hand_out(found)));
            }
            match self.poll_words(cx) {
                Poll::Ready(Some(Step::Found(found))) => return Poll::Ready(Some(self.hand_out(found))),
                Poll::Ready(Some(Step::Begun)) => {}
                Poll::Ready(None) if self.lookups.is_empty() => self.is_over = true,
                Poll::Ready(None) | Poll::Pending => {
                    self.lookups.wait(cx);
                    return Poll::Pending;
                }
            }
        }
    }

    /// Whether all words have been read, the names among them being looked up or handed out.
    pub fn is_read(&self) -> bool {
        self.words.len() == 0 && self.list.is_none() && self.block.is_none() && self.ready.is_empty()
    }

    /// Ends the stream: the names that were still being looked up.
    pub fn unfinished(&mut self) -> Vec<Failure> {
        self.is_over = true;
        let failure = |asked: Asked| {
            let error = ToolError::new(format!("{}: not resolved when the run ended", asked.name));
            Failure::new(FailureKind::Unresolved, &asked.name, asked.place, error)
        };
        self.lookups.end().into_iter().map(failure).collect()
    }

    /// Counts a target, and ends the stream in its place when there are too many.
    #[inline]
    fn hand_out(&mut self, found: Found) -> Found {
        let limit = self.wishes.limit.min(MOST);
        match &found.outcome {
            Ok(_) if self.given < limit => self.given += 1,
            Ok(named) => {
                self.is_over = true;
                let label = named.label.clone().unwrap_or_else(|| named.address.to_string().into());
                return Found { position: found.position, outcome: Err(too_many(&label, limit)) };
            }
            Err(_) => {}
        }
        found
    }

    /// The next thing that the words come to while no block is counted up; `None` when they are read.
    #[inline]
    fn poll_words(&mut self, cx: &mut Context<'_>) -> Poll<Option<Step>> {
        if let Some(list) = &mut self.list {
            let step = match ready!(list.poll_next(cx)) {
                Some(Ok(entry)) => {
                    // An address that can be asked needs no place: saves a count of references.
                    let place = (!matches!(entry, Entry::Address(_))).then(|| list.place());
                    self.begin(entry, place)
                }
                Some(Err(failure)) => {
                    Step::Found(Found { position: self.position(), outcome: Err(*failure) })
                }
                None => {
                    self.list = None;
                    Step::Begun
                }
            };
            return Poll::Ready(Some(step));
        }
        Poll::Ready(self.words.next().map(|word| match word {
            Word::Host(text) => self.begin(Entry::host(text), None),
            Word::Block(block) => self.begin(Entry::Block(block), None),
            Word::File(path) => self.open(&List::File(path)),
            Word::Stdin => self.open(&List::Stdin),
        }))
    }

    fn open(&mut self, list: &List) -> Step {
        self.list = Some(Listed::open(list, self.lists.as_ref()));
        Step::Begun
    }

    fn begin(&mut self, entry: Entry, place: Option<Place>) -> Step {
        match entry {
            Entry::Address(ip) => Step::Found(self.literal(Address::new(ip))),
            Entry::Name(name) => {
                let item = self.position().item;
                self.lookups.add(Asked { item, name, place });
                Step::Begun
            }
            Entry::Block(block) => {
                self.block = Some(Counted { block, addresses: block.addresses(), place });
                Step::Begun
            }
        }
    }

    /// The place of the next word, line or address of a block.
    fn position(&mut self) -> Position {
        let item = self.next_item;
        self.next_item = item.saturating_add(1);
        Position { item, address: 0 }
    }

    fn literal(&mut self, address: Address) -> Found {
        let outcome = match usable(address, &self.wishes) {
            Ok(used) => Ok(named(address, used)),
            Err(error) => {
                let place = self.list.as_ref().map(Listed::place);
                Err(Failure::new(FailureKind::Unresolved, &address.to_string(), place, error))
            }
        };
        Found { position: self.position(), outcome }
    }

    /// The next address of the block that is being counted up. Where one cannot be asked the block ends: the ones behind
    /// it would give the same failure again and again.
    #[inline]
    fn next_of_block(&mut self) -> Option<Found> {
        let counted = self.block.as_mut()?;
        let Some(ip) = counted.addresses.next() else {
            self.block = None;
            return None;
        };
        let address = Address::new(ip);
        let outcome = match usable(address, &self.wishes) {
            Ok(used) => Ok(named(address, used)),
            Err(error) => {
                let label = counted.block.to_string();
                let error = ToolError { message: format!("{label}: {}", error.message), ..error };
                let place = counted.place.take();
                self.block = None;
                Err(Failure::new(FailureKind::Unresolved, &label, place, error))
            }
        };
        Some(Found { position: self.position(), outcome })
    }

    /// Keeps the addresses of a name, or why it has none, to be handed out.
    fn keep(&mut self, (asked, answer): Answer) {
        let failure = |error| Failure::new(FailureKind::Unresolved, &asked.name, asked.place.clone(), error);
        let answer = answer.map_err(|error| unresolved(&error)).and_then(|resolved| {
            if resolved.addresses.is_empty() { Err(no_address(&asked.name)) } else { Ok(resolved.addresses) }
        });
        let addresses = match answer {
            Ok(addresses) => addresses,
            Err(error) => return self.ready.push_back(found(asked.item, 0, Err(failure(error)))),
        };
        let wanted = match self.wishes.addresses {
            Addresses::First => 1,
            Addresses::All => addresses.len(),
        };
        for (place, address) in addresses.into_iter().take(wanted).enumerate() {
            let label = Some(asked.name.as_str().into());
            let outcome =
                usable(address, &self.wishes).map(|address| Named { label, address }).map_err(|error| {
                    failure(ToolError { message: format!("{}: {}", asked.name, error.message), ..error })
                });
            self.ready.push_back(found(asked.item, place as u32, outcome));
        }
    }
}

fn found(item: u32, address: u32, outcome: Result<Named, Failure>) -> Found {
    Found { position: Position { item, address }, outcome }
}

/// The target that `typed` came to; its label is what was typed where another host is meant by it.
fn named(typed: Address, used: Address) -> Named {
    let label = (typed.ip != used.ip).then(|| typed.to_string().into());
    Named { label, address: used }
}

#[cold]
fn too_many(label: &str, limit: u64) -> Failure {
    let error =
        ToolError::new(format!("more than {limit} targets: {label} and all further ones are left out"));
    let hint = if limit < MOST { "use --force to ask them all" } else { "ask them in several runs" };
    Failure::new(FailureKind::TooMany, label, None, error.with_hint(hint))
}
