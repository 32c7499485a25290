//! Whom the words name, and in what form the run is shown.

use std::net::IpAddr;
use std::time::Duration;

use netdiag_model::Family;
use netdiag_tool::ToolError;
use netdiag_tool::targets::Word;

use crate::options::{Format, PingOptions};

/// How many targets there may be unless more are forced.
pub(super) const MAX_TARGETS: u64 = 1 << 20;
/// The shortest time over which a run is summed up.
const MIN_PERIOD: Duration = Duration::from_millis(100);
/// How many probes per target fping's lines can hold: they list each of them.
const FPING_COUNT: u32 = 65_536;

/// In what form the run is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// iputils' text, for one target.
    Text,
    /// A line per target and change, and a table at the end.
    Table,
    /// The addresses that answer.
    Alive,
    /// The addresses that do not.
    Unreachable,
    /// What fping writes with -C.
    Fping,
    /// Comma-separated values.
    Csv,
    /// JSON Lines.
    Json,
}

/// The words that were typed.
pub(super) fn words(options: &PingOptions) -> Result<Vec<Word>, ToolError> {
    let mut words = Vec::with_capacity(options.targets.len());
    for text in &options.targets {
        words.push(Word::parse(text).map_err(|error| ToolError::new(error.to_string()))?);
    }
    let known: u128 = words
        .iter()
        .map(|word| match word {
            Word::Block(block) => block.len(),
            _ => 1,
        })
        .fold(0, u128::saturating_add);
    if known > u128::from(MAX_TARGETS) && !options.force {
        let message = format!("these are {known} targets, more than {MAX_TARGETS}");
        return Err(ToolError::new(message).with_hint("if that is what you want: --force"));
    }
    Ok(words)
}

pub(super) const fn family_of(ip: IpAddr) -> Family {
    if ip.is_ipv4() { Family::V4 } else { Family::V6 }
}

/// The family of all targets, where they are addresses of one: then no socket of the other is needed.
pub(super) fn family(words: &[Word]) -> Option<Family> {
    let of = |word: &Word| match word {
        Word::Host(text) => text.split('%').next()?.parse().ok().map(family_of),
        Word::Block(block) => block.addresses().next().map(family_of),
        Word::File(_) | Word::Stdin => None,
    };
    let first = of(words.first()?)?;
    words.iter().all(|word| of(word) == Some(first)).then_some(first)
}

/// How many targets the words may come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// The one host that was typed.
    One,
    /// Several.
    Many,
}

pub(super) fn extent(options: &PingOptions, words: &[Word]) -> Extent {
    match words {
        [Word::Host(_)] if !options.all_addresses => Extent::One,
        _ => Extent::Many,
    }
}

pub(super) fn form(options: &PingOptions, extent: Extent) -> Form {
    match options.format {
        _ if options.json => Form::Json,
        _ if options.csv => Form::Csv,
        _ if options.alive => Form::Alive,
        _ if options.unreachable => Form::Unreachable,
        Some(Format::Fping) => Form::Fping,
        Some(Format::Text) | None if extent == Extent::One => Form::Text,
        Some(Format::Text) | None => Form::Table,
    }
}

/// What a form cannot be combined with.
pub(super) fn check(options: &PingOptions, (form, extent): (Form, Extent)) -> Result<(), ToolError> {
    let is_one = matches!(form, Form::Text | Form::Json) && extent == Extent::One;
    let only_one = [
        (options.flood, "-f", "for many at full speed: --rate max -i 0"),
        (options.adaptive, "-A", "for many: -i and --rate"),
        (options.preload.is_some(), "-l", "for many: -i and --rate"),
        (options.outstanding, "-O", "with many, a line tells when one stops answering"),
        (options.audible, "-a", "with many, leave it out"),
    ];
    if let Some((_, letter, instead)) = only_one.into_iter().find(|(is_typed, ..)| *is_typed && !is_one) {
        let message = format!("{letter} is for one target, as text or with --json");
        return Err(ToolError::new(message).with_hint(instead));
    }
    let is_periodic = matches!(form, Form::Text | Form::Table | Form::Csv | Form::Json);
    match (form, options.count, options.report_every) {
        (Form::Fping, None, _) => Err(ToolError::new("--format fping lists each probe: it needs --count")
            .with_hint("as fping -C 5: --count 5 --format fping")),
        (Form::Fping, Some(FPING_COUNT..), _) => Err(ToolError::new(format!(
            "--format fping lists each probe: at most --count {}",
            FPING_COUNT - 1
        ))),
        (_, _, Some(_)) if !is_periodic => {
            Err(ToolError::new("--report-every is for runs that go on: with text, --csv or --json"))
        }
        (_, _, Some(every)) if every < MIN_PERIOD => {
            Err(ToolError::new(format!("--report-every wants at least {} ms", MIN_PERIOD.as_millis())))
        }
        _ => Ok(()),
    }
}
