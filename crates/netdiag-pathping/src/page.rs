//! What both halves of a run write to, and what all that is written needs to know.

use std::collections::BTreeMap;
use std::rc::Rc;

use netdiag_engine::port::Names as NamesPort;
use netdiag_engine::prober::Method;
use netdiag_model::Address;
use netdiag_model::event::Notice;
use netdiag_tool::targets::shown;
use netdiag_tool::{Escaped, Labels, Streams, Terminal, json as lines};

use crate::paint::Paint;
use crate::plan::{Form, Names, Plan};

/// The prefix of what goes to standard error.
const PROGRAM: &str = "netdiag pathping";

/// The page.
pub(crate) struct Page<'a> {
    pub(crate) streams: &'a mut Streams,
    pub(crate) interfaces: &'a BTreeMap<u32, String>,
    pub(crate) plan: &'a Plan,
    pub(crate) method: Method,
    pub(crate) paint: Paint,
    pub(crate) labels: Labels,
}

impl<'a> Page<'a> {
    pub(crate) fn new(
        (streams, terminal): (&'a mut Streams, &Terminal),
        interfaces: &'a BTreeMap<u32, String>,
        (plan, method): (&'a Plan, Method),
        names: Rc<dyn NamesPort>,
    ) -> Self {
        let labels = match plan.names {
            Names::Numeric => Labels::numeric(),
            Names::Shown => Labels::from(names),
        };
        let paint = if terminal.has_color(plan.look.color) { Paint::Colour } else { Paint::Plain };
        Self { streams, interfaces, plan, method, paint, labels }
    }

    /// What happened to the run.
    pub(crate) fn notice(&mut self, notice: &Notice) {
        if self.plan.form == Form::Text {
            self.streams.err.write(format!("{PROGRAM}: {}\n", notice.message).as_bytes());
        } else if !self.plan.look.is_quiet {
            let code = notice.code.as_str().to_owned();
            let record = lines::Notice { code, message: notice.message.clone(), target: None, hint: None };
            self.streams.out.write(&lines::line(&record));
        }
    }

    /// Whether people read it, and want all of it.
    pub(crate) fn is_full_text(&self) -> bool {
        self.plan.form == Form::Text && !self.plan.look.is_quiet
    }

    /// Writes text for people who want all of it.
    pub(crate) fn write(&mut self, text: &str) {
        if self.is_full_text() {
            self.streams.out.write(text.as_bytes());
        }
    }

    pub(crate) fn shown(&self, address: Address) -> String {
        shown(&address, self.interfaces)
    }

    /// `name (address)`, or the address where there is no name.
    pub(crate) fn who(&self, address: Address) -> String {
        let plain = self.shown(address);
        match self.labels.name(address.ip) {
            Some(name) if *name != plain => format!("{} ({plain})", Escaped(name)),
            _ => plain,
        }
    }
}
