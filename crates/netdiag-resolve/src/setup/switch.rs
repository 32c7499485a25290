//! The `hosts:` line of nsswitch.conf(5): which sources a name is looked up in, in which order, and when to stop.

/// One word of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// A source, such as `files`, `dns`, `resolve`, `mdns4_minimal`.
    Source(String),
    /// What to do after the source before, such as `[NOTFOUND=return]`, without its brackets.
    Action(String),
}

/// The order of sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Switch {
    words: Vec<Word>,
}

impl Default for Switch {
    /// What counts where the file or the line is missing.
    fn default() -> Self {
        Self::parse("hosts: files dns")
    }
}

impl Switch {
    /// Reads the text of the file. Its last `hosts:` line counts.
    pub(crate) fn parse(text: &str) -> Self {
        let mut lines = text.lines().filter_map(|line| line.split('#').next()?.trim().strip_prefix("hosts:"));
        lines.next_back().map_or_else(Self::default, |line| Self { words: words(line) })
    }

    /// Whether `/etc/hosts` is looked into.
    pub(crate) fn has_files(&self) -> bool {
        self.has(|source| source == "files")
    }

    /// Whether name servers are asked, by the C library or through systemd-resolved.
    pub(crate) fn has_servers(&self) -> bool {
        self.has(is_server)
    }

    /// Whether it is the order that needs no words: files, then DNS.
    pub(crate) fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// The source of multicast DNS that keeps names in `.local` from the name servers, if there is one: it comes first,
    /// and what it does not find is not looked for any further.
    pub(crate) fn keeps_local(&self) -> Option<&str> {
        let before =
            self.words.iter().take_while(|word| !matches!(word, Word::Source(name) if is_server(name)));
        let mut keeper = None;
        for word in before {
            match word {
                Word::Source(name) => keeper = name.starts_with("mdns").then_some(name.as_str()),
                Word::Action(action) if is_end(action) && keeper.is_some() => return keeper,
                Word::Action(_) => {}
            }
        }
        None
    }

    fn has(&self, wanted: impl Fn(&str) -> bool) -> bool {
        self.words.iter().any(|word| matches!(word, Word::Source(name) if wanted(name)))
    }
}

/// The line without `hosts:`, as in the file but for its spaces.
impl std::fmt::Display for Switch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (at, word) in self.words.iter().enumerate() {
            let space = if at == 0 { "" } else { " " };
            match word {
                Word::Source(name) => write!(f, "{space}{name}")?,
                Word::Action(action) => write!(f, "{space}[{action}]")?,
            }
        }
        Ok(())
    }
}

fn is_server(source: &str) -> bool {
    matches!(source, "dns" | "resolve")
}

/// Whether a look-up ends after a source that does not know the name.
fn is_end(action: &str) -> bool {
    action.split_whitespace().any(|word| word.eq_ignore_ascii_case("NOTFOUND=return"))
}

fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let (action, after) = inner.split_once(']').unwrap_or((inner, ""));
            words.push(Word::Action(action.trim().to_owned()));
            rest = after.trim_start();
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || c == '[').unwrap_or(rest.len());
            words.push(Word::Source(rest[..end].to_owned()));
            rest = rest[end..].trim_start();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_order_is_read_with_its_actions() {
        let text = "passwd: files\n# hosts: nis\nhosts:  files mdns4_minimal [NOTFOUND=return] dns # yes\n";
        let switch = Switch::parse(text);
        assert_eq!(switch.to_string(), "files mdns4_minimal [NOTFOUND=return] dns");
        assert!(switch.has_files() && switch.has_servers() && !switch.is_plain());
        assert_eq!(switch.keeps_local(), Some("mdns4_minimal"));
    }

    #[test]
    fn without_a_line_it_is_files_and_dns() {
        for text in ["", "passwd: files\n", "hosts:\tfiles\tdns\n"] {
            assert!(Switch::parse(text).is_plain(), "{text:?}");
        }
    }

    #[test]
    fn local_names_reach_the_servers_unless_the_search_ends_before() {
        for line in
            ["files dns", "mdns4 dns", "dns mdns4_minimal [NOTFOUND=return]", "files [NOTFOUND=return] dns"]
        {
            assert_eq!(Switch::parse(&format!("hosts: {line}")).keeps_local(), None, "{line}");
        }
        let resolved = Switch::parse("hosts: mymachines resolve [!UNAVAIL=return] files myhostname dns");
        assert_eq!((resolved.keeps_local(), resolved.has_servers()), (None, true));
        assert!(!Switch::parse("hosts: files").has_servers());
    }

    proptest! {
        #[test]
        fn any_text_is_read_and_shown(text in any::<String>()) {
            let switch = Switch::parse(&format!("hosts: {text}"));
            let _ = (switch.to_string(), switch.keeps_local(), switch.is_plain());
        }
    }
}
