//! What a tool says of itself beyond its options: examples, exit codes, neighbours. Help, man pages and the
//! README's table read it, so these words exist once.

/// The parts of a manual page that an option parser cannot know.
#[derive(Debug, Clone, Copy)]
pub struct Manual {
    /// The tool's name, as typed after `netdiag`.
    pub name: &'static str,
    /// One line: what it is for.
    pub about: &'static str,
    /// A paragraph or two for the page's DESCRIPTION; blank lines part paragraphs.
    pub description: &'static str,
    /// Command lines that work, each with what it does.
    pub examples: &'static [(&'static str, &'static str)],
    /// Exit codes with their meaning.
    pub exit_codes: &'static [(u8, &'static str)],
    /// Other pages, as `name(section)`.
    pub see_also: &'static [&'static str],
}
