//! The line of progress as a terminal gets it.

use std::io::Write;

use tokio::sync::mpsc::unbounded_channel;

use super::*;

/// Both streams in one memory, as on a terminal.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("a lock").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

const WIPE: &str = "\r\x1b[2K";

/// What a terminal with so many columns gets from `play`.
fn shown(columns: u16, total: Option<u64>, play: impl FnOnce(&mut Streams, &mut Progress)) -> String {
    let terminal = Terminal { is_stderr: true, columns: Some(columns), ..Terminal::default() };
    played(terminal, total, play)
}

fn played(terminal: Terminal, total: Option<u64>, play: impl FnOnce(&mut Streams, &mut Progress)) -> String {
    let memory = Memory::default();
    let (quit, _commands) = unbounded_channel();
    let mut streams = Streams::new(memory.clone(), memory.clone(), quit);
    let mut progress = Progress::new(&streams, &terminal, total);
    play(&mut streams, &mut progress);
    streams.finish().expect("written");
    String::from_utf8(memory.0.lock().expect("a lock").clone()).expect("text")
}

/// The line itself, where one was drawn and then wiped.
fn line(text: &str) -> &str {
    text.strip_prefix(WIPE).and_then(|text| text.strip_suffix(WIPE)).expect("one line, wiped in the end")
}

#[test]
fn a_bar_where_the_end_is_known_and_words_alone_where_not() {
    let text = shown(80, Some(200), |_, progress| progress.draw(106, "106 of 200 asked"));
    assert_eq!(line(&text), "[########--------]  53%  106 of 200 asked");
    let text = shown(80, None, |_, progress| progress.draw(106, "106 asked"));
    assert_eq!(line(&text), "106 asked");
}

#[test]
fn a_hundred_percent_are_all_and_no_more_than_all() {
    for (done, total, share) in [(999, 1000, "99%"), (1000, 1000, "100%"), (7, 5, "100%"), (0, 0, "100%")] {
        let text = shown(80, Some(total), |_, progress| progress.draw(done, "words"));
        assert!(line(&text).contains(&format!("] {share:>4}  words")), "{text:?}");
    }
}

#[test]
fn the_total_may_come_to_be_known_and_change() {
    let text = shown(80, None, |_, progress| {
        progress.draw(1, "a");
        progress.set_total(Some(4));
        progress.draw(1, "b");
        progress.set_total(Some(2));
        progress.draw(1, "c");
        progress.set_total(None);
        progress.draw(1, "d");
    });
    let wanted = ["", "a", "[####------------]  25%  b", "[########--------]  50%  c", "d", ""].join(WIPE);
    assert_eq!(text, wanted);
}

#[test]
fn every_draw_draws() {
    let text = shown(80, Some(1000), |_, progress| {
        for done in 0..1000 {
            progress.draw(done, &format!("step {done};"));
        }
    });
    for done in 0..1000 {
        assert!(text.contains(&format!("step {done};")), "{done}");
    }
    assert_eq!(text.matches(WIPE).count(), 1001);
}

#[test]
fn whatever_is_written_wipes_the_line_once() {
    let text = shown(80, None, |streams, progress| {
        progress.draw(0, "one");
        streams.out.write(b"data\n");
        streams.err.write(b"remark\n");
        progress.draw(0, "two");
        streams.out.offer(b"more\n");
        progress.draw(0, "three");
        progress.clear();
        progress.clear();
        streams.out.write(b"end\n");
    });
    let wanted = format!("{WIPE}one{WIPE}data\nremark\n{WIPE}two{WIPE}more\n{WIPE}three{WIPE}end\n");
    assert_eq!(text, wanted);
}

#[test]
fn the_line_is_never_wider_than_the_terminal() {
    for columns in 0..120_u16 {
        let words = &"wörter 漢字漢字漢字 and more ".repeat(6);
        for total in [None, Some(10)] {
            let text = shown(columns, total, |_, progress| progress.draw(5, words));
            if columns <= NARROWEST {
                assert_eq!(text, "", "{columns} columns");
                continue;
            }
            let width = console_width(line(&text));
            assert!(width < columns.into() && width + 4 > columns.into(), "{columns} columns: {text:?}");
        }
    }
}

/// Every letter of the test is one column wide, or two where it is Chinese.
fn console_width(text: &str) -> usize {
    text.chars().map(|c| if ('\u{4e00}'..='\u{9fff}').contains(&c) { 2 } else { 1 }).sum()
}

#[test]
fn words_cannot_command_the_terminal() {
    let text = shown(80, None, |_, progress| progress.draw(0, "a\x1b[31mb\nc\td"));
    assert_eq!(line(&text), "a\\u{1b}[31mb\\u{a}c\\u{9}d");
}

#[test]
fn nothing_where_standard_error_is_no_terminal() {
    let text = played(Terminal::default(), Some(10), |streams, progress| {
        progress.draw(1, "words");
        streams.out.write(b"data\n");
        progress.set_total(None);
        progress.draw(1, "words");
        progress.clear();
    });
    assert_eq!(text, "data\n");
}
