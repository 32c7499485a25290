//! A run of explain from its plan to its exit code. It opens nothing and waits for nobody.

use clap::{ArgMatches, Args, FromArgMatches};
use netdiag_engine::port::Sockets;
use netdiag_tool::{Caller, Context, Escaped, Exit, Right, Tool, ToolError, json};

use crate::fact::Fact;
use crate::find::find;
use crate::json::{Entry, Explanation, Record, Unknown};
use crate::nearest::nearest;
use crate::options::ExplainOptions;
use crate::plan::{Form, Plan, Question};
use crate::text::{self, Look};

/// The tool.
#[derive(Debug, Clone, Copy)]
pub struct Explain;

impl Tool for Explain {
    type Plan = Plan;
    type Opened = Plan;

    fn command() -> clap::Command {
        let command =
            clap::Command::new("netdiag-explain").version(env!("CARGO_PKG_VERSION")).args_override_self(true);
        // The derived options would put the words of their own documentation here.
        ExplainOptions::augment_args(command).about(crate::MANUAL.about)
    }

    fn plan(matches: &ArgMatches, _caller: Caller) -> Result<Plan, ToolError> {
        let options =
            ExplainOptions::from_arg_matches(matches).map_err(|error| ToolError::new(error.to_string()))?;
        Ok(Plan::from(&options))
    }

    fn network_namespace(_plan: &Plan) -> Option<&str> {
        None
    }

    fn open(plan: Plan, _sockets: &dyn Sockets) -> Result<Plan, ToolError> {
        Ok(plan)
    }

    fn keeps(_plan: &Plan) -> &'static [Right] {
        &[]
    }

    async fn run(plan: Plan, context: &mut Context) -> Result<Exit, ToolError> {
        Ok(match &plan.question {
            Question::List => list(plan.form, context),
            Question::Terms(terms) => explain(terms, &plan, context),
        })
    }

    fn is_json(matches: &ArgMatches) -> bool {
        matches.get_flag("json")
    }
}

fn list(form: Form, context: &mut Context) -> Exit {
    let out = &mut context.streams.out;
    match form {
        Form::Text => out.write(text::list().as_bytes()),
        Form::Json => {
            for fact in Fact::all() {
                out.write(&json::line(&Record::Entry(Entry::from(fact))));
            }
        }
    }
    Exit::YES
}

fn explain(terms: &[String], plan: &Plan, context: &mut Context) -> Exit {
    let look = if context.terminal.has_color(plan.color) { Look::Color } else { Look::Plain };
    let mut exit = Exit::YES;
    let mut is_first = true;
    for term in terms {
        let facts = find(term);
        if facts.is_empty() {
            exit = Exit::NO;
            unknown(term, plan.form, context);
        }
        for fact in facts {
            let bytes = match plan.form {
                Form::Json => json::line(&Record::Explanation(Box::new(Explanation::new(term, fact)))),
                Form::Text if is_first => text::page(fact, look).into_bytes(),
                Form::Text => format!("\n{}", text::page(fact, look)).into_bytes(),
            };
            context.streams.out.write(&bytes);
            is_first = false;
        }
    }
    exit
}

fn unknown(term: &str, form: Form, context: &mut Context) {
    let nearest = nearest(term);
    if form == Form::Json {
        let record = Record::Unknown(Unknown { term: term.to_owned(), nearest });
        context.streams.out.write(&json::line(&record));
        return;
    }
    let hint = match nearest.as_slice() {
        [] => "netdiag explain --list names what is".to_owned(),
        names => format!("did you mean {}?", names.join(", ")),
    };
    context
        .streams
        .err
        .write(format!("netdiag explain: \"{}\" is not known; {hint}\n", Escaped(term)).as_bytes());
}
