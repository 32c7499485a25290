//! Long lines on a terminal: broken between words, and hung under the text that they belong to.
//!
//! Commands are left in one piece, so that they can be copied.

use unicode_width::UnicodeWidthStr;

use super::LABEL;

/// Where the text beside a label begins.
const TEXT: usize = 2 + LABEL + 1;

/// `text` with lines of at most `columns`, as far as words allow.
pub(crate) fn fold(text: &str, columns: usize) -> String {
    text.split_inclusive('\n').map(|line| one(line, columns)).collect()
}

fn one(line: &str, columns: usize) -> String {
    let Some(indent) = indent(line).filter(|indent| indent + 20 < columns && width(line) > columns) else {
        return line.to_owned();
    };
    let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
    let blank = content.len() - content.trim_start_matches(' ').len();
    let mut folded = content[..blank].to_owned();
    let mut used = blank;
    for (index, word) in content[blank..].split(' ').enumerate() {
        let len = width(word);
        if index > 0 && used + 1 + len > columns {
            folded.push('\n');
            folded.push_str(&" ".repeat(indent));
            used = indent;
        } else if index > 0 {
            folded.push(' ');
            used += 1;
        }
        folded.push_str(word);
        used += len;
    }
    folded + end
}

/// How far the rest of a line is to be indented; `None` for one that is left whole.
fn indent(line: &str) -> Option<usize> {
    let plain = plain(line);
    let blank = plain.len() - plain.trim_start_matches(' ').len();
    let is_item = plain.get(TEXT..).is_some_and(|text| text.starts_with("- "));
    match blank {
        0 => Some(0),
        _ if is_item => Some(TEXT + 2),
        2 if plain.trim_start().starts_with("next ") => None,
        2 => Some(TEXT),
        TEXT => None,
        other => Some(other),
    }
}

fn width(text: &str) -> usize {
    plain(text).trim_end_matches('\n').width()
}

/// The text without what commands a terminal (ECMA-48, SGR).
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut is_command = false;
    for c in text.chars() {
        match (is_command, c) {
            (false, '\u{1b}') => is_command = true,
            (true, 'm') => is_command = false,
            (true, _) => {}
            (false, c) => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn evidence_hangs_under_its_text_and_commands_stay_whole() {
        let text = "  errno       113 EHOSTUNREACH, no route to host at all\n  could be    - one thing or \
                    another thing altogether\n  next        tcpdump -ni any 'host 192.0.2.1 and tcp port 81'\n";
        let expected = "  errno       113 EHOSTUNREACH, no route\n              to host at all\n  could be    - one \
                        thing or another\n                thing altogether\n  next        tcpdump -ni any 'host \
                        192.0.2.1 and tcp port 81'\n";
        assert_eq!(fold(text, 40), expected);
    }

    #[test]
    fn colour_takes_no_room() {
        let line = "\u{1b}[1mrefused\u{1b}[0m: nothing listens there at all\n";
        assert_eq!(fold(line, 38), line);
        assert_eq!(fold(line, 30), "\u{1b}[1mrefused\u{1b}[0m: nothing listens there\nat all\n");
    }

    proptest! {
        #[test]
        fn no_word_is_lost(words in prop::collection::vec("[a-z]{1,12}", 1..40), columns in 40usize..100) {
            let line = format!("  label       {}\n", words.join(" "));
            let folded = fold(&line, columns);
            prop_assert_eq!(folded.split_whitespace().skip(1).collect::<Vec<_>>(), words);
            prop_assert!(folded.lines().all(|line| line.len() <= columns));
        }
    }
}
