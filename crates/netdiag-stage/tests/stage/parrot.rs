//! A tool that needs no network: it says its words, what is in lists, what it finds around it, and every command.

use clap::{Arg, ArgMatches};
use netdiag_engine::driver::Command;
use netdiag_engine::port::Sockets;
use netdiag_tool::lists::List;
use netdiag_tool::{Caller, Context, Exit, Right, Tool, ToolError};

pub(crate) struct Parrot;

impl Tool for Parrot {
    type Plan = Vec<String>;
    type Opened = Vec<String>;

    fn command() -> clap::Command {
        clap::Command::new("netdiag-parrot").arg(Arg::new("word").num_args(0..))
    }

    fn plan(matches: &ArgMatches, caller: Caller) -> Result<Self::Plan, ToolError> {
        if caller == Caller::User {
            return Err(ToolError::new("only root has a parrot"));
        }
        Ok(matches.get_many("word").unwrap_or_default().cloned().collect())
    }

    fn network_namespace(_: &Self::Plan) -> Option<&str> {
        None
    }

    fn open(plan: Self::Plan, _: &dyn Sockets) -> Result<Self::Opened, ToolError> {
        Ok(plan)
    }

    fn keeps(_: &Self::Plan) -> &'static [Right] {
        &[]
    }

    async fn run(words: Self::Opened, context: &mut Context) -> Result<Exit, ToolError> {
        for word in words {
            let said = match word.strip_prefix('@') {
                Some(path) => read(context, &List::File(path.into())).await?,
                None if word == "-" => read(context, &List::Stdin).await?,
                None if word == "?" => around(context),
                None => format!("{word}\n"),
            };
            context.streams.out.write(said.as_bytes());
        }
        while let Some(command) = context.commands.recv().await {
            let seconds = context.clock.now().mono.as_nanos() as f64 / 1e9;
            context.streams.out.write(format!("{seconds} {command:?}\n").as_bytes());
            if command == Command::Quit {
                break;
            }
        }
        Ok(Exit(0))
    }

    fn is_json(_: &ArgMatches) -> bool {
        false
    }
}

async fn read(context: &mut Context, list: &List) -> Result<String, ToolError> {
    let mut chunks = context.lists.open(list);
    let mut text = String::new();
    while let Some(chunk) = chunks.recv().await {
        let Ok(chunk) = chunk else {
            context.streams.err.write(format!("{list}: not there\n").as_bytes());
            return Err(ToolError::new("nothing to say"));
        };
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    Ok(text)
}

fn around(context: &Context) -> String {
    let (terminal, proxies) = (context.terminal, context.proxies.len());
    let (out, err, columns) = (terminal.is_stdout, terminal.is_stderr, terminal.columns);
    format!("out {out}, err {err}, columns {columns:?}, proxies {proxies}\n")
}
