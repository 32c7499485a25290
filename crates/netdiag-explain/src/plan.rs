//! What was typed, understood: which terms, and in what form.

use netdiag_tool::ColorChoice;

use crate::find::{find, is_prefix};
use crate::options::ExplainOptions;

/// The longest term in words: the longest text of an error number has six.
const LONGEST: usize = 8;

/// In what form it is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// JSON Lines.
    Json,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// What there is.
    List,
    /// What these terms mean.
    Terms(Vec<String>),
}

/// The plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What is asked.
    pub question: Question,
    /// In what form.
    pub form: Form,
    /// Whether in colour.
    pub color: ColorChoice,
}

impl From<&ExplainOptions> for Plan {
    fn from(options: &ExplainOptions) -> Self {
        let question = if options.list { Question::List } else { Question::Terms(terms(&options.terms)) };
        let form = if options.json { Form::Json } else { Form::Text };
        Self { question, form, color: options.color }
    }
}

/// Each word is a term, except where it means nothing alone and something together with the words after it: nobody
/// should have to quote `connection refused` or `rcode 3`.
fn terms(mut words: &[String]) -> Vec<String> {
    let mut terms = Vec::new();
    while let Some(first) = words.first() {
        let is_joined = is_prefix(first) || find(first).is_empty();
        let most = if is_joined { words.len().min(LONGEST) } else { 1 };
        let joined = (2..=most).rev().map(|count| (count, words[..count].join(" ")));
        let (count, term) =
            joined.into_iter().find(|(_, term)| !find(term).is_empty()).unwrap_or_else(|| (1, first.clone()));
        terms.push(term);
        words = &words[count..];
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(line: &str) -> Vec<String> {
        terms(&line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn words_that_mean_nothing_alone_are_joined() {
        assert_eq!(split("connection refused RST"), ["connection refused", "RST"]);
        assert_eq!(split("icmp 3/13 rcode 3 111"), ["icmp 3/13", "rcode 3", "111"]);
        assert_eq!(split("no route to host"), ["no route to host"]);
    }

    #[test]
    fn words_that_mean_something_stay_apart_and_nonsense_is_kept() {
        assert_eq!(split("SYN FIN"), ["SYN", "FIN"]);
        assert_eq!(split("nonsense 111 icmp"), ["nonsense", "111", "icmp"]);
        assert_eq!(split(""), [""]);
    }
}
