//! A man page: what the parser knows (names, synopsis, options) and what the manual says beyond it.
//!
//! See `groff_man(7)` for the macros and man-pages(7) for the order of sections.

use anyhow::Result;
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use netdiag_tool::manual::Manual;

/// The whole page as roff.
pub(super) fn page(parser: Command, manual: &Manual) -> Result<String> {
    let parser = parser.about(manual.about).disable_help_subcommand(true);
    let has_tools = parser.has_subcommands();
    let parser = parser.subcommand_help_heading("TOOLS").subcommand_value_name("TOOL");
    let man = Man::new(parser).manual("netdiag manual");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    description(manual).to_writer(&mut page)?;
    man.render_options_section(&mut page)?;
    if has_tools {
        man.render_subcommands_section(&mut page)?;
    }
    for section in [exit_status(manual), examples(manual), see_also(manual)] {
        section.to_writer(&mut page)?;
    }
    Ok(once_with_preamble(&String::from_utf8_lossy(&page)))
}

fn description(manual: &Manual) -> Roff {
    let mut roff = Roff::new();
    let text = if manual.description.trim().is_empty() { manual.about } else { manual.description };
    roff.control("SH", ["DESCRIPTION"]);
    for paragraph in text.split("\n\n") {
        roff.control("PP", []);
        // A line that the source wraps is one line to the page.
        roff.text([roman(paragraph.split_whitespace().collect::<Vec<_>>().join(" "))]);
    }
    roff
}

fn exit_status(manual: &Manual) -> Roff {
    let mut roff = Roff::new();
    if !manual.exit_codes.is_empty() {
        roff.control("SH", ["EXIT STATUS"]);
    }
    for (code, meaning) in manual.exit_codes {
        roff.control("TP", []);
        roff.text([bold(code.to_string())]);
        roff.text([roman(*meaning)]);
    }
    roff
}

fn examples(manual: &Manual) -> Roff {
    let mut roff = Roff::new();
    if !manual.examples.is_empty() {
        roff.control("SH", ["EXAMPLES"]);
    }
    for (line, does) in manual.examples {
        roff.control("TP", []);
        roff.text([bold(*line)]);
        roff.text([roman(*does)]);
    }
    roff
}

fn see_also(manual: &Manual) -> Roff {
    let mut roff = Roff::new();
    if !manual.see_also.is_empty() {
        roff.control("SH", ["SEE ALSO"]);
        roff.text([roman(manual.see_also.join(", "))]);
    }
    roff
}

/// Each section is rendered with roff's preamble (the apostrophe's definition); a page wants it once.
fn once_with_preamble(page: &str) -> String {
    let empty = Roff::new().render();
    format!("{empty}{}", page.replace(&empty, ""))
}

#[cfg(test)]
mod tests {
    use super::{Manual, page};

    const MANUAL: Manual = Manual {
        name: "probe",
        about: "send a probe",
        description: "First paragraph,\nwrapped.\n\nSecond with a 'quote'.",
        examples: &[("netdiag probe -c 3 example.com", "three probes")],
        exit_codes: &[(0, "yes"), (1, "no")],
        see_also: &["ping(8)", "netdiag(1)"],
    };

    fn probe() -> String {
        let count = clap::Arg::new("count").short('c').long("count").help("How many");
        let parser = clap::Command::new("netdiag-probe").version("0.1.0").arg(count);
        page(parser, &MANUAL).expect("a page")
    }

    #[test]
    fn sections_stand_in_the_customary_order() {
        let page = probe();
        let sections: Vec<&str> = page.lines().filter_map(|line| line.strip_prefix(".SH ")).collect();
        let expected =
            ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "\"EXIT STATUS\"", "EXAMPLES", "\"SEE ALSO\""];
        assert_eq!(sections, expected);
    }

    #[test]
    fn the_manuals_words_are_on_the_page_and_the_preamble_once() {
        let page = probe();
        for words in ["netdiag\\-probe \\- send a probe", "First paragraph, wrapped.", "ping(8), netdiag(1)"]
        {
            assert!(page.contains(words), "{words} is missing in\n{page}");
        }
        assert_eq!(page.matches(".ie \\n(.g").count(), 1);
    }
}
