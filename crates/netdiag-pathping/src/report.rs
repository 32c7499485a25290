//! What a survey amounts to, for all renderers.

use netdiag_model::Address;
use netdiag_model::stats::attribution::{self, Attribution, Finding, HopLoss, LinkLoss};

use crate::fold::{Fold, SurveyedHop};
use crate::page::Page;
use crate::sentence::Speaker;

/// The report.
pub(crate) struct Report<'a> {
    pub(crate) fold: &'a Fold,
    /// The hops, as far as the fate of all their probes is known.
    hops: Vec<SurveyedHop>,
    pub(crate) attribution: Attribution,
}

impl<'a> Report<'a> {
    pub(crate) fn of(fold: &'a Fold) -> Self {
        let hops = fold.known();
        let hop = |hop: &SurveyedHop| attribution::Hop {
            ttl: hop.ttl,
            through: hop.outcomes.through.clone(),
            direct: hop.outcomes.direct.clone(),
        };
        let attribution = attribution::attribute(&hops.iter().map(hop).collect::<Vec<_>>(), fold.end);
        Self { fold, hops, attribution }
    }

    /// Each hop, with the link that leads to it from the last one before that answers, and what is said of the hop.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (Option<&LinkLoss>, &SurveyedHop, &HopLoss)> {
        let link = |ttl: u8| self.attribution.links.iter().find(move |link| link.stretch.to_ttl == ttl);
        self.hops.iter().zip(&self.attribution.hops).map(move |(hop, loss)| (link(hop.ttl), hop, loss))
    }

    /// Whether a link, or the end of the path, is found to lose.
    pub(crate) const fn has_loss(&self) -> bool {
        matches!(self.attribution.finding, Finding::Loses { .. })
    }

    /// Who answers at a TTL.
    pub(crate) fn address(&self, ttl: u8) -> Option<Address> {
        self.fold.hops.iter().find(|hop| hop.ttl == ttl)?.address
    }

    /// What it amounts to, in a sentence. Of a hop that became another it names both: it cannot be said on which of the two
    /// paths something was lost.
    pub(crate) fn sentence(&self, page: &Page<'_>) -> String {
        let who = |ttl: u8| {
            let hop = self.fold.hops.iter().find(|hop| hop.ttl == ttl)?;
            let who = page.who(hop.address?);
            Some(match &hop.change {
                Some(change) => format!("{}, later {who}", page.who(change.before)),
                None => who,
            })
        };
        Speaker { attribution: &self.attribution, end: self.fold.end, sent: self.fold.sent, who: &who }.say()
    }
}
