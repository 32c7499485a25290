//! One scene: a laboratory, a script for the far side, a kind of socket; and both programs run in it one after the
//! other, each with a puppet of its own, since scripts count requests.

use std::io::{BufRead, BufReader};
use std::process::ChildStdout;

use libtest_mimic::Failed;
use netdiag_lab::{Command, IcmpSockets, Lab, Node, Output, Running, Script, Signal};

use crate::harness::{NETDIAG, Tested, check};
use crate::text::{classic, differences};

/// By which sockets both programs work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sockets {
    /// Datagram ICMP, as an ordinary user.
    Datagram,
    /// Raw, with all rights, where datagram ICMP is closed.
    Raw,
}

impl Sockets {
    pub(crate) const BOTH: [Self; 2] = [Self::Datagram, Self::Raw];
}

/// A stage for both programs.
pub(crate) struct Scene {
    pub(crate) lab: Lab,
    sockets: Sockets,
    script: Option<Script>,
}

/// What both programs left behind.
pub(crate) struct Both {
    pub(crate) theirs: Output,
    pub(crate) ours: Output,
    title: String,
}

impl Scene {
    /// Client and server on one cable.
    pub(crate) fn pair(sockets: Sockets) -> Result<Self, Failed> {
        Self::new(Lab::pair()?, sockets)
    }

    /// In a laboratory that exists, from its node `client`.
    pub(crate) fn new(lab: Lab, sockets: Sockets) -> Result<Self, Failed> {
        let state = match sockets {
            Sockets::Datagram => IcmpSockets::Open,
            Sockets::Raw => IcmpSockets::Closed,
        };
        lab.node("client")?.icmp_sockets(state)?;
        Ok(Self { lab, sockets, script: None })
    }

    /// The server answers by this script.
    pub(crate) fn script(mut self, script: Script) -> Self {
        self.script = Some(script);
        self
    }

    pub(crate) fn v4(&self) -> Result<String, Failed> {
        Ok(self.server()?.v4()?.to_string())
    }

    pub(crate) fn v6(&self) -> Result<String, Failed> {
        Ok(self.server()?.v6()?.to_string())
    }

    pub(crate) fn server(&self) -> Result<Node, Failed> {
        Ok(self.lab.node("server")?)
    }

    fn command(&self, words: &[&str]) -> Result<Command, Failed> {
        let command = self.lab.node("client")?.command(words[0]).args(&words[1..]);
        Ok(match self.sockets {
            Sockets::Datagram => command.unprivileged(),
            Sockets::Raw => command,
        })
    }

    /// Runs both with the same arguments, as `play` says, each with a fresh puppet.
    pub(crate) fn play(
        &self,
        args: &[&str],
        play: impl Fn(Command) -> Result<Output, Failed>,
    ) -> Result<Both, Failed> {
        let turn = |program: &[&str]| {
            let server = self.server()?;
            let puppet = self.script.clone().map(|script| server.respond(script)).transpose()?;
            let output = play(self.command(&[program, args].concat())?);
            drop(puppet);
            output
        };
        let title = format!("{:?} {}", self.sockets, args.join(" "));
        Ok(Both { theirs: turn(&["ping"])?, ours: turn(&[NETDIAG, "ping"])?, title })
    }

    /// Runs the first program (0, iputils) or the second (1, netdiag) to its end.
    pub(crate) fn run_one(&self, turn: usize, args: &[&str]) -> Result<Output, Failed> {
        let programs: [&[&str]; 2] = [&["ping"], &[NETDIAG, "ping"]];
        Ok(self.command(&[programs[turn], args].concat())?.output()?)
    }

    /// Runs both to their end.
    pub(crate) fn run(&self, args: &[&str]) -> Result<Both, Failed> {
        self.play(args, |command| Ok(command.output()?))
    }

    /// Both say the same and end the same.
    pub(crate) fn same(&self, args: &[&str]) -> Tested {
        self.run(args)?.same()
    }
}

impl Both {
    /// What was run one by one.
    pub(crate) fn of(outputs: [Output; 2], title: &str) -> Self {
        let [theirs, ours] = outputs;
        Self { theirs, ours, title: title.to_owned() }
    }

    /// The same text up to the second summary line, the same exit code.
    pub(crate) fn same(&self) -> Tested {
        self.same_text()?;
        self.same_code()
    }

    pub(crate) fn same_text(&self) -> Tested {
        let [theirs, ours] = [&self.theirs, &self.ours].map(|output| classic(&output.stdout));
        let differences = differences(&theirs, &ours);
        check(differences.is_empty() && !ours.is_empty(), || format!("{differences}\n{self}"))
    }

    /// As [`Self::same`], but for these lines (from 1), which stand in the table of `main.rs`.
    pub(crate) fn same_but(&self, excepted: &[usize]) -> Tested {
        let [theirs, ours] = [&self.theirs, &self.ours].map(|output| {
            let mut lines = classic(&output.stdout);
            for line in excepted {
                if let Some(line) = lines.get_mut(line - 1) {
                    "(excepted)".clone_into(line);
                }
            }
            lines
        });
        let differences = differences(&theirs, &ours);
        check(differences.is_empty() && !ours.is_empty(), || format!("{differences}\n{self}"))?;
        self.same_code()
    }

    pub(crate) fn same_code(&self) -> Tested {
        check(self.theirs.code() == self.ours.code(), || format!("the exit codes differ\n{self}"))
    }

    /// Both have this in their standard output.
    pub(crate) fn both_say(&self, words: &str) -> Tested {
        let is_in_both = [&self.theirs, &self.ours].iter().all(|output| output.stdout.contains(words));
        check(is_in_both, || format!("not both say {words:?}\n{self}"))
    }

    /// Both ended so.
    pub(crate) fn both_end(&self, code: i32) -> Tested {
        let is_so = [&self.theirs, &self.ours].iter().all(|output| output.code() == Some(code));
        check(is_so, || format!("not both ended with {code}\n{self}"))
    }
}

impl std::fmt::Display for Both {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "## {}", self.title)?;
        for (name, output) in [("iputils", &self.theirs), ("netdiag", &self.ours)] {
            let Output { status, stdout, stderr } = output;
            writeln!(f, "# {name} ({status})\n{stdout}# and on stderr\n{stderr}")?;
        }
        Ok(())
    }
}

/// Reads lines of a running program until one contains `words`; gives all lines read and the reader for the rest.
pub(crate) fn read_until(
    running: &mut Running,
    words: &str,
) -> Result<(String, BufReader<ChildStdout>), Failed> {
    let mut reader = BufReader::new(running.stdout().ok_or("no standard output")?);
    let mut text = String::new();
    loop {
        let begin = text.len();
        if reader.read_line(&mut text)? == 0 {
            return Err(format!("it ended before {words:?}: {text}").into());
        }
        if text[begin..].contains(words) {
            return Ok((text, reader));
        }
    }
}

/// Sends a signal when a line with `words` has come, and collects everything.
pub(crate) fn signal_after(words: &str, signal: Signal) -> impl Fn(Command) -> Result<Output, Failed> {
    let words = words.to_owned();
    move |command| {
        let mut running = command.spawn()?;
        let (mut text, mut rest) = read_until(&mut running, &words)?;
        running.signal(signal)?;
        std::io::Read::read_to_string(&mut rest, &mut text)?;
        let output = running.wait_with_output()?;
        Ok(Output { stdout: text, ..output })
    }
}
