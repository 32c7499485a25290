//! Explanations for people: a title, short paragraphs, what it usually means, and what to run next; within 80 columns.

use std::fmt::Write;

use anstyle::Style;
use netdiag_model::knowledge::Lesson;
use netdiag_model::knowledge::errno::ErrnoFacts;
use netdiag_model::knowledge::flag::{self, Flags, judge};
use netdiag_model::knowledge::icmp::facts::IcmpFacts;
use netdiag_model::knowledge::state::StateFacts;
use netdiag_model::knowledge::sysctl::SysctlFacts;
use netdiag_model::knowledge::verdict::VerdictFacts;

use crate::fact::{Fact, Kind, number};

/// Columns of a page.
const WIDTH: usize = 80;

/// Whether headings stand out. Nothing is said by it alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// In plain characters.
    Plain,
    /// With headings in bold.
    Color,
}

impl Look {
    fn heading(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Color => {
                let style = Style::new().bold();
                format!("{style}{text}{style:#}")
            }
        }
    }
}

/// The page about one thing; its last line ends in a newline.
pub fn page(fact: Fact, look: Look) -> String {
    let lesson = fact.lesson();
    let mut page = title(fact, &lesson, look);
    for paragraph in lesson.what {
        page.push('\n');
        wrap(&mut page, paragraph, ("  ", "  "));
    }
    if let Fact::Topic(topic) = fact {
        page.push('\n');
        page.push_str(topic.drawing);
    }
    let details = details(fact);
    if !details.is_empty() {
        page.push('\n');
    }
    for (label, text) in details {
        wrap(&mut page, &format!("{label}: {text}"), ("  ", "      "));
    }
    advice(&mut page, &lesson, look);
    page
}

fn title(fact: Fact, lesson: &Lesson, look: Look) -> String {
    let name = fact.name();
    let kind = match fact {
        Fact::Topic(_) => String::new(),
        Fact::Verdict(_) => " (a verdict of connect)".to_owned(),
        Fact::Errno(facts) => format!(" (errno {})", facts.errno.0),
        Fact::State(_) => " (a TCP state)".to_owned(),
        Fact::Flags(flags) if is_single(flags) => " (a TCP flag)".to_owned(),
        Fact::Flags(_) => " (TCP flags)".to_owned(),
        Fact::Icmp(_) => " (an ICMP message)".to_owned(),
        Fact::Sysctl(_) => " (a setting of the kernel)".to_owned(),
        Fact::Rcode(facts) => format!(" (DNS rcode {})", facts.number),
    };
    let mut title = String::new();
    wrap(&mut title, &format!("{name}{kind} - {}", lesson.title), ("", "    "));
    // Lines are broken before colour comes in, which takes no room.
    title.replacen(&name, &look.heading(&name), 1)
}

const fn is_single(flags: Flags) -> bool {
    flags.0.is_power_of_two()
}

/// What it usually means, what to run next, where more stands.
fn advice(page: &mut String, lesson: &Lesson, look: Look) {
    if !lesson.usually.is_empty() {
        let _ = write!(page, "\n{}\n", look.heading("usually:"));
    }
    for sentence in lesson.usually {
        wrap(page, sentence, ("  - ", "    "));
    }
    if !lesson.next.is_empty() {
        let _ = write!(page, "\n{}\n", look.heading("next:"));
    }
    for step in lesson.next {
        // A command is never broken: it is there to be copied.
        let _ = writeln!(page, "  {}", step.run);
        wrap(page, step.why, ("      ", "      "));
    }
    if !lesson.see.is_empty() {
        page.push('\n');
        wrap(page, &format!("see: {}", lesson.see.join(", ")), ("", "     "));
    }
}

/// What only this kind of thing has, as labels and texts.
fn details(fact: Fact) -> Vec<(String, String)> {
    match fact {
        Fact::Topic(_) | Fact::Rcode(_) => Vec::new(),
        Fact::Verdict(facts) => verdict_details(facts),
        Fact::Errno(facts) => errno_details(facts),
        Fact::State(facts) => state_details(facts),
        Fact::Flags(flags) => flag_details(flags),
        Fact::Icmp(facts) => icmp_details(facts),
        Fact::Sysctl(facts) => sysctl_details(facts),
    }
}

fn verdict_details(facts: &VerdictFacts) -> Vec<(String, String)> {
    [("beware", facts.not), ("to act", facts.acts)]
        .map(|(label, text)| (label.to_owned(), text.to_owned()))
        .into_iter()
        .chain([("exit code".to_owned(), facts.exit.to_string())])
        .collect()
}

fn errno_details(facts: &ErrnoFacts) -> Vec<(String, String)> {
    let senses = facts.senses.iter().map(|sense| {
        let said_by: Vec<&str> = sense.said_by.iter().map(|speaker| speaker.words()).collect();
        (sense.phase.words().to_owned(), format!("{} Who says it: {}.", sense.meaning, said_by.join(", or ")))
    });
    let ipv6 = facts.ipv6.map(|text| ("over IPv6".to_owned(), text.to_owned()));
    senses.chain(ipv6).collect()
}

fn state_details(facts: &StateFacts) -> Vec<(String, String)> {
    let mut details = vec![
        ("who".to_owned(), facts.passage.words().to_owned()),
        ("entered".to_owned(), facts.entered.to_owned()),
        ("left".to_owned(), facts.left.to_owned()),
        ("lasts".to_owned(), facts.lasts.to_owned()),
    ];
    if !facts.spellings.is_empty() {
        details.push(("also spelt".to_owned(), facts.spellings.join(", ")));
    }
    details.push(("in /proc/net/tcp".to_owned(), format!("{:02X}", facts.number)));
    details
}

fn flag_details(flags: Flags) -> Vec<(String, String)> {
    let letters: String =
        flag::all().iter().filter(|facts| flags.has(facts.flag)).map(|facts| facts.letter).collect();
    let alone = if is_single(flags) { "this flag and no other" } else { "these flags and no others" };
    let is_sent = if judge(flags).is_legal { "legal" } else { "never legal" };
    let mut details =
        vec![("bits".to_owned(), format!("0x{:02x}", flags.0)), (alone.to_owned(), is_sent.to_owned())];
    if !letters.is_empty() {
        details.push(("in tcpdump".to_owned(), letters));
    }
    details
}

fn icmp_details(facts: &IcmpFacts) -> Vec<(String, String)> {
    facts
        .forms
        .iter()
        .map(|form| {
            let errno = form.errno.and_then(netdiag_model::knowledge::errno::of);
            let fate = errno.map_or(String::new(), |facts| format!("; connect fails with {}", facts.name));
            (number(form), format!("{}{fate}", form.name))
        })
        .collect()
}

fn sysctl_details(facts: &SysctlFacts) -> Vec<(String, String)> {
    let unit = facts.unit.map_or(String::new(), |unit| format!(" ({unit})"));
    let default = ("default".to_owned(), format!("{}{unit}", facts.default));
    let since = facts.since.map(|since| ("since Linux".to_owned(), since.to_owned()));
    let removed = facts.removed.map(|removed| ("removed in Linux".to_owned(), removed.to_owned()));
    std::iter::once(default).chain(since).chain(removed).collect()
}

/// Names of all that can be explained, kind by kind.
pub(crate) fn list() -> String {
    let mut list = String::new();
    for kind in Kind::ALL {
        let gap = if list.is_empty() { "" } else { "\n" };
        let _ = writeln!(list, "{gap}{}", kind.words());
        for fact in Fact::all().filter(|fact| fact.kind() == kind) {
            let name = match fact {
                Fact::Errno(facts) => format!("{:>3} {}", facts.errno.0, facts.name),
                Fact::Rcode(facts) => format!("{:>3} {}", facts.number, facts.name),
                Fact::Icmp(_) => format!("{} ({})", fact.name(), fact.also().join(", ")),
                _ => fact.name(),
            };
            wrap(&mut list, &format!("{name}: {}", fact.lesson().title), ("  ", "      "));
        }
    }
    list
}

/// Appends `text` in lines of at most [`WIDTH`] columns, with one beginning for the first line and one for the others. A
/// word that is longer stays whole.
fn wrap(page: &mut String, text: &str, (first, others): (&str, &str)) {
    let mut line = first.to_owned();
    let mut is_empty = true;
    for word in text.split(' ') {
        if !is_empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            page.push_str(&line);
            page.push('\n');
            others.clone_into(&mut line);
            is_empty = true;
        }
        if !is_empty {
            line.push(' ');
        }
        line.push_str(word);
        is_empty = false;
    }
    page.push_str(&line);
    page.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words_and_none_is_lost() {
        let text = "word ".repeat(40) + &"x".repeat(100);
        let mut page = String::new();
        wrap(&mut page, &text, ("- ", "  "));
        assert!(page.lines().all(|line| line.len() <= WIDTH || line.trim().len() == 100), "{page}");
        assert_eq!(
            page.split_whitespace().skip(1).collect::<Vec<_>>(),
            text.split_whitespace().collect::<Vec<_>>()
        );
    }

    #[test]
    fn every_page_has_a_title_and_advice_and_fits_but_for_commands() {
        for fact in Fact::all() {
            let page = page(fact, Look::Plain);
            assert!(page.contains("\nnext:\n") && page.ends_with('\n') && !page.ends_with("\n\n"), "{page}");
            let is_command = |line: &str| fact.lesson().next.iter().any(|step| line.trim() == step.run);
            for line in page.lines().filter(|line| !is_command(line)) {
                assert!(line.chars().count() <= WIDTH, "{line}");
            }
        }
    }

    #[test]
    fn colour_adds_nothing_but_colour() {
        let fact = Fact::all().next().expect("a fact");
        let (plain, bold) = (page(fact, Look::Plain), page(fact, Look::Color));
        assert_ne!(plain, bold);
        assert_eq!(plain, bold.replace("\u{1b}[1m", "").replace("\u{1b}[0m", ""));
    }
}
