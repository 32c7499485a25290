//! The stream of targets against names and lists that answer when the test wants it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use netdiag_engine::port::{Lookup, LookupError, LookupFailure, Names, Resolved};
use netdiag_model::{Family, Origin};
use tokio::sync::{mpsc, oneshot};

use super::lookups::AT_A_TIME;
use super::*;
use crate::lists::{Chunk, List, Lists, MemoryLists};

type Answer = Result<Resolved, LookupError>;

/// Names that resolve when the test says so.
#[derive(Default)]
struct Slow {
    asked: RefCell<BTreeMap<String, oneshot::Sender<Answer>>>,
}

impl Names for Slow {
    fn resolve(&self, name: &str, _: Option<Family>) -> Lookup<Answer> {
        let (sender, receiver) = oneshot::channel();
        self.asked.borrow_mut().insert(name.to_owned(), sender);
        Box::pin(async { receiver.await.expect("an answer") })
    }

    fn reverse(&self, _: IpAddr) -> Lookup<Option<String>> {
        Box::pin(async { None })
    }

    fn origin(&self, _: IpAddr) -> Lookup<Option<Origin>> {
        Box::pin(async { None })
    }
}

impl Slow {
    fn answer(&self, name: &str, addresses: &[&str]) {
        let addresses =
            addresses.iter().map(|text| Address::new(text.parse().expect("an address"))).collect();
        self.end(name, Ok(Resolved { addresses, canonical: None, elapsed: std::time::Duration::ZERO }));
    }

    fn fail(&self, name: &str, failure: LookupFailure) {
        let (name, text) = (name.to_owned(), "no luck".to_owned());
        self.end(&name.clone(), Err(LookupError { name, failure, text, asked: Vec::new() }));
    }

    fn end(&self, name: &str, answer: Answer) {
        let sender = self.asked.borrow_mut().remove(name).expect("a name that was asked");
        sender.send(answer).expect("someone who waits");
    }

    fn asked(&self) -> usize {
        self.asked.borrow().len()
    }
}

/// A list whose pieces the test sends.
struct Fed(RefCell<Option<mpsc::Receiver<Chunk>>>);

impl Lists for Fed {
    fn open(&self, _: &List) -> mpsc::Receiver<Chunk> {
        self.0.borrow_mut().take().expect("one list")
    }
}

struct Run {
    stream: TargetStream,
    names: Rc<Slow>,
}

impl Run {
    fn new(words: &[&str], wishes: Wishes, lists: Rc<dyn Lists>) -> Self {
        let words = words.iter().map(|word| Word::parse(word).expect("a word")).collect();
        let names = Rc::new(Slow::default());
        Self { stream: TargetStream::new(words, wishes, names.clone(), lists), names }
    }

    fn typed(words: &[&str], wishes: Wishes) -> Self {
        Self::new(words, wishes, Rc::new(MemoryLists::default()))
    }

    /// A run over one list, its octets.
    fn listed(octets: &[u8]) -> Self {
        let lists = BTreeMap::from([(List::File("hosts.txt".into()), octets.to_vec())]);
        Self::new(&["@hosts.txt"], Wishes::default(), Rc::new(MemoryLists { lists }))
    }

    fn poll(&mut self) -> Poll<Option<Found>> {
        self.stream.poll_next(&mut Context::from_waker(Waker::noop()))
    }

    /// What is ready, one line each: `ITEM.ADDRESS LABEL=ADDRESS` or the failure; `pending` or `end` last.
    fn ready(&mut self) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            match self.poll() {
                Poll::Ready(Some(found)) => lines.push(shown(&found)),
                Poll::Ready(None) => break lines.push("end".to_owned()),
                Poll::Pending => break lines.push("pending".to_owned()),
            }
        }
        lines
    }
}

fn shown(found: &Found) -> String {
    let at = format!("{}.{}", found.position.item, found.position.address);
    match &found.outcome {
        Ok(Named { label: None, address }) => format!("{at} {address}"),
        Ok(Named { label: Some(label), address }) => format!("{at} {label}={address}"),
        Err(failure) => format!("{at} {:?}: {failure}", failure.kind),
    }
}

#[test]
fn addresses_come_at_once_and_names_when_they_resolve() {
    let mut run = Run::typed(&["slow", "192.0.2.1", "quick", "192.0.2.8-9", "::1"], Wishes::default());
    assert_eq!(run.ready(), ["1.0 192.0.2.1", "3.0 192.0.2.8", "4.0 192.0.2.9", "5.0 ::1", "pending"]);
    run.names.answer("quick", &["198.51.100.2", "198.51.100.3"]);
    assert_eq!(run.ready(), ["2.0 quick=198.51.100.2", "pending"]);
    run.names.fail("slow", LookupFailure::NoName);
    assert_eq!(run.ready(), ["0.0 Unresolved: slow: no luck", "end"]);
    assert_eq!(run.ready(), ["end"], "the end stays");
}

#[test]
fn all_addresses_of_a_name_stand_in_the_resolvers_order() {
    let wishes = Wishes { addresses: Addresses::All, ..Wishes::default() };
    let mut run = Run::typed(&["one", "two"], wishes);
    assert_eq!(run.ready(), ["pending"]);
    run.names.answer("two", &["192.0.2.9", "192.0.2.3"]);
    run.names.answer("one", &["2001:db8::1", "fe80::1"]);
    let mut found = Vec::new();
    while let Poll::Ready(Some(next)) = run.poll() {
        found.push(next);
    }
    found.sort_by_key(|found| found.position);
    assert_eq!(
        found.iter().map(shown).collect::<Vec<String>>(),
        [
            "0.0 one=2001:db8::1",
            "0.1 Unresolved: one: fe80::1 is a link-local address: it needs an interface",
            "1.0 two=192.0.2.9",
            "1.1 two=192.0.2.3",
        ]
    );
}

#[test]
fn so_many_names_at_a_time_and_each_answer_makes_room() {
    let words: Vec<String> = (0..100).map(|i| format!("name-{i:02}")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).chain(["192.0.2.1"]).collect();
    let mut run = Run::typed(&words, Wishes::default());
    assert_eq!(run.ready(), ["100.0 192.0.2.1", "pending"], "names hold up no address");
    for left in (0..100).rev() {
        assert_eq!(run.names.asked(), AT_A_TIME.min(left + 1));
        let name = run.names.asked.borrow().keys().next_back().expect("a name").clone();
        run.names.answer(&name, &["192.0.2.2"]);
        let end = if left == 0 { "end" } else { "pending" };
        let item = name.trim_start_matches("name-").trim_start_matches('0');
        let item = if item.is_empty() { "0" } else { item };
        assert_eq!(run.ready(), [format!("{item}.0 {name}=192.0.2.2").as_str(), end]);
    }
}

#[test]
fn an_answer_wakes_whoever_waits() {
    struct Count(std::sync::atomic::AtomicUsize);
    impl std::task::Wake for Count {
        fn wake(self: std::sync::Arc<Self>) {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    }
    let count = std::sync::Arc::new(Count(0.into()));
    let waker = Waker::from(count.clone());
    let woken = || count.0.load(std::sync::atomic::Ordering::SeqCst);
    let mut run = Run::typed(&["one", "two"], Wishes::default());
    assert!(run.stream.poll_next(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(woken(), 0);
    run.names.answer("two", &["192.0.2.2"]);
    assert_eq!(woken(), 1);
    assert!(run.stream.poll_next(&mut Context::from_waker(&waker)).is_ready());
}

#[test]
fn a_block_is_counted_up_and_not_collected() {
    let mut run = Run::typed(&["10.0.0.0/8", "2001:db8::/64", "127.0.0.1"], Wishes::default());
    let Poll::Ready(Some(found)) = run.poll() else { panic!("the first address") };
    assert_eq!(shown(&found), "0.0 10.0.0.0");
    let Poll::Ready(Some(found)) = run.poll() else { panic!("the second address") };
    assert_eq!(shown(&found), "1.0 10.0.0.1");
}

#[test]
fn any_address_means_this_host_and_keeps_its_label() {
    let mut run = Run::typed(&["0.0.0.0", "::", "0"], Wishes::default());
    assert_eq!(run.ready(), ["0.0 0.0.0.0=127.0.0.1", "1.0 ::=::1", "pending"]);
    run.names.answer("0", &["0.0.0.0"]);
    assert_eq!(run.ready(), ["2.0 0=127.0.0.1", "end"]);
}

#[test]
fn what_cannot_be_asked_is_said_once_a_block() {
    let wishes = Wishes { family: Some(Family::V6), ..Wishes::default() };
    let mut run = Run::typed(&["192.0.2.1", "192.0.2.0/24", "fe80::/120", "::1"], wishes);
    assert_eq!(
        run.ready(),
        [
            "0.0 Unresolved: 192.0.2.1 is an IPv4 address, and IPv6 was asked for",
            "1.0 Unresolved: 192.0.2.0/24: 192.0.2.0 is an IPv4 address, and IPv6 was asked for",
            "2.0 Unresolved: fe80::/120: fe80:: is a link-local address: it needs an interface",
            "3.0 ::1",
            "end",
        ]
    );
    let wishes = Wishes { scope: Some(4), ..Wishes::default() };
    assert_eq!(Run::typed(&["fe80::8-fe80::9"], wishes).ready(), ["0.0 fe80::8%4", "1.0 fe80::9%4", "end"]);
}

#[test]
fn a_name_without_answer_gets_a_hint() {
    let mut run = Run::typed(&["a", "b"], Wishes::default());
    assert_eq!(run.ready(), ["pending"]);
    run.names.fail("a", LookupFailure::NoAnswer);
    let Poll::Ready(Some(Found { outcome: Err(failure), .. })) = run.poll() else { panic!("a failure") };
    assert_eq!(failure.hint.as_deref(), Some("try again later, or ask by address"));
    run.names.answer("b", &[]);
    assert_eq!(run.ready(), ["1.0 Unresolved: b: the name has no address", "end"]);
}

#[test]
fn the_limit_ends_the_stream_and_says_so() {
    let wishes = |limit| Wishes { limit, ..Wishes::default() };
    let mut run = Run::typed(&["name", "192.0.2.0/30"], wishes(4));
    assert_eq!(run.ready(), ["1.0 192.0.2.0", "2.0 192.0.2.1", "3.0 192.0.2.2", "4.0 192.0.2.3", "pending"]);
    run.names.answer("name", &["192.0.2.9"]);
    let Poll::Ready(Some(Found { outcome: Err(failure), .. })) = run.poll() else { panic!("a failure") };
    assert_eq!(failure.kind, FailureKind::TooMany);
    assert_eq!(failure.to_string(), "more than 4 targets: name and all further ones are left out");
    assert_eq!(failure.hint.as_deref(), Some("use --force to ask them all"));
    assert_eq!(run.ready(), ["end"]);
    let last = Run::typed(&["192.0.2.0/24"], wishes(3)).ready();
    assert_eq!(last[3], "3.0 TooMany: more than 3 targets: 192.0.2.3 and all further ones are left out");
    assert_eq!(last.len(), 5);
    let all = Run::typed(&["192.0.2.0/24"], wishes(256)).ready();
    assert_eq!((all.len(), all[256].as_str()), (257, "end"), "as many as wished for are not too many");
}

#[test]
fn lines_of_a_list() {
    let octets = b"\xef\xbb\xbf192.0.2.1\r\n# all of it\n\n  192.0.2.4-5 # two\n\ta.example#b\nname#b\n::1#\n\xff\n@more\n-\n\
                   two words\nname/24\n198.51.100.1";
    let mut run = Run::listed(octets);
    assert_eq!(
        run.ready(),
        [
            "0.0 192.0.2.1",
            "1.0 192.0.2.4",
            "2.0 192.0.2.5",
            "3.0 Malformed: hosts.txt:5: \"a.example#b\" names no target: '#' cannot stand in a name or address; \
             write a name, an address, a block (192.0.2.0/24), a range (192.0.2.1-20), @FILE, or - for standard input",
            "4.0 Malformed: hosts.txt:6: \"name#b\" names no target: '#' cannot stand in a name or address; write a \
             name, an address, a block (192.0.2.0/24), a range (192.0.2.1-20), @FILE, or - for standard input",
            "5.0 Malformed: hosts.txt:7: \"::1#\" is no IPv6 address: write 2001:db8::1, or fe80::1%eth0 on an \
             interface, and no port behind it",
            "6.0 Malformed: hosts.txt:8: \"\u{fffd}\": the line is no UTF-8 text: save the list as UTF-8",
            "7.0 Malformed: hosts.txt:9: \"@more\": a list cannot name another list: give it on the command line",
            "8.0 Malformed: hosts.txt:10: \"-\": a list cannot name another list: give it on the command line",
            "9.0 Malformed: hosts.txt:11: \"two words\": one target a line; a remark begins with #",
            "10.0 Malformed: hosts.txt:12: \"name/24\" names no target: a block begins with an address, such as \
             192.0.2.0/24 or 2001:db8::/120",
            "11.0 198.51.100.1",
            "end",
        ]
    );
}

#[test]
fn a_name_of_a_list_fails_with_its_line() {
    let mut run = Run::listed(b"\n\nname\n192.0.2.1\n");
    assert_eq!(run.ready(), ["1.0 192.0.2.1", "pending"]);
    run.names.fail("name", LookupFailure::NoName);
    assert_eq!(run.ready(), ["0.0 Unresolved: hosts.txt:3: name: no luck", "end"]);
    assert_eq!(
        Run::listed(b"\nfe80::1\n").ready()[0],
        "0.0 Unresolved: hosts.txt:2: fe80::1 is a link-local address: it needs an interface"
    );
}

#[test]
fn a_list_that_cannot_be_read_does_not_end_the_others() {
    let mut run = Run::typed(&["@none", "192.0.2.1"], Wishes::default());
    assert_eq!(run.ready(), ["0.0 Unreadable: cannot read none: entity not found", "1.0 192.0.2.1", "end"]);
}

#[test]
fn lines_come_out_the_same_however_the_pieces_are_cut() {
    let octets = b"\xef\xbb\xbf192.0.2.1\r\n\n# remark\n192.0.2.2\nnot this\n192.0.2.3";
    let whole = Run::listed(octets).ready();
    assert_eq!(whole.len(), 5);
    for size in 1..octets.len() {
        let (sender, receiver) = mpsc::channel(octets.len());
        let mut run =
            Run::new(&["@hosts.txt"], Wishes::default(), Rc::new(Fed(RefCell::new(Some(receiver)))));
        let mut lines = Vec::new();
        for piece in octets.chunks(size) {
            sender.try_send(Ok(piece.to_vec())).expect("room");
            lines.append(&mut run.ready());
            assert_eq!(lines.pop().as_deref(), Some("pending"), "what is whole comes at once");
        }
        drop(sender);
        lines.append(&mut run.ready());
        assert_eq!(lines, whole, "pieces of {size}");
    }
}

#[test]
fn a_line_that_goes_on_and_on_is_told_and_not_kept() {
    let name = |len: usize| [vec![b'#'; 1], vec![b'x'; len - 1]].concat();
    let all = [name(1024), b"\r\n".to_vec(), name(1025), b"\n".to_vec(), b"192.0.2.1\n".to_vec()].concat();
    let lines = Run::listed(&all).ready();
    assert!(lines[0].starts_with("0.0 Malformed: hosts.txt:2: \"#xxx"), "{lines:?}");
    assert!(lines[0].ends_with("longer than 1024 octets: write one target a line"), "{lines:?}");
    assert_eq!(lines[1..], ["1.0 192.0.2.1", "end"]);
    // The same in pieces, a long line among them that has no end for long.
    let (sender, receiver) = mpsc::channel(100);
    let mut run = Run::new(&["-"], Wishes::default(), Rc::new(Fed(RefCell::new(Some(receiver)))));
    for _ in 0..100 {
        sender.try_send(Ok(vec![b'x'; 1 << 16])).expect("room");
    }
    assert_eq!(run.ready(), ["pending"]);
    let longest_with_return = [b"\n".to_vec(), name(1024), b"\r".to_vec()].concat();
    sender.try_send(Ok(longest_with_return)).expect("room");
    assert_eq!(run.ready().len(), 2);
    sender.try_send(Ok(b"\n192.0.2.1\n".to_vec())).expect("room");
    assert_eq!(run.ready(), ["1.0 192.0.2.1", "pending"]);
}

#[test]
fn a_list_is_read_no_further_than_its_targets_are_taken() {
    let (sender, receiver) = mpsc::channel(1);
    let mut run = Run::new(&["-"], Wishes::default(), Rc::new(Fed(RefCell::new(Some(receiver)))));
    sender.try_send(Ok(b"192.0.2.1\n192.0.2.2\n".to_vec())).expect("room");
    assert!(run.poll().is_ready());
    sender.try_send(Ok(b"192.0.2.3\n".to_vec())).expect("room");
    assert!(run.poll().is_ready());
    assert!(sender.try_send(Ok(Vec::new())).is_err(), "the second piece has not been taken");
    assert!(run.poll().is_ready());
    assert!(sender.try_send(Ok(Vec::new())).is_ok());
}

#[test]
fn names_that_wait_hold_the_reading_up() {
    let names: Vec<String> = (0..5000).map(|i| format!("name-{i}")).collect();
    let mut run = Run::listed((names.join("\n") + "\n192.0.2.1\n").as_bytes());
    assert_eq!(run.ready(), ["pending"]);
    assert_eq!(run.names.asked(), AT_A_TIME);
    let mut seen = 0;
    while run.names.asked() > 0 {
        let name = run.names.asked.borrow().keys().next().expect("a name").clone();
        run.names.answer(&name, &["192.0.2.2"]);
        seen += run.ready().len() - 1;
    }
    assert_eq!(seen, 5001);
    assert_eq!(run.ready(), ["end"]);
}
